/** From a workload to the rows that the driver runs: plans applied, checked, and linked. */
import type { RandomSource } from '../random/random.ts';
import type { TrialFailure } from '../results/results.ts';
import type { Strategy } from '../strategies/strategy.ts';
import type { Job, Sender } from '../workload/workload.ts';
import { DROPPED } from './driver.ts';

/** A plan, linked: rows are positions in `jobs`. */
export interface LinkedPlan {
  readonly jobs: readonly Job[];
  /** Row by job id; -1 where no planned job has that id. */
  readonly rowById: Int32Array;
  /** By row: the row that must be done first, -1: none, DROPPED: it is in no planned job. */
  readonly predecessor: Int32Array;
  /** By row, ms: the latest `availableMs` of everything the job covers. */
  readonly releaseMs: Float64Array;
}

/**
 * Applies a strategy's plans to jobs.
 *
 * @throws RangeError when the outcome is not a plan of these jobs; whatever a plan throws.
 */
export function applyPlans(
  strategy: Strategy,
  jobs: readonly Job[],
  context: { readonly random: RandomSource; readonly startsAtMs: number; readonly senders: readonly Sender[] },
): LinkedPlan {
  let planned = jobs;
  for (const plan of strategy.plans) planned = plan(planned, context);
  return strategy.plans.length === 0
    ? linkUnchanged(jobs)
    : linkPlanned(strategy, jobs, planned, context.senders.length);
}

const NO_PLAN: LinkedPlan = {
  jobs: [],
  rowById: new Int32Array(0),
  predecessor: new Int32Array(0),
  releaseMs: new Float64Array(0),
};

/** As {@link applyPlans}; a plan that throws is the strategy's failure, not the caller's, and leaves nothing to do. */
export function planOrFailure(...parameters: Parameters<typeof applyPlans>): {
  readonly linked: LinkedPlan;
  readonly failure: TrialFailure | null;
} {
  try {
    return { linked: applyPlans(...parameters), failure: null };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return { linked: NO_PLAN, failure: { reason: 'threw', detail } };
  }
}

/** Without plans every job does itself. */
function linkUnchanged(jobs: readonly Job[]): LinkedPlan {
  const rowById = new Int32Array(idEndOf(jobs)).fill(-1);
  const releaseMs = new Float64Array(jobs.length);
  const predecessor = new Int32Array(jobs.length).fill(-1);
  for (let row = 0; row < jobs.length; row++) {
    rowById[jobs[row]!.id] = row;
    releaseMs[row] = jobs[row]!.availableMs;
  }
  for (let row = 0; row < jobs.length; row++) {
    if (jobs[row]!.after >= 0) predecessor[row] = predecessorOf(jobs[row]!, row, rowById);
  }
  return { jobs, rowById, predecessor, releaseMs };
}

function linkPlanned(strategy: Strategy, jobs: readonly Job[], planned: readonly Job[], senders: number): LinkedPlan {
  const idEnd = idEndOf(jobs);
  const availableMs = new Float64Array(idEnd).fill(NaN);
  for (const job of jobs) availableMs[job.id] = job.availableMs;

  const rowById = new Int32Array(idEnd).fill(-1);
  /** Which row does each original job: the planned job itself, or the one that it was merged into. */
  const rowByCovered = new Int32Array(idEnd).fill(-1);
  const releaseMs = new Float64Array(planned.length);
  planned.forEach((job, row) => {
    checkPlanned(job, row, strategy.spec, { availableMs, rowById, senders });
    rowById[job.id] = row;
    releaseMs[row] = job.availableMs;
    for (const id of job.covers) {
      if (Number.isNaN(availableMs[id] ?? NaN)) throw fault(strategy.spec, row, 'covers', 'ids of existing jobs', id);
      if (rowByCovered[id] === -1) rowByCovered[id] = row;
      releaseMs[row] = Math.max(releaseMs[row], availableMs[id]!);
    }
  });
  const predecessor = Int32Array.from(planned, (job, row) => predecessorOf(job, row, rowByCovered));
  return { jobs: planned, rowById, predecessor, releaseMs };
}

function idEndOf(jobs: readonly Job[]): number {
  return jobs.reduce((most, job) => Math.max(most, job.id + 1), 0);
}

/** A merged job that holds its own predecessor waits for none. */
function predecessorOf(job: Job, row: number, rowByCovered: Int32Array): number {
  if (job.after < 0) return -1;
  const before = rowByCovered[job.after] ?? -1;
  if (before === row) return -1;
  return before < 0 ? DROPPED : before;
}

function checkPlanned(
  job: Job,
  row: number,
  spec: string,
  known: { readonly availableMs: Float64Array; readonly rowById: Int32Array; readonly senders: number },
): void {
  if (Number.isNaN(known.availableMs[job.id] ?? NaN)) throw fault(spec, row, 'id', 'that of an existing job', job.id);
  if (known.rowById[job.id] !== -1) throw fault(spec, row, 'id', 'unlike that of any job before it', job.id);
  if (!(job.sender >= 0 && job.sender < known.senders))
    throw fault(spec, row, 'sender', 'an index of the senders', job.sender);
  if (!(job.items >= 1)) throw fault(spec, row, 'items', 'at least 1', job.items);
  if (!Number.isFinite(job.availableMs)) throw fault(spec, row, 'availableMs', 'a finite number', job.availableMs);
  if (!Number.isFinite(job.notBeforeMs)) throw fault(spec, row, 'notBeforeMs', 'a finite number', job.notBeforeMs);
}

function fault(spec: string, row: number, field: string, rule: string, value: number): RangeError {
  return new RangeError(
    `Cannot follow the plan of ${spec}: jobs[${row}].${field} must be ${rule}, current value is ${value}`,
  );
}
