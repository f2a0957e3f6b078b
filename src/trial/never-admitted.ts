/** Jobs that a client says are done and that the platform has never seen done: it made up the answer, or swallowed a refusal. */
import { attemptOutcome, type AttemptColumns, jobOutcome } from '../metrics/record.ts';
import type { Job } from '../workload/workload.ts';
import { UNKNOWN_JOB } from './attempt-desk.ts';
import type { PlannedTable } from './record.ts';

/**
 * Marks as failed every job that is done although the platform never admitted a call for it. Two kinds of clients are believed all the same:
 * one that hands the answer of a GET to others of the same path without a call of their own, and one that drops the header by which jobs are
 * known, for as many jobs as its nameless attempts were admitted.
 */
export function failNeverAdmitted(plan: readonly Job[], planned: PlannedTable, attempts: AttemptColumns): void {
  const admitted = new Uint8Array(planned.count);
  let nameless = 0;
  for (let row = 0; row < attempts.count; row++) {
    if (attempts.outcome[row] !== attemptOutcome.admitted) continue;
    const job = attempts.planned[row]!;
    if (job === UNKNOWN_JOB) nameless += 1;
    else admitted[job] = 1;
  }
  const believed: number[] = [];
  for (let row = 0; row < planned.count; row++)
    if (planned.outcome[row] === jobOutcome.done && admitted[row] === 0) believed.push(row);
  if (believed.length === 0) return;
  const answered = new Set(
    plan.filter(({ method }, row) => method === 'GET' && admitted[row] === 1).map(({ path }) => path),
  );
  for (const row of believed) {
    const { method, path } = plan[row]!;
    if (method === 'GET' && planned.attempts[row] === 0 && answered.has(path)) continue;
    if (nameless > 0) nameless -= 1;
    else planned.outcome[row] = jobOutcome.failed;
  }
}
