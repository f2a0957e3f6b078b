import { describe, expect, test } from 'vitest';
import type { Scenario } from '../../scenarios/scenario.ts';
import { parseStrategy } from '../strategies/index.ts';
import type { Pipeline } from '../strategies/strategy.ts';
import { createWorkload, senders } from '../workload/create-workload.ts';
import { runTrial } from './run-trial.ts';
import { urlOf } from './outgoing.ts';
import {
  jobsAtOnce,
  plainHeaders,
  retryEvery,
  runTiny,
  strategyOf,
  TINY_POLICY,
  tinyScenario,
} from './testing/tiny.ts';

describe('runTrial', () => {
  test('runTrial measures a burst that one refusal of each call resolves', async () => {
    const { result } = await runTiny(tinyScenario(jobsAtOnce(10)), retryEvery(990));
    expect(result.failure).toBeNull();
    // Five pass at once, five are refused, told after 10 ms, sent again 990 ms later, and take 100 ms.
    expect(result.metrics).toMatchObject({
      makespanMs: 1100,
      jobs: { total: 10, done: 10, failed: 0, lost: 0, doubled: 0 },
      attempts: { total: 15, admitted: 10, rejected: 5, cancelled: 0 },
      rejectionsByCause: { org: 5 },
      rejectionsByStatus: { '429': 5 },
      wastedShare: 1 / 3,
      timeMs: { queued: 0, held: 0, backingOff: 495, inService: 105 },
      bound: { ms: 1100, limit: 'org', kind: 'token bucket' },
      boundRatio: 1,
    });
  });

  test('runTrial counts a job as failed when the strategy hands over a refusal or throws', async () => {
    const pipeline: Pipeline = (fetch) => async (input, init) => {
      const response = await fetch(input, init);
      if (!response.ok && urlOf(input).endsWith('9')) throw new Error('given up');
      return response;
    };
    const { result } = await runTiny(tinyScenario(jobsAtOnce(10)), pipeline);
    expect(result.failure).toBeNull();
    expect(result.metrics?.jobs).toEqual({ total: 10, done: 5, failed: 5, lost: 0, doubled: 0 });
  });

  test('runTrial believes no answer that the platform has not given', async () => {
    const ok = () => new Response('{}', { status: 200 });
    const invents: Pipeline = (fetch) => (input, init) =>
      urlOf(input).endsWith('9') ? Promise.resolve(ok()) : fetch(input, init);
    const swallows: Pipeline = (fetch) => async (input, init) => {
      const response = await fetch(input, init);
      return response.ok ? response : ok();
    };
    const jobsOf = async (pipeline: Pipeline) =>
      (await runTiny(tinyScenario(jobsAtOnce(10)), pipeline)).result.metrics?.jobs;
    expect(await jobsOf(swallows)).toMatchObject({ done: 5, failed: 5 });
    const samePath = tinyScenario(jobsAtOnce(10).map((draft) => ({ ...draft, path: '/the-same' })));
    expect((await runTiny(samePath, swallows)).result.metrics?.jobs).toMatchObject({ done: 5, failed: 5 });
    expect(await jobsOf(invents)).toMatchObject({ done: 5, failed: 5 });
    expect(await jobsOf(() => () => Promise.resolve(ok()))).toMatchObject({ done: 0, failed: 10 });
  });

  test('runTrial believes a client that drops the header of the job', async () => {
    const drops: Pipeline = (fetch) => (input, init) => {
      const headers = new Headers(init?.headers);
      headers.delete('x-ratelab-job');
      return fetch(input, { ...init, headers });
    };
    const { result } = await runTiny(tinyScenario(jobsAtOnce(10)), drops);
    expect(result.metrics?.jobs).toMatchObject({ done: 5, failed: 5 });
  });

  test('runTrial gives the same digest again, also after other trials', async () => {
    const scenario = tinyScenario(jobsAtOnce(40, 2));
    const digest = async (spec: string) =>
      (await runTrial({ scenario, strategy: parseStrategy(spec), seed: 7 })).result.digest;
    const first = await digest('backoff:jitter=full');
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(await digest('fixed-delay')).not.toBe(first);
    expect(await digest('backoff:jitter=full')).toBe(first);
  });

  test('runTrial depends on the seed', async () => {
    const policy = { ...TINY_POLICY, latency: [{ medianMs: 100, sigma: 0.5 }] };
    const scenario = tinyScenario(jobsAtOnce(5), { policy });
    const [a, b] = await Promise.all([1, 2].map((seed) => runTrial({ scenario, strategy: strategyOf(), seed })));
    expect(a?.result.digest).not.toBe(b?.result.digest);
  });

  test('runTrial gives the same trials when several run at once', async () => {
    const scenario = tinyScenario(jobsAtOnce(40, 2));
    const run = () => runTrial({ scenario, strategy: parseStrategy('backoff:jitter=full'), seed: 7 });
    const alone = (await run()).result;
    expect((await Promise.all([run(), run(), run()])).map(({ result }) => result)).toEqual([alone, alone, alone]);
  });

  test('runTrial changes nothing by tracing, isolating or ambient time', async () => {
    const scenario = tinyScenario(jobsAtOnce(40, 2));
    const run = (options: object) =>
      runTrial({ scenario, strategy: parseStrategy('backoff:jitter=full'), seed: 7, ...options });
    const { result, timeline } = await run({});
    const traced = await run({ trace: true, ambient: true });
    expect(timeline).toBeNull();
    expect(traced.timeline).not.toBeNull();
    expect(traced.result).toEqual(result);
    const isolated = await run({ isolate: true });
    expect(isolated.result.digest).toBe(result.digest);
  });

  test('runTrial measures the harm of others by isolated runs', async () => {
    const policy = {
      ...TINY_POLICY,
      limits: [{ name: 'all', algorithm: { kind: 'fixed-window', limit: 1, windowMs: 1000, anchor: 'epoch' } }],
    };
    const drafts = [
      { sender: 0, path: '/a' },
      { sender: 0, path: '/b' },
      { sender: 1, path: '/c' },
    ];
    const { result } = await runTiny(tinyScenario(drafts, { policy }), retryEvery(990), { isolate: true });
    // org-02 alone is done in the first window, with org-01 ahead of it in the third.
    expect(result.metrics?.fairness).toMatchObject({ worstOrg: 'org-02', worstOrgSlowdown: 21 });
  });

  test('runTrial applies a variant: parameters, policy and start', async () => {
    const scenario: Scenario = {
      ...tinyScenario([]),
      parameters: { jobs: { value: 3, source: 'assumed', note: '' } },
      workload: (values) => createWorkload(senders(1), jobsAtOnce((values as { jobs: number }).jobs)),
      variants: [
        { name: 'more', what: '', parameters: { jobs: 8 } },
        { name: 'free', what: '', policy: (loose) => ({ ...loose, limits: [] }) },
        { name: 'later', what: '', startsAt: '2026-01-05T10:00:00+01:00' },
      ],
    };
    const run = (variant: string) => runTrial({ scenario, variant, strategy: strategyOf(), seed: 1 });
    expect((await run('')).result.metrics?.jobs.total).toBe(3);
    expect((await run('more')).result.metrics?.jobs).toMatchObject({ total: 8, done: 5 });
    expect((await run('free')).result.metrics?.bound.limit).toBe('service time');
    expect((await run('later')).record.startsAtMs).toBe(Date.UTC(2026, 0, 5, 9));
    await expect(run('none')).rejects.toThrow(
      'Cannot run scenario tiny: variant must be one of its variants (more, free, later), current value is none',
    );
  });

  test('runTrial puts the client of a scenario under the strategy: a retry goes through it again', async () => {
    const order: string[] = [];
    const layer =
      (name: string): Pipeline =>
      (fetch) =>
      (input, init) => {
        order.push(name);
        return fetch(input, init);
      };
    await runTiny(tinyScenario(jobsAtOnce(1), { client: layer('client') }), layer('strategy'));
    expect(order).toEqual(['strategy', 'client']);
  });

  test('runTrial refuses a start before 2024', async () => {
    await expect(runTiny(tinyScenario([], { startsAt: '2023-12-31T23:59:59Z' }))).rejects.toThrow(
      'Cannot run scenario tiny: startsAt must be an ISO 8601 time in 2024 or later, current value is 2023-12-31T23:59:59Z',
    );
  });

  test('runTrial refuses a bad policy', async () => {
    await expect(runTiny(tinyScenario([], { policy: { name: 'x', limits: 5 } }))).rejects.toThrow(
      /^Cannot read policy of tiny: limits must be/,
    );
  });

  test('runTrial of no jobs is over at once', async () => {
    const { result } = await runTiny(tinyScenario([]), undefined, { trace: true, isolate: true });
    expect(result.failure).toBeNull();
    expect(result.metrics).toMatchObject({ makespanMs: 0, jobs: { total: 0 }, attempts: { total: 0 }, boundRatio: 1 });
  });
});

describe('runTrial stops what does not stop', () => {
  const scenario = tinyScenario(jobsAtOnce(7));
  const failureOf = async (pipeline: Pipeline, options = {}) => (await runTiny(scenario, pipeline, options)).result;

  test('too-many-attempts', async () => {
    const result = await failureOf((fetch) => async (input, init) => {
      for (;;) {
        const response = await fetch(input, init);
        if (response.ok && !urlOf(input).endsWith('6')) return response;
      }
    });
    expect(result.failure).toEqual({ reason: 'too-many-attempts', detail: 'more than 100 attempts for job 6' });
    expect(result.metrics?.jobs).toEqual({ total: 7, done: 6, failed: 0, lost: 1, doubled: 1 });
    expect(result.metrics?.attempts.total).toBeGreaterThan(100);
  });

  test('too-many-attempts without a job', async () => {
    const result = await failureOf((fetch) => async (input, init) => {
      const { authorization } = plainHeaders(init);
      for (;;) await fetch(input, { headers: { authorization: authorization ?? '' } });
    });
    expect(result.failure).toEqual({
      reason: 'too-many-attempts',
      detail: 'more than 700 requests that belong to no job',
    });
  });

  test('deadline', async () => {
    const result = await failureOf((fetch, { clock }) => async (input, init) => {
      const response = await fetch(input, init);
      if (response.ok) return response;
      for (;;) await new Promise<void>((resolve) => clock.setTimer(resolve, 60_000));
    });
    expect(result.failure?.reason).toBe('deadline');
    expect(result.metrics?.jobs).toEqual({ total: 7, done: 5, failed: 0, lost: 2, doubled: 0 });
    expect(result.metrics?.makespanMs).toBe(100);
  });

  test('stalled', async () => {
    const result = await failureOf((fetch) => async (input, init) => {
      const response = await fetch(input, init);
      return response.ok ? response : new Promise(() => {});
    });
    expect(result.failure?.reason).toBe('stalled');
    expect(result.metrics?.jobs).toMatchObject({ done: 5, lost: 2 });
  });

  test('busy-waiting', async () => {
    const result = await failureOf((fetch, { clock }) => (input, init) => {
      const untilMs = clock.now() + 1000;
      while (clock.now() < untilMs);
      return fetch(input, init);
    });
    expect(result.failure?.reason).toBe('busy-waiting');
    expect(result.metrics?.jobs).toMatchObject({ total: 7, done: 0 });
  });

  test('too-many-events', async () => {
    const result = await failureOf(
      (fetch) => async (input, init) => {
        const response = await fetch(input, init);
        while (!response.ok) await new Promise((resolve) => setImmediate(resolve));
        return response;
      },
      { ambient: true },
    );
    expect(result.failure?.reason).toBe('too-many-events');
  });

  test('threw: every call', async () => {
    const result = await failureOf(() => () => Promise.reject(new Error('broken')));
    expect(result.failure).toEqual({
      reason: 'threw',
      detail: 'no job was done; the first error was: Error: broken',
    });
    expect(result.metrics?.jobs).toMatchObject({ done: 0, failed: 7 });
  });

  test('threw: every call, at once', async () => {
    const result = await failureOf(() => () => {
      throw new Error('broken');
    });
    expect(result.failure?.detail).toBe('no job was done; the first error was: Error: broken');
  });

  test('threw: a timer', async () => {
    const result = await failureOf((_, { clock }) => () => {
      clock.setTimer(() => {
        throw new Error('in a timer');
      }, 5);
      return new Promise(() => {});
    });
    expect(result.failure).toMatchObject({ reason: 'threw', detail: expect.stringContaining('in a timer') as string });
  });

  test('threw: while the pipeline is built', async () => {
    const result = await failureOf(() => {
      throw new Error('no such option');
    });
    expect(result.failure).toMatchObject({ reason: 'threw', detail: 'Error: no such option' });
    expect(result.metrics?.jobs).toMatchObject({ total: 7, lost: 7 });
  });

  test('threw: a plan', async () => {
    const plans = [
      () => {
        throw new Error('no plan');
      },
    ];
    const { result } = await runTiny(scenario, undefined, { plans });
    expect(result.failure).toEqual({ reason: 'threw', detail: 'no plan' });
    expect(result.metrics?.jobs).toMatchObject({ total: 7, lost: 7 });
  });

  test('an answer that is no response fails the job only', async () => {
    const nothing = (() => undefined) as unknown as ReturnType<Pipeline>;
    const result = await failureOf((fetch) => (input, init) => {
      return urlOf(input).endsWith('0') ? nothing(input, init) : fetch(input, init);
    });
    expect(result.failure).toBeNull();
    expect(result.metrics?.jobs).toMatchObject({ done: 5, failed: 2 });
  });
});
