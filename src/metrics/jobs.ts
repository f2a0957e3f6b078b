/** What became of the workload's own jobs, whatever jobs a plan made of them. */
import { attemptOutcome, jobOutcome, type TrialRecord } from './record.ts';

/** One row per job of the workload, in its order. Columns, as walking over a million job objects again and again would take its time. */
export interface JobOutcomes {
  readonly sender: Int32Array;
  readonly availableMs: Float64Array;
  /** A code of jobOutcome; `open` means lost. */
  readonly outcome: Uint8Array;
  /** Row of the planned job that did it first; -1 when none did. */
  readonly row: Int32Array;
  /** When it was done; NaN when it was not. */
  readonly doneMs: Float64Array;
  /** Answered successfully by more than one request. */
  readonly doubled: number;
  readonly done: number;
  readonly failed: number;
  readonly lost: number;
}

/** A job is done when any planned job that covers it is, failed when none is and one failed, lost otherwise. */
export function settleJobs(record: TrialRecord, successes: Int32Array): JobOutcomes {
  const { jobs, plan, planned } = record;
  const indexById = new Map<number, number>();
  // Ids are positions, except in an isolated run, which has a part of the jobs.
  const isWhole = jobs.length === 0 || jobs[jobs.length - 1]!.id === jobs.length - 1;
  if (!isWhole) jobs.forEach((job, index) => indexById.set(job.id, index));
  const outcome = new Uint8Array(jobs.length);
  const row = new Int32Array(jobs.length).fill(-1);
  const answered = new Int32Array(jobs.length);
  for (let candidate = 0; candidate < plan.length; candidate++) {
    const end = planned.outcome[candidate]!;
    for (const id of plan[candidate]!.covers) {
      const index = isWhole ? id : indexById.get(id);
      if (index === undefined) continue;
      answered[index]! += successes[candidate]!;
      if (end === jobOutcome.done) {
        const best = row[index]!;
        if (best < 0 || planned.endMs[candidate]! < planned.endMs[best]!) row[index] = candidate;
        outcome[index] = jobOutcome.done;
      } else if (end === jobOutcome.failed && outcome[index] === jobOutcome.open) {
        outcome[index] = jobOutcome.failed;
      }
    }
  }
  return { ...columnsOf(record, row), outcome, row, ...countsOf(outcome, answered) };
}

function columnsOf(
  { jobs, planned }: TrialRecord,
  row: Int32Array,
): Pick<JobOutcomes, 'sender' | 'availableMs' | 'doneMs'> {
  const sender = new Int32Array(jobs.length);
  const availableMs = new Float64Array(jobs.length);
  const doneMs = new Float64Array(jobs.length);
  for (let index = 0; index < jobs.length; index++) {
    const job = jobs[index]!;
    sender[index] = job.sender;
    availableMs[index] = job.availableMs;
    doneMs[index] = row[index]! < 0 ? NaN : planned.endMs[row[index]!]!;
  }
  return { sender, availableMs, doneMs };
}

function countsOf(
  outcome: Uint8Array,
  answered: Int32Array,
): Pick<JobOutcomes, 'done' | 'failed' | 'lost' | 'doubled'> {
  const counts = [0, 0, 0];
  let doubled = 0;
  for (let index = 0; index < outcome.length; index++) {
    counts[outcome[index]!]! += 1;
    if (answered[index]! > 1) doubled += 1;
  }
  return {
    lost: counts[jobOutcome.open]!,
    done: counts[jobOutcome.done]!,
    failed: counts[jobOutcome.failed]!,
    doubled,
  };
}

/** How many of each planned job's attempts were admitted and answered; one of another method (a read before the write) does not do the job. */
export function successesByRow({ attempts, plan, detours }: TrialRecord): Int32Array {
  const successes = new Int32Array(plan.length);
  for (let attempt = 0; attempt < attempts.count; attempt++) {
    const row = attempts.planned[attempt]!;
    if (row < 0 || attempts.outcome[attempt] !== attemptOutcome.admitted) continue;
    const detour = detours.get(attempt);
    if (detour === undefined || detour.method === plan[row]!.method) successes[row]! += 1;
  }
  return successes;
}
