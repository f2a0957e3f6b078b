/**
 * The record of one trial: every attempt and every job, in columns. All that is said about a trial (metrics, timeline, bound, digest) is
 * a pure function of it. Times are ms from the trial's start.
 */
import type { Job, Sender } from '../workload/workload.ts';

/** How an attempt ended. `open` stands only while the trial runs: its end hangs up on what is still open. */
export const attemptOutcome = { open: 0, admitted: 1, rejected: 2, cancelled: 3 } as const;

/** How a job ended. `open` after the trial's end means lost. */
export const jobOutcome = { open: 0, done: 1, failed: 2 } as const;

/** One row per attempt, in the order in which they reached the gateway. Only the first `count` entries of a column hold. */
export interface AttemptColumns {
  readonly count: number;
  /** Row of the planned job, or -1 when the request named none. */
  readonly planned: Int32Array;
  /** Index into the senders. */
  readonly sender: Int32Array;
  readonly startMs: Float64Array;
  readonly endMs: Float64Array;
  /** A code of {@link attemptOutcome}. */
  readonly outcome: Uint8Array;
  /** Index into the gateway's causes; -1: none. Kept for cancelled attempts that the gateway had refused. */
  readonly cause: Int16Array;
  /** HTTP status that the gateway decided on. */
  readonly status: Uint16Array;
  /** Items of the request, at least 1. */
  readonly items: Int32Array;
}

/** One row per job of the plan, in the plan's order. */
export interface PlannedColumns {
  readonly count: number;
  /** From when it could be handed over if the plan did not hold it back: the latest `availableMs` of all it covers. */
  readonly releaseMs: Float64Array;
  /** End of the job it had to wait for; 0 when there was none; NaN while that one has not ended. */
  readonly predecessorEndMs: Float64Array;
  /** When the driver called the pipeline; NaN: never. */
  readonly handedMs: Float64Array;
  /** Start of its first attempt; NaN: none. */
  readonly firstAttemptMs: Float64Array;
  /** When its outcome was known; NaN: never. */
  readonly endMs: Float64Array;
  /** A code of {@link jobOutcome}. */
  readonly outcome: Uint8Array;
  readonly attempts: Int32Array;
}

/** What one observation of the gateway saw. */
export interface Sample {
  readonly atMs: number;
  /** Work was open, and every limit would have admitted some of it. */
  readonly idle: boolean;
  /** Levels of the buckets that existed, when the trial was traced. */
  readonly levels: readonly {
    readonly limit: string;
    readonly key: string;
    readonly free: number;
    readonly capacity: number;
  }[];
}

/** Where an attempt went when its strategy changed the request's method or path. */
export interface Detour {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
}

/** Everything that happened in one trial. */
export interface TrialRecord {
  /** Epoch ms of the trial's start. */
  readonly startsAtMs: number;
  /** When the trial ended. */
  readonly endMs: number;
  readonly senders: readonly Sender[];
  /** The workload's jobs. */
  readonly jobs: readonly Job[];
  /** The jobs as planned; {@link planned} has a row for each. */
  readonly plan: readonly Job[];
  readonly attempts: AttemptColumns;
  /** By attempt, ms that the gateway itself took; absent: from start to end, as in process nothing else takes time. */
  readonly servedMs?: Float64Array;
  readonly planned: PlannedColumns;
  /** By attempt, only for those that were sent elsewhere than their job says. */
  readonly detours: ReadonlyMap<number, Detour>;
  /** Null: the gateway was out of sight. */
  readonly samples: readonly Sample[] | null;
  /** Names of the gateway's causes; `cause` columns point here. */
  readonly causes: readonly string[];
}
