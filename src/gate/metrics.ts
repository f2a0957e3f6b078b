/** What the gate looks at in a trial. Each is one number per seed, and less is better. */
import type { TrialMetrics } from '../metrics/metrics.ts';

/** Version of the definitions below: a baseline made with others cannot be compared. */
export const METRICS_VERSION = 1;

/** Names of the gated metrics, as they stand in keys of thresholds. */
export const GATED_METRICS = [
  'failures',
  'jobs-unfinished',
  'bans',
  'makespan',
  'rejected',
  'wasted-share',
  'wait-p95',
  'worst-org-slowdown',
  'penalties',
] as const;
/** One of {@link GATED_METRICS}. */
export type GatedMetric = (typeof GATED_METRICS)[number];

/** How a metric is measured, compared and written. */
export interface MetricDefinition {
  /** Column of the baseline file; units end the name. */
  readonly column: string;
  readonly title: string;
  readonly unit: 'ms' | 'share' | 'ratio' | 'count';
  /** `ratio`: compared as logarithms of ratios; `difference`: as differences, as it is often 0. */
  readonly scale: 'ratio' | 'difference';
  /** A seed that has some where the baseline has none on any seed fails at once: there is no such thing as a few lost jobs by chance. */
  readonly invariant: boolean;
  /** Null: too few jobs to tell. */
  readonly of: (metrics: TrialMetrics) => number | null;
}

/** All definitions. Trial failures are not in the metrics: see {@link gatedValues}. */
export const metricDefinitions: Readonly<Record<GatedMetric, MetricDefinition>> = {
  failures: { ...counted('failed', 'trial failures', () => 0), invariant: true },
  'jobs-unfinished': {
    ...counted('jobsUnfinished', 'jobs lost or failed', ({ jobs }) => jobs.failed + jobs.lost),
    invariant: true,
  },
  bans: { ...counted('bans', 'bans', ({ penalties }) => penalties.bans), invariant: true },
  makespan: ratio('makespanMs', 'makespan', 'ms', ({ makespanMs }) => makespanMs),
  rejected: counted('rejected', 'rejected calls', ({ attempts }) => attempts.rejected),
  'wasted-share': {
    ...counted('wastedShare', 'wasted share', ({ wastedShare }) => wastedShare),
    unit: 'share',
  },
  'wait-p95': ratio('waitMsP95', 'p95 wait', 'ms', ({ waitMs }) => waitMs.p95),
  'worst-org-slowdown': ratio(
    'worstOrgSlowdown',
    'worst organization\u2019s slowdown',
    'ratio',
    ({ fairness }) => fairness.worstOrgSlowdown,
  ),
  penalties: counted('penalties', 'penalties', ({ penalties }) => penalties.blocks + penalties.unavailable),
};

/** Values of one trial by metric; null where it could not be measured. */
export type GatedValues = Readonly<Record<GatedMetric, number | null>>;

/** Values of a trial. Of a failed trial only the failure counts: what it got done until then is no makespan. */
export function gatedValues(metrics: TrialMetrics | null, failed: boolean): GatedValues {
  const entries = GATED_METRICS.map((metric) => {
    if (metric === 'failures') return [metric, failed ? 1 : 0] as const;
    return [metric, failed || metrics === null ? null : metricDefinitions[metric].of(metrics)] as const;
  });
  return Object.fromEntries(entries) as unknown as GatedValues;
}

function counted(column: string, title: string, of: MetricDefinition['of']): MetricDefinition {
  return { column, title, unit: 'count', scale: 'difference', invariant: false, of };
}

function ratio(
  column: string,
  title: string,
  unit: MetricDefinition['unit'],
  of: MetricDefinition['of'],
): MetricDefinition {
  return { column, title, unit, scale: 'ratio', invariant: false, of };
}
