/** Results of a discovery for tests: every family, an ambiguous limit, unknown facts, and names that would be markup. */
import type { DiscoveryResults, FoundLimit } from '../../../results/discovery-results.ts';

/** A name that must be shown as text. */
export const hostileName = `<img src=x onerror="alert(1)">|\u001B[31m</script>`;

const exactly = (value: number) => ({ low: value, high: value });
const unbounded = { low: null, high: null };

/** A limit; everything that is not given has a default. */
export function sampleLimit(change: Partial<FoundLimit> = {}): FoundLimit {
  return {
    name: 'per-org',
    status: 'found',
    reason: '',
    scope: ['org'],
    scopeUndecided: [],
    routes: [{ route: 'users', cost: 1 }],
    algorithm: { kind: 'fixed-window', limit: 60, windowMs: 61_234, anchor: 'first-request' },
    alternatives: [],
    intervals: { capacity: exactly(60), windowMs: exactly(61_234), refillPerSecond: null, stepMs: null },
    counts: 'admitted',
    retryAfter: { kind: 'exact', told: { low: 1000, high: 61_000 }, errorMs: { low: 0, high: 766 }, tested: 6 },
    evidence: {
      staircase: Array.from({ length: 30 }, (_, index) => ({
        atMs: index * 5000,
        offered: (index + 1) * 12,
        admitted: Math.min((index + 1) * 12, 60 * (1 + Math.floor((index * 5000) / 61_234))),
      })),
      recovery: [
        { afterMs: 1000, outcome: 'rejected' },
        { afterMs: 20_000, outcome: 'rejected' },
        { afterMs: 61_233, outcome: 'rejected' },
        { afterMs: 61_234, outcome: 'admitted' },
        { afterMs: 90_000, outcome: 'admitted' },
      ],
      interference: [
        {
          exhausted: { identity: 'a', route: 'users' },
          probed: { identity: 'b', route: 'users' },
          outcome: 'shared',
        },
        {
          exhausted: { identity: 'a', route: 'users' },
          probed: { identity: 'a', route: hostileName },
          outcome: 'separate',
        },
        {
          exhausted: { identity: 'a', route: 'users' },
          probed: { identity: hostileName, route: 'users' },
          outcome: 'unclear',
        },
      ],
    },
    spent: { requests: 321, rejections: 45 },
    ...change,
  };
}

/** The results. */
export function sampleDiscovery(change: Partial<DiscoveryResults> = {}): DiscoveryResults {
  return {
    schemaVersion: 1,
    kind: 'discovery',
    tool: { name: 'ratelab', version: '0.0.0' },
    mode: 'active',
    target: { kind: 'policy', name: 'demo' },
    identities: [
      { name: 'a', labels: { org: 'o1', token: 't1' } },
      { name: 'b', labels: { org: 'o1', token: 't2' } },
      { name: hostileName, labels: { org: 'o2', token: 't3' } },
    ],
    routes: [
      { name: 'users', method: 'GET', path: '/api/v2/users?pageSize=25' },
      { name: 'jobs', method: 'POST', path: '/api/v2/jobs' },
      { name: hostileName, method: 'GET', path: '/api/v2/search' },
    ],
    complete: true,
    startedAtMs: Date.UTC(2026, 0, 5, 9),
    ranMs: 1_234_567,
    limits: [
      sampleLimit(),
      sampleLimit({
        name: 'per-token',
        scope: ['token'],
        scopeUndecided: ['user'],
        routes: [
          { route: 'users', cost: 1 },
          { route: 'jobs', cost: 3 },
        ],
        algorithm: { kind: 'token-bucket', capacity: 20, refillPerSecond: 2.5, stepMs: 0 },
        intervals: {
          capacity: exactly(20),
          windowMs: null,
          refillPerSecond: { low: 2.49, high: 2.51 },
          stepMs: { low: 0, high: 12 },
        },
        retryAfter: {
          kind: 'random',
          told: { low: 1000, high: 30_000 },
          errorMs: { low: -9000, high: 29_000 },
          tested: 9,
        },
      }),
      sampleLimit({
        name: hostileName,
        status: 'ambiguous',
        reason: 'one unit fits: families differ in nothing that can be seen',
        scope: [],
        routes: [{ route: hostileName, cost: null }],
        algorithm: { kind: 'fixed-window', limit: 7, windowMs: 10_000, anchor: 'epoch' },
        alternatives: [
          { kind: 'sliding-window-log', limit: 7, windowMs: 10_000 },
          { kind: 'sliding-window-counter', limit: 7, windowMs: 10_000 },
        ],
        intervals: {
          capacity: { low: 6, high: 7 },
          windowMs: { low: 9_900, high: 10_100 },
          refillPerSecond: null,
          stepMs: null,
        },
        counts: 'unknown',
        retryAfter: { kind: 'absent', told: unbounded, errorMs: unbounded, tested: 0 },
        evidence: { staircase: [], recovery: [], interference: [] },
      }),
      sampleLimit({
        name: 'at-once',
        scope: ['ip', 'route'],
        algorithm: { kind: 'concurrency', limit: 8 },
        intervals: { capacity: exactly(8), windowMs: null, refillPerSecond: null, stepMs: null },
        retryAfter: { kind: 'untested', told: unbounded, errorMs: unbounded, tested: 0 },
        evidence: { staircase: [], recovery: [], interference: [] },
      }),
    ],
    unknown: [
      {
        what: 'a limit per client above 60 in 61s',
        kind: 'masked',
        why: 'the limit per org rejects first, however many tokens are used',
      },
      { what: `whether ${hostileName} counts by app`, kind: 'not-supplied', why: 'all identities share one app' },
    ],
    exclusions: [
      { identities: ['a', 'b'], routes: ['users'], requests: 4000, overMs: 3_600_000 },
      { identities: [hostileName], routes: [hostileName], requests: 100, overMs: 5000 },
    ],
    noise: {
      errorShare: 0.031,
      errorsCharge: null,
      jitterMs: 14,
      backgroundShare: { low: 0, high: 0.04 },
      enforcementLagMs: exactly(0),
    },
    headers: {
      present: true,
      speaksOf: 'per-org',
      worth: 'true',
      note: 'remaining fell by one with each admitted request',
    },
    penalty: null,
    budget: { requests: 100_000, rejections: 5000, timeMs: 86_400_000 },
    spent: {
      requests: 9876,
      admitted: 9000,
      rejections: 700,
      unknown: 176,
      timeMs: 1_234_567,
      exclusionRequests: 4100,
    },
    verification: {
      probes: 500,
      equal: 498,
      share: { low: 0.985, high: 0.999 },
      mismatches: ['probe 17: admitted, expected a rejection'],
    },
    ...change,
  };
}
