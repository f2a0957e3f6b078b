/** What one cell's trials say by themselves, before anything is compared. */
import type { CellResult, TrialResult } from '../results/results.ts';
import { clopperPearson } from '../statistics/clopper-pearson.ts';
import { median } from '../statistics/quantiles.ts';
import type { CellVerdict, Spread, Standing } from './verdict.ts';

type TrialMetrics = NonNullable<TrialResult['metrics']>;

/** The part of a cell's verdict that needs no other cell. */
export type Summary = Omit<
  CellVerdict,
  'class' | 'lowest' | 'inBestSet' | 'rank' | 'comparison' | 'regret' | 'firstShare' | 'seedsToSettle'
>;

/**
 * Summarizes a cell.
 *
 * @param refusedShareMax the scenario's budget
 * @param seeds the scenario's seeds, of which some may be missing here
 */
export function summarize(cell: CellResult, refusedShareMax: number, seeds: number): Summary {
  const { strategy, title, family, trials } = cell;
  const measured = trials.flatMap(({ metrics }) => metrics ?? []);
  const sound = trials.filter(losesNothing);
  const makespanBySeed = sound.map(({ seed, metrics }) => ({ seed, ms: metrics.makespanMs }));
  const byLength = makespanBySeed.toSorted((a, b) => a.ms - b.ms || a.seed - b.seed);
  const failedSeeds = trials.length - sound.length;
  const refusedShare = refusedOf(measured);
  return {
    strategy,
    title,
    family,
    standing: standingOf(trials.length, failedSeeds, refusedShare, refusedShareMax),
    seeds: trials.length,
    failedSeeds,
    failureRate: trials.length === 0 ? null : clopperPearson(failedSeeds, trials.length),
    failureText: failureText(trials),
    missingSeeds: Math.max(0, seeds - trials.length),
    makespanMs: spread(makespanBySeed.map(({ ms }) => ms)),
    medianSeed: byLength[Math.ceil(byLength.length / 2) - 1]?.seed ?? null,
    worstSeed: byLength.at(-1)?.seed ?? null,
    makespanBySeed,
    refusedShare,
    ...measures(
      measured,
      sound.map(({ metrics }) => metrics),
    ),
  };
}

/** A trial with an outcome in which every job was done. */
export function losesNothing(trial: TrialResult): trial is TrialResult & { readonly metrics: TrialMetrics } {
  if (trial.failure !== null || trial.metrics === null) return false;
  const { total, done, failed, lost } = trial.metrics.jobs;
  return failed === 0 && lost === 0 && done === total;
}

/** Median by nearest rank, least and most; null for none. */
export function spread(values: readonly number[]): Spread | null {
  const middle = median(values);
  return middle === null ? null : { median: middle, min: Math.min(...values), max: Math.max(...values) };
}

function standingOf(trials: number, failed: number, refusedShare: number, refusedShareMax: number): Standing {
  if (trials === 0) return 'not run';
  if (failed > 0) return 'loses jobs';
  return refusedShare > refusedShareMax ? 'over budget' : 'eligible';
}

function failureText(trials: readonly TrialResult[]): string {
  const first = trials.find((trial) => !losesNothing(trial));
  if (first === undefined) return '';
  if (first.failure !== null) return first.failure.detail || first.failure.reason;
  if (first.metrics === null) return 'nothing was measured';
  const { total, done, failed } = first.metrics.jobs;
  return failed > 0 ? `${failed} of ${total} jobs failed` : `${total - done} of ${total} jobs lost`;
}

/** Everything that is summed, averaged or taken as a median; of the trials that lost nothing where only those compare. */
function measures(measured: readonly TrialMetrics[], sound: readonly TrialMetrics[]) {
  const middle = (pick: (metrics: TrialMetrics) => number | null) => median(measured.flatMap((one) => pick(one) ?? []));
  const shares = measured.map(({ wastedShare }) => wastedShare);
  return {
    boundRatio: spread(sound.map(({ boundRatio }) => boundRatio)),
    bound: boundOf(sound),
    refusedRange: measured.length === 0 ? null : { min: Math.min(...shares), max: Math.max(...shares) },
    attemptsMean: mean(measured.map(({ attempts }) => attempts.total)),
    rejectedMean: mean(measured.map(({ attempts }) => attempts.rejected)),
    rejectionsByCause: causesOf(measured),
    waitMsP50: middle(({ waitMs }) => waitMs.p50),
    waitMsP95: middle(({ waitMs }) => waitMs.p95),
    waitMsP99: middle(({ waitMs }) => waitMs.p99),
    worstOrgSlowdown: spread(measured.flatMap(({ fairness }) => fairness.worstOrgSlowdown ?? [])),
    jain: middle(({ fairness }) => fairness.jain),
    longestStarvationMs: middle(({ fairness }) => fairness.longestStarvationMs),
    idleShare: middle(({ idleShare }) => idleShare),
    timeMs: measured.length === 0 ? null : meanTimes(measured),
    jobs: {
      total: sum(measured.map(({ jobs }) => jobs.total)),
      done: sum(measured.map(({ jobs }) => jobs.done)),
      failed: sum(measured.map(({ jobs }) => jobs.failed)),
      lost: sum(measured.map(({ jobs }) => jobs.lost)),
      doubled: sum(measured.map(({ jobs }) => jobs.doubled)),
    },
    penalties: {
      blocks: sum(measured.map(({ penalties }) => penalties.blocks)),
      unavailable: sum(measured.map(({ penalties }) => penalties.unavailable)),
      bans: sum(measured.map(({ penalties }) => penalties.bans)),
    },
  };
}

function meanTimes(measured: readonly TrialMetrics[]): NonNullable<CellVerdict['timeMs']> {
  return {
    queued: mean(measured.map(({ timeMs }) => timeMs.queued)),
    held: mean(measured.map(({ timeMs }) => timeMs.held)),
    backingOff: mean(measured.map(({ timeMs }) => timeMs.backingOff)),
    inService: mean(measured.map(({ timeMs }) => timeMs.inService)),
  };
}

/** The bound's spread, and the limit that binds on most seeds (ties by name). */
function boundOf(sound: readonly TrialMetrics[]): CellVerdict['bound'] {
  const ms = spread(sound.map(({ bound }) => bound.ms));
  if (ms === null) return null;
  const counts = new Map<string, number>();
  for (const { bound } of sound) counts.set(bound.limit, (counts.get(bound.limit) ?? 0) + 1);
  const [limit] = mostFirst(counts)[0]!;
  return { ms, limit, kind: sound.find(({ bound }) => bound.limit === limit)!.bound.kind };
}

function causesOf(measured: readonly TrialMetrics[]): CellVerdict['rejectionsByCause'] {
  const counts = new Map<string, number>();
  for (const { rejectionsByCause } of measured) {
    for (const [cause, count] of Object.entries(rejectionsByCause)) counts.set(cause, (counts.get(cause) ?? 0) + count);
  }
  const total = sum([...counts.values()]);
  return mostFirst(counts).map(([cause, count]) => ({ cause, count, share: total === 0 ? 0 : count / total }));
}

function mostFirst(counts: ReadonlyMap<string, number>): [string, number][] {
  return [...counts].toSorted(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1));
}

/** Refused calls over all calls of all trials together: the budget's measure. 0 when there were none. */
function refusedOf(measured: readonly TrialMetrics[]): number {
  const total = sum(measured.map(({ attempts }) => attempts.total));
  return total === 0 ? 0 : sum(measured.map(({ attempts }) => attempts.rejected)) / total;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : sum(values) / values.length;
}
