import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parsePolicy } from '../../mock-server/policy.ts';
import { parseStrategy } from '../strategies/index.ts';
import { runTrial } from '../trial/run-trial.ts';
import * as kit from './fast-check.ts';
import * as limiters from './testing/limiters.ts';

const promise = { limit: 10, windowMs: 1000 };
const perSecond = kit.neverMoreThan(promise);
const always = [kit.noJobLost, kit.noJobDoubled, kit.terminates];

/** The error of a check that has to fail. */
async function brokenBy(limiter: kit.Limiter, options: kit.CheckOptions): Promise<kit.LawBrokenError> {
  try {
    await kit.checkLimiter(limiter, options);
  } catch (error) {
    if (error instanceof kit.LawBrokenError) return error;
    throw error;
  }
  throw new Error('no law was broken');
}

describe('arbitraries', () => {
  test('policyArbitrary makes policies that are valid, of every algorithm, scope and hint', () => {
    const policies = fc.sample(kit.policyArbitrary(), { seed: 42, numRuns: 300 }).map((loose) => parsePolicy(loose));
    const limits = policies.flatMap((policy) => policy.limits);
    const seen = (values: readonly string[]) => [...new Set(values)].toSorted();
    expect(seen(limits.map(({ algorithm }) => algorithm.kind))).toEqual([
      'concurrency',
      'fixed-window',
      'sliding-window-counter',
      'sliding-window-log',
      'token-bucket',
    ]);
    expect(seen(limits.map(({ scope }) => scope.join('+')))).toEqual(['', 'client', 'org', 'org+route', 'token']);
    expect(seen(limits.map(({ retryAfter }) => retryAfter.kind))).toEqual([
      'absent',
      'exact',
      'fixed',
      'http-date',
      'uniform',
    ]);
    expect(seen(policies.map((policy) => String(policy.limits.length)))).toEqual(['1', '2', '3']);
  });

  test('trafficArbitrary has bursts of one ms that exceed the promise, quiet windows, late arrivals, several organizations', () => {
    const samples = fc.sample(kit.trafficArbitrary({ promise }), { seed: 42, numRuns: 200 });
    const has = (what: (calls: readonly kit.SmallCall[]) => boolean) => samples.filter(what).length;
    const times = (calls: readonly kit.SmallCall[]) => calls.map(({ atMs }) => atMs);
    const gaps = (calls: readonly kit.SmallCall[]) =>
      times(calls).map((atMs, at) => atMs - (times(calls)[at - 1] ?? 0));
    expect(has((calls) => kit.worstWindow(times(calls), 1).count > promise.limit)).toBeGreaterThan(20);
    expect(has((calls) => kit.worstWindow(times(calls), 1000).count > promise.limit)).toBeGreaterThan(100);
    expect(has((calls) => gaps(calls).some((gapMs) => gapMs >= 999))).toBeGreaterThan(50);
    expect(has((calls) => new Set(calls.map(({ org }) => org)).size > 1)).toBeGreaterThan(50);
    expect(has((calls) => times(calls).some((atMs, at) => !(Number.isInteger(atMs) && gaps(calls)[at]! >= 0)))).toBe(0);
  });

  test('scenarioArbitrary has every kind of Retry-After and outages', () => {
    const samples = fc.sample(kit.scenarioArbitrary(), { seed: 42, numRuns: 300 });
    const troubles = samples.flatMap((one) => one.troubles);
    expect(new Set(troubles.map(({ retryAfter }) => retryAfter))).toEqual(new Set(kit.RETRY_AFTERS));
    expect(new Set(troubles.map(({ kind }) => kind))).toEqual(new Set(['outage', 'refusal']));
    expect(samples).toEqual(fc.sample(kit.scenarioArbitrary(), { seed: 42, numRuns: 300 }));
  });

  test('workloadArbitrary makes workloads', () => {
    for (const { jobs, senders } of fc.sample(kit.workloadArbitrary({ orgsMax: 2, callsMax: 5 }), {
      seed: 1,
      numRuns: 20,
    })) {
      expect(senders).toHaveLength(2);
      expect(jobs.length).toBeLessThanOrEqual(5);
    }
  });
});

describe('checkLimiter', () => {
  test('checkLimiter passes a right pacer, given as a maker', async () => {
    const laws = [perSecond, kit.usesItsQuota(promise), ...always];
    const check = kit.checkLimiter(limiters.slidingLog(), { promise, laws, limits: 'none', runs: 60 });
    await expect(check).resolves.toBeUndefined();
  });

  test('checkLimiter passes a right retrier, given as a pipeline, a strategy or a spec', async () => {
    const laws = [kit.neverBeforeRetryAfter(), kit.recoversWithin({ ms: 1000 }), kit.everyJobDone, ...always];
    await expect(kit.checkLimiter(limiters.obedient, { laws, limits: 'none', runs: 60 })).resolves.toBeUndefined();
    for (const limiter of ['retry-after', parseStrategy('retry-after')]) {
      await expect(kit.checkLimiter(limiter, { laws: laws[0]!, runs: 20 })).resolves.toBeUndefined();
    }
  });

  test.each([
    ['counts by clock second', limiters.fixedSecond, perSecond, 'neverMoreThan'],
    ['forgets its starts 1 ms early', limiters.slidingLog(999), perSecond, 'neverMoreThan'],
    ['is slower than it promises', limiters.overDelays, kit.usesItsQuota(promise), 'usesItsQuota'],
    ['never answers a refused call', limiters.forgets, kit.noJobLost, 'noJobLost'],
    ['never comes to its end', limiters.forgets, kit.terminates, 'terminates'],
    ['sends twice', limiters.sendsTwice, kit.noJobDoubled, 'noJobDoubled'],
    ['does not understand dates', limiters.secondsOnly, kit.neverBeforeRetryAfter(), 'neverBeforeRetryAfter'],
    ['never closes its circuit', limiters.neverCloses, kit.recoversWithin({ ms: 5000 }), 'recoversWithin'],
  ])('checkLimiter finds a limiter that %s', async (_, limiter, law, name) => {
    const error = await brokenBy(limiter, { promise, laws: [law], runs: 60 });
    expect(error.violations.map((violation) => violation.law)).toEqual([name]);
  });

  test('checkLimiter shrinks to one call and the refusals that matter', async () => {
    const options = { laws: kit.neverBeforeRetryAfter(), limits: 'none' } as const;
    const { history, scenario, message } = await brokenBy(limiters.secondsOnly, options);
    expect(scenario.calls).toEqual([{ atMs: 0, org: 0 }]);
    expect(history.attempts.length).toBeLessThanOrEqual(3);
    expect(message).toContain('neverBeforeRetryAfter: job 0 of org-01 was tried again at');
    expect(message).toMatch(/^> .* ms {2}org-01 .* (429|503) \w+, Retry-After: .* GMT\n> .* ms {2}org-01 /m);
  });

  test('checkLimiter prints seed, path and scenario, and both ways of replay show the same', async () => {
    const options = { promise, laws: [perSecond], limits: 'none' } as const;
    const error = await brokenBy(limiters.fixedSecond, options);
    const [, seed, path] = /seed: (\d+), path: "([\d:]+)" \}\)$/m.exec(error.message) ?? [];
    const [, json = ''] = /await replayScenario\(limiter, laws, (.*)\)$/m.exec(error.message) ?? [];
    const again = await brokenBy(limiters.fixedSecond, { ...options, seed: Number(seed), path: path! });
    expect(again.violations).toEqual(error.violations);
    expect(again.scenario).toEqual(error.scenario);
    const replay = kit.replayScenario(limiters.fixedSecond, [perSecond], JSON.parse(json) as kit.SmallScenario);
    await expect(replay).rejects.toMatchObject({ violations: error.violations });
    await expect(kit.replayScenario(limiters.slidingLog(), [perSecond], error.scenario)).resolves.toMatchObject({
      violations: [],
    });
  });

  test('checkLimiter is deterministic per seed, and tries other scenarios with another', async () => {
    const check = (seed: number) => brokenBy(limiters.fixedSecond, { promise, laws: perSecond, seed });
    const [one, same, other] = [await check(1), await check(1), await check(2)];
    expect(same.message).toBe(one.message);
    expect(other.message).not.toBe(one.message);
  });

  test('checks that run at once do not disturb each other', async () => {
    const checks = Array.from({ length: 4 }, () => kit.checkLimiter(limiters.obedient, { laws: always, runs: 3 }));
    await expect(Promise.all(checks)).resolves.toHaveLength(4);
  });

  test.each([
    ['no laws', 'none', [], 'laws must be at least one law, current value is []'],
    ['a maker of laws that was not called', 'none', kit.neverMoreThan, 'a maker must be called'],
    ['no limiter', 3, perSecond, 'must be a function (fetch, context) => fetch'],
  ])('checkLimiter refuses %s', async (_, limiter, laws, message) => {
    const check = kit.checkLimiter(limiter as kit.Limiter, { laws: laws as kit.Law });
    await expect(check).rejects.toThrow(message);
  });

  test('checkLimiter says when a maker makes no pipeline', async () => {
    const limiter = (() => 3) as unknown as kit.Limiter;
    const { message } = await brokenBy(limiter, { laws: kit.terminates, runs: 1 });
    expect(message).toContain('a maker must return a function (fetch, context) => fetch, current value is 3');
  });
});

describe('limiterProperty', () => {
  test('limiterProperty is a property of fast-check; the cause holds the timeline', async () => {
    const property = kit.limiterProperty(limiters.fixedSecond, perSecond, { promise });
    const error: unknown = await fc.assert(property, { seed: 7 }).catch((thrown: unknown) => thrown);
    expect((error as Error).message).toContain('Property failed after');
    expect((error as Error).cause).toBeInstanceOf(kit.LawBrokenError);
    expect(((error as Error).cause as Error).message).toMatch(/time +org +job +try +answered +answer[^]*Replay: /);
  });
});

describe('a small scenario', () => {
  const call = { atMs: 0, org: 0 };
  const base = { limits: [], orgs: 1, serviceMs: 50, calls: [call], troubles: [], seed: 1 };

  test.each([
    ['absent', null, null],
    ['0', '0', 0],
    ['7', '7', 7000],
    ['1.5', '1.5', 1500],
    ['soon', 'soon', null],
    ['3000000', '3000000', 3_000_000_000],
    // Told at 0 ms, answered 10 ms later.
    ['date+2', 'Mon, 05 Jan 2026 09:00:02 GMT', 1990],
    ['date+0', 'Mon, 05 Jan 2026 09:00:00 GMT', 0],
  ])('a refusal tells Retry-After %s', async (retryAfter, text, ms) => {
    const scenario = { ...base, troubles: [{ kind: 'refusal', request: 1, retryAfter } as const] };
    let read: string | null | undefined;
    const limiter: kit.Limiter = (fetch) => async (input, init) => {
      const response = await fetch(input, init);
      read = response.headers.get('retry-after');
      return response;
    };
    const { history } = await kit.checkScenario(limiter, [kit.terminates], scenario);
    expect(read).toBe(text);
    expect(history.attempts).toMatchObject([{ status: 429, cause: 'refusal', retryAfter: text, retryAfterMs: ms }]);
    expect(history.jobs).toMatchObject([{ outcome: 'failed', answers: 0 }]);
  });

  test('an outage is in the history and ends when it says', async () => {
    const outage = { kind: 'outage', fromMs: 100, toMs: 300, retryAfter: 'absent' } as const;
    const calls = [0, 99, 100, 299, 300].map((atMs) => ({ atMs, org: 0 }));
    const { history } = await kit.checkScenario('none', [kit.terminates], { ...base, calls, troubles: [outage] });
    expect(history.outages).toEqual([{ fromMs: 100, toMs: 300 }]);
    expect(history.attempts.map(({ status }) => status)).toEqual([200, 200, 503, 503, 200]);
  });

  test('listening changes nothing: same digest as without', async () => {
    for (const small of fc.sample(kit.scenarioArbitrary(), { seed: 3, numRuns: 15 })) {
      const options = { scenario: kit.smallScenario(small), strategy: parseStrategy('backoff+retry-after'), seed: 5 };
      const { result } = await kit.runKitTrial(options);
      expect(result).toEqual((await runTrial(options)).result);
    }
  });
});
