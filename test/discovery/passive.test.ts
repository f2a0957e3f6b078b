/** Traffic of simple clients against policies in virtual time, written as an access log, and what is inferred from it: the truth is always in the class. */
import { describe, expect, it } from 'vitest';
import { parsePolicy } from '../../mock-server/policy.ts';
import { policyOfDiscovery } from '../../src/discovery/answer/policy.ts';
import { inferFromTraffic } from '../../src/discovery/passive/infer.ts';
import { readLog } from '../../src/discovery/passive/read-log.ts';
import { TrafficCollector } from '../../src/discovery/passive/traffic.ts';
import { createRandomSource } from '../../src/random/keyed-random.ts';
import type { Algorithm } from '../../mock-server/policy.ts';
import { renderDiscoveryTerminal } from '../../src/report/discovery/terminal.ts';
import { type DiscoveryResults, parseDiscoveryResults } from '../../src/results/discovery-results.ts';
import { sleep } from '../../src/time/clock.ts';
import { createPolicyBlackBox } from '../../src/trial/black-box.ts';

interface Client {
  readonly algorithm: Algorithm;
  readonly scope?: readonly string[];
  readonly seed?: number;
  /** Requests of each caller, and the mean time between two. */
  readonly requests?: number;
  readonly meanMs?: number;
  readonly jitterMs?: number;
}

/** Callers of two organizations, two tokens each, that send at random times in bursts; the log that their proxy writes. */
async function logOf({
  algorithm,
  scope = ['org'],
  seed = 1,
  requests = 150,
  meanMs = 400,
  jitterMs = 0,
}: Client): Promise<string[]> {
  const policy = parsePolicy({
    name: 'p',
    limits: [{ name: 'l', scope, algorithm }],
    latency: [{ medianMs: 40, sigma: 0 }],
    rejectionMs: 5,
  });
  const callers = ['a1', 'a2', 'b1', 'b2'].map((token) => ({
    org: `org-${token[0]}`,
    client: `c-${token[0]}`,
    token,
    user: 'u',
    app: 'x',
    ip: 'i',
    tier: 'standard',
    permitted: true,
  }));
  const startsAtMs = Date.UTC(2026, 0, 5, 9);
  const disturbance = { errorShare: 0, errorsCharge: false, lostShare: 0, jitterMs };
  const box = createPolicyBlackBox({
    policy,
    callers,
    seed,
    startsAtMs,
    deadlineMs: startsAtMs + 86_400_000,
    disturbance,
  });
  const random = createRandomSource(seed);
  const lines: string[] = [];
  const outcome = await box.run(async () => {
    await Promise.all(
      callers.map(async ({ token, org }) => {
        for (let n = 0; n < requests; n++) {
          // One long pause in twelve lets buckets recover.
          const waitMs = random.at('wait', token, n) * meanMs * 2 * (n % 12 === 11 ? 12 : 0.5);
          await sleep(box.clock, Math.max(1, Math.round(waitMs)));
          const sentMs = box.clock.now();
          const response = await box.fetch(`${box.baseUrl}/api/v2/users/${n}?secret=1`, {
            method: 'GET',
            headers: { authorization: `Bearer ${token}` },
          });
          lines.push(
            JSON.stringify({
              time: new Date(sentMs).toISOString(),
              durationMs: box.clock.now() - sentMs,
              method: 'GET',
              path: `/api/v2/users/${n}?secret=1`,
              status: response.status,
              retryAfter: response.headers.get('retry-after'),
              authorization: `Bearer ${token}`,
              org,
            }),
          );
        }
      }),
    );
  });
  expect(outcome.kind).toBe('done');
  return lines;
}

async function inferred(lines: readonly string[]): Promise<DiscoveryResults> {
  const collector = new TrafficCollector();
  await readLog([`${lines.join('\n')}\n`], collector);
  return parseDiscoveryResults(inferFromTraffic(collector.traffic(), { name: 'access.log', version: '0.0.0' }), 'it');
}

const W = 9173;
const truths: [string, Algorithm][] = [
  ['a fixed window of the first request', { kind: 'fixed-window', limit: 17, windowMs: W, anchor: 'first-request' }],
  ['a fixed window of the clock', { kind: 'fixed-window', limit: 17, windowMs: W, anchor: 'epoch' }],
  ['a sliding log', { kind: 'sliding-window-log', limit: 17, windowMs: W }],
  ['a sliding counter', { kind: 'sliding-window-counter', limit: 17, windowMs: W }],
  ['a token bucket', { kind: 'token-bucket', capacity: 17, refillPerSecond: 1.83, stepMs: 0 }],
];

/** Whether the truth is among what was inferred: its family, its numbers within the intervals, its scope among those that are left. */
function holds(results: DiscoveryResults, truth: Algorithm, scope: 'org' | 'token'): boolean {
  const [limit] = results.limits;
  if (limit === undefined) return false;
  const families = [limit.algorithm, ...limit.alternatives].map(({ kind }) => kind);
  const within = (range: { low: number | null; high: number | null } | null, value: number) =>
    range !== null && (range.low ?? 0) <= value && value <= (range.high ?? Infinity);
  const units = truth.kind === 'token-bucket' ? truth.capacity : truth.limit;
  return (
    families.includes(truth.kind) &&
    [...limit.scope, ...limit.scopeUndecided].includes(scope) &&
    within(limit.intervals.capacity, units) &&
    (truth.kind !== 'token-bucket' || within(limit.intervals.refillPerSecond, truth.refillPerSecond)) &&
    (!('windowMs' in truth) || within(limit.intervals.windowMs, truth.windowMs))
  );
}

describe('inferFromTraffic', () => {
  it.each(truths.flatMap(([name, truth]) => [1, 2, 3].map((seed) => [name, seed, truth] as const)))(
    'inferFromTraffic keeps the truth: %s, seed %i',
    async (_, seed, truth) => {
      const scope = seed === 2 ? 'token' : 'org';
      const results = await inferred(await logOf({ algorithm: truth, scope: [scope], seed }));
      expect(results.spent.rejections).toBeGreaterThan(20);
      expect({ ...results.limits[0], evidence: null, holds: holds(results, truth, scope) }).toMatchObject({
        holds: true,
      });
      // Never a guess dressed as a finding: a few minutes of such traffic decide nothing.
      expect(results.limits.map(({ status }) => status)).toEqual(['ambiguous']);
    },
  );

  it('inferFromTraffic keeps the truth where the way takes up to 50 ms', async () => {
    for (const [, truth] of truths) {
      const results = await inferred(await logOf({ algorithm: truth, jitterMs: 50, seed: 5 }));
      expect({ kind: truth.kind, holds: holds(results, truth, 'org') }).toEqual({ kind: truth.kind, holds: true });
      expect(results.noise.jitterMs).toBeGreaterThan(50);
    }
  });

  it('inferFromTraffic tells a concurrency limit from one of windows', async () => {
    const results = await inferred(
      await logOf({ algorithm: { kind: 'concurrency', limit: 1 }, meanMs: 60, scope: [] }),
    );
    const kinds = [results.limits[0]!.algorithm, ...results.limits[0]!.alternatives].map(({ kind }) => kind);
    expect(kinds).toContain('concurrency');
  });

  it('inferFromTraffic says what passed at the most where nothing was rejected', async () => {
    const results = await inferred(await logOf({ algorithm: { kind: 'concurrency', limit: 1000 } }));
    expect(results.limits).toEqual([]);
    expect(results.unknown[0]).toMatchObject({ what: 'any limit', kind: 'not-driven' });
    expect(results.exclusions.map(({ overMs }) => overMs)).toEqual([1000, 10_000, 60_000]);
    expect(renderDiscoveryTerminal(results)).toContain('No limit was found.');
  });

  it('inferFromTraffic holds no secret, and its policy is one', async () => {
    const results = await inferred(await logOf({ algorithm: truths[0]![1] }));
    const text = JSON.stringify(results);
    for (const secret of ['Bearer', 'secret', '"a1"']) expect(text).not.toContain(secret);
    expect(results.routes).toEqual([{ name: 'GET /api/v2/users/*', method: 'GET', path: '/api/v2/users/*' }]);
    expect(results.identities).toHaveLength(4);
    expect(() => parsePolicy(policyOfDiscovery(results))).not.toThrow();
    expect(results.unknown.map(({ kind }) => kind)).toContain('not-supplied');
  });

  it('inferFromTraffic counts what it cannot read, and goes on', async () => {
    const lines = await logOf({ algorithm: truths[0]![1] });
    const bad = [
      '',
      '{',
      '[]',
      '{"time":"yesterday","status":200,"path":"/"}',
      '{"time":1767600000,"path":"/"}',
      '{"time":1767600000,"status":200}',
    ];
    const results = await inferred([...lines, ...bad]);
    expect(results.spent.requests).toBe(lines.length);
    const left = results.unknown.find(({ what }) => what.endsWith('entries'));
    expect(left).toMatchObject({ what: `5 of ${lines.length + 5} entries`, kind: 'noise' });
    expect(left?.why).toContain('1 no JSON, 1 no object, 1 without a time, 1 without a status, 1 without a path');
  });

  it('inferFromTraffic bears traffic of nothing', async () => {
    const results = await inferred([]);
    expect(results.limits).toEqual([]);
    expect(renderDiscoveryTerminal(results)).toContain('0 requests of the traffic were read');
  });
});
