import { expect, test } from 'vitest';
import { parseStrategy } from '../src/strategies/index.ts';
import { runTrial } from '../src/trial/run-trial.ts';
import { BACKOFF, FIXED_DELAY, NONE, RETRY_AFTER } from './common-strategies.ts';
import { scenarios } from './index.ts';

/** Metrics of three trials. */
async function run(name: string, spec: string, variant = '') {
  const scenario = scenarios.find((candidate) => candidate.name === name)!;
  const strategy = parseStrategy(spec);
  const outcomes = await Promise.all([1, 2, 3].map((seed) => runTrial({ scenario, variant, strategy, seed })));
  return outcomes.map(({ result }) => result.metrics!);
}

/** Which limit refuses most, in every trial. */
function mainCauses(trials: Awaited<ReturnType<typeof run>>): string[] {
  return trials.map(({ rejectionsByCause }) => {
    const [first] = Object.entries(rejectionsByCause).sort(([, a], [, b]) => b - a);
    return first?.[0] ?? '';
  });
}

test.each([
  ['bulk-segments', NONE, 'segment-creations'],
  ['bulk-segments', BACKOFF, 'segment-creations'],
  ['interactions-query', BACKOFF, 'analytics-burst'],
  ['architect-sync', RETRY_AFTER, 'tenant-wide'],
  ['users-fifty-orgs', RETRY_AFTER, 'app-gateway'],
  ['daily-export', NONE, 'tenant-analytics'],
])('%s shows its symptom for %s, by %s', async (name, spec, cause) => {
  const trials = await run(name, spec);
  expect(mainCauses(trials)).toEqual([cause, cause, cause]);
  for (const { wastedShare } of trials) expect(wastedShare).toBeGreaterThan(0.01);
});

test.each([
  ['bulk-segments', BACKOFF, 'without-creation-cap'],
  ['architect-sync', `${BACKOFF}+token-bucket`, 'endpoint-limit-only'],
  ['users-fifty-orgs', RETRY_AFTER, 'without-gateway-limit'],
  ['daily-export', NONE, '50-intervals'],
])('%s has no refusal for %s in the variant %s', async (name, spec, variant) => {
  for (const { attempts } of await run(name, spec, variant)) expect(attempts.rejected).toBe(0);
});

test('interactions-query refuses by the pool too', async () => {
  for (const { rejectionsByCause } of await run('interactions-query', BACKOFF)) {
    expect(rejectionsByCause['query-pool']).toBeGreaterThan(0);
  }
});

test('daily-export climbs the whole ladder for a client that ignores Retry-After, and never for one that obeys', async () => {
  for (const { penalties } of await run('daily-export', FIXED_DELAY)) {
    expect(Math.min(penalties.blocks, penalties.unavailable, penalties.bans)).toBeGreaterThan(0);
  }
  for (const { penalties, jobs } of await run('daily-export', RETRY_AFTER)) {
    expect(penalties).toEqual({ blocks: 0, unavailable: 0, bans: 0 });
    expect([jobs.done, jobs.doubled]).toEqual([jobs.total, 0]);
  }
});
