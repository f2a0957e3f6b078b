/** The answer of somebody who knows the truth: what a discovery that errs nowhere would say. It holds the scorer to 100 %. */
import type { FoundLimit, Interval } from '../../src/results/discovery-results.ts';
import { capacityOf } from './canonical.ts';
import type { DrawnLimit } from './draw-limit.ts';
import type { BenchGateway } from './generate.ts';
import { type TrueAtom, trueAtoms } from './observable.ts';
import { ROUTES } from './universe.ts';

/** The observable limits of a gateway as findings. */
export function oracleFinding(gateway: BenchGateway, truth: readonly TrueAtom[] = trueAtoms(gateway)): FoundLimit[] {
  const seen = new Set(truth.filter(({ shownBy }) => shownBy !== null).map(({ limit }) => limit));
  return gateway.limits.filter((_, index) => seen.has(index)).map(asFound);
}

function asFound({ name, scope, costs, algorithm, counts }: DrawnLimit): FoundLimit {
  const exactly = (value: number): Interval => ({ low: value, high: value });
  const isBucket = algorithm.kind === 'token-bucket';
  return {
    name,
    status: 'found',
    reason: '',
    scope: [...scope],
    scopeUndecided: [],
    routes: [...costs].map(([route, cost]) => ({ route: ROUTES[route]?.name ?? '', cost })),
    algorithm,
    alternatives: [],
    intervals: {
      capacity: exactly(capacityOf(algorithm)),
      windowMs: 'windowMs' in algorithm ? exactly(algorithm.windowMs) : null,
      refillPerSecond: isBucket ? exactly(algorithm.refillPerSecond) : null,
      stepMs: isBucket ? exactly(algorithm.stepMs) : null,
    },
    counts,
    retryAfter: {
      kind: 'untested',
      told: { low: null, high: null },
      errorMs: { low: null, high: null },
      tested: 0,
    },
    evidence: { staircase: [], recovery: [], interference: [] },
    spent: { requests: 0, rejections: 0 },
  };
}
