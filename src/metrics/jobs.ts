/** What became of the workload's own jobs, whatever jobs a plan made of them. */
import { attemptOutcome, jobOutcome, type TrialRecord } from './record.ts';

/** One row per job of the workload, in its order. */
export interface JobOutcomes {
  /** A code of jobOutcome; `open` means lost. */
  readonly outcome: Uint8Array;
  /** Row of the planned job that did it first; -1 when none did. */
  readonly row: Int32Array;
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
  const count = (code: number) => outcome.reduce((sum, value) => (value === code ? sum + 1 : sum), 0);
  return {
    outcome,
    row,
    doubled: answered.reduce((sum, times) => (times > 1 ? sum + 1 : sum), 0),
    done: count(jobOutcome.done),
    failed: count(jobOutcome.failed),
    lost: count(jobOutcome.open),
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
