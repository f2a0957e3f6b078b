/** Discovery and penalties: the default manner triggers none, a defiant one stops at the first sign. The gateway's own count of decisions is the judge. */
import { expect, it } from 'vitest';
import { type Policy, parsePolicy } from '../../mock-server/policy.ts';
import { dailyExportPolicy } from '../../mock-server/policies/daily-export.ts';
import { identifyCarefully } from '../../src/discovery/careful/identify-carefully.ts';
import { discover, type DiscoverOptions } from '../../src/discovery/discover.ts';
import { createPolicyBlackBox } from '../../src/trial/black-box.ts';
import { carefulTruthOf, tryCarefully } from './careful-runner.ts';

/** Beside other work on the same machine. */
const LONG_MS = 600_000;
const STARTS_AT_MS = 1_770_000_000_000;
const budget = { requests: 1200, rejections: 400, timeMs: 4 * 3_600_000 };

/** Discovers a policy as one caller; `punished`: decisions by a stage of a penalty. */
async function discovered(policy: Policy, path: string, options: Partial<DiscoverOptions>) {
  const caller = {
    org: 'org-01',
    client: 'exporter',
    token: 't',
    user: 'u',
    app: 'exporter',
    ip: 'i',
    tier: 'standard',
    permitted: true,
  };
  const box = createPolicyBlackBox({
    policy,
    callers: [caller],
    seed: 5,
    startsAtMs: STARTS_AT_MS,
    deadlineMs: STARTS_AT_MS + 1e9,
  });
  const outcome = await box.run(() =>
    discover(
      {
        fetch: box.fetch,
        clock: box.clock,
        baseUrl: box.baseUrl,
        identities: [{ name: 'a', labels: { org: 'org-01' }, headers: { authorization: 'Bearer t' } }],
        routes: [{ name: 'query', method: 'POST', path, headers: {}, body: '' }],
      },
      { budget, exclusion: { requests: 300, overMs: 600_000 }, inFlight: 64, ...options },
    ),
  );
  if (!('value' in outcome)) throw new Error(`Cannot discover: ${JSON.stringify(outcome)}`);
  const punished = box.rejectionsByCause.slice(policy.limits.length).reduce((sum, count) => sum + count, 0);
  return { findings: outcome.value, punished };
}

const dailyExport = parsePolicy(dailyExportPolicy);
const analytics = '/api/v2/analytics/conversations/details/query';

it(
  'the default manner triggers no penalty on daily-export, with either identification',
  async () => {
    const plain = await discovered(dailyExport, analytics, { defy: false });
    expect(plain.punished).toBe(0);
    expect(plain.findings.spent.rejections).toBeGreaterThan(0);
    const careful = await discovered(dailyExport, analytics, {
      defy: false,
      identify: (stream) => identifyCarefully(stream),
    });
    expect(careful.punished).toBe(0);
    expect(careful.findings.spent.rejections).toBeGreaterThan(0);
  },
  LONG_MS,
);

it('a defiant one stops at the first sign and says so', async () => {
  const { findings, punished } = await discovered(dailyExport, analytics, { defy: true });
  expect(punished).toBeGreaterThan(0);
  expect(findings.penalty?.sign).toBeDefined();
  expect(findings.complete).toBe(false);
  expect(findings.unknown.some(({ kind }) => kind === 'stopped')).toBe(true);
});

it('identifyCarefully triggers none on random gateways that punish, and is never wrong and sure', async () => {
  const trials = [];
  for (let seed = 900_001; seed <= 900_004; seed++) {
    trials.push(await tryCarefully(carefulTruthOf(seed, false), () => 0));
  }
  expect(trials.map(({ punished }) => punished)).toEqual(trials.map(() => 0));
  expect(trials.filter(({ identified, right }) => identified.kind === 'found' && !right)).toEqual([]);
  expect(trials.filter(({ right }) => right).length).toBeGreaterThanOrEqual(3);
});

it(
  'identifyCarefully goes by outcomes alone where Retry-After misleads, is right on some, never wrong and sure, and triggers none',
  async () => {
    const trials = [];
    for (let seed = 900_101; seed <= 900_103; seed++) {
      trials.push(await tryCarefully(carefulTruthOf(seed, true), () => 0));
    }
    expect(trials.map(({ punished }) => punished)).toEqual(trials.map(() => 0));
    expect(trials.filter(({ identified, right }) => identified.kind === 'found' && !right)).toEqual([]);
    expect(trials.filter(({ exact }) => exact).length).toBeGreaterThanOrEqual(1);
  },
  LONG_MS,
);
