/** Obedience to Retry-After. */
import { attemptsByKey, CLOCK_MS, type KeyOf, type Law, keyOf } from './law.ts';
import type { HistoryAttempt } from './history.ts';
import { exactMs } from './windows.ts';

/** Options of {@link neverBeforeRetryAfter}. */
export interface RetryAfterOptions {
  /**
   * Who is told. Default `job`: the call that was refused must not be made again too soon, which is all that RFC 9110 asks for and all that a
   * retry per call can promise. `org`, `client`, `token`: no call of theirs, for limiters that promise to pause.
   */
  readonly by?: KeyOf;
}

/**
 * No attempt starts before the time that an answer told (RFC 9110, section 10.2.3): seconds count from the arrival of the answer; an HTTP date is
 * the moment that it names, compared with the client's own clock. A header that cannot be read tells nothing; a date in the past, nothing either.
 * Waiting longer, or giving up, is no violation.
 *
 * Boundaries: an attempt exactly then obeys; one that is a whole millisecond early breaks it. By another key than `job`, attempts count that
 * start after the refusal arrived: those under way could not know.
 */
export function neverBeforeRetryAfter({ by = 'job' }: RetryAfterOptions = {}): Law {
  return (history) => {
    for (const group of attemptsByKey(history, by).values()) {
      if (by === 'job' && group[0]!.job < 0) continue;
      for (const [position, refusal] of group.entries()) {
        if (refusal.outcome !== 'rejected' || refusal.retryAfterMs === null) continue;
        const untilMs = refusal.endMs + refusal.retryAfterMs;
        const early = firstEarly(group, position, untilMs);
        if (early === undefined) continue;
        return {
          law: 'neverBeforeRetryAfter',
          sentence: sentence(early, refusal, untilMs, keyOf(early, by), by),
          atMs: early.startMs,
          attempts: [refusal.index, early.index],
          jobs: [],
          measured: early.startMs - refusal.endMs,
          allowed: refusal.retryAfterMs,
        };
      }
    }
    return null;
  };
}

/** The first attempt that came too soon after the refusal at `position`; attempts stand in the order of their starts. */
function firstEarly(group: readonly HistoryAttempt[], position: number, untilMs: number): HistoryAttempt | undefined {
  const refusal = group[position]!;
  for (let next = position + 1; next < group.length; next++) {
    const attempt = group[next]!;
    if (untilMs - attempt.startMs < CLOCK_MS) return undefined;
    const isSameJob = attempt.job === refusal.job && attempt.job >= 0;
    if (attempt.startMs > refusal.endMs || (isSameJob && attempt.startMs === refusal.endMs)) return attempt;
  }
  return undefined;
}

function sentence(early: HistoryAttempt, refusal: HistoryAttempt, untilMs: number, key: string, by: KeyOf): string {
  const who =
    by === 'job' ? `job ${key} of ${early.org} was tried again` : `job ${early.job} of ${early.org} was tried`;
  const told = `Retry-After: ${refusal.retryAfter} at ${exactMs(refusal.endMs)}`;
  return `${who} at ${exactMs(early.startMs)}, ${exactMs(untilMs - early.startMs)} before ${exactMs(untilMs)}, as job ${refusal.job} was told (${told})`;
}
