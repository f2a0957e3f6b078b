/**
 * Reading evidence: what the cells of a claim say over the seeds that they share, and the rules by which a claim is judged.
 *
 * The thresholds were fixed before any scenario was run and are the same for every claim:
 * - a *symptom* shows when at least 1 % of the calls are refused on every seed;
 * - a cause *vanishes* when at least 90 % of the refusals go with it;
 * - a cure *helps* when it has at least 10 % fewer refused calls at no more than 10 % longer makespan and leaves no more jobs undone;
 *   it *works* when it helps and every job is done with at most 20 % of the calls refused.
 */
import type { CellResult, ClaimResult, TrialResult } from '../src/results/results.ts';
import type { Claim, Evidence } from './scenario.ts';

/** Least share of refused calls, on every seed, for a symptom to show. */
export const SYMPTOM_SHARE_MIN = 0.01;
/** Share of the refusals that must go for a cause to be named. */
export const VANISHES_SHARE_MIN = 0.9;
/** A difference below this share is no difference. */
export const DIFFERENCE_MIN = 0.1;
/** Most share of refused calls for a cure to work: the budget of all five scenarios. */
export const REFUSED_SHARE_MAX = 0.2;

/** What a claim decides: the verdict and what stands beside it. */
export type Judgement = Pick<ClaimResult, 'verdict' | 'evidence' | 'boundary' | 'bars'>;

/** A cell that a claim reads. */
export interface Need {
  readonly strategy: string;
  readonly variant?: string;
}

/** One cell over the seeds that all cells of the claim share. Means are per trial. */
export interface Reading {
  readonly title: string;
  /** Trials that gave figures. */
  readonly trials: number;
  /** Trials that ended as failed (deadline, too many attempts, an error of the strategy). */
  readonly failedTrials: number;
  readonly attempts: number;
  readonly refusals: number;
  /** Refused calls / calls over all trials. */
  readonly refusedShare: number;
  /** Lowest and highest share of refused calls of one seed. */
  readonly refusedShareMin: number;
  readonly refusedShareMax: number;
  /** Mean refusals by cause. */
  readonly byCause: Readonly<Record<string, number>>;
  readonly jobs: number;
  readonly jobsDone: number;
  /** Failed or lost. */
  readonly jobsUndone: number;
  readonly jobsDoubled: number;
  /** Trials that left at least one job undone, or failed. */
  readonly trialsIncomplete: number;
  /** Median over the trials that did every job; null when none did. */
  readonly makespanMs: number | null;
  /** Median over trials of the 95th percentile of the wait; null when no trial has one. */
  readonly waitMsP95: number | null;
  /** Mean per done job. */
  readonly heldMs: number;
  readonly backingOffMs: number;
  readonly penalties: { readonly blocks: number; readonly unavailable: number; readonly bans: number };
}

/** Gives the reading of a cell that the claim asked for. */
export type Read = (strategy: string, variant?: string) => Reading;

/** A claim that is judged on readings. */
export interface ReadClaim extends Omit<Claim, 'check'> {
  readonly judge: (read: Read) => Judgement;
}

/**
 * Makes a claim of a judge. All its cells are read over the seeds that they share, so that comparisons are paired. When a cell has no
 * figures at all (every trial failed before the first call) the verdict is `not run`, with the reason.
 */
export function claimOf({ judge, ...claim }: ReadClaim): Claim {
  return { ...claim, check: (evidence) => judged(claim.needs, judge, evidence) };
}

function judged(needs: readonly Need[], judge: (read: Read) => Judgement, evidence: Evidence): Judgement {
  const cells = needs.map((need) => evidence.cell(need.strategy, need.variant));
  const seeds = sharedSeeds(cells);
  const empty = cells.find((cell) => readCell(cell, seeds).trials === 0);
  if (empty !== undefined) {
    const where = empty.variant === '' ? '' : ` in the variant ${empty.variant}`;
    return { verdict: 'not run', evidence: `No trial of ${empty.title}${where} gave figures.`, boundary: '', bars: [] };
  }
  return judge((strategy, variant) => readCell(evidence.cell(strategy, variant), seeds));
}

/** Seeds that every cell has figures for. */
function sharedSeeds(cells: readonly CellResult[]): ReadonlySet<number> {
  const [first, ...others] = cells.map((cell) => cell.trials.filter(hasFigures).map((trial) => trial.seed));
  return new Set((first ?? []).filter((seed) => others.every((seeds) => seeds.includes(seed))));
}

type Measured = TrialResult & { readonly metrics: NonNullable<TrialResult['metrics']> };

function hasFigures(trial: TrialResult): trial is Measured {
  return trial.metrics !== null;
}

/** Reads one cell over the given seeds. */
export function readCell(cell: CellResult, seeds: ReadonlySet<number>): Reading {
  const trials = cell.trials.filter(hasFigures).filter((trial) => seeds.has(trial.seed));
  const complete = trials.filter(isComplete);
  const metrics = trials.map((trial) => trial.metrics);
  const mean = (value: (of: Measured['metrics']) => number) => meanOf(metrics.map(value));
  const attempts = sumOf(metrics.map((of) => of.attempts.total));
  const refusals = sumOf(metrics.map((of) => of.attempts.rejected));
  const causes = new Set(metrics.flatMap((of) => Object.keys(of.rejectionsByCause)));
  const shares = metrics.map((of) => of.wastedShare);
  return {
    title: cell.title,
    trials: trials.length,
    failedTrials: trials.filter((trial) => trial.failure !== null).length,
    attempts: attempts / Math.max(1, trials.length),
    refusals: refusals / Math.max(1, trials.length),
    refusedShare: attempts === 0 ? 0 : refusals / attempts,
    refusedShareMin: shares.length === 0 ? 0 : Math.min(...shares),
    refusedShareMax: shares.length === 0 ? 0 : Math.max(...shares),
    byCause: Object.fromEntries(
      [...causes].sort().map((cause) => [cause, mean((of) => of.rejectionsByCause[cause] ?? 0)]),
    ),
    jobs: mean((of) => of.jobs.total),
    jobsDone: mean((of) => of.jobs.done),
    jobsUndone: mean((of) => of.jobs.total - of.jobs.done),
    jobsDoubled: mean((of) => of.jobs.doubled),
    trialsIncomplete: trials.length - complete.length,
    makespanMs: medianOf(complete.map((trial) => trial.metrics.makespanMs)),
    waitMsP95: medianOf(metrics.flatMap((of) => of.waitMs.p95 ?? [])),
    heldMs: mean((of) => of.timeMs.held),
    backingOffMs: mean((of) => of.timeMs.backingOff),
    penalties: {
      blocks: mean((of) => of.penalties.blocks),
      unavailable: mean((of) => of.penalties.unavailable),
      bans: mean((of) => of.penalties.bans),
    },
  };
}

function isComplete(trial: Measured): boolean {
  return trial.failure === null && trial.metrics.jobs.done === trial.metrics.jobs.total;
}

function meanOf(values: readonly number[]): number {
  return values.length === 0 ? 0 : sumOf(values) / values.length;
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function medianOf(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  if (sorted.length === 0) return null;
  if (!Number.isInteger(middle)) return sorted[Math.floor(middle)]!;
  return (sorted[middle - 1]! + sorted[middle]!) / 2;
}
