/** Conservation laws of trials, over random small workloads, policies and strategies. Each is computed here anew from the raw columns. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { attemptOutcome, jobOutcome, type TrialRecord } from '../metrics/record.ts';
import { parseStrategy } from '../strategies/index.ts';
import type { JobDraft } from '../workload/create-workload.ts';
import { runTrial } from './run-trial.ts';
import { tinyScenario } from './testing/tiny.ts';

const ORGS = 3;
const retryAfter = fc.constantFrom(
  { kind: 'exact' },
  { kind: 'absent' },
  { kind: 'http-date' },
  { kind: 'uniform', fromMs: 500, toMs: 4000 },
);
const count = fc.integer({ min: 1, max: 6 });
const windowMs = fc.constantFrom(700, 1000, 5000);
const algorithm = fc.oneof(
  fc.record({
    kind: fc.constant('fixed-window'),
    limit: count,
    windowMs,
    anchor: fc.constantFrom('epoch', 'first-request'),
  }),
  fc.record({ kind: fc.constant('sliding-window-log'), limit: count, windowMs }),
  fc.record({ kind: fc.constant('sliding-window-counter'), limit: count, windowMs }),
  fc.record({
    kind: fc.constant('token-bucket'),
    capacity: count,
    refillPerSecond: fc.constantFrom(0.7, 3, 10),
    stepMs: fc.constantFrom(0, 1000),
  }),
  fc.record({ kind: fc.constant('concurrency'), limit: count }),
);
const limit = fc
  .record({
    scope: fc.constantFrom([], ['org'], ['client'], ['org', 'route']),
    algorithm,
    retryAfter,
    counts: fc.constantFrom('admitted', 'all'),
  })
  .map((one) => (one.algorithm.kind === 'concurrency' ? { ...one, counts: 'admitted' } : one));
const policy = fc
  .record({
    limits: fc.array(limit, { maxLength: 3 }),
    sigma: fc.constantFrom(0, 0.5),
    rejectionMs: fc.constantFrom(1, 12.5),
    enforcementLagMs: fc.constantFrom(0, 0, 300),
    background: fc.boolean(),
  })
  .map(({ limits, sigma, background, ...rest }) => ({
    name: 'random',
    ...rest,
    limits: limits.map((one, index) => ({ ...one, name: `limit-${index}` })),
    latency: [{ medianMs: 80, sigma }],
    background: background ? [{ name: 'others', identity: { org: 'org-01' }, path: '/a', ratePerSecond: 0.5 }] : [],
  }));
const draft = fc
  .record({
    sender: fc.integer({ min: 0, max: ORGS - 1 }),
    path: fc.constantFrom('/a', '/b?page=1'),
    availableMs: fc.constantFrom(0, 0, 250, 999.5, 4000),
    isLate: fc.integer({ min: 0, max: 3 }),
  })
  .map(({ isLate, ...rest }) => ({ ...rest, back: isLate === 0 ? 1 : 0 }));
const drafts = fc
  .array(draft, { maxLength: 25 })
  .map((list) => list.map(({ back, ...rest }, index): JobDraft => ({ ...rest, after: back > 0 ? index - 1 : -1 })));
const spec = fc.constantFrom(
  'none',
  'immediate-retry',
  'fixed-delay:delayMs=700',
  'backoff:jitter=full',
  'retry-after',
  'retry-after+token-bucket:ratePerSecond=2,burst=2',
  'concurrency:limit=1+retry-after',
  'token-bucket+retry-after+aimd',
);

const trial = fc.record({ policy, drafts, spec, seed: fc.integer({ min: 0, max: 1000 }) });

function runOf({ policy, drafts, spec, seed }: typeof trial extends fc.Arbitrary<infer T> ? T : never) {
  const scenario = tinyScenario(drafts, { policy, orgs: ORGS, deadlineMs: 600_000, attemptsPerJobMax: 300 });
  return runTrial({ scenario, strategy: parseStrategy(spec), seed, trace: true });
}

function countOf(column: Uint8Array, length: number, code: number): number {
  return column.subarray(0, length).filter((value) => value === code).length;
}

/** Every attempt lies within its job's life and ends after it starts; attempts stand in the order of their starts. */
function checkTimes({ attempts, planned, endMs }: TrialRecord): void {
  for (let attempt = 0; attempt < attempts.count; attempt++) {
    const row = attempts.planned[attempt]!;
    expect(attempts.startMs[attempt]).toBeGreaterThanOrEqual(planned.handedMs[row]!);
    expect(attempts.startMs[attempt]).toBeGreaterThanOrEqual(attempts.startMs[attempt - 1] ?? 0);
    expect(attempts.endMs[attempt]).toBeGreaterThanOrEqual(attempts.startMs[attempt]!);
    expect(attempts.endMs[attempt]).toBeLessThanOrEqual(endMs);
  }
}

describe('laws of a trial', () => {
  test('laws of conservation hold in every trial (property)', async () => {
    await fc.assert(
      fc.asyncProperty(trial, async (input) => {
        const { result, record } = await runOf(input);
        const { attempts, planned } = record;
        const metrics = result.metrics!;
        expect(result.failure?.reason).not.toBe('invariant');
        expect(result.failure?.reason).not.toBe('threw');
        const byOutcome = (code: number) => countOf(attempts.outcome, attempts.count, code);
        expect(byOutcome(attemptOutcome.open)).toBe(0);
        expect(metrics.attempts).toEqual({
          total: attempts.count,
          admitted: byOutcome(attemptOutcome.admitted),
          rejected: byOutcome(attemptOutcome.rejected),
          cancelled: byOutcome(attemptOutcome.cancelled),
        });
        expect(metrics.jobs).toMatchObject({
          total: input.drafts.length,
          done: countOf(planned.outcome, planned.count, jobOutcome.done),
          failed: countOf(planned.outcome, planned.count, jobOutcome.failed),
          lost: countOf(planned.outcome, planned.count, jobOutcome.open),
          doubled: 0,
        });
        const rejections = Object.values(metrics.rejectionsByCause).reduce((sum, value) => sum + value, 0);
        expect(rejections).toBe(metrics.attempts.rejected);
        expect(metrics.boundRatio).toBeGreaterThanOrEqual(1 - 1e-9);
        const { queued, held, backingOff, inService } = metrics.timeMs;
        const waits = record.jobs.flatMap((job, row) =>
          planned.outcome[row] === jobOutcome.done ? [planned.endMs[row]! - job.availableMs] : [],
        );
        const meanWait = waits.reduce((sum, wait) => sum + wait, 0) / Math.max(1, waits.length);
        expect(queued + held + backingOff + inService).toBeCloseTo(meanWait, 6);
        checkTimes(record);
      }),
      { seed: 42, numRuns: 150 },
    );
  });

  test('laws of the timeline: nothing is lost in bins (property)', async () => {
    await fc.assert(
      fc.asyncProperty(trial, async (input) => {
        const { result, timeline, record } = await runOf(input);
        const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
        const { admitted, rejected, inFlight, backlog, heat } = timeline!;
        const { attempts } = result.metrics!;
        expect(admitted.length).toBeLessThanOrEqual(300);
        expect(sum(rejected)).toBe(attempts.rejected);
        expect(sum(admitted) + sum(rejected)).toBeGreaterThanOrEqual(attempts.admitted + attempts.rejected);
        expect(sum(admitted) + sum(rejected)).toBeLessThanOrEqual(attempts.total);
        expect(sum(heat.rejections.map(sum))).toBe(attempts.rejected);
        expect(Math.min(0, ...inFlight, ...backlog)).toBe(0);
        expect(backlog.at(-1)).toBe(
          input.drafts.filter((one) => one.availableMs! <= record.endMs).length - result.metrics!.jobs.done,
        );
      }),
      { seed: 43, numRuns: 60 },
    );
  });

  test('laws of determinism: the same arguments give the same trial (property)', async () => {
    await fc.assert(
      fc.asyncProperty(trial, async (input) => {
        const first = await runOf(input);
        const again = await runOf(structuredClone(input));
        expect(again.result).toEqual(first.result);
        expect(again.timeline).toEqual(first.timeline);
      }),
      { seed: 44, numRuns: 40 },
    );
  });
});
