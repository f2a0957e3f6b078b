/** A limiter is not slower than it promises. */
import { formatDuration, formatShare } from '../wording/format.ts';
import { attemptsByKey, type KeyOf, type Law, ofKey, requireNumber, type Violation } from './law.ts';
import type { History, HistoryAttempt } from './history.ts';
import { exactMs } from './windows.ts';

/** Options of {@link usesItsQuota}. */
export interface QuotaOptions {
  /** Calls that it promises per `windowMs`. A limiter that spaces calls evenly at 10/s promises 1 per 100 ms. */
  readonly limit: number;
  readonly windowMs: number;
  /** What the quota is counted by. Default `all`. */
  readonly by?: KeyOf;
  /** How much of its promise it has to keep, 0 to 1; exactly so much obeys. Default 0.9. */
  readonly share?: number;
}

/**
 * Not slower than it promises: catches calls that are held although the quota is free, tokens that leak, rates that are miscounted.
 *
 * The starts are compared with those of the quickest limiter that keeps the same promise (at most `limit` starts per half-open window of
 * `windowMs`, first come first served): the k-th start with its k-th start. With t its time since the quota was last idle, and one window
 * added on both sides so that a few ms at the beginning count for what they are,
 *
 *     share = (t of the quickest + windowMs) / (t of this one + windowMs)
 *
 * and the smallest counts. Only the first attempt of each job is judged; a repeated one takes its place in the quota at its own start, as how long
 * a refusal is waited out is another law's business.
 *
 * @throws RangeError for numbers out of range
 */
export function usesItsQuota({ limit, windowMs, by = 'all', share = 0.9 }: QuotaOptions): Law {
  const name = 'usesItsQuota';
  requireNumber(name, 'limit', limit, 'a whole number, at least 1', Number.isInteger(limit) && limit >= 1);
  requireNumber(name, 'windowMs', windowMs, 'a positive number of ms', windowMs > 0 && Number.isFinite(windowMs));
  requireNumber(name, 'share', share, 'a number above 0, at most 1', share > 0 && share <= 1);
  return (history) => {
    let worst: Violation | null = null;
    const couldStart = new Map(history.jobs.map((job) => [job.id, job.couldStartMs]));
    for (const [key, group] of attemptsByKey(history, by)) {
      const late = latest(group, couldStart, limit, windowMs);
      if (late === null || late.share >= Math.min(share, worst?.measured ?? share)) continue;
      worst = {
        law: name,
        sentence: `call ${late.position + 1}${ofKey(key, by)} started at ${exactMs(late.attempt.startMs)}, ${limit} per ${formatDuration(windowMs)} allow it at ${exactMs(late.idealMs)}: ${formatShare(late.share)} of the quota was used, at least ${formatShare(share)} must be`,
        atMs: late.attempt.startMs,
        attempts: [late.attempt.index],
        jobs: late.attempt.job < 0 ? [] : [late.attempt.job],
        measured: late.share,
        allowed: share,
      };
    }
    return worst;
  };
}

interface Late {
  readonly share: number;
  readonly position: number;
  readonly idealMs: number;
  readonly attempt: HistoryAttempt;
}

/** The start that is furthest behind the quickest schedule. */
function latest(
  group: readonly HistoryAttempt[],
  couldStart: ReadonlyMap<number, History['jobs'][number]['couldStartMs']>,
  limit: number,
  windowMs: number,
): Late | null {
  const releases = group
    .map(({ job, ordinal, startMs }) => (ordinal === 1 ? (couldStart.get(job) ?? startMs) : startMs))
    .toSorted((a, b) => a - b);
  const idealMs: number[] = [];
  let idleMs = 0;
  let worst: Late | null = null;
  releases.forEach((releaseMs, position) => {
    const freeMs = position < limit ? -Infinity : idealMs[position - limit]! + windowMs;
    idealMs.push(Math.max(releaseMs, freeMs));
    if (releaseMs >= freeMs) idleMs = releaseMs;
    const attempt = group[position]!;
    const kept = (idealMs[position]! - idleMs + windowMs) / (attempt.startMs - idleMs + windowMs);
    if (attempt.ordinal > 1 || kept >= (worst?.share ?? 1)) return;
    worst = { share: kept, position, idealMs: idealMs[position]!, attempt };
  });
  return worst;
}
