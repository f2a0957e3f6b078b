/**
 * The workload: the user's work, as jobs. Who, what, when it becomes available; never how it is sent (that is the strategy's).
 */
import type { Random, RandomSource } from '../random/random.ts';

/** Who sends: one access token and what stands behind it. */
export interface Sender {
  readonly org: string;
  readonly client: string;
  readonly token: string;
  readonly user: string;
  readonly app: string;
  readonly ip: string;
  readonly tier: string;
  readonly permitted: boolean;
}

/** One unit of work: one HTTP request has to succeed for it. */
export interface Job {
  /** Index in the workload, from 0. A planned job that replaces several keeps the first one's id. */
  readonly id: number;
  /** Index into {@link Workload.senders}. */
  readonly sender: number;
  readonly method: string;
  /** Path with query, for example `/api/v2/users?pageNumber=2`. Host is added by the driver. */
  readonly path: string;
  readonly body: string | null;
  /** Items of a bulk request, at least 1. */
  readonly items: number;
  /** When it becomes available, ms from the trial's start: the intended start, from which waits are measured. */
  readonly availableMs: number;
  /** A plan may hold it back: not handed over before this, ms from the trial's start. */
  readonly notBeforeMs: number;
  /** Id of the job that must be done first (pages of one query, intervals of one export), or -1. */
  readonly after: number;
  /** Ids of the original jobs that this one does; itself only, unless a plan merged some. */
  readonly covers: readonly number[];
  /** Jobs with the same non-empty key may be merged into one bulk request or one larger page. */
  readonly mergeKey: string;
  /** Most items one merged request may carry. */
  readonly mergeItemsMax: number;
  /** False: the resource has not changed since the last sync, a changed-since filter would not list it. */
  readonly changed: boolean;
}

/** The work of one trial. Jobs are sorted by `availableMs`, ties by id. */
export interface Workload {
  readonly senders: readonly Sender[];
  readonly jobs: readonly Job[];
}

/** Makes the work of one seed. Must draw only from `random`. */
export type WorkloadMaker<P> = (parameters: P, random: RandomSource) => Workload;

export type { Random, RandomSource };
