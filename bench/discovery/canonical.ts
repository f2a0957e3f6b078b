/**
 * Canonical forms: two descriptions of a limit that no request of the universe can tell apart become the same atoms. An atom is one limit
 * whose routes share a bucket.
 *
 * - A scope is how it cuts the identities: `client` and `org, client` cut them alike.
 * - `route` in a scope: one atom per route, the same as equal limits for one route each.
 * - Costs are divided by their greatest common divisor, and so are capacities (whole requests only, where a rest has no effect) and token rates.
 * - A token bucket that one step fills is a fixed window from the first request, of one step.
 * - Rejected requests have no effect on a fixed window, nor on a bucket whose steps bring whole tokens, when all costs are equal and no other limit
 *   rejects there: what is rejected finds less than a whole request left, which is nothing. `counts` is then `any`.
 * - A bucket of whole capacity whose steps bring one token, or a whole part of one, has a next whole token exactly when a continuous one has it: for
 *   whole costs that is the continuous bucket (a rejected request that it counts takes what there is of a token, so then it is not).
 */
import type { Algorithm, ScopeKey } from '../../mock-server/policy.ts';
import { greatestDivisor } from './draws.ts';
import { IDENTITIES } from './universe.ts';

/** What a limit says, whoever says it. */
export interface Described {
  readonly scope: readonly ScopeKey[];
  /** By index of the route; null: not decided. */
  readonly costs: ReadonlyMap<number, number | null>;
  readonly algorithm: Algorithm;
  readonly counts: 'admitted' | 'all' | 'unknown';
}

/** See the head of this file. */
export interface Atom {
  /** Identities that share a bucket stand together: `0,1,2,3,4,5/6,7`. */
  readonly sharing: string;
  readonly routes: readonly number[];
  /** Divided by {@link Atom.unit}, in the order of the routes. */
  readonly costs: readonly (number | null)[];
  /** Capacity and rate in units of `unit`. */
  readonly algorithm: Algorithm;
  readonly counts: 'admitted' | 'all' | 'unknown' | 'any';
  /** What the numbers were divided by. */
  readonly unit: number;
}

/** How a scope cuts the identities. */
export function sharingOf(scope: readonly ScopeKey[]): string {
  const groups = new Map<string, number[]>();
  for (const [index, { labels }] of IDENTITIES.entries()) {
    const key = JSON.stringify(scope.map((label) => (label === 'route' ? '' : labels[label])));
    groups.set(key, [...(groups.get(key) ?? []), index]);
  }
  return [...groups.values()].map((group) => group.join(',')).join('/');
}

/** The atoms of a limit. `alone`: nothing else limits its routes. */
export function atomsOf(limit: Described, alone: boolean): readonly Atom[] {
  const sharing = sharingOf(limit.scope);
  const routes = [...limit.costs.keys()].toSorted((a, b) => a - b);
  const groups = limit.scope.includes('route') ? routes.map((route) => [route]) : [routes];
  return groups.map((group) => atomOf(limit, sharing, group, alone));
}

function atomOf(limit: Described, sharing: string, routes: readonly number[], alone: boolean): Atom {
  const costs = routes.map((route) => limit.costs.get(route) ?? null);
  const decided = costs.filter((cost) => cost !== null);
  const unit = decided.length > 0 && decided.every(Number.isInteger) ? Math.max(1, greatestDivisor(decided)) : 1;
  const algorithm = windowIfOneStepFills(divided(limit.algorithm, unit));
  const even = new Set(costs).size === 1;
  const wholeOnly = algorithm.kind === 'fixed-window' || isWhole(tokensPerStep(algorithm));
  const counts = algorithm.kind === 'concurrency' || (wholeOnly && even && alone) ? 'any' : limit.counts;
  const smooth = counts === 'any' ? isSame(tokensPerStep(algorithm), 1) : counts === 'admitted' && isSmooth(algorithm);
  return {
    sharing,
    routes,
    costs: costs.map((cost) => (cost === null ? null : cost / unit)),
    algorithm: smooth && algorithm.kind === 'token-bucket' ? { ...algorithm, stepMs: 0 } : algorithm,
    counts: smooth ? 'admitted' : counts,
    unit,
  };
}

/** Not a number where nothing arrives in steps. */
function tokensPerStep(algorithm: Algorithm): number {
  if (algorithm.kind !== 'token-bucket' || algorithm.stepMs === 0) return Number.NaN;
  return (algorithm.refillPerSecond * algorithm.stepMs) / 1000;
}

function isSmooth(algorithm: Algorithm): boolean {
  return algorithm.kind === 'token-bucket' && isWhole(algorithm.capacity) && isWhole(1 / tokensPerStep(algorithm));
}

function isWhole(value: number): boolean {
  return value > 0.5 && isSame(value, Math.round(value));
}

/** Products of rates and steps are off in the last digits. */
function isSame(value: number, other: number): boolean {
  return Math.abs(value / other - 1) < 1e-9;
}

function divided(algorithm: Algorithm, unit: number): Algorithm {
  switch (algorithm.kind) {
    case 'token-bucket':
      return {
        ...algorithm,
        capacity: algorithm.capacity / unit,
        refillPerSecond: algorithm.refillPerSecond / unit,
      };
    case 'sliding-window-counter':
      return { ...algorithm, limit: algorithm.limit / unit };
    default:
      return { ...algorithm, limit: Math.floor(algorithm.limit / unit) };
  }
}

function windowIfOneStepFills(algorithm: Algorithm): Algorithm {
  if (algorithm.kind !== 'token-bucket' || algorithm.stepMs === 0) return algorithm;
  const { capacity, refillPerSecond, stepMs } = algorithm;
  if ((refillPerSecond * stepMs) / 1000 < capacity) return algorithm;
  return { kind: 'fixed-window', limit: Math.floor(capacity), windowMs: stepMs, anchor: 'first-request' };
}

/** What fits at once, in units. */
export function capacityOf(algorithm: Algorithm): number {
  return algorithm.kind === 'token-bucket' ? algorithm.capacity : algorithm.limit;
}

/** Whether no two requests ever fit at once: then a window, a log and a bucket are one and the same. */
export function isOneAtATime({ algorithm, costs }: Atom): boolean {
  const cheapest = Math.min(...costs.map((cost) => cost ?? 1));
  return capacityOf(algorithm) < 2 * cheapest;
}

/** Family and anchor, in a word. */
export function familyOf(algorithm: Algorithm): string {
  if (algorithm.kind === 'fixed-window') return `fixed-window-${algorithm.anchor}`;
  if (algorithm.kind === 'token-bucket') return algorithm.stepMs === 0 ? 'token-bucket' : 'token-bucket-stepwise';
  return algorithm.kind;
}
