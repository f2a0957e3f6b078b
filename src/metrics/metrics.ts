/** What happened in one trial: the one record that flows from trial to results to report. */

/** Percentiles of one quantity in ms (nearest-rank; null where n x (1 - p) < 5, too few to tell). */
export interface Percentiles {
  readonly p50: number | null;
  readonly p90: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly max: number;
}

/** Everything measured in one trial. Times in ms, shares in [0, 1]. */
export interface TrialMetrics {
  /** From first job available to last job done. */
  readonly makespanMs: number;
  readonly jobs: {
    readonly total: number;
    readonly done: number;
    /** The strategy reported failure. */
    readonly failed: number;
    /** No outcome: the plan dropped it, or the trial was stopped while it was open. */
    readonly lost: number;
    /** Done more than once by admitted requests. */
    readonly doubled: number;
  };
  /** total = admitted + rejected + cancelled. */
  readonly attempts: {
    readonly total: number;
    readonly admitted: number;
    readonly rejected: number;
    readonly cancelled: number;
  };
  /** Rejections by cause name (a limit, a penalty stage, a quirk); only those that occurred, sorted by name. */
  readonly rejectionsByCause: Readonly<Record<string, number>>;
  /** Rejections by status: 429, 503, 403. */
  readonly rejectionsByStatus: Readonly<Record<string, number>>;
  /** rejected / total attempts; 0 when there were none. */
  readonly wastedShare: number;
  /** From intended start to done, over done jobs. */
  readonly waitMs: Percentiles;
  /** 41 quantiles of the wait, 0 to 100 % in steps of 2.5. Empty when no job was done. */
  readonly waitQuantilesMs: readonly number[];
  /** Mean ms per done job; the four sum to the mean wait. */
  readonly timeMs: {
    readonly queued: number;
    readonly held: number;
    readonly backingOff: number;
    readonly inService: number;
  };
  readonly fairness: {
    /** Jain's index over the organizations' mean slowdowns; 1 is even. */
    readonly jain: number;
    readonly worstOrg: string;
    /** Worst org's makespan over that of its isolated run with the same strategy; null when no isolated run was made. */
    readonly worstOrgSlowdown: number | null;
    /** Longest time that an org with work open saw none of it admitted. */
    readonly longestStarvationMs: number;
  };
  readonly penalties: { readonly blocks: number; readonly unavailable: number; readonly bans: number };
  /** Share of the makespan in which work was open and every limit would have admitted another request; null on the wire, where the gateway is out of sight. */
  readonly idleShare: number | null;
  readonly bound: {
    readonly ms: number;
    /** Name of the limit that binds, or `service time` / `arrivals`. */ readonly limit: string;
    readonly kind: string;
  };
  /** makespan / bound, at least 1 by invariant. */
  readonly boundRatio: number;
}
