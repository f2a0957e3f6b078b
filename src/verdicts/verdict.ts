/**
 * Verdicts: what may be concluded from results. Terminal, Markdown and HTML read these and nothing else, so that they cannot disagree.
 *
 * Relative differences are shares: 0.176 is 17.6 % longer, -0.05 is 5 % shorter. Times are ms. Every list has a total, deterministic order.
 */
import type { CellResult } from '../results/results.ts';

/**
 * May a strategy be recommended in a scenario?
 * `eligible`: no job lost on any seed and refusals within the budget. `over budget`: no job lost, too many calls refused.
 * `loses jobs`: a job failed or was lost, or the trial itself failed, on at least one seed. `not run`: no trial there.
 */
export type Standing = 'eligible' | 'over budget' | 'loses jobs' | 'not run';

/**
 * The glyph of one cell. Against the reference (the lowest eligible makespan), with margin 2 %:
 * `best`    the lowest alone: everything else is told apart from it, by more than the margin;
 * `tied`    lowest but not alone, or not told apart from it and within the margin;
 * `same`    told apart, yet within the margin: the same for all practical purposes;
 * `slower`  told apart, its interval above zero, and not shown to be within the margin;
 * `unsure`  these seeds cannot tell: its interval holds zero and reaches past the margin (also: too few seeds for any verdict);
 * `over`    over the budget of refused calls;  `failed` loses jobs;  `none` not run.
 */
export type CellClass = 'best' | 'tied' | 'same' | 'slower' | 'unsure' | 'over' | 'failed' | 'none';

/** Median (nearest rank, so a value that occurred) and range over seeds; null where nothing was measured. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** A relative difference in makespan, paired by seed. */
export interface Comparison {
  /** Spec it is compared with. */
  readonly with: string;
  /** Hodges-Lehmann estimate of makespan / reference - 1. */
  readonly estimate: number;
  /** Interval that holds at 95 % together with all other pairs of eligible strategies; null when there are too few seeds for one. */
  readonly interval: { readonly low: number; readonly high: number } | null;
  /** Exact confidence of this one interval, at least 1 - 0.05 / comparisons; null without interval. */
  readonly confidence: number | null;
  /** Seeds on which it finished sooner, level (equal to the bit) and later than the reference. */
  readonly wins: number;
  readonly ties: number;
  readonly losses: number;
  /** Paired seeds. */
  readonly seeds: number;
}

/** One strategy in one scenario (main matrix). */
export interface CellVerdict {
  readonly strategy: string;
  readonly title: string;
  readonly family: CellResult['family'];
  readonly standing: Standing;
  readonly class: CellClass;
  /** True for the reference: the lowest median makespan among the eligible that nothing beats. */
  readonly lowest: boolean;
  /**
   * In the set not told apart from the best: nothing beats it one-sided at 5 % / (eligible - 1). Keeps the true best in at least 95 % of
   * studies. Only eligible strategies can be in it.
   */
  readonly inBestSet: boolean;
  /** 1 for the lowest; counts eligible first by makespan, then over budget, then losing jobs. */
  readonly rank: number;
  /** Trials run, and how many of them failed or lost a job, with the exact 95 % interval of that rate. */
  readonly seeds: number;
  readonly failedSeeds: number;
  readonly failureRate: { readonly low: number; readonly high: number } | null;
  /** The first failed seed's reason in words, '' when none failed: `banned`-like detail comes from the trial. */
  readonly failureText: string;
  /** Seeds of the scenario on which it has no trial (an interrupted run). */
  readonly missingSeeds: number;
  /** Makespan over the seeds that lost nothing; null when there is none. */
  readonly makespanMs: Spread | null;
  /** Seed whose makespan is the median, for replay and timelines; null without makespan. */
  readonly medianSeed: number | null;
  readonly worstSeed: number | null;
  /** Makespan by seed, in the results' order; only seeds that lost nothing. */
  readonly makespanBySeed: readonly { readonly seed: number; readonly ms: number }[];
  /** Against the reference; null for the reference itself, without a reference, or without paired seeds. Given for over-budget strategies too. */
  readonly comparison: Comparison | null;
  /** Time lost against the lowest eligible, at least 0 (0 for the lowest); null where it loses jobs, or nothing is eligible. */
  readonly regret: number | null;
  readonly boundRatio: Spread | null;
  /** What binds the lower bound on most seeds. */
  readonly bound: { readonly ms: Spread; readonly limit: string; readonly kind: string } | null;
  /** Refused / attempts over all seeds together (the budget's measure), and its range by seed. */
  readonly refusedShare: number;
  readonly refusedRange: { readonly min: number; readonly max: number } | null;
  /** Mean per trial. */
  readonly attemptsMean: number;
  readonly rejectedMean: number;
  /** Refusals by cause over all seeds, most first, ties by name. */
  readonly rejectionsByCause: readonly { readonly cause: string; readonly count: number; readonly share: number }[];
  /** Median over seeds of the per-seed value; null where no seed has one. */
  readonly waitMsP50: number | null;
  readonly waitMsP95: number | null;
  readonly waitMsP99: number | null;
  readonly worstOrgSlowdown: Spread | null;
  readonly jain: number | null;
  readonly longestStarvationMs: number | null;
  readonly idleShare: number | null;
  readonly timeMs: {
    readonly queued: number;
    readonly held: number;
    readonly backingOff: number;
    readonly inService: number;
  } | null;
  /** Sums over all seeds. */
  readonly jobs: {
    readonly total: number;
    readonly done: number;
    readonly failed: number;
    readonly lost: number;
    readonly doubled: number;
  };
  readonly penalties: { readonly blocks: number; readonly unavailable: number; readonly bans: number };
  /** Share of resamples of the seeds in which it is first among the eligible: descriptive only; null when not eligible. */
  readonly firstShare: number | null;
  /** About how many seeds in all would settle an `unsure`; null when it is settled or no number up to 10,000 would. */
  readonly seedsToSettle: number | null;
}

/** One pair of eligible strategies, for the all-pairs table. */
export interface PairVerdict {
  readonly a: string;
  readonly b: string;
  /** Estimate of makespan(a) / makespan(b) - 1. */
  readonly estimate: number;
  /** Exact signed-rank p, adjusted by Holm over all pairs of the scenario. */
  readonly adjusted: number;
  /** True when `adjusted` is below 0.05. */
  readonly toldApart: boolean;
}

/** The recommendation inside one scenario, as data for sentences. */
export interface ScenarioFinding {
  /**
   * `alone`: one strategy is best alone. `tied`: several within the margin, none told apart. `lowest`: one is lowest, others are within the margin
   * or only just told apart. `unsure`: these seeds cannot say. `few seeds`: too few seeds for any verdict. `only`: a single eligible strategy. `none`: none is eligible.
   */
  readonly kind: 'alone' | 'tied' | 'lowest' | 'unsure' | 'few seeds' | 'only' | 'none';
  /** The lowest eligible, and the next eligible by makespan; null when absent. */
  readonly lowest: string | null;
  readonly runnerUp: string | null;
  /** Specs of class `best`, `tied` or `same`, in rank order. */
  readonly within: readonly string[];
  /** Specs of class `unsure`, in rank order. */
  readonly unsure: readonly string[];
  /** One sentence with its number, for headings. */
  readonly headline: string;
}

/** The fastest strategy that loses no job when the budget is ignored, where that is not the lowest eligible. */
export interface OverBudgetWinner {
  readonly strategy: string;
  readonly title: string;
  readonly makespanMs: number;
  readonly refusedShare: number;
  /** Against the lowest eligible (negative: sooner); null when nothing is eligible. */
  readonly estimate: number | null;
  /** Its refused calls over those of the lowest eligible; null when that has none or does not exist. */
  readonly refusedRatio: number | null;
  readonly sentence: string;
}

/** Everything concluded about one scenario. */
export interface ScenarioVerdict {
  readonly name: string;
  readonly title: string;
  readonly refusedShareMax: number;
  /** Seeds of the scenario. */
  readonly seeds: number;
  /**
   * Pairs of eligible strategies, over which the intervals share their 5 %. All pairs, not only those with the reference: the reference is
   * chosen by the same seeds, and intervals that share 5 % over its pairs alone hold together in as few as 92 % of studies.
   */
  readonly comparisons: number;
  /** Seeds needed before any verdict, and how many are missing to that. */
  readonly seedsNeeded: number;
  readonly moreSeeds: number;
  /** Practical margin: 0.02. */
  readonly margin: number;
  /** In rank order. */
  readonly cells: readonly CellVerdict[];
  /** Holm-adjusted, eligible strategies only, in rank order. Empty below `seedsNeeded`. */
  readonly pairs: readonly PairVerdict[];
  readonly finding: ScenarioFinding;
  /** Null when the fastest that loses nothing is eligible. */
  readonly overBudgetWinner: OverBudgetWinner | null;
  /** Spec the thread proposes, and its cell's class; null when it was not run. */
  readonly proposal: { readonly strategy: string; readonly class: CellClass; readonly estimate: number | null } | null;
  readonly claims: ClaimTally;
}

/** Claims by verdict. */
export interface ClaimTally {
  readonly holds: number;
  readonly depends: number;
  readonly refuted: number;
  readonly notRun: number;
  readonly total: number;
}

/** One strategy over all scenarios: a row of the matrix. */
export interface StrategyVerdict {
  readonly strategy: string;
  readonly title: string;
  readonly family: CellResult['family'];
  /** One entry per scenario, in the suite's order; class `none` where it was not run. */
  readonly cells: readonly {
    readonly scenario: string;
    readonly class: CellClass;
    readonly standing: Standing;
    readonly regret: number | null;
    readonly estimate: number | null;
  }[];
  readonly ranIn: number;
  readonly eligibleIn: number;
  readonly ranInAll: boolean;
  /** Group of the matrix: worst standing over the scenarios it ran in. */
  readonly group: 'eligible' | 'over budget' | 'loses jobs';
  /** Largest regret over the scenarios it ran in; null when it loses jobs in one of them, or regret is unknown in one. */
  readonly worstRegret: number | null;
  /** Scenario of the worst regret. */
  readonly worstIn: string | null;
  readonly meanRegret: number | null;
  /** Refused / attempts over everything it ran. */
  readonly refusedShare: number;
  /** Scenarios in which it is best, tied or same. */
  readonly lowestIn: number;
}

/** If you must pick one. */
export interface Pick {
  /** `everywhere`: eligible in all scenarios. `most`: nothing is, this one is eligible in most. `none`: nothing is eligible anywhere. */
  readonly kind: 'everywhere' | 'most' | 'none';
  readonly strategy: string | null;
  readonly title: string;
  readonly eligibleIn: number;
  readonly scenarios: number;
  /** Over the scenarios in which it is eligible. */
  readonly worstRegret: number | null;
  readonly worstIn: string | null;
  readonly meanRegret: number | null;
  /** Refused / attempts over everything it ran, and the least and most of any one scenario. */
  readonly refusedShare: number | null;
  readonly refusedRange: { readonly min: number; readonly max: number } | null;
  /** Scenarios in which it is best, tied or same. */
  readonly lowestIn: number;
  /** Next by the same order among those eligible as widely; null when there is none. */
  readonly runnerUp: { readonly strategy: string; readonly title: string; readonly worstRegret: number | null } | null;
  /** True when the pick was decided by refused calls because worst-case regrets are equal as printed (0.1 %). */
  readonly byTieBreak: boolean;
  /** True when a scenario has too few seeds for a verdict. */
  readonly provisional: boolean;
  /** Scenarios where it is told apart from the lowest, unsure, or not eligible; worst first. */
  readonly exceptions: readonly {
    readonly scenario: string;
    readonly title: string;
    readonly class: CellClass;
    readonly regret: number | null;
    /** The lowest there. */
    readonly lowest: string | null;
  }[];
}

/** Everything concluded about a suite. */
export interface SuiteVerdict {
  readonly scenarios: readonly ScenarioVerdict[];
  /** Eligible everywhere first (those that ran in all before the others), by worst regret; then over budget; then losing jobs. */
  readonly strategies: readonly StrategyVerdict[];
  readonly pick: Pick;
  readonly claims: ClaimTally;
  /** Trials run and trials that failed. */
  readonly trials: number;
  readonly failedTrials: number;
  /** How many scenarios have their fastest (losing nothing) over the budget. */
  readonly overBudgetWins: number;
  readonly complete: boolean;
  /** The recommendation in one sentence. */
  readonly headline: string;
}
