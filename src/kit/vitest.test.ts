import { describe, expect, test, vi } from 'vitest';
import { defineScenario } from '../../scenarios/scenario.ts';
import { createWorkload, senders } from '../workload/create-workload.ts';
import * as limiters from './testing/limiters.ts';
import { neverMoreThan, noJobLost, runScenario, ScenarioResult, smallScenario } from './vitest.ts';

/** Its canonical form is `token-bucket+retry-after`: these are the defaults. */
const PACED = 'token-bucket:ratePerSecond=10,burst=10+retry-after';

/** What a matcher says when it fails. */
function messageOf(check: () => void): string {
  try {
    check();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('the matcher did not fail');
}

/** A limiter that does everything right. */
const paced = await runScenario(PACED, { seeds: [1, 2, 3] });
const right = paced.trial(1);

/** A result whose trials are those of other limiters: only its worst seed is wrong. */
function mixed(...trials: ScenarioResult['trials']): ScenarioResult {
  return new ScenarioResult('tiny', 'mixed', paced.policy, trials);
}

describe('runScenario', () => {
  test('runScenario runs three seeds of the tiny scenario, the same each time', async () => {
    const again = await runScenario(PACED);
    expect(again.trials.map(({ seed }) => seed)).toEqual([1, 2, 3]);
    expect(again.trials.map(({ digest }) => digest)).toEqual(paced.trials.map(({ digest }) => digest));
    expect(new Set(again.trials.map(({ digest }) => digest)).size).toBe(3);
    expect(right.metrics?.jobs).toMatchObject({ total: 120, done: 120 });
    expect(() => paced.trial(4)).toThrow('it must be one that was run (1, 2, 3), current value is 4');
  });

  test.each(['tiny', 'tiny-outage', 'tiny-shared'])(
    'runScenario: in %s a program that paces and obeys loses nothing',
    async (scenario) => {
      const result = await runScenario(limiters.obedient, { scenario, seeds: 2 });
      expect(result).toLoseNothing();
      expect(result).toHonourRetryAfter();
    },
  );

  test('runScenario refuses an option that it does not have, and finds the tiny scenario that was meant', async () => {
    const options = { seed: 7 } as object;
    await expect(runScenario(PACED, options)).rejects.toThrow(
      'Cannot run scenario with option seed: options must be some of scenario, variant, policy, workload, seeds',
    );
    await expect(runScenario(PACED, { scenario: 'tiny-outtage' })).rejects.toThrow('did you mean tiny-outage?');
  });

  test('runScenario calls a limiter without a name of its own a limiter', async () => {
    for (const name of ['', 'default', '__vite_ssr_export_default__']) {
      const limiter = Object.defineProperty((fetch: typeof globalThis.fetch) => fetch, 'name', { value: name });
      expect((await runScenario(limiter, { seeds: 1 })).limiter).toBe('limiter');
    }
  });

  test('runScenario takes a scenario by value, a policy, a workload', async () => {
    const call = { atMs: 0, org: 0 };
    const small = { limits: [], orgs: 1, serviceMs: 50, calls: [call, call], troubles: [], seed: 1 };
    const policy = { name: 'one', limits: [{ name: 'one', algorithm: { kind: 'concurrency', limit: 1 } }] };
    const workload = createWorkload(senders(1), [{ sender: 0, path: '/a' }]);
    const jobs = async (...parameters: Parameters<typeof runScenario>) =>
      (await runScenario(...parameters)).trials[0]?.metrics?.jobs;
    expect(await jobs('none', { scenario: small, seeds: 1 })).toMatchObject({ total: 2, done: 2 });
    expect(await jobs('none', { scenario: defineScenario(smallScenario(small)), seeds: 1 })).toMatchObject({ done: 2 });
    expect(await jobs('none', { scenario: small, policy, seeds: 1 })).toMatchObject({ done: 1, failed: 1 });
    expect(await jobs('none', { scenario: small, policy, workload, seeds: 1 })).toMatchObject({ total: 1, done: 1 });
    expect(await jobs('none', { workload: () => workload, seeds: [9] })).toMatchObject({ total: 1 });
  });

  test('runScenario keeps the outages of a scenario whose policy is replaced', async () => {
    const policy = { name: 'free', limits: [] };
    const result = await runScenario('retry-after', { scenario: 'tiny-outage', policy, seeds: 1 });
    expect(result.trials[0]?.history().outages).toEqual([{ fromMs: 2000, toMs: 5000 }]);
  });

  test('runScenario lives beside vitest’s fake timers', async () => {
    vi.useFakeTimers({ now: 0 });
    const later = vi.fn<() => void>();
    setTimeout(later, 1000);
    const result = await runScenario(limiters.obedient, { seeds: 1 });
    expect([Date.now(), later.mock.calls.length]).toEqual([0, 0]);
    vi.useRealTimers();
    expect(result).toLoseNothing();
  });

  test.each([
    ['an unknown scenario', 'none', { scenario: 'tinyy' }, 'no scenario has this name'],
    [
      'something that is no scenario',
      'none',
      { scenario: 3 as never },
      'it must be a name, a scenario or a small scenario',
    ],
    ['no seeds', 'none', { seeds: 0 }, 'seeds must be a number from 1 to 1000'],
    ['the same seed twice', 'none', { seeds: [1, 1] }, 'a list of different whole numbers, current value is [1,1]'],
    ['an unknown limiter', 'nonesuch', {}, 'Cannot parse strategy nonesuch'],
    ['a wrong policy', 'none', { policy: { limits: 3 } }, 'limits must be'],
  ])('runScenario refuses %s', async (_, limiter, options, message) => {
    await expect(runScenario(limiter, options)).rejects.toThrow(message);
  });
});

describe('matchers', () => {
  test('matchers pass for a limiter that does everything right, and .not fails', async () => {
    const limit = { limit: 20, windowMs: 1000, by: 'org' } as const;
    expect(paced).toFinishWithin('3.2 s');
    expect(paced).toFinishWithin(3200);
    expect(paced).toReach(97, 'percent of optimum');
    expect(paced).toWasteAtMost(0);
    expect(paced).toWasteAtMost('1 %');
    expect(paced).toStayWithinLimits();
    expect(paced).toStayWithinLimits(limit);
    expect(paced).toHonourRetryAfter();
    expect(paced).toTreatOrgsFairly();
    expect(paced).toLoseNothing();
    expect(paced).toObey([noJobLost, neverMoreThan(limit)]);
    expect(await runScenario('retry-after', { scenario: 'tiny-outage' })).toRecoverWithin('1 s');
    expect(() => expect(paced).not.toLoseNothing()).toThrow(
      `Expected token-bucket+retry-after in tiny not to lose nothing on every seed, but it did. Seed 1, the worst of 3 seeds: all 120 jobs were done.`,
    );
  });

  test('matchers fail for one that does everything wrong, and .not passes', async () => {
    const none = await runScenario('none', { seeds: 1 });
    const hammering = await runScenario('immediate-retry', { scenario: 'tiny-shared', seeds: 1 });
    const slow = await runScenario('fixed-delay:delayMs=20000', { scenario: 'tiny-outage', seeds: 1 });
    expect(none).not.toFinishWithin('1 h');
    expect(none).not.toReach(1, 'percent of optimum');
    expect(none).not.toLoseNothing();
    expect(hammering).not.toWasteAtMost('98 %');
    expect(hammering).not.toStayWithinLimits();
    expect(hammering).not.toStayWithinLimits({ limit: 1000, windowMs: 1000 });
    expect(hammering).not.toHonourRetryAfter();
    expect(hammering).not.toTreatOrgsFairly();
    expect(hammering).not.toObey(neverMoreThan({ limit: 100, windowMs: 100 }));
    expect(slow).not.toRecoverWithin('10 s');
  });

  test('matchers judge every seed, and name the worst of those that fail', async () => {
    const [slow, slower] = (await runScenario('fixed-delay:delayMs=4000', { seeds: [7, 8] })).trials;
    const [worse, better] =
      slow!.metrics!.makespanMs > slower!.metrics!.makespanMs ? [slow!, slower!] : [slower!, slow!];
    const result = mixed(right, better, worse);
    expect(result).not.toFinishWithin('5 s');
    const message = messageOf(() => expect(result).toFinishWithin('5 s'));
    expect(message).toContain(
      `Expected mixed in tiny to finish within 5s. Seed ${worse.seed}, the worst of 3 seeds: it took`,
    );
    expect(message).toContain('(2 of 3 seeds fail)');
    expect(message).toContain(`seeds: [${worse.seed}]`);
  });

  test('a failure shows measured and asked, the timeline around the counterexample, and how to replay', async () => {
    const result = await runScenario('immediate-retry', { seeds: [3] });
    const message = messageOf(() => expect(result).toHonourRetryAfter());
    expect(message).toMatch(
      /^Expected immediate-retry in tiny to honour Retry-After\. Seed 3: job \d+ of org-0\d was tried again at/,
    );
    expect(message.match(/^> .* 429 per-org, Retry-After: 1$/gm)).toHaveLength(2);
    expect(message).toMatch(/\n\nReplay: await runScenario\('immediate-retry', \{ seeds: \[3\] \}\)$/);
    expect(message.split('\n').length).toBeLessThan(25);
  });

  test('a failure says what was not done', async () => {
    const message = messageOf(() => expect(mixed(right)).toFinishWithin('1 s'));
    expect(message).toMatch(/to finish within 1s\. Seed 1: it took 3\.\ds \(the least possible is 3\.\ds\)\.\n/);
    const none = await runScenario('none', { seeds: 1 });
    expect(messageOf(() => expect(none).toFinishWithin('1 h'))).toContain('of 120 jobs were not done (78 given up).');
    const lost = await runScenario(limiters.forgets, { seeds: 1 });
    expect(messageOf(() => expect(lost).toLoseNothing())).toMatch(
      /jobs were not done \(\d+ lost\); (stalled|deadline): /,
    );
  });

  test('a failure in a built-in scenario names the command that replays it', async () => {
    const { trials } = await runScenario('none', { scenario: 'bulk-segments', seeds: [5] });
    expect(trials[0]?.replay).toBe("npx ratelab replay bulk-segments 'none' --seed 5");
    const changed = await runScenario('none', {
      scenario: 'tiny-outage',
      policy: { name: 'free', limits: [] },
      seeds: 1,
    });
    expect(changed.trials[0]?.replay).toBe(
      "await runScenario('none', { scenario: 'tiny-outage', policy, seeds: [1] })",
    );
  });

  test('a limiter that crashes is judged by neither a matcher nor its opposite', async () => {
    const crashed = await runScenario(
      () => () => {
        throw new Error('boom');
      },
      { seeds: 1 },
    );
    const message = 'Cannot judge limiter in tiny: seed 1 did not run to its end (threw: ';
    expect(() => expect(crashed).toLoseNothing()).toThrow(message);
    expect(() => expect(crashed).not.toLoseNothing()).toThrow(message);
  });

  test('a limiter that throws for each refusal has given up, not crashed', async () => {
    const throws = (fetch: typeof globalThis.fetch) => async (input: string | URL | Request, init?: RequestInit) => {
      const response = await fetch(input, init);
      if (!response.ok) throw new Error(String(response.status));
      return response;
    };
    expect(await runScenario(throws, { seeds: 1 })).not.toLoseNothing();
    const outage = { kind: 'outage', fromMs: 0, toMs: 9000, retryAfter: 'absent' } as const;
    const scenario = { limits: [], orgs: 1, serviceMs: 50, calls: [{ atMs: 0, org: 0 }], troubles: [outage], seed: 1 };
    expect(await runScenario(throws, { scenario, seeds: 1 })).not.toLoseNothing();
  });

  test.each([
    [
      'a duration',
      () => expect(paced).toFinishWithin('5 parsecs'),
      "a duration must be a number of ms, or a text such as '500 ms'",
    ],
    ['a negative duration', () => expect(paced).toRecoverWithin(-1), 'current value is -1'],
    [
      'a share',
      () => expect(paced).toWasteAtMost(20),
      "a share must be a number from 0 to 1, or a text such as '20 %', current value is 20",
    ],
    ['a percentage', () => expect(paced).toReach(0, 'percent of optimum'), 'it must be a number above 0, at most 100'],
    [
      'a unit',
      () => expect(paced).toReach(97, 'percent' as 'percent of optimum'),
      "the unit must be 'percent of optimum'",
    ],
    ['a law', () => expect(paced).toObey(neverMoreThan as never), 'a maker must be called'],
    [
      'a value',
      () => expect(3).toLoseNothing(),
      'expect() must be given the result of runScenario, current value is 3',
    ],
    ['a promise', () => expect(Promise.resolve()).toLoseNothing(), 'await it first'],
  ])('matchers refuse %s, with .not too', (_, check, message) => {
    expect(check).toThrow(message);
  });

  test('.not refuses wrong arguments as well', () => {
    expect(() => expect(paced).not.toFinishWithin('soon')).toThrow('a duration must be');
  });
});
