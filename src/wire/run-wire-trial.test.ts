/** Trials over real HTTP, with a gateway process of their own. Only what has room for any delay is compared: counts, causes, outcomes. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createGateway } from '../../mock-server/gateway.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import type { TrialResult } from '../results/results.ts';
import { parseStrategy } from '../strategies/index.ts';
import type { Strategy } from '../strategies/strategy.ts';
import { runTrial } from '../trial/run-trial.ts';
import { jobsAtOnce, strategyOf, tinyScenario } from '../trial/testing/tiny.ts';
import { type GatewayProcess, startGatewayProcess } from './gateway-process.ts';
import { runWireTrial, type WireTrialOptions } from './run-wire-trial.ts';

let gateways: GatewayProcess;
beforeAll(async () => {
  gateways = await startGatewayProcess();
});
afterAll(() => gateways.close());

/** Five requests of an organization are admitted, and then, within any test's time, none. */
const FIVE_ONLY = {
  name: 'five',
  limits: [{ name: 'five', scope: ['org'], algorithm: { kind: 'token-bucket', capacity: 5, refillPerSecond: 0.0001 } }],
  latency: [{ medianMs: 50, sigma: 0 }],
  rejectionMs: 10,
};
/** Five requests a minute of an organization, from its first. */
const FIVE_A_MINUTE = {
  ...FIVE_ONLY,
  limits: [
    {
      name: 'minute',
      scope: ['org'],
      algorithm: { kind: 'fixed-window', limit: 5, windowMs: 60_000, anchor: 'first-request' },
      retryAfter: { kind: 'exact' },
    },
  ],
};
const none = parseStrategy('none');

async function wired(
  scenario: Scenario,
  strategy: Strategy,
  options: Partial<WireTrialOptions> = {},
): Promise<TrialResult> {
  const result = await runWireTrial({ scenario, strategy, seed: 1, speed: 20, gateways, ...options });
  if (result === null) throw new Error('given up');
  return result;
}

/** What must be the same in virtual time and on the wire. */
function counts({ failure, metrics }: TrialResult) {
  const { jobs, attempts, rejectionsByCause, rejectionsByStatus, penalties } = metrics!;
  return { failure, jobs, attempts, rejectionsByCause, rejectionsByStatus, penalties };
}

describe('a trial on the wire', () => {
  it.each([
    ['one burst, no retry', FIVE_ONLY, 'none', 24],
    ['waits what Retry-After says', FIVE_A_MINUTE, 'retry-after', 12],
  ])('counts as in virtual time: %s', async (_, policy, spec, jobs) => {
    const scenario = tinyScenario(jobsAtOnce(jobs, 2), { policy });
    const strategy = parseStrategy(spec);
    const virtual = await runTrial({ scenario, strategy, seed: 1 });
    const wire = await wired(scenario, strategy);
    expect(counts(wire)).toEqual(counts(virtual.result));
    expect(wire.metrics?.attempts.rejected).toBeGreaterThan(1);
    expect(wire.metrics?.makespanMs).toBeGreaterThan(virtual.result.metrics?.makespanMs ?? Infinity);
  });

  it('says how long calls were on their way, and leaves out what it cannot know', async () => {
    const { metrics, wire } = await wired(tinyScenario(jobsAtOnce(4), { policy: FIVE_ONLY }), none);
    expect(wire?.speed).toBe(20);
    for (const way of [wire!.thereMs, wire!.backMs, wire!.timerMs]) {
      expect(way.p50).toBeGreaterThan(0);
      expect(way.p50).toBeLessThanOrEqual(way.p90);
      expect(way.p90).toBeLessThanOrEqual(way.p99);
      expect(way.p99).toBeLessThanOrEqual(way.max);
    }
    expect(metrics?.idleShare).toBeNull();
    expect(metrics?.fairness.worstOrgSlowdown).toBeNull();
  });

  it('sends bodies, methods and items as the job says', async () => {
    const policy = {
      ...FIVE_ONLY,
      limits: FIVE_ONLY.limits.map((limit) => ({
        ...limit,
        match: { methods: ['POST'], paths: ['/bulk'] },
        cost: { base: 0, perItem: 1, routes: [] },
      })),
    };
    const draft = { sender: 0, method: 'POST', path: '/bulk?x=1', body: '{"a":1}', mergeKey: 'k', mergeItemsMax: 4 };
    const scenario = tinyScenario(
      Array.from({ length: 8 }, () => draft),
      { policy },
    );
    const strategy = parseStrategy('batch:size=4');
    const { result } = await runTrial({ scenario, strategy, seed: 1 });
    expect(result.metrics?.attempts).toMatchObject({ admitted: 1, rejected: 1 });
    expect(counts(await wired(scenario, strategy))).toEqual(counts(result));
  });

  it('hangs up when the strategy does, and the gateway has then decided already', async () => {
    const impatient = strategyOf((fetch, { clock }) => async (input, init) => {
      const hangUp = new AbortController();
      clock.setTimer(() => hangUp.abort(new Error('too slow')), 20_000);
      return fetch(input, { ...init, signal: hangUp.signal });
    });
    const policy = { ...FIVE_ONLY, latency: [{ medianMs: 10_000_000, sigma: 0 }] };
    const { failure, metrics } = await wired(tinyScenario(jobsAtOnce(3), { policy }), impatient);
    expect(failure).toEqual({ reason: 'threw', detail: 'no job was done; the first error was: Error: too slow' });
    expect(metrics?.attempts).toEqual({ total: 3, admitted: 0, rejected: 0, cancelled: 3 });
  });
});

describe('a trial on the wire that goes wrong', () => {
  it.each<[string, Strategy, Partial<Scenario>, string, RegExp]>([
    ['a plan that throws', strategyOf(undefined, [() => boom()]), {}, 'threw', /^boom$/],
    ['a pipeline that throws', strategyOf(() => () => boom()), {}, 'threw', /first error was: Error: boom/],
    ['one that never ends', strategyOf(() => () => new Promise(() => {})), { deadlineMs: 5000 }, 'deadline', /5000 ms/],
    [
      'one that tries for ever',
      strategyOf((fetch) => async (input, init) => {
        for (;;) await fetch(input, init);
      }),
      { attemptsPerJobMax: 7 },
      'too-many-attempts',
      /more than 7 attempts for job 0/,
    ],
    [
      'a rejection that nobody handles',
      strategyOf((fetch) => (input, init) => {
        void Promise.reject(new Error('lonely'));
        return fetch(input, init);
      }),
      { policy: { ...FIVE_ONLY, latency: [{ medianMs: 100_000, sigma: 0 }] } },
      'unhandled-rejection',
      /lonely/,
    ],
  ])('%s', async (_, strategy, changes, reason, detail) => {
    const { failure } = await wired(tinyScenario(jobsAtOnce(1), { policy: FIVE_ONLY, ...changes }), strategy);
    expect(failure?.reason).toBe(reason);
    expect(failure?.detail).toMatch(detail);
  });

  it('has a limit of real time', async () => {
    const stuck = strategyOf(() => () => new Promise(() => {}));
    const { failure } = await wired(tinyScenario(jobsAtOnce(1)), stuck, { realMsMax: 200 });
    expect(failure).toEqual({ reason: 'deadline', detail: 'was not over after 0.2 s of real time' });
  });

  it('fails with gateway-lost when the process dies', async () => {
    const own = await startGatewayProcess();
    const fatal = strategyOf((fetch, { clock }) => (input, init) => {
      clock.setTimer(() => process.kill(own.pid), 1);
      return fetch(input, init);
    });
    const policy = { ...FIVE_ONLY, latency: [{ medianMs: 1_000_000, sigma: 0 }] };
    const { failure, metrics } = await wired(tinyScenario(jobsAtOnce(2), { policy }), fatal, { gateways: own });
    expect(failure?.reason).toBe('gateway-lost');
    expect(metrics?.attempts.cancelled).toBe(metrics?.attempts.total);
    expect(own.isGone || (await own.close(), own.isGone)).toBe(true);
  });

  it('is given up when it is told to', async () => {
    const controller = new AbortController();
    const stuck = strategyOf(() => () => {
      controller.abort();
      return new Promise(() => {});
    });
    const { signal } = controller;
    const scenario = tinyScenario(jobsAtOnce(1));
    expect(await runWireTrial({ scenario, strategy: stuck, seed: 1, speed: 20, gateways, signal })).toBeNull();
  });

  it('refuses a scenario with a platform of its own', async () => {
    const scenario = tinyScenario(jobsAtOnce(1), { platform: createGateway });
    await expect(wired(scenario, none)).rejects.toThrow(
      'Cannot run tiny on the wire: its platform must be the gateway of its policy, current value is one of its own',
    );
  });
});

function boom(): never {
  throw new Error('boom');
}
