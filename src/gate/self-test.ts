/**
 * The A/A test: the gate holds a build against itself. Equal seeds give equal trials in virtual time, so the two sides are made of different seeds,
 * by chance, again and again; pairing gains nothing then, so what it tells is the worst case.
 */
import { clopperPearson } from '../statistics/clopper-pearson.ts';
import type { Baseline } from './baseline.ts';
import { judge } from './judge.ts';
import type { GatedTrial, Measurement } from './measurement.ts';
import { GATED_METRICS, type GatedValues, metricDefinitions } from './metrics.ts';
import type { Thresholds } from './thresholds.ts';
import type { Check } from './verdict.ts';

/** Splits in which nothing changed. */
const SPLITS = 200;
/** Splits tried for each size of change; found in nine of ten, it counts as detectable. */
const CHANGE_SPLITS = 30;
const FOUND_SHARE = 0.9;
/** Sizes of change tried, relative. */
const CHANGES = [0.02, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 1, 2, 5];

/** What the A/A test found. */
export interface SelfTest {
  readonly splits: number;
  readonly checks: number;
  /** Seeds on each side; as many are held out. */
  readonly seeds: number;
  /** Splits in which any check failed, though nothing changed; with the exact 95 % interval of their share. */
  readonly falseAlarms: {
    readonly splits: number;
    readonly share: number;
    readonly low: number;
    readonly high: number;
  };
  /** By check: the smallest change tried that fails in at least nine of ten splits; null: none does. */
  readonly detectable: readonly { readonly key: string; readonly change: number | null }[];
}

/**
 * Runs the A/A test on one build's trials.
 *
 * @param measurement Trials of all cells on the same seeds: a quarter of them for each side's first and held-out seeds.
 * @param shuffled Chance, from the caller: a copy in random order.
 */
export function selfTest(
  measurement: Measurement,
  thresholds: Thresholds,
  shuffled: (seeds: readonly number[]) => number[],
): SelfTest {
  const seeds = [...new Set(allTrials(measurement).map(({ seed }) => seed))].sort((a, b) => a - b);
  const quarter = Math.floor(seeds.length / 4);
  const rules = { ...thresholds, ...withoutInvariants };
  const verdicts = (change: number) => judgeSplit(measurement, shuffled(seeds), quarter, change, rules);
  const unchanged = Array.from({ length: SPLITS }, () => verdicts(0));
  const alarms = unchanged.filter((checks) => checks.some(isRegressed)).length;
  return {
    splits: SPLITS,
    checks: Math.max(...unchanged.map(({ length }) => length)),
    seeds: quarter,
    falseAlarms: { splits: alarms, share: alarms / SPLITS, ...clopperPearson(alarms, SPLITS) },
    detectable: detectable(verdicts),
  };
}

/** They compare a seed with itself: what one seed has and another has not would look like news. */
const withoutInvariants: Thresholds = Object.fromEntries(
  GATED_METRICS.filter((metric) => metricDefinitions[metric].invariant).map((metric) => [`*/${metric}`, 'off']),
);

/** Every check is changed at once, and each is looked at by itself: how many share the error stays as it is. */
function detectable(verdicts: (change: number) => readonly Check[]): SelfTest['detectable'] {
  const smallest = new Map<string, number | null>();
  for (const change of CHANGES) {
    const found = new Map<string, number>();
    for (let split = 0; split < CHANGE_SPLITS; split++)
      for (const check of verdicts(change))
        found.set(check.key, (found.get(check.key) ?? 0) + (isRegressed(check) ? 1 : 0));
    for (const [key, count] of found)
      smallest.set(key, smallest.get(key) ?? (count >= FOUND_SHARE * CHANGE_SPLITS ? change : null));
  }
  return [...smallest].map(([key, change]) => ({ key, change }));
}

function isRegressed({ verdict }: Check): boolean {
  return verdict === 'regressed';
}

/** Both sides of a split: the same build, other seeds under the same numbers; the candidate with every value changed. */
function judgeSplit(
  measurement: Measurement,
  order: readonly number[],
  quarter: number,
  change: number,
  thresholds: Thresholds,
): readonly Check[] {
  const numbers = Array.from({ length: 2 * quarter }, (_, index) => index + 1);
  const baseline: Baseline = {
    ...renumbered(measurement, order.slice(0, 2 * quarter), 0),
    tool: '',
    madeAt: '',
    commit: null,
    seeds: numbers.slice(0, quarter),
    heldOutSeeds: numbers.slice(quarter),
    policy: null,
    notes: [],
  };
  const now = renumbered(measurement, order.slice(2 * quarter, 4 * quarter), change);
  return judge({ baseline, now, absent: [], thresholds }).checks;
}

function renumbered(measurement: Measurement, seeds: readonly number[], change: number): Measurement {
  const numberOf = new Map(seeds.map((seed, index) => [seed, index + 1]));
  const renumber = (trial: GatedTrial) => {
    const seed = numberOf.get(trial.seed);
    return seed === undefined ? [] : [{ ...trial, seed, values: changed(trial.values, change) }];
  };
  return {
    ...measurement,
    scenarios: measurement.scenarios.map((scenario) => ({
      ...scenario,
      strategies: scenario.strategies.map((strategy) => ({ ...strategy, trials: strategy.trials.flatMap(renumber) })),
    })),
  };
}

function changed(values: GatedValues, change: number): GatedValues {
  if (change === 0) return values;
  const entries = GATED_METRICS.map((metric) => {
    const value = values[metric];
    return [metric, value === null || metric === 'failures' ? value : value * (1 + change)] as const;
  });
  return Object.fromEntries(entries) as unknown as GatedValues;
}

function allTrials({ scenarios }: Measurement): GatedTrial[] {
  return scenarios.flatMap(({ strategies }) => strategies).flatMap(({ trials }) => trials);
}
