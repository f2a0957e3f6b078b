import { describe, expect, it } from 'vitest';
import { differingFields } from './measurement.ts';
import { judge } from './judge.ts';
import { changedBuild, inputOf, sampleBaseline, times } from './testing/sample-baseline.ts';
import type { Check } from './verdict.ts';

const same = (build: Parameters<typeof changedBuild>[0]) => judge(inputOf(changedBuild(build))).checks;
const verdictOf = (checks: readonly Check[], key: string) => checks.find((check) => check.key === key)?.verdict;
const limiter = (metric: string) => `small/./limiter.ts/${metric}`;

describe('judge', () => {
  it('calls equal digests identical, all of them', () => {
    const checks = same((trial) => trial);
    expect(checks).toHaveLength(18);
    expect(new Set(checks.map(({ verdict }) => verdict))).toEqual(new Set(['identical']));
  });

  it.each([
    ['makespan', 1.2, 'regressed'],
    ['makespan', 0.8, 'improved'],
    ['makespan', 1.01, 'within limits'],
    ['rejected', 1.3, 'regressed'],
    ['wasted-share', 1.5, 'regressed'],
    ['wait-p95', 1.5, 'regressed'],
    ['worst-org-slowdown', 1.4, 'regressed'],
  ] as const)('%s times %d is %s, and nothing else moves', (metric, factor, verdict) => {
    const checks = same(times(metric, factor));
    expect(verdictOf(checks, limiter(metric))).toBe(verdict);
    const others = checks.filter(({ key }) => key !== limiter(metric)).map((check) => check.verdict);
    expect(new Set(others)).toEqual(new Set(['within limits', 'identical']));
  });

  it('leaves what is tolerated alone, and fails it when the tolerance goes', () => {
    const now = changedBuild(times('makespan', 1.04));
    expect(verdictOf(judge(inputOf(now)).checks, limiter('makespan'))).toBe('within limits');
    const strict = { '*/makespan': { max: '+1%' } };
    expect(verdictOf(judge(inputOf(now, { thresholds: strict })).checks, limiter('makespan'))).toBe('regressed');
  });

  it('fails on one lost job in one seed, whatever the average says, and names the seed', () => {
    const checks = same((trial) =>
      trial.seed === 7
        ? { ...trial, digest: 'e'.repeat(64), values: { ...trial.values, 'jobs-unfinished': 1 } }
        : trial,
    );
    const check = checks.find(({ key }) => key === limiter('jobs-unfinished'));
    expect(check).toMatchObject({ verdict: 'regressed' });
    expect(check?.reason).toContain('seed 7');
  });

  it('fails on one failed trial that was not there before, and names its reason', () => {
    const checks = same((trial) =>
      trial.seed === 3
        ? { ...trial, failure: 'deadline', values: { ...trial.values, failures: 1, makespan: null } }
        : trial,
    );
    const check = checks.find(({ key }) => key === limiter('failures'));
    expect(check?.reason).toBe('seed 3 failed (deadline), not so in the baseline');
  });

  it('takes lost jobs that the baseline has too for a number like others', () => {
    const losing = (count: number) =>
      changedBuild((trial) => ({
        ...trial,
        digest: `${count}`.padStart(64, 'd'),
        values: { ...trial.values, 'jobs-unfinished': count + (trial.seed % 3) },
      }));
    const baseline = { ...sampleBaseline(), scenarios: losing(100).scenarios };
    const at = (count: number) =>
      verdictOf(judge(inputOf(losing(count), { baseline })).checks, limiter('jobs-unfinished'));
    expect([at(101), at(130)]).toEqual(['within limits', 'regressed']);
  });

  it('holds every seed against an absolute limit, also where nothing changed', () => {
    const thresholds = { '*/retry-after/makespan': { limit: 61_000 } };
    const { checks } = judge(
      inputOf(
        changedBuild((trial) => trial),
        { thresholds },
      ),
    );
    const check = checks.find(({ key }) => key === 'small/retry-after/makespan');
    expect(check?.verdict).toBe('regressed');
    expect(check?.reason).toMatch(/over the limit of 1m01s/);
  });

  it('asks for held-out seeds only where something is open, and says so when they never come', () => {
    const now = changedBuild(times('makespan', 1.2));
    const first = {
      ...now,
      scenarios: now.scenarios.map((scenario) => ({
        ...scenario,
        strategies: scenario.strategies.map((each) => ({ ...each, trials: each.trials.slice(0, 10) })),
      })),
    };
    const judgement = judge(inputOf(first));
    expect(judgement.open).toEqual([{ scenario: 'small', strategy: './limiter.ts' }]);
    expect(judgement.checks.find(({ key }) => key === limiter('makespan'))).toMatchObject({
      verdict: 'unsure',
      reason: 'the held-out seeds, which would tell, were not run',
    });
  });

  it('does not confirm what only the first seeds show', () => {
    const now = changedBuild((trial) =>
      trial.seed <= 10 ? times('makespan', 1.08)(trial) : times('makespan', 0.99)(trial),
    );
    expect(verdictOf(judge(inputOf(now)).checks, limiter('makespan'))).toBe('within limits');
  });

  it('falls back to Holm where the baseline has no held-out seeds', () => {
    const baseline = { ...sampleBaseline(), heldOutSeeds: [] };
    const { checks } = judge(inputOf(changedBuild(times('makespan', 1.2)), { baseline }));
    expect(checks.find(({ key }) => key === limiter('makespan'))).toMatchObject({
      verdict: 'regressed',
      reason: 'after Holm, as the baseline has no held-out seeds',
    });
  });

  it('says of too few seeds that they can never tell', () => {
    const few = { ...sampleBaseline(), seeds: [1, 2], heldOutSeeds: [11, 12] };
    const { checks } = judge(inputOf(changedBuild(times('makespan', 1.5)), { baseline: few }));
    const check = checks.find(({ key }) => key === limiter('makespan'));
    expect(check).toMatchObject({ verdict: 'unsure', reason: '4 seeds can never tell: at least 5 are needed' });
  });

  it.each([
    ['a limit', { 'policy limit quota': 'b2', 'parameter jobs': '20' }, 'policy limit quota changed from a1 to b2'],
    ['a parameter', { 'policy limit quota': 'a1', 'parameter jobs': '21' }, 'parameter jobs changed from 20 to 21'],
    ['a field that is gone', { 'policy limit quota': 'a1' }, 'parameter jobs changed from 20 to absent'],
  ])('names the field when %s differs: not comparable', (_, fingerprint, reason) => {
    const now = changedBuild((trial) => trial);
    const changed = { ...now, scenarios: now.scenarios.map((each) => ({ ...each, fingerprint })) };
    const { checks } = judge(inputOf(changed));
    expect(new Set(checks.map(({ verdict }) => verdict))).toEqual(new Set(['not comparable']));
    expect(checks[0]?.reason).toBe(reason);
  });

  it('does not compare metrics that were defined otherwise', () => {
    const baseline = { ...sampleBaseline(), metricsVersion: 0 };
    const { checks } = judge(
      inputOf(
        changedBuild((trial) => trial),
        { baseline },
      ),
    );
    expect(checks[0]).toMatchObject({ verdict: 'not comparable' });
    expect(checks[0]?.reason).toContain('version 0');
  });

  it('names missing seeds, on either side', () => {
    const now = changedBuild((trial) => trial);
    const without = (seed: number) => ({
      ...now,
      scenarios: now.scenarios.map((scenario) => ({
        ...scenario,
        strategies: scenario.strategies.map((each) => ({
          ...each,
          trials: each.trials.filter((trial) => trial.seed !== seed),
        })),
      })),
    });
    expect(judge(inputOf(without(4))).checks[0]).toMatchObject({ verdict: 'missing', reason: 'seed 4 was not run' });
    const baseline = { ...sampleBaseline(), scenarios: without(14).scenarios };
    expect(judge(inputOf(now, { baseline })).checks[0]).toMatchObject({
      verdict: 'missing',
      reason: 'the baseline lacks seed 14',
    });
  });

  it('names a missing strategy and a missing scenario', () => {
    const now = changedBuild((trial) => trial);
    const fewer = {
      ...now,
      scenarios: now.scenarios.map((each) => ({ ...each, strategies: each.strategies.slice(0, 1) })),
    };
    expect(verdictOf(judge(inputOf(fewer)).checks, 'small/retry-after/makespan')).toBe('missing');
    const absent = [{ scenario: 'small', strategy: null, reason: 'there is no file ./small.ts any more' }];
    const { checks } = judge(inputOf({ ...now, scenarios: [] }, { absent }));
    expect(checks).toHaveLength(18);
    expect(checks.every(({ verdict, reason }) => verdict === 'missing' && reason.includes('./small.ts'))).toBe(true);
  });
});

describe('differingFields', () => {
  it('names what differs and what only one has, sorted', () => {
    expect(differingFields({ b: '1', a: '1', c: '1' }, { b: '2', c: '1', d: '1' })).toEqual(['a', 'b', 'd']);
  });
});
