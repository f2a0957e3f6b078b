/** What the gate says. */
import type { GatedMetric } from './metrics.ts';
import type { Level } from './thresholds.ts';

/** What became of one check. */
export type CheckVerdict =
  | 'identical'
  | 'within limits'
  | 'improved'
  | 'regressed'
  | 'unsure'
  | 'missing'
  | 'not comparable';

/** One check: scenario x strategy x metric. */
export interface Check {
  /** `scenario/strategy/metric`. */
  readonly key: string;
  readonly scenario: string;
  readonly strategy: string;
  readonly metric: GatedMetric;
  readonly level: Exclude<Level, 'off'>;
  readonly verdict: CheckVerdict;
  /** Why, in one sentence without a full stop; '' where the verdict says it all. */
  readonly reason: string;
  /** Median over the seeds in the baseline and now; null: nothing to show. */
  readonly before: number | null;
  readonly now: number | null;
  /** The change; null where none was estimated. */
  readonly change: Change | null;
  /** How bad, to put the worst first: the change in tolerances, more for what broke an invariant. */
  readonly harm: number;
}

/** A change with its two-sided 95 % interval. */
export interface Change {
  /** `relative`: 0.05 is 5 % more; `absolute`: in the metric's unit. */
  readonly kind: 'relative' | 'absolute';
  readonly estimate: number;
  /** Null: too few seeds for one. */
  readonly interval: { readonly low: number; readonly high: number } | null;
  /** What is tolerated, on the same scale. */
  readonly tolerance: number;
  /** Pairs of trials that it rests on. */
  readonly seeds: number;
  /** How many of them were held out. */
  readonly heldOut: number;
}

/** Something about the whole run that has to be said. */
export interface Remark {
  readonly name:
    | 'no baseline'
    | 'zero checks'
    | 'idle threshold'
    | 'stale baseline'
    | 'other version'
    | 'no held-out seeds'
    | 'packages changed'
    | 'interrupted'
    | 'baseline could move';
  readonly text: string;
  /** Whether it keeps a strict gate from passing. */
  readonly blocks: boolean;
}

/** What the gate as a whole says. `inconclusive` passes, loudly, unless it is strict. */
export type GateOutcome = 'passed' | 'failed' | 'inconclusive';

/** Everything that reports of the gate are made from. */
export interface GateResult {
  readonly schemaVersion: 1;
  readonly outcome: GateOutcome;
  /** One line: the verdict and how many checks have which. */
  readonly headline: string;
  /** Name of the baseline file, as the user wrote it, and the commit it was made at. */
  readonly baseline: { readonly file: string; readonly commit: string | null; readonly madeAt: string } | null;
  readonly remarks: readonly Remark[];
  readonly checks: readonly Check[];
  /** What to type next; '' when there is nothing to do. */
  readonly next: string;
}

/** Verdicts in the order in which they are told: what needs somebody first. */
export const VERDICTS: readonly CheckVerdict[] = [
  'regressed',
  'missing',
  'not comparable',
  'unsure',
  'improved',
  'within limits',
  'identical',
];

/** Verdicts that settle nothing: under `--strict` they do not pass. */
export const UNSETTLED: ReadonlySet<CheckVerdict> = new Set(['unsure', 'missing', 'not comparable']);

/** How many checks have each verdict. */
export function tally(checks: readonly Check[]): Readonly<Record<CheckVerdict, number>> {
  const counts = Object.fromEntries(VERDICTS.map((verdict) => [verdict, 0])) as Record<CheckVerdict, number>;
  for (const { verdict } of checks) counts[verdict] += 1;
  return counts;
}

/** Worst first: by verdict, failing before warned, then by harm; ties by key, so that the order is total. */
export function worstFirst(checks: readonly Check[]): Check[] {
  const rank = ({ verdict, level }: Check) => VERDICTS.indexOf(verdict) * 2 + (level === 'error' ? 0 : 1);
  return checks.toSorted((a, b) => rank(a) - rank(b) || b.harm - a.harm || (a.key < b.key ? -1 : 1));
}
