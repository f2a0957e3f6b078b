/** What a discovery's answer is good for: a policy that the gateway takes, and strategies that do well against it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parsePolicy } from '../../mock-server/policy.ts';
import { policyOfDiscovery } from '../../src/discovery/answer/policy.ts';
import { mostRestrictive, standsFor } from '../../src/discovery/answer/restrictive.ts';
import { strategiesFor } from '../../src/discovery/answer/strategies.ts';
import { hostileName, sampleDiscovery, sampleLimit } from '../../src/report/discovery/testing/sample-discovery.ts';
import type { DiscoveryResults, FoundLimit } from '../../src/results/discovery-results.ts';
import { parseStrategy } from '../../src/strategies/parse.ts';
import { runTrial } from '../../src/trial/run-trial.ts';
import { jobsAtOnce, tinyScenario } from '../../src/trial/testing/tiny.ts';
import { ratelab, temporaryFolder } from '../cli/command-line.ts';

const exactly = (value: number) => ({ low: value, high: value });

describe('policyOfDiscovery', () => {
  it('policyOfDiscovery is a policy: observed limits, on the probed routes without their query, costs, hints, headers', () => {
    const policy = parsePolicy(policyOfDiscovery(sampleDiscovery()));
    expect(policy.name).toBe('discovered-demo');
    expect(policy.headers).toMatchObject({ dialect: 'x-ratelimit', speaksOf: 'per-org' });
    const [org, token, anybody, atOnce] = policy.limits;
    expect(org).toMatchObject({
      name: 'per-org',
      scope: ['org'],
      match: { methods: ['GET'], paths: ['/api/v2/users'] },
      algorithm: { kind: 'fixed-window', limit: 60, windowMs: 61_234, anchor: 'first-request' },
      counts: 'admitted',
      retryAfter: { kind: 'exact' },
      source: 'observed',
    });
    expect(org?.note).toContain('Observed with 321 probes, 45 of them rejected; capacity 60, window 61234 ms');
    expect(token?.cost).toEqual({
      base: 0,
      perItem: 0,
      routes: [
        { match: { methods: ['GET'], paths: ['/api/v2/users'] }, base: 1, perItem: 0 },
        { match: { methods: ['POST'], paths: ['/api/v2/jobs'] }, base: 3, perItem: 0 },
      ],
    });
    expect(token?.retryAfter).toEqual({ kind: 'uniform', fromMs: 1000, toMs: 30_000 });
    expect(token?.note).toContain('It may count by user as well');
    expect(anybody).toMatchObject({
      algorithm: { kind: 'sliding-window-log', limit: 7, windowMs: 10_000 },
      counts: 'all',
      retryAfter: { kind: 'absent' },
    });
    expect(anybody?.note).toMatch(
      /Ambiguous: one unit fits.*most restrictive that fits, the others are fixed-window and sliding-window-counter/,
    );
    expect(atOnce?.algorithm).toEqual({ kind: 'concurrency', limit: 8 });
  });

  it.each<[string, Partial<DiscoveryResults>]>([
    ['nothing found', { limits: [], headers: { present: true, speaksOf: null, worth: 'unclear', note: '' } }],
    ['a target without a name of its own', { target: { kind: 'url', name: '\u0000'.repeat(500) } }],
    [
      'names of 10,000 characters',
      { limits: [sampleLimit({ name: 'x'.repeat(10_000) }), sampleLimit({ name: 'x'.repeat(9999) })] },
    ],
    [
      'routes that are no patterns',
      {
        routes: [
          { name: 'users', method: 'get', path: '*/a b/**/?q#x' },
          { name: 'jobs', method: 'GET', path: `/${'y'.repeat(400)}` },
          { name: hostileName, method: '', path: '' },
        ],
      },
    ],
    [
      'numbers beyond the schema',
      {
        limits: [
          sampleLimit({
            routes: [{ route: 'users', cost: 1e12 }],
            algorithm: { kind: 'sliding-window-log', limit: 1e12, windowMs: 1e15 },
          }),
          sampleLimit({
            name: 'b',
            algorithm: { kind: 'token-bucket', capacity: 0.2, refillPerSecond: 1e12, stepMs: 1e12 },
          }),
        ],
      },
    ],
    [
      'fractions',
      { limits: [sampleLimit({ algorithm: { kind: 'fixed-window', limit: 7.9, windowMs: 1000.2, anchor: 'epoch' } })] },
    ],
    [
      'a hundred limits',
      {
        limits: Array.from({ length: 100 }, (_, at) => sampleLimit({ name: `limit ${at}` })),
        headers: { present: true, speaksOf: 'limit 99', worth: 'true', note: '' },
      },
    ],
    [
      'a hundred routes',
      {
        routes: Array.from({ length: 100 }, (_, at) => ({ name: `r${at}`, method: 'GET', path: `/${at}` })),
        limits: [sampleLimit({ routes: Array.from({ length: 100 }, (_, at) => ({ route: `r${at}`, cost: at + 1 })) })],
      },
    ],
    ['lag with one end', { noise: { ...sampleDiscovery().noise, enforcementLagMs: { low: 19.5, high: null } } }],
  ])('policyOfDiscovery gives a valid policy for %s', (_, change) => {
    expect(() => parsePolicy(policyOfDiscovery(sampleDiscovery(change)))).not.toThrow();
  });

  it('policyOfDiscovery takes rejected requests as counting where that could not be told, save where it makes no difference', () => {
    const log = { kind: 'sliding-window-log', limit: 7, windowMs: 1000 } as const;
    const limits = [sampleLimit({ counts: 'unknown' }), sampleLimit({ name: 'b', counts: 'unknown', algorithm: log })];
    const { limits: parsed } = parsePolicy(policyOfDiscovery(sampleDiscovery({ limits })));
    expect(parsed.map(({ counts }) => counts)).toEqual(['admitted', 'all']);
  });

  it('policyOfDiscovery is what run --policy takes', async () => {
    const folder = temporaryFolder();
    const users = { ...sampleDiscovery().routes[0]!, path: '/api/v2/users/me' };
    const results = sampleDiscovery({ routes: [users, ...sampleDiscovery().routes.slice(1)] });
    writeFileSync(join(folder, 'discovered.policy.json'), JSON.stringify(policyOfDiscovery(results)));
    const { code, stdout, stderr } = await ratelab(
      [
        'run',
        'architect-sync',
        '--policy',
        'discovered.policy.json',
        '--strategy',
        'immediate-retry',
        '--seeds',
        '1',
        '--no-out',
        '--json',
      ],
      folder,
    );
    expect(stderr).not.toContain('Cannot');
    expect(code).toBe(0);
    expect(JSON.parse(stdout).scenarios[0].policy.name).toBe('discovered-demo');
  });
});

describe('standsFor', () => {
  it('mostRestrictive takes the slowest, then the one that allows least around a border', () => {
    const window = { kind: 'fixed-window', limit: 10, windowMs: 1000, anchor: 'epoch' } as const;
    const log = { kind: 'sliding-window-log', limit: 10, windowMs: 1000 } as const;
    const slow = { kind: 'token-bucket', capacity: 50, refillPerSecond: 9, stepMs: 0 } as const;
    expect(mostRestrictive([window, log])).toBe(log);
    expect(mostRestrictive([window, log, slow])).toBe(slow);
    expect(mostRestrictive([{ kind: 'concurrency', limit: 1 }, window])).toBe(window);
  });

  it('standsFor keeps what was found, and takes the safe ends of what was not', () => {
    expect(standsFor(sampleLimit())).toEqual(sampleLimit().algorithm);
    const intervals = {
      capacity: { low: 50, high: 70 },
      windowMs: { low: 60_000, high: 62_000 },
      refillPerSecond: null,
      stepMs: null,
    };
    expect(standsFor(sampleLimit({ status: 'ambiguous', intervals }))).toMatchObject({ limit: 50, windowMs: 62_000 });
  });
});

const shapes: [string, FoundLimit['algorithm']][] = [
  [
    'fixed windows of the first request',
    { kind: 'fixed-window', limit: 40, windowMs: 17_013, anchor: 'first-request' },
  ],
  ['fixed windows of the clock', { kind: 'fixed-window', limit: 40, windowMs: 17_013, anchor: 'epoch' }],
  ['a sliding log', { kind: 'sliding-window-log', limit: 40, windowMs: 17_013 }],
  ['a sliding log of one', { kind: 'sliding-window-log', limit: 1, windowMs: 713 }],
  ['a sliding counter', { kind: 'sliding-window-counter', limit: 40, windowMs: 17_013 }],
  ['a token bucket', { kind: 'token-bucket', capacity: 13, refillPerSecond: 3.7, stepMs: 0 }],
  ['a stepwise token bucket', { kind: 'token-bucket', capacity: 30, refillPerSecond: 2, stepMs: 5000 }],
  ['a bucket that one step fills', { kind: 'token-bucket', capacity: 10, refillPerSecond: 4, stepMs: 5000 }],
  ['calls at once', { kind: 'concurrency', limit: 4 }],
];

describe('strategiesFor', () => {
  it.each(shapes)('strategiesFor names strategies that parse and beat immediate retry: %s', async (_, algorithm) => {
    const results = sampleDiscovery({
      headers: { present: false, speaksOf: null, worth: 'absent', note: '' },
      limits: [sampleLimit({ algorithm, routes: [{ route: 'users', cost: 1 }] })],
    });
    const scenario = tinyScenario(jobsAtOnce(120, 2), {
      policy: policyOfDiscovery(results),
      deadlineMs: 7_200_000,
      attemptsPerJobMax: 1_000_000,
    });
    const rejectedBy = async (spec: string) => {
      const { result } = await runTrial({ scenario, strategy: parseStrategy(spec), seed: 7 });
      expect(result.failure).toBeNull();
      return result.metrics!.attempts.rejected;
    };
    const [paced, reactive] = strategiesFor(results);
    const hammered = await rejectedBy('immediate-retry:attemptsMax=10000');
    // Pacing stays inside; reacting wastes some, and still less.
    expect(hammered).toBeGreaterThan(50);
    expect(await rejectedBy(paced!.spec)).toBe(0);
    expect(await rejectedBy(reactive!.spec)).toBeLessThan(hammered);
  });

  it('strategiesFor gives each a sentence, keeps to what proved worth it, and counts by what contains the scope', () => {
    const all = strategiesFor(sampleDiscovery());
    for (const { spec, why } of all) {
      expect(() => parseStrategy(spec)).not.toThrow();
      expect(why).toMatch(/^[A-Z].*\.$/);
    }
    expect(all[0]!.spec).toMatch(/^backoff:jitter=equal,baseMs=122000/);
    expect(all[0]!.why).toContain('Retry-After proved random');
    expect(all[0]!.spec).toMatch(/concurrency:by=all,limit=8$/);
    expect(all[0]!.why).toContain('kept for all, as no strategy counts by ip and route');
    // A cost of 3 at 2.5 units per second.
    expect(all[0]!.spec).toContain('token-bucket:by=token,ratePerSecond=0.8083,burst=6');
  });

  it('strategiesFor obeys Retry-After where it proved exact, backs off where there is none, and obeys it after a penalty', () => {
    const withHint = (kind: FoundLimit['retryAfter']['kind'], change: Partial<DiscoveryResults> = {}) =>
      strategiesFor(
        sampleDiscovery({
          limits: [sampleLimit({ retryAfter: { kind, told: exactly(5000), errorMs: exactly(0), tested: 2 } })],
          ...change,
        }),
      ).at(-1)!;
    expect(withHint('exact').spec).toMatch(/^retry-after:absent=backoff\+org-gate/);
    expect(withHint('absent').spec).toMatch(/^backoff\+org-gate/);
    expect(withHint('early').spec).toMatch(/^backoff:jitter=equal,baseMs=10000/);
    const penalty = { sign: 'a 403', atMs: 1, status: 403, afterRequests: 3, note: '' };
    expect(withHint('random', { penalty }).spec).toMatch(/^retry-after/);
    expect(strategiesFor(sampleDiscovery({ limits: [] }))).toHaveLength(1);
  });
});
