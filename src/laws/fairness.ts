/** Organizations are treated alike. */
import { jain } from '../metrics/fairness.ts';
import { formatRatio } from '../wording/format.ts';
import type { History, HistoryJob } from './history.ts';
import { type Law, requireNumber } from './law.ts';
import { exactMs } from './windows.ts';

/** Options of {@link fairAmongOrgs}. */
export interface FairnessOptions {
  /** Jain's index over the organizations' mean slowdowns, 0 to 1; exactly so much obeys. Default 0.8. */
  readonly jainAtLeast?: number;
}

/**
 * Organizations wait alike: Jain's index, (sum x)^2 / (n sum x^2), over their mean slowdowns (Jain, Chiu, Hawe 1984). A job's slowdown is its
 * wait from when it could be sent, over its time in service; at least 1. One that was never done has waited until the trial's end. The
 * index is 1 when all wait alike and 1/n when one of n waits for all. One organization alone is treated fairly.
 *
 * @throws RangeError for an index outside 0 to 1
 */
export function fairAmongOrgs({ jainAtLeast = 0.8 }: FairnessOptions = {}): Law {
  const name = 'fairAmongOrgs';
  requireNumber(name, 'jainAtLeast', jainAtLeast, 'a number from 0 to 1', jainAtLeast >= 0 && jainAtLeast <= 1);
  return (history) => {
    const slowdowns = [...slowdownByOrg(history)];
    const index = jain(slowdowns.map(([, slowdown]) => slowdown));
    if (index >= jainAtLeast) return null;
    const [worst, most] = slowdowns.reduce((a, b) => (b[1] > a[1] ? b : a));
    const [best, least] = slowdowns.reduce((a, b) => (b[1] < a[1] ? b : a));
    const last = history.jobs
      .filter(({ org }) => org === worst)
      .reduce((a, b) => (waitMs(history, b) > waitMs(history, a) ? b : a));
    return {
      law: name,
      sentence: `calls of ${worst} took ${formatRatio(most)} times their service time, those of ${best} ${formatRatio(least)} times: Jain's index ${index.toFixed(3)}, at least ${jainAtLeast} must be. Job ${last.id} of ${worst} waited ${exactMs(waitMs(history, last))}`,
      atMs: last.endedMs ?? history.endMs,
      attempts: history.attempts.filter(({ job }) => job === last.id).map((attempt) => attempt.index),
      jobs: [last.id],
      measured: index,
      allowed: jainAtLeast,
    };
  };
}

function slowdownByOrg(history: History): Map<string, number> {
  const serviceMs = new Map<number, number>();
  for (const { job, outcome, startMs, endMs } of history.attempts) {
    if (outcome === 'admitted' && endMs > startMs) serviceMs.set(job, endMs - startMs);
  }
  const usual = mean([...serviceMs.values()]) || 1;
  const slowdowns = new Map<string, number[]>();
  for (const job of history.jobs) {
    if (job.couldStartMs === null) continue;
    const slowdown = Math.max(1, waitMs(history, job) / (serviceMs.get(job.id) ?? usual));
    slowdowns.set(job.org, [...(slowdowns.get(job.org) ?? []), slowdown]);
  }
  return new Map([...slowdowns].map(([org, values]) => [org, mean(values)]));
}

function waitMs({ endMs }: History, { couldStartMs, availableMs, outcome, endedMs }: HistoryJob): number {
  const untilMs = outcome === 'done' ? (endedMs ?? endMs) : endMs;
  return Math.max(0, untilMs - (couldStartMs ?? availableMs));
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
