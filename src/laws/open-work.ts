/** When each job was work to admit: from when it could be sent until the start of the attempt that did it, or until its end without one. */
import type { History, HistoryAttempt, HistoryJob } from './history.ts';

/** A job while it was open. */
export interface OpenJob {
  readonly job: HistoryJob;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Jobs that could be sent, by organization, in the workload's order. */
export function openJobsByOrg(history: History): Map<string, OpenJob[]> {
  const admitted = firstAdmittedByJob(history.attempts);
  const byOrg = new Map<string, OpenJob[]>();
  for (const job of history.jobs) {
    if (job.couldStartMs === null || job.couldStartMs > history.endMs) continue;
    const fromMs = job.couldStartMs;
    const toMs = Math.max(fromMs, admitted.get(job.id)?.startMs ?? job.endedMs ?? history.endMs);
    const open = byOrg.get(job.org);
    if (open === undefined) byOrg.set(job.org, [{ job, fromMs, toMs }]);
    else open.push({ job, fromMs, toMs });
  }
  return byOrg;
}

function firstAdmittedByJob(attempts: readonly HistoryAttempt[]): Map<number, HistoryAttempt> {
  const first = new Map<number, HistoryAttempt>();
  for (const attempt of attempts) {
    if (attempt.outcome === 'admitted' && !first.has(attempt.job)) first.set(attempt.job, attempt);
  }
  return first;
}
