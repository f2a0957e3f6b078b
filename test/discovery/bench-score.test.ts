import { describe, expect, it } from 'vitest';
import { generateGateway } from '../../bench/discovery/generate.ts';
import { trueAtoms } from '../../bench/discovery/observable.ts';
import { oracleFinding } from '../../bench/discovery/oracle.ts';
import { ROWS } from '../../bench/discovery/rows.ts';
import { type FindingScore, type Parts, scoreFinding } from '../../bench/discovery/score.ts';
import type { FoundLimit } from '../../src/results/discovery-results.ts';

const SEEDS = Array.from({ length: 15 }, (_, index) => 900_000 + index);
const gateways = ROWS.flatMap(({ name }) =>
  SEEDS.map((seed) => {
    const gateway = generateGateway(name, seed);
    return { gateway, truth: trueAtoms(gateway) };
  }),
);
const single = gateways.filter(({ gateway }) => gateway.limits.length === 1);

/** Scores of a mutant of the truth; where the mutation cannot apply (null) there is none. */
function scoresOf(mutate: (limit: FoundLimit) => FoundLimit | null, among = single): FindingScore[] {
  return among.flatMap(({ gateway, truth }) => {
    const mutants = oracleFinding(gateway, truth).map(mutate);
    if (mutants.includes(null)) return [];
    return [scoreFinding(gateway, truth, mutants as FoundLimit[])];
  });
}

/** Which parts are called wrong, over all. */
function wrongParts(scores: readonly FindingScore[]): Set<keyof Parts> {
  return new Set(
    scores.flatMap(({ limits }) =>
      limits.flatMap(({ parts }) =>
        parts === null ? [] : (Object.keys(parts) as (keyof Parts)[]).filter((part) => parts[part] === false),
      ),
    ),
  );
}

const verdicts = (scores: readonly FindingScore[]) => new Set(scores.map(({ verdict }) => verdict));

describe('the scorer', () => {
  it('finds the truth right in every part, exact, and covered by its intervals, in every row', () => {
    const scores = scoresOf((limit) => limit, gateways);
    expect(scores).toHaveLength(ROWS.length * SEEDS.length);
    expect(verdicts(scores)).toEqual(new Set(['right']));
    expect(wrongParts(scores)).toEqual(new Set());
    expect(scores.flatMap(({ invented }) => invented)).toEqual([]);
    expect(
      scores.flatMap(({ limits }) => limits.flatMap(({ coverage }) => coverage)).every(({ covered }) => covered),
    ).toBe(true);
  });

  it('calls another scope wrong, in the scope alone', () => {
    const scores = scoresOf((limit) => ({ ...limit, scope: limit.scope.includes('token') ? ['org'] : ['token'] }));
    expect(verdicts(scores)).toEqual(new Set(['wrong']));
    expect(wrongParts(scores.filter((_, index) => !single[index]?.gateway.limits[0]?.scope.includes('route')))).toEqual(
      new Set(['scope', 'integers']),
    );
  });

  it('takes a label that another implies for no difference', () => {
    const scores = scoresOf((limit) =>
      limit.scope.includes('client') ? { ...limit, scope: [...new Set(['org' as const, ...limit.scope])] } : null,
    );
    expect(scores.length).toBeGreaterThan(5);
    expect(verdicts(scores)).toEqual(new Set(['right']));
  });

  it('calls a route too few wrong', () => {
    const scores = scoresOf((limit) =>
      limit.routes.length > 1 && !limit.scope.includes('route') ? { ...limit, routes: limit.routes.slice(1) } : null,
    );
    expect(verdicts(scores)).toEqual(new Set(['wrong']));
    expect(scores.every(({ limits }) => limits[0]?.parts?.routes === false && limits[0].parts.scope)).toBe(true);
  });

  it('takes one limit per route for a limit that counts by route', () => {
    const perRoute = single.filter(({ gateway }) => gateway.limits[0]?.scope.includes('route'));
    expect(perRoute.length).toBeGreaterThan(3);
    for (const { gateway, truth } of perRoute) {
      const [limit] = oracleFinding(gateway, truth) as [FoundLimit];
      const scope = limit.scope.filter((label) => label !== 'route');
      const split = limit.routes.map((route, at) => ({ ...limit, name: `split-${at}`, scope, routes: [route] }));
      expect(scoreFinding(gateway, truth, split).verdict).toBe('right');
      expect(scoreFinding(gateway, truth, split.slice(1)).verdict).toBe('missed');
    }
  });

  it('calls another family, another anchor and a step that is none wrong, in the family alone', () => {
    const scores = scoresOf((limit) => {
      const { algorithm } = limit;
      if (algorithm.kind === 'sliding-window-log')
        return { ...limit, algorithm: { ...algorithm, kind: 'sliding-window-counter' } };
      if (algorithm.kind !== 'fixed-window') return null;
      return {
        ...limit,
        algorithm: { ...algorithm, anchor: algorithm.anchor === 'epoch' ? 'first-request' : 'epoch' },
      };
    });
    expect(verdicts(scores)).toEqual(new Set(['wrong']));
    expect(wrongParts(scores)).toEqual(new Set(['family', 'integers']));
  });

  it('takes a bucket that one step fills for the window that it is', () => {
    const scores = scoresOf((limit) => {
      const { algorithm } = limit;
      if (algorithm.kind !== 'fixed-window' || algorithm.anchor === 'epoch') return null;
      const { limit: capacity, windowMs } = algorithm;
      const refillPerSecond = (2 * capacity * 1000) / windowMs;
      return { ...limit, algorithm: { kind: 'token-bucket', capacity, refillPerSecond, stepMs: windowMs } };
    });
    expect(scores.length).toBeGreaterThan(5);
    // `capacity` and `stepMs` are read as they are, so a window's own interval is not asked for.
    expect(verdicts(scores)).toEqual(new Set(['right']));
    expect(wrongParts(scores)).toEqual(new Set());
  });

  it('calls other counts wrong where they can be told, and unknown counts ambiguous', () => {
    // Of steps it depends on what they bring: see bench-canonical.test.ts.
    const tellable = ({ algorithm }: FoundLimit) =>
      algorithm.kind.startsWith('sliding-window') || (algorithm.kind === 'token-bucket' && algorithm.stepMs === 0);
    const flipped = scoresOf((limit) =>
      tellable(limit) ? { ...limit, counts: limit.counts === 'all' ? 'admitted' : 'all' } : null,
    );
    expect(verdicts(flipped)).toEqual(new Set(['wrong']));
    expect(wrongParts(flipped)).toEqual(new Set(['counts']));
    const unknown = scoresOf((limit) => (tellable(limit) ? { ...limit, counts: 'unknown' } : null));
    expect(verdicts(unknown)).toEqual(new Set(['ambiguous']));
  });

  it('asks nothing of the counts of a window by itself whose requests cost the same', () => {
    const scores = scoresOf((limit) =>
      limit.algorithm.kind === 'fixed-window' && new Set(limit.routes.map(({ cost }) => cost)).size === 1
        ? { ...limit, counts: 'unknown' }
        : null,
    );
    expect(verdicts(scores)).toEqual(new Set(['right']));
  });

  it('divides costs and capacity alike, and sees another capacity, window and cost', () => {
    const tripled = scoresOf((limit) => {
      const { algorithm } = limit;
      if (!('windowMs' in algorithm)) return null;
      const routes = limit.routes.map(({ route, cost }) => ({ route, cost: (cost ?? 1) * 3 }));
      const capacity = { low: algorithm.limit * 3, high: algorithm.limit * 3 };
      const intervals = { ...limit.intervals, capacity };
      return { ...limit, routes, intervals, algorithm: { ...algorithm, limit: algorithm.limit * 3 } };
    });
    expect(verdicts(tripled)).toEqual(new Set(['right']));
    expect(wrongParts(tripled)).toEqual(new Set());
    expect(
      tripled.flatMap(({ limits }) => limits.flatMap(({ coverage }) => coverage)).every(({ covered }) => covered),
    ).toBe(true);

    const late = scoresOf((limit) =>
      'windowMs' in limit.algorithm
        ? { ...limit, algorithm: { ...limit.algorithm, windowMs: limit.algorithm.windowMs + 1 } }
        : null,
    );
    expect(verdicts(late)).toEqual(new Set(['right']));
    expect(wrongParts(late)).toEqual(new Set(['integers']));

    const dear = scoresOf((limit) => {
      const [first, ...others] = limit.routes;
      if (first === undefined || others.length === 0 || limit.scope.includes('route')) return null;
      return { ...limit, routes: [{ route: first.route, cost: (first.cost ?? 1) + 1 }, ...others] };
    });
    expect(verdicts(dear)).toEqual(new Set(['right']));
    expect(wrongParts(dear)).toEqual(new Set(['costs', 'integers']));
  });

  it('measures the error of a rate, and sees an interval beside the truth', () => {
    const scores = scoresOf((limit) => {
      const { algorithm } = limit;
      if (algorithm.kind !== 'token-bucket') return null;
      const refillPerSecond = algorithm.refillPerSecond * 1.03;
      const beside = { low: algorithm.refillPerSecond * 1.01, high: algorithm.refillPerSecond * 1.05 };
      return {
        ...limit,
        algorithm: { ...algorithm, refillPerSecond },
        intervals: { ...limit.intervals, refillPerSecond: beside },
      };
    });
    const rated = scores.flatMap(({ limits }) => limits).filter(({ rateError }) => rateError !== null);
    expect(rated.length).toBeGreaterThan(5);
    expect(rated.every(({ rateError }) => Math.abs((rateError ?? 0) - 0.03) < 1e-9)).toBe(true);
    const missedBy = rated.map(({ coverage }) => coverage.filter(({ covered }) => !covered).map(({ of }) => of));
    expect(missedBy.every((of) => of.join() === 'refillPerSecond' || new Set(of).size === 1)).toBe(true);
  });

  it('keeps missed, invented, ambiguous and outside apart', () => {
    const missed = gateways.filter(({ gateway }) => gateway.limits.length > 1);
    const scores = missed.map(({ gateway, truth }) =>
      scoreFinding(gateway, truth, oracleFinding(gateway, truth).slice(1)),
    );
    expect(verdicts(scores)).toEqual(new Set(['missed']));

    const invented = single.map(({ gateway, truth }) => {
      const [limit] = oracleFinding(gateway, truth) as [FoundLimit];
      return scoreFinding(gateway, truth, [limit, { ...limit, name: 'another' }]);
    });
    expect(verdicts(invented)).toEqual(new Set(['wrong']));
    expect(invented.every((score) => score.invented.length === 1)).toBe(true);

    const other = { kind: 'concurrency', limit: 7 } as const;
    const ambiguous = scoresOf((limit) => ({
      ...limit,
      status: 'ambiguous',
      algorithm: other,
      alternatives: [limit.algorithm],
    }));
    expect(verdicts(ambiguous).has('ambiguous')).toBe(true);
    expect(verdicts(ambiguous).has('wrong')).toBe(false);
    const outside = scoresOf((limit) =>
      limit.algorithm.kind === 'concurrency' ? null : { ...limit, status: 'ambiguous', algorithm: other },
    );
    expect(verdicts(outside)).toEqual(new Set(['outside']));
  });
});

describe('observability', () => {
  it('hides a limit that a tighter one of the same scope always rejects before', () => {
    const gateway = generateGateway('quiet-2', 1);
    const [first] = gateway.limits;
    const tight = { ...first, name: 'tight', scope: ['org'], costs: new Map([[0, 1]]), counts: 'admitted' } as const;
    const algorithm = (limit: number) => ({ kind: 'sliding-window-log', limit, windowMs: 10_000 }) as const;
    const hiddenOf = (looseLimit: number, scope: readonly ['org'] | readonly []) => {
      const limits = [
        { ...tight, algorithm: algorithm(10) },
        { ...tight, name: 'loose', scope, algorithm: algorithm(looseLimit) },
      ] as unknown as typeof gateway.limits;
      return trueAtoms({ ...gateway, limits }).map(({ shownBy }) => shownBy !== null);
    };
    expect(hiddenOf(11, ['org'])).toEqual([true, false]);
    expect(hiddenOf(15, [])).toEqual([true, true]);
    expect(hiddenOf(21, [])).toEqual([true, false]);
  });
});
