import { describe, expect, test } from 'vitest';
import type { TrialRecord } from '../metrics/record.ts';
import type { Plan } from '../strategies/strategy.ts';
import type { Job } from '../workload/workload.ts';
import { urlOf } from './outgoing.ts';
import { jobsAtOnce, runTiny, tinyScenario } from './testing/tiny.ts';

const FREE = { name: 'free', latency: [{ medianMs: 100, sigma: 0 }], rejectionMs: 10 };
const ONLY_ONCE = {
  ...FREE,
  limits: [{ name: 'two', algorithm: { kind: 'fixed-window', limit: 2, windowMs: 3_600_000, anchor: 'epoch' } }],
};

function handed({ planned }: TrialRecord): number[] {
  return [...planned.handedMs];
}

/** Keeps the jobs that `keep` says; the others are dropped. */
function keeping(keep: (job: Job) => boolean): Plan {
  return (jobs) => jobs.filter(keep);
}

describe('driver', () => {
  test('driver hands jobs over when they become available', async () => {
    const drafts = [0, 250.5, 250.5, 4000].map((availableMs) => ({ sender: 0, path: '/a', availableMs }));
    const { record } = await runTiny(tinyScenario(drafts, { policy: FREE }));
    expect(handed(record)).toEqual([0, 250.5, 250.5, 4000]);
  });

  test('driver hands over later what a plan holds back', async () => {
    const plan: Plan = (jobs) => jobs.map((job) => ({ ...job, notBeforeMs: job.id === 0 ? 5000 : 0 }));
    const drafts = jobsAtOnce(2);
    const { result, record } = await runTiny(tinyScenario(drafts, { policy: FREE }), undefined, { plans: [plan] });
    expect(handed(record)).toEqual([5000, 0]);
    expect(result.metrics?.timeMs).toEqual({ queued: 0, held: 2500, backingOff: 0, inService: 100 });
    expect(result.metrics).toMatchObject({ makespanMs: 5100, bound: { ms: 100 } });
  });

  test('driver sends at one moment in the order of the plan', async () => {
    const order: string[] = [];
    const pipeline = (fetch: typeof globalThis.fetch) => (input: string | URL | Request, init?: RequestInit) => {
      order.push(new URL(urlOf(input)).pathname);
      return fetch(input, init);
    };
    const drafts = ['/a', '/b', '/c'].map((path) => ({ sender: 0, path }));
    const plans: Plan[] = [(jobs) => jobs.toReversed()];
    await runTiny(tinyScenario(drafts, { policy: FREE }), pipeline, { plans });
    expect(order).toEqual(['/c', '/b', '/a']);
  });

  test('driver hands over more jobs of one moment than fit one event, in order', async () => {
    const { record, result } = await runTiny(tinyScenario(jobsAtOnce(1000), { policy: FREE }));
    expect(new Set(handed(record))).toEqual(new Set([0]));
    expect([...record.attempts.planned.subarray(0, 1000)]).toEqual(Array.from({ length: 1000 }, (_, row) => row));
    expect(result.metrics?.jobs.done).toBe(1000);
  });

  test('driver makes a job wait for the one it comes after', async () => {
    const drafts = [
      { sender: 0, path: '/page1' },
      { sender: 0, path: '/page2', after: 0 },
      { sender: 0, path: '/page3', after: 1, availableMs: 500 },
    ];
    const { record, result } = await runTiny(tinyScenario(drafts, { policy: FREE }));
    expect(handed(record)).toEqual([0, 100, 500]);
    expect([...record.planned.predecessorEndMs]).toEqual([0, 100, 200]);
    expect(result.metrics).toMatchObject({ makespanMs: 600, bound: { ms: 600 }, timeMs: { queued: 100 / 3 } });
  });

  test('driver fails the jobs after a failed one with it, however long the chain', async () => {
    const drafts = Array.from({ length: 20_000 }, (_, index) => ({ sender: 0, path: '/page', after: index - 1 }));
    const { result, record } = await runTiny(tinyScenario(drafts, { policy: ONLY_ONCE }));
    expect(result.failure).toBeNull();
    expect(result.metrics?.jobs).toEqual({ total: 20_000, done: 2, failed: 19_998, lost: 0, doubled: 0 });
    expect(Array.from(record.planned.handedMs.slice(2, 5))).toEqual([200, NaN, NaN]);
    expect(record.planned.endMs[19_999]).toBe(210);
  });

  test('driver loses what the plan drops, and what comes after it', async () => {
    const drafts = [
      { sender: 0, path: '/dropped' },
      { sender: 0, path: '/after', after: 0 },
      { sender: 0, path: '/after-that', after: 1 },
      { sender: 0, path: '/free' },
    ];
    const plans = [keeping(({ path }) => path !== '/dropped')];
    const { result } = await runTiny(tinyScenario(drafts, { policy: FREE }), undefined, { plans });
    expect(result.failure).toBeNull();
    expect(result.metrics?.jobs).toEqual({ total: 4, done: 1, failed: 0, lost: 3, doubled: 0 });
  });

  test('driver counts the jobs that a merged job covers, each from its own intended start', async () => {
    const drafts = [0, 400, 900].map((availableMs) => ({ sender: 0, path: '/bulk', availableMs }));
    const merge: Plan = (jobs) => [{ ...jobs[0]!, covers: [0, 1, 2], items: 3 }];
    const { result, record } = await runTiny(tinyScenario(drafts, { policy: FREE }), undefined, { plans: [merge] });
    // Not handed over before the last of them is there.
    expect(handed(record)).toEqual([900]);
    expect(result.metrics).toMatchObject({
      makespanMs: 1000,
      jobs: { total: 3, done: 3, doubled: 0 },
      attempts: { total: 1 },
      waitMs: { max: 1000 },
    });
    expect(result.metrics?.timeMs.held).toBeCloseTo((900 + 500) / 3, 9);
  });

  test('driver counts a job that two planned jobs cover as doubled', async () => {
    const plan: Plan = (jobs) => [jobs[0]!, { ...jobs[1]!, covers: [0, 1] }];
    const { result } = await runTiny(tinyScenario(jobsAtOnce(2), { policy: FREE }), undefined, { plans: [plan] });
    expect(result.metrics?.jobs).toEqual({ total: 2, done: 2, failed: 0, lost: 0, doubled: 1 });
  });

  test('driver lets a merged job that holds its own predecessor go', async () => {
    const drafts = [
      { sender: 0, path: '/a' },
      { sender: 0, path: '/b', after: 0 },
    ];
    const plan: Plan = (jobs) => [{ ...jobs[1]!, covers: [0, 1] }];
    const { result } = await runTiny(tinyScenario(drafts, { policy: FREE }), undefined, { plans: [plan] });
    expect(result.metrics?.jobs.done).toBe(2);
  });

  test('driver counts a job from a cache as done without any request', async () => {
    let kept: Promise<Response> | null = null;
    const drafts = jobsAtOnce(3).map((draft) => ({ ...draft, path: '/the-same' }));
    const { result } = await runTiny(tinyScenario(drafts, { policy: FREE }), (fetch) => async (input, init) => {
      kept ??= fetch(input, init);
      return (await kept).clone();
    });
    expect(result.metrics).toMatchObject({ jobs: { done: 3, doubled: 0 }, attempts: { total: 1 } });
    expect(result.metrics?.timeMs).toEqual({ queued: 0, held: 200 / 3, backingOff: 0, inService: 100 / 3 });
  });

  test('driver does not count hedged requests twice in the time in service', async () => {
    const { result } = await runTiny(
      tinyScenario(jobsAtOnce(1), { policy: FREE }),
      (fetch, { clock }) =>
        (input, init) => {
          const second = new Promise<Response>((resolve, reject) => {
            clock.setTimer(() => fetch(input, init).then(resolve, reject), 40);
          });
          return Promise.all([fetch(input, init), second]).then(([, last]) => last);
        },
    );
    expect(result.metrics).toMatchObject({ makespanMs: 140, jobs: { done: 1, doubled: 1 }, attempts: { admitted: 2 } });
    expect(result.metrics?.timeMs).toEqual({ queued: 0, held: 0, backingOff: 0, inService: 140 });
  });

  test('driver hangs up at the end: what is still open counts as cancelled', async () => {
    const { result } = await runTiny(
      tinyScenario(jobsAtOnce(1), { policy: FREE }),
      (fetch, { clock }) =>
        (input, init) => {
          clock.setTimer(() => void fetch(input, init), 40);
          return fetch(input, init);
        },
    );
    expect(result.metrics?.attempts).toEqual({ total: 2, admitted: 1, rejected: 0, cancelled: 1 });
    expect(result.metrics?.jobs.doubled).toBe(0);
  });
});

describe('plan', () => {
  test.each<[string, Plan, string]>([
    [
      'an id twice',
      (jobs) => [jobs[0]!, jobs[0]!],
      'jobs[1].id must be unlike that of any job before it, current value is 0',
    ],
    ['a new id', (jobs) => [{ ...jobs[0]!, id: 9 }], 'jobs[0].id must be that of an existing job, current value is 9'],
    [
      'a foreign job',
      (jobs) => [{ ...jobs[0]!, covers: [9] }],
      'jobs[0].covers must be ids of existing jobs, current value is 9',
    ],
    [
      'a foreign sender',
      (jobs) => [{ ...jobs[0]!, sender: 2 }],
      'jobs[0].sender must be an index of the senders, current value is 2',
    ],
    ['no items', (jobs) => [{ ...jobs[0]!, items: 0 }], 'jobs[0].items must be at least 1, current value is 0'],
    [
      'no time',
      (jobs) => [{ ...jobs[0]!, notBeforeMs: NaN }],
      'jobs[0].notBeforeMs must be a finite number, current value is NaN',
    ],
  ])('plan may not have %s', async (_, plan, detail) => {
    const { result } = await runTiny(tinyScenario(jobsAtOnce(2)), undefined, { plans: [plan] });
    expect(result.failure).toEqual({ reason: 'threw', detail: `Cannot follow the plan of test: ${detail}` });
  });
});
