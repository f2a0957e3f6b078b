/** After trouble, work gets through again. */
import { formatDuration } from '../wording/format.ts';
import type { History, HistoryAttempt } from './history.ts';
import { type Law, requireNumber, type Violation } from './law.ts';
import { type OpenJob, openJobsByOrg } from './open-work.ts';
import { exactMs } from './windows.ts';

/** The end of a trouble of one organization. */
interface Ending {
  readonly atMs: number;
  /** Start of the first refusal after it; Infinity: none. */
  readonly nextTroubleMs: number;
  /** The last refusal of it; null: the organization sent nothing then. */
  readonly refusal: HistoryAttempt | null;
}

/** What one organization did; all in the order of their starts. */
interface OfOrg {
  readonly history: History;
  readonly org: string;
  readonly open: readonly OpenJob[];
  readonly attempts: readonly HistoryAttempt[];
  readonly admitted: readonly HistoryAttempt[];
  readonly refused: readonly HistoryAttempt[];
}

/**
 * After an outage or a refusal has ended, the organization's work is admitted again within `ms` (exactly so long obeys). A refusal ends when its
 * Retry-After has passed, or with its answer where there was none; in a row of refusals the last one counts; in an outage, its end. A job that
 * was itself told to wait longer is not work that could be admitted before; and where something was admitted after the refusal already, work gets
 * through.
 *
 * Broken by a limiter that waits on for longer than that with work open, and by one that goes on giving up jobs without a new refusal (a
 * circuit that never closes, a retry quota that never refills). Without trouble there is nothing to recover from: it holds.
 *
 * @throws RangeError for a negative time
 */
export function recoversWithin({ ms }: { readonly ms: number }): Law {
  const name = 'recoversWithin';
  requireNumber(name, 'ms', ms, 'at least 0', ms >= 0);
  return (history) => {
    let worst: Violation | null = null;
    for (const [org, open] of openJobsByOrg(history)) {
      const attempts = history.attempts.filter((attempt) => attempt.org === org);
      const admitted = attempts.filter(({ outcome }) => outcome === 'admitted');
      const refused = attempts.filter(({ outcome }) => outcome === 'rejected');
      const of = { history, org, open, attempts, admitted, refused };
      for (const ending of endingsOf(of)) {
        const found = waitedTooLong(of, ending, ms) ?? keptGivingUp(of, ending, ms);
        if (found !== null && found.measured > (worst?.measured ?? ms)) worst = found;
      }
    }
    return worst;
  };
}

function endingsOf({ history: { outages }, attempts, refused }: OfOrg): Ending[] {
  const endings: Ending[] = [];
  attempts.forEach((attempt, position) => {
    if (attempt.outcome !== 'rejected' || attempts[position + 1]?.outcome === 'rejected') return;
    const outage = outages.find(({ fromMs, toMs }) => fromMs <= attempt.startMs && attempt.startMs < toMs);
    const atMs = Math.max(attempt.endMs + (attempt.retryAfterMs ?? 0), outage?.toMs ?? 0);
    endings.push({ atMs, nextTroubleMs: firstFrom(refused, atMs)?.startMs ?? Infinity, refusal: attempt });
  });
  for (const { toMs } of outages) {
    endings.push({ atMs: toMs, nextTroubleMs: firstFrom(refused, toMs)?.startMs ?? Infinity, refusal: null });
  }
  return endings;
}

/** The first attempt that starts at `fromMs` or later, by bisection. */
function firstFrom(attempts: readonly HistoryAttempt[], fromMs: number): HistoryAttempt | undefined {
  let low = 0;
  let high = attempts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (attempts[middle]!.startMs < fromMs) low = middle + 1;
    else high = middle;
  }
  return attempts[low];
}

/** By job, the latest moment until which answers that were there by `atMs` told it to wait. */
function toldUntilByJob(refused: readonly HistoryAttempt[], atMs: number): Map<number, number> {
  const until = new Map<number, number>();
  for (const { job, endMs, retryAfterMs } of refused) {
    if (retryAfterMs !== null && endMs <= atMs) until.set(job, Math.max(until.get(job) ?? 0, endMs + retryAfterMs));
  }
  return until;
}

/** Work was open at the end of the trouble, and none of it was admitted in time. */
function waitedTooLong(of: OfOrg, { atMs, nextTroubleMs, refusal }: Ending, ms: number): Violation | null {
  const { history, org, open, admitted, refused } = of;
  if (atMs > history.endMs || nextTroubleMs <= atMs + ms) return null;
  const back = firstFrom(admitted, refusal?.endMs ?? atMs);
  if (back !== undefined && back.startMs - atMs <= ms) return null;
  const toldUntilMs = toldUntilByJob(refused, atMs);
  const waiting = open.filter(
    ({ job, fromMs, toMs }) => fromMs <= atMs && toMs > atMs && (toldUntilMs.get(job.id) ?? 0) <= atMs,
  );
  if (waiting.length === 0) return null;
  // From when nothing of it was open any more, there was nothing to admit: what is left was given up.
  const openUntilMs = waiting.reduce((latest, { toMs }) => Math.max(latest, toMs), atMs);
  const untilMs = Math.min(back?.startMs ?? Infinity, openUntilMs);
  if (untilMs - atMs <= ms) return null;
  return {
    law: 'recoversWithin',
    sentence: `nothing of ${org} was admitted for ${formatDuration(untilMs - atMs)} after the trouble had ended at ${exactMs(atMs)}, at most ${formatDuration(ms)} may pass`,
    atMs: atMs + ms,
    attempts: [refusal, back].flatMap((attempt) => (attempt == null ? [] : [attempt.index])),
    jobs: waiting.map(({ job }) => job.id),
    measured: untilMs - atMs,
    allowed: ms,
  };
}

/** Long after the trouble, a job was given up though nothing had refused it since. */
function keptGivingUp(
  { org, open, attempts, refused }: OfOrg,
  { atMs, nextTroubleMs }: Ending,
  ms: number,
): Violation | null {
  const given = open.find(
    ({ job, fromMs }) =>
      job.outcome === 'failed' &&
      fromMs > atMs + ms &&
      (job.endedMs ?? Infinity) < nextTroubleMs &&
      !refused.some((attempt) => attempt.job === job.id),
  );
  if (given === undefined) return null;
  const { job, fromMs } = given;
  return {
    law: 'recoversWithin',
    sentence: `job ${job.id} of ${org}, available at ${exactMs(fromMs)}, was given up without having been refused, ${formatDuration(fromMs - atMs)} after the trouble had ended; at most ${formatDuration(ms)} may pass`,
    atMs: job.endedMs ?? fromMs,
    attempts: attempts.filter((attempt) => attempt.job === job.id).map(({ index }) => index),
    jobs: [job.id],
    measured: fromMs - atMs,
    allowed: ms,
  };
}
