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

/**
 * After an outage or a refusal has ended, the organization's work is admitted again within `ms` (exactly so long obeys). A refusal ends when its
 * Retry-After has passed, or with its answer where there was none; in a row of refusals the last one counts; in an outage, its end.
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
      for (const ending of endingsOf(history, attempts)) {
        const found =
          waitedTooLong(history, org, open, attempts, ending, ms) ?? keptGivingUp(org, open, attempts, ending, ms);
        if (found !== null && found.measured > (worst?.measured ?? ms)) worst = found;
      }
    }
    return worst;
  };
}

function endingsOf({ outages }: History, attempts: readonly HistoryAttempt[]): Ending[] {
  const refused = attempts.filter(({ outcome }) => outcome === 'rejected');
  const nextRefusalMs = (afterMs: number) => refused.find(({ startMs }) => startMs >= afterMs)?.startMs ?? Infinity;
  const endings: Ending[] = [];
  attempts.forEach((attempt, position) => {
    if (attempt.outcome !== 'rejected' || attempts[position + 1]?.outcome === 'rejected') return;
    const outage = outages.find(({ fromMs, toMs }) => fromMs <= attempt.startMs && attempt.startMs < toMs);
    const atMs = Math.max(attempt.endMs + (attempt.retryAfterMs ?? 0), outage?.toMs ?? 0);
    endings.push({ atMs, nextTroubleMs: nextRefusalMs(Math.max(atMs, attempt.startMs + 1)), refusal: attempt });
  });
  for (const { toMs } of outages) endings.push({ atMs: toMs, nextTroubleMs: nextRefusalMs(toMs), refusal: null });
  return endings;
}

/** Work was open at the end of the trouble, and none of it was admitted in time. */
function waitedTooLong(
  history: History,
  org: string,
  open: readonly OpenJob[],
  attempts: readonly HistoryAttempt[],
  { atMs, nextTroubleMs, refusal }: Ending,
  ms: number,
): Violation | null {
  if (atMs > history.endMs || nextTroubleMs <= atMs + ms) return null;
  const waiting = open.filter((job) => job.fromMs <= atMs && job.toMs > atMs);
  if (waiting.length === 0) return null;
  const back = attempts.find(({ outcome, startMs }) => outcome === 'admitted' && startMs >= atMs);
  // Where nothing more was open, there was nothing to admit: the last job was given up in the meantime.
  const untilMs = back?.startMs ?? Math.max(...waiting.map(({ toMs }) => toMs));
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
  org: string,
  open: readonly OpenJob[],
  attempts: readonly HistoryAttempt[],
  { atMs, nextTroubleMs }: Ending,
  ms: number,
): Violation | null {
  const given = open.find(
    ({ job, fromMs }) =>
      job.outcome === 'failed' &&
      fromMs > atMs + ms &&
      (job.endedMs ?? Infinity) < nextTroubleMs &&
      !attempts.some((attempt) => attempt.job === job.id && attempt.outcome === 'rejected'),
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
