/** Histories written by hand: jobs and attempts in short form. */
import type { History, HistoryAttempt, HistoryJob } from '../history.ts';

/** An attempt in short: start, and what differs from an admitted call of 100 ms for the job of its own position. */
export type ShortAttempt = Partial<HistoryAttempt> & { readonly startMs: number };

/** Attempts of org-01, each for a job of its own, unless they say otherwise. */
export function attemptsOf(list: readonly ShortAttempt[]): HistoryAttempt[] {
  const ordinals = new Map<number, number>();
  return list.map((short, index) => {
    const job = short.job ?? index;
    const ordinal = (ordinals.get(job) ?? 0) + 1;
    ordinals.set(job, ordinal);
    const isRefused = short.outcome === 'rejected';
    return {
      index,
      job,
      ordinal,
      org: 'org-01',
      client: 'client-01',
      token: 'token-01',
      route: 'GET /a',
      endMs: short.startMs + (isRefused ? 10 : 100),
      status: isRefused ? 429 : 200,
      outcome: 'admitted',
      cause: isRefused ? 'limit' : null,
      retryAfter: short.retryAfterMs == null ? null : String(short.retryAfterMs / 1000),
      retryAfterMs: null,
      ...short,
    };
  });
}

/** A refused attempt; `retryAfterMs` null: told nothing. */
export function refused(startMs: number, job: number, retryAfterMs: number | null, more: Partial<HistoryAttempt> = {}) {
  return { startMs, job, outcome: 'rejected', retryAfterMs, ...more } as const;
}

/** A job that was available at `availableMs` and done at `endedMs`. */
export function jobOf(id: number, availableMs: number, endedMs: number, more: Partial<HistoryJob> = {}): HistoryJob {
  return {
    id,
    org: 'org-01',
    availableMs,
    couldStartMs: availableMs,
    handedMs: availableMs,
    endedMs,
    outcome: 'done',
    answers: 1,
    ...more,
  };
}

/** A history; jobs default to those that the attempts are for, available at their first attempt, done with their last. */
export function historyFrom(attempts: readonly ShortAttempt[], more: Partial<History> = {}): History {
  const made = attemptsOf(attempts);
  const ids = [...new Set(made.map(({ job }) => job))].filter((id) => id >= 0);
  const jobs = ids.map((id) => {
    const its = made.filter(({ job }) => job === id);
    const isDone = its.some(({ outcome }) => outcome === 'admitted');
    return jobOf(id, its[0]!.startMs, its.at(-1)!.endMs, { org: its[0]!.org, outcome: isDone ? 'done' : 'failed' });
  });
  const endMs = Math.max(0, ...made.map((attempt) => attempt.endMs), ...jobs.map((job) => job.endedMs ?? 0));
  return { startsAtMs: 0, endMs, stopped: null, outages: [], jobs, attempts: made, ...more };
}
