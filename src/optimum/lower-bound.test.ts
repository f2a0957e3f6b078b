import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Algorithm } from '../../mock-server/policy.ts';
import { type Call, lowerBound } from './lower-bound.ts';
import { callOf, greedyMakespan, limitOf, policyOf, senderOf, shortestMakespan } from './testing-oracle.ts';

const seed = 42;
const bucket = (capacity: number, refillPerSecond: number, stepMs = 0): Algorithm => ({
  kind: 'token-bucket',
  capacity,
  refillPerSecond,
  stepMs,
});
const windows = (limit: number, windowMs: number, anchor: 'epoch' | 'first-request' = 'epoch'): Algorithm => ({
  kind: 'fixed-window',
  limit,
  windowMs,
  anchor,
});
const times = (count: number, call: Partial<Call> = {}) => Array.from({ length: count }, () => callOf(call));
const boundMs = (algorithms: readonly Algorithm[], calls: readonly Call[], startsAtMs = 1_000_000) =>
  lowerBound({ policy: policyOf(algorithms.map((algorithm) => limitOf(algorithm))), startsAtMs, calls }).ms;

describe('lowerBound of one limit', () => {
  test.each([
    [
      'token bucket: (W - burst) / rate, and the last response',
      bucket(50, 10),
      times(2000, { serviceMs: 80 }),
      195_080,
    ],
    ['token bucket: nothing within the burst', bucket(50, 10), times(50), 0],
    ['stepped bucket: the third gift of 4', bucket(5, 4, 1000), times(17), 3000],
    ['stepped bucket: a gift beyond the capacity overflows', bucket(2, 4, 1000), times(6), 2000],
    ['own windows: one fewer than are needed', windows(300, 60_000, 'first-request'), times(900), 120_000],
    ['own windows: one call more opens another', windows(300, 60_000, 'first-request'), times(901), 180_000],
    [
      'sliding log: one length fewer than are needed',
      { kind: 'sliding-window-log', limit: 10, windowMs: 1000 } as const,
      times(25),
      2000,
    ],
    [
      'concurrency: rounds of equal calls',
      { kind: 'concurrency', limit: 3 } as const,
      times(10, { serviceMs: 100 }),
      400,
    ],
  ])('%s', (_, algorithm, calls, ms) => {
    expect(boundMs([algorithm], calls)).toBe(ms);
  });

  test('epoch windows: what is left of the first one counts as whole', () => {
    // 1,000,000 ms is 40 s into a minute.
    expect(boundMs([windows(300, 60_000)], times(900))).toBe(20_000 + 60_000);
    expect(boundMs([windows(300, 60_000)], times(900), 1_020_000)).toBe(120_000);
  });

  test('sliding counter: after the first window the rest flows at limit per window', () => {
    const counter = { kind: 'sliding-window-counter', limit: 10, windowMs: 1000 } as const;
    expect(boundMs([counter], times(25))).toBe(1000 + 1500);
    expect(boundMs([counter], times(10))).toBe(0);
  });

  test('concurrency: of unequal calls some must share a slot', () => {
    const calls = [7, 7, 6, 6, 5].map((serviceMs) => callOf({ serviceMs }));
    expect(boundMs([{ kind: 'concurrency', limit: 4 }], calls)).toBe(11);
    expect(boundMs([{ kind: 'concurrency', limit: 2 }], calls)).toBe(17);
  });

  test('longest deliveries: the last of the k longest still takes the k-th', () => {
    const calls = [...times(4, { serviceMs: 5000 }), ...times(2, { serviceMs: 10 })];
    // Six units take 5 s after a burst of one; but the four long ones take 3 s and then 5 s.
    expect(boundMs([bucket(1, 1)], calls)).toBe(8000);
  });
});

describe('lowerBound over limits, chains and arrivals', () => {
  test('names the limit that binds and explains it', () => {
    const policy = policyOf([
      limitOf(bucket(50, 10), { name: 'per org' }),
      limitOf(windows(300, 60_000), { name: 'per client' }),
    ]);
    const bound = lowerBound({ policy, startsAtMs: 1_020_000, calls: times(2000) });
    expect(bound).toEqual({
      ms: 360_000,
      limit: 'per client',
      kind: 'fixed window',
      explain: '2,000 calls in windows of 300 per minute',
    });
    const looser = policyOf([policy.limits[0]!]);
    expect(lowerBound({ policy: looser, startsAtMs: 0, calls: times(2000) })).toMatchObject({
      limit: 'per org',
      kind: 'token bucket',
      explain: '2,000 calls at 10/s after a burst of 50',
    });
  });

  test('is the longest call, the longest chain or the last arrival when no limit binds', () => {
    const bound = (calls: readonly Call[]) => lowerBound({ policy: policyOf([]), startsAtMs: 0, calls });
    expect(bound([callOf({ serviceMs: 70 }), callOf({ serviceMs: 90 })])).toMatchObject({
      ms: 90,
      limit: 'service time',
      kind: 'longest call',
    });
    const chain = [0, 1, 2].map((index) => callOf({ serviceMs: 50, after: index - 1, releaseMs: 10 }));
    expect(bound(chain)).toMatchObject({
      ms: 150,
      limit: 'service time',
      kind: 'chain',
      explain: expect.stringContaining('3 calls'),
    });
    const late = [callOf({ releaseMs: 100, serviceMs: 5 }), callOf({ releaseMs: 9000, serviceMs: 5 })];
    expect(bound(late)).toMatchObject({ ms: 8905, limit: 'arrivals', kind: 'last arrival' });
    expect(bound([])).toMatchObject({ ms: 0, limit: 'service time' });
  });

  test('counts what comes late from when it comes', () => {
    const calls = [...times(10), ...times(10, { releaseMs: 60_000 })];
    expect(boundMs([bucket(5, 1)], calls)).toBe(65_000);
  });

  test('adds what must follow in a chain after the last admission', () => {
    const calls = [...times(3, { serviceMs: 10 }), ...[0, 1, 2].map((after) => callOf({ serviceMs: 100, after }))];
    const first = limitOf(
      { kind: 'token-bucket', capacity: 1, refillPerSecond: 1, stepMs: 0 },
      { cost: { base: 1, perItem: 0, routes: [] } },
    );
    // Six units: 5 s, then the shortest delivery of the last call of a chain.
    expect(lowerBound({ policy: policyOf([first]), startsAtMs: 0, calls }).ms).toBe(5100);
  });

  test('charges by scope, match, items, routes and tier', () => {
    const calls = [
      ...times(10, { sender: senderOf('a') }),
      ...times(4, { sender: senderOf('b', 'premium'), path: '/api/v2/flows/7?x=1' }),
      ...times(2, { sender: senderOf('c'), method: 'POST', items: 6 }),
    ];
    const perOrg = limitOf(bucket(1, 1), {
      scope: ['org'],
      tiers: [{ tier: 'premium', limit: 2, refillPerSecond: 0.1 }],
      cost: {
        base: 1,
        perItem: 1,
        routes: [{ match: { methods: [], paths: ['/api/v2/flows/*'] }, base: 3, perItem: 0 }],
      },
    });
    const bound = (only: readonly Call[]) => lowerBound({ policy: policyOf([perOrg]), startsAtMs: 0, calls: only }).ms;
    expect(bound(calls.slice(0, 10))).toBe(9000);
    expect(bound(calls.slice(10, 14))).toBe(100_000); // 12 units, burst 2, 0.1/s
    expect(bound(calls.slice(14))).toBe(11_000); // 12 units
    expect(bound(calls)).toBe(100_000);
    const posts = { ...perOrg, match: { methods: ['POST'], paths: ['/api/**'] } };
    expect(lowerBound({ policy: policyOf([posts]), startsAtMs: 0, calls }).ms).toBe(11_000);
  });

  test('keeps tiers with numbers of their own in buckets of their own', () => {
    const limit = limitOf(bucket(1, 1), { tiers: [{ tier: 'premium', limit: null, refillPerSecond: 2 }] });
    const calls = [...times(5), ...times(5, { sender: senderOf('b', 'premium') })];
    expect(lowerBound({ policy: policyOf([limit]), startsAtMs: 0, calls }).ms).toBe(4000);
  });

  test('gives a background one period, since a bucket may be older than the trial', () => {
    const background = [
      {
        name: 'other clients',
        identity: {},
        method: 'GET',
        path: '/',
        items: 1,
        ratePerSecond: 1,
        timeZone: 'UTC',
        byHour: Array.from({ length: 24 }, () => 1),
        source: 'assumed' as const,
      },
    ];
    const own = policyOf([limitOf(windows(10, 1000, 'first-request'))]);
    const bound = (policy: typeof own) => lowerBound({ policy, startsAtMs: 0, calls: times(35) }).ms;
    expect(bound(own)).toBe(3000);
    expect(bound({ ...own, background })).toBe(2000);
  });

  test('claims nothing of limits when charges are seen late', () => {
    const policy = policyOf([limitOf(bucket(1, 1))], { enforcementLagMs: 100 });
    expect(lowerBound({ policy, startsAtMs: 0, calls: times(50, { serviceMs: 7 }) }).ms).toBe(7);
  });

  test('names a chain that leads to itself or nowhere', () => {
    const bound = (calls: readonly Call[]) => () => lowerBound({ policy: policyOf([]), startsAtMs: 0, calls });
    expect(bound([callOf({ after: 1 }), callOf({ after: 0 })])).toThrow('must not lead back to itself');
    expect(bound([callOf({ after: 5 })])).toThrow('calls[0].after must be -1 or an index below 1, current value is 5');
  });
});

/** Small algorithms on a clock of whole milliseconds. */
const algorithms: fc.Arbitrary<Algorithm> = fc.oneof(
  fc.record({
    kind: fc.constant('token-bucket' as const),
    capacity: fc.integer({ min: 1, max: 3 }),
    refillPerSecond: fc.constantFrom(1000, 500, 250, 400),
    stepMs: fc.constantFrom(0, 0, 2, 3),
  }),
  fc.record({
    kind: fc.constant('fixed-window' as const),
    limit: fc.integer({ min: 1, max: 3 }),
    windowMs: fc.integer({ min: 2, max: 4 }),
    anchor: fc.constantFrom('epoch' as const, 'first-request' as const),
  }),
  fc.record({
    kind: fc.constantFrom('sliding-window-log' as const, 'sliding-window-counter' as const),
    limit: fc.integer({ min: 1, max: 3 }),
    windowMs: fc.integer({ min: 2, max: 4 }),
  }),
  fc.record({ kind: fc.constant('concurrency' as const), limit: fc.integer({ min: 1, max: 3 }) }),
);

const someCalls = (maxLength: number, releaseMax: number) =>
  fc
    .array(
      fc.record({
        org: fc.constantFrom('a', 'b'),
        releaseMs: fc.integer({ min: 0, max: releaseMax }),
        serviceMs: fc.integer({ min: 0, max: 4 }),
        after: fc.nat(),
        chained: fc.integer({ min: 0, max: 3 }),
      }),
      { minLength: 1, maxLength },
    )
    .map((drafts) =>
      drafts.map(({ org, releaseMs, serviceMs, after, chained }, index) =>
        callOf({ sender: senderOf(org), releaseMs, serviceMs, after: chained === 0 && index > 0 ? after % index : -1 }),
      ),
    );

const someLimits = fc
  .array(fc.tuple(algorithms, fc.constantFrom([], ['org'] as const)), { minLength: 1, maxLength: 3 })
  .map((drafts) => drafts.map(([algorithm, scope], index) => limitOf(algorithm, { name: `limit-${index}`, scope })));

describe('lowerBound against every schedule', () => {
  test('is never above the shortest of all schedules', () => {
    let compared = 0;
    let equal = 0;
    fc.assert(
      fc.property(someLimits, someCalls(5, 4), fc.integer({ min: 1000, max: 1011 }), (limits, calls, startsAtMs) => {
        const policy = policyOf(limits);
        const shortest = shortestMakespan(policy, startsAtMs, calls, 24);
        fc.pre(shortest !== null);
        const { ms } = lowerBound({ policy, startsAtMs, calls });
        expect(ms).toBeLessThanOrEqual(shortest);
        compared++;
        if (ms === shortest) equal++;
      }),
      { seed, numRuns: 400 },
    );
    console.log(equal, compared);
    expect(compared).toBe(400);
    // Valid always, attained mostly: what is left is several limits at once, and fractions of a millisecond.
    expect(equal / compared).toBeGreaterThan(0.7);
  });

  test('is never above a schedule of many calls, with costs', () => {
    const costs = fc.record({ base: fc.integer({ min: 1, max: 2 }), perItem: fc.integer({ min: 0, max: 1 }) });
    fc.assert(
      fc.property(
        someLimits,
        costs,
        someCalls(40, 60),
        fc.integer({ min: 1000, max: 1011 }),
        (limits, cost, calls, startsAtMs) => {
          const wider = limits.map((limit) => ({
            ...limit,
            cost: { ...cost, routes: [] },
            // A call must fit at all.
            algorithm:
              'limit' in limit.algorithm
                ? { ...limit.algorithm, limit: limit.algorithm.limit + 2 }
                : { ...limit.algorithm, capacity: limit.algorithm.capacity + 2 },
          }));
          const policy = policyOf(wider);
          const bulk = calls.map((call, index) => ({ ...call, items: 1 + (index % 2) }));
          expect(lowerBound({ policy, startsAtMs, calls: bulk }).ms).toBeLessThanOrEqual(
            greedyMakespan(policy, startsAtMs, bulk),
          );
        },
      ),
      { seed, numRuns: 200 },
    );
  });

  test('grows with the work: one call more never lowers it', () => {
    fc.assert(
      fc.property(someLimits, someCalls(12, 20), fc.integer({ min: 0, max: 20 }), (limits, calls, releaseMs) => {
        const policy = policyOf(limits);
        // From the first call's release on, so that the makespan is measured from the same moment.
        const first = Math.min(...calls.map((call) => call.releaseMs));
        const more = [...calls, callOf({ releaseMs: first + releaseMs, serviceMs: 1 })];
        const before = lowerBound({ policy, startsAtMs: 1000, calls }).ms;
        expect(lowerBound({ policy, startsAtMs: 1000, calls: more }).ms).toBeGreaterThanOrEqual(before);
      }),
      { seed, numRuns: 300 },
    );
  });
});

describe('lowerBound is the optimum', () => {
  const count = fc.integer({ min: 1, max: 6 });
  const laminar = (algorithm: fc.Arbitrary<Algorithm>) =>
    fc.tuple(algorithm, algorithm, count, count, fc.integer({ min: 0, max: 3 }));

  const boundAndOptimum = (inner: Algorithm, outer: Algorithm, calls: readonly Call[], startsAtMs: number) => {
    const policy = policyOf([limitOf(inner, { name: 'inner', scope: ['org'] }), limitOf(outer, { name: 'outer' })]);
    const bound = lowerBound({ policy, startsAtMs, calls }).ms;
    return { bound, optimum: greedyByNeed(policy, startsAtMs, calls) };
  };

  /** Unit calls of two orgs, all there at once, of equal service: the org with more left goes first, whatever fits. */
  const greedyByNeed = (policy: ReturnType<typeof policyOf>, startsAtMs: number, calls: readonly Call[]) => {
    const byNeed = calls.toSorted((a, b) => rank(b) - rank(a));
    function rank(call: Call): number {
      const same = calls.filter(({ sender }) => sender.org === call.sender.org);
      return same.length - same.indexOf(call);
    }
    return greedyMakespan(policy, startsAtMs, byNeed);
  };

  const twoOrgs = (a: number, b: number, serviceMs: number) => [
    ...times(a, { sender: senderOf('a'), serviceMs }),
    ...times(b, { sender: senderOf('b'), serviceMs }),
  ];

  test('for laminar epoch windows of one phase and unit calls', () => {
    const window = fc.integer({ min: 1, max: 3 }).map((limit) => windows(limit, 4));
    fc.assert(
      fc.property(
        laminar(window),
        fc.integer({ min: 1000, max: 1003 }),
        ([inner, outer, a, b, serviceMs], startsAtMs) => {
          const { bound, optimum } = boundAndOptimum(inner, outer, twoOrgs(a, b, serviceMs), startsAtMs);
          expect(bound).toBe(optimum);
        },
      ),
      { seed, numRuns: 200 },
    );
  });

  test('for laminar token buckets of harmonic rates and unit calls', () => {
    const harmonic = fc
      .tuple(fc.integer({ min: 1, max: 3 }), fc.constantFrom(1000, 500, 250))
      .map(([capacity, rate]) => bucket(capacity, rate));
    fc.assert(
      fc.property(laminar(harmonic), ([inner, outer, a, b, serviceMs]) => {
        const { bound, optimum } = boundAndOptimum(inner, outer, twoOrgs(a, b, serviceMs), 1000);
        expect(bound).toBe(optimum);
      }),
      { seed, numRuns: 200 },
    );
  });

  test('for one epoch window limit with releases, one sliding log, one set of slots with equal service', () => {
    const one = fc.oneof(
      fc.integer({ min: 1, max: 3 }).map((limit) => windows(limit, 4)),
      fc.integer({ min: 1, max: 3 }).map((limit) => ({ kind: 'sliding-window-log' as const, limit, windowMs: 4 })),
      fc.integer({ min: 1, max: 3 }).map((limit) => ({ kind: 'concurrency' as const, limit })),
    );
    const releases = fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(one, releases, fc.integer({ min: 1, max: 4 }), (algorithm, offsets, serviceMs) => {
        const atOnce = algorithm.kind !== 'fixed-window';
        const calls = offsets.map((releaseMs) => callOf({ releaseMs: atOnce ? 0 : releaseMs, serviceMs }));
        const policy = policyOf([limitOf(algorithm)]);
        expect(lowerBound({ policy, startsAtMs: 1002, calls }).ms).toBe(greedyMakespan(policy, 1002, calls));
      }),
      { seed, numRuns: 200 },
    );
  });
});
