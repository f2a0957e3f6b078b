/** The trials of one strategy before and now, put side by side by seed. */
import { median } from '../statistics/quantiles.ts';
import type { Pairs } from './decide.ts';
import type { GatedStrategy, GatedTrial } from './measurement.ts';
import type { GatedMetric } from './metrics.ts';

/** A metric by seed, before and now. */
export interface Comparison {
  /** Values of the first seeds that have one on both sides. */
  readonly first: Pairs;
  /** The same of the held-out seeds; null: they were not run now. */
  readonly heldOut: Pairs | null;
  /** First seeds with a value. */
  readonly measuredBefore: number;
  readonly measuredNow: number;
  readonly medianBefore: number | null;
  readonly medianNow: number | null;
  /** All trials that were run on both sides, held-out ones too. */
  readonly trials: readonly {
    readonly seed: number;
    readonly before: number | null;
    readonly now: number | null;
    readonly failure: GatedTrial['failure'];
  }[];
  /** Values of all the baseline's trials, held-out ones too. */
  readonly allBefore: readonly (number | null)[];
}

/** A strategy before and now. */
export interface StrategyComparison {
  /** Seeds that one side lacks, in words; '' when none is. */
  readonly missing: string;
  /** Equal digests and failures on all first seeds. */
  readonly identical: boolean;
  readonly of: (metric: GatedMetric) => Comparison;
}

/** Puts trials side by side. */
export function compareTrials(
  before: GatedStrategy,
  now: GatedStrategy,
  { seeds, heldOutSeeds }: { readonly seeds: readonly number[]; readonly heldOutSeeds: readonly number[] },
): StrategyComparison {
  const [old, young] = [before, now].map(({ trials }) => new Map(trials.map((trial) => [trial.seed, trial]))) as [
    Map<number, GatedTrial>,
    Map<number, GatedTrial>,
  ];
  const first = twins(seeds, old, young);
  const held = twins(heldOutSeeds, old, young);
  const hasHeldOut = held.length > 0 && held.length === heldOutSeeds.length;
  return {
    missing: missingSeeds(seeds, heldOutSeeds, old, young),
    identical: first.every(([a, b]) => a.digest === b.digest && a.failure === b.failure),
    of: (metric) => {
      const values = (of: readonly GatedTrial[]) => of.map((trial) => trial.values[metric]);
      const ofBefore = values(first.map(([trial]) => trial));
      const ofNow = values(first.map(([, trial]) => trial));
      const middle = metric === 'failures' ? sum : medianOf;
      return {
        first: pairs(first, metric),
        heldOut: hasHeldOut ? pairs(held, metric) : null,
        measuredBefore: ofBefore.filter((value) => value !== null).length,
        measuredNow: ofNow.filter((value) => value !== null).length,
        medianBefore: middle(ofBefore),
        medianNow: middle(ofNow),
        trials: [...first, ...held].map(([a, b]) => ({
          seed: a.seed,
          before: a.values[metric],
          now: b.values[metric],
          failure: b.failure,
        })),
        allBefore: values(before.trials),
      };
    },
  };
}

type Twins = (readonly [before: GatedTrial, now: GatedTrial])[];

function twins(seeds: readonly number[], old: Map<number, GatedTrial>, young: Map<number, GatedTrial>): Twins {
  return seeds.flatMap((seed) => {
    const [before, now] = [old.get(seed), young.get(seed)];
    return before === undefined || now === undefined ? [] : [[before, now] as const];
  });
}

function pairs(trials: Twins, metric: GatedMetric): Pairs {
  const both = trials.flatMap(([a, b]) => {
    const [before, now] = [a.values[metric], b.values[metric]];
    return before === null || now === null ? [] : [{ before, now }];
  });
  return { before: both.map(({ before }) => before), now: both.map(({ now }) => now) };
}

/** Held-out seeds need only be in the baseline: now they are run when something is open. */
function missingSeeds(
  seeds: readonly number[],
  heldOut: readonly number[],
  old: Map<number, GatedTrial>,
  young: Map<number, GatedTrial>,
): string {
  if (seeds.length === 0) return 'the baseline has no seeds';
  const lacking = (list: readonly number[], trials: Map<number, GatedTrial>) =>
    list.filter((seed) => !trials.has(seed));
  const before = lacking([...seeds, ...heldOut], old);
  if (before.length > 0) return `the baseline lacks ${seedList(before)}`;
  const now = lacking(seeds, young);
  return now.length === 0 ? '' : `${seedList(now)} ${now.length === 1 ? 'was' : 'were'} not run`;
}

/** `seed 3`, `seeds 3, 4, 5 and 7 more`. */
export function seedList(seeds: readonly number[]): string {
  const shown = seeds.slice(0, 5).join(', ');
  const more = seeds.length > 5 ? ` and ${seeds.length - 5} more` : '';
  return `${seeds.length === 1 ? 'seed' : 'seeds'} ${shown}${more}`;
}

function medianOf(values: readonly (number | null)[]): number | null {
  return median(values.filter((value) => value !== null));
}

function sum(values: readonly (number | null)[]): number {
  return values.reduce<number>((total, value) => total + (value ?? 0), 0);
}
