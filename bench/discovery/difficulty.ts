/** The same results by what makes a limit hard: kind, counting, costs, capacity, scope, company. */
import { familyOf } from './canonical.ts';
import type { GatewayOutcome } from './outcome.ts';
import type { DrawnLimit } from './draw-limit.ts';
import { type BenchGateway, generateGateway } from './generate.ts';
import { type Share, share } from './summary.ts';

/** Limits of one kind: how many of those that can be seen are right. */
export interface Difficulty {
  readonly by: string;
  readonly kind: string;
  readonly right: Share;
}

const BY: readonly (readonly [by: string, kindOf: (limit: DrawnLimit, gateway: BenchGateway) => string])[] = [
  ['algorithm', ({ algorithm }) => familyOf(algorithm)],
  ['counts', ({ counts }) => counts],
  ['costs', ({ costs }) => costsKind([...costs.values()])],
  ['capacity', ({ algorithm }) => band(algorithm.kind === 'token-bucket' ? algorithm.capacity : algorithm.limit)],
  ['routes', ({ costs }) => `${costs.size}`],
  ['scope', ({ scope }) => (scope.length === 0 ? 'everything' : scope.length === 1 ? 'one label' : 'several labels')],
  ['Retry-After', ({ retryAfter }) => retryAfter.kind],
  ['limits', (_, { limits }) => `${limits.length}`],
];

/** Sorted by what, then by kind. */
export function byDifficulty(outcomes: readonly GatewayOutcome[]): Difficulty[] {
  const limits = outcomes.flatMap((outcome) => {
    const gateway = generateGateway(outcome.row, outcome.seed);
    return outcome.score.limits.map(({ limit, verdict }) => ({
      kinds: BY.map(([, kindOf]) => kindOf(gateway.limits[limit] as DrawnLimit, gateway)),
      right: verdict === 'right',
    }));
  });
  return BY.flatMap(([by], at) => {
    const kinds = [...new Set(limits.map((one) => one.kinds[at] as string))].toSorted();
    return kinds.map((kind) => {
      const own = limits.filter((one) => one.kinds[at] === kind);
      return { by, kind, right: share(own.filter(({ right }) => right).length, own.length) };
    });
  });
}

function costsKind(costs: readonly number[]): string {
  if (new Set(costs).size > 1) return 'per route';
  return costs[0] === 1 ? '1' : 'constant above 1';
}

function band(capacity: number): string {
  if (capacity < 50) return '1: below 50';
  return capacity < 500 ? '2: 50 to 499' : '3: 500 and more';
}
