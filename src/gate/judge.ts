/** The gate: a baseline and what the build does now in, a verdict for every check out. Pure. */
import { holm } from '../statistics/holm.ts';
import type { Baseline } from './baseline.ts';
import { decide, type Question, worsePValue } from './decide.ts';
import { type Comparison, compareTrials, type StrategyComparison } from './compare-trials.ts';
import { invariantCheck } from './hard-limits.ts';
import { differingFields, type GatedScenario, type GatedStrategy, type Measurement } from './measurement.ts';
import { GATED_METRICS, metricDefinitions, METRICS_VERSION } from './metrics.ts';
import { checkKey, type Threshold, thresholdFor, type Thresholds } from './thresholds.ts';
import type { Check } from './verdict.ts';

/** A cell that could not be run, or that nobody has a baseline of. */
export interface Absent {
  readonly scenario: string;
  /** Null: the whole scenario. */
  readonly strategy: string | null;
  readonly reason: string;
}

/** What {@link judge} needs to know. */
export interface JudgeInput {
  readonly baseline: Baseline;
  readonly now: Measurement;
  readonly absent: readonly Absent[];
  readonly thresholds: Thresholds;
}

/** Verdicts, and the cells whose held-out seeds would settle some: run them, and judge again. */
export interface Judgement {
  readonly checks: readonly Check[];
  readonly open: readonly { readonly scenario: string; readonly strategy: string }[];
}

/** Judges every check. Deterministic, and the same whether held-out seeds are there from the start or come with a second call. */
export function judge(input: JudgeInput): Judgement {
  const drafts = input.baseline.scenarios.flatMap((scenario) => scenarioDrafts(scenario, input));
  const absent = input.absent.flatMap((each) => absentDrafts(each, input));
  const tested = drafts.flatMap(({ question }) => (question === null ? [] : [question]));
  const checks = Math.max(1, tested.length);
  const adjusted = input.baseline.heldOutSeeds.length > 0 ? null : holm(tested.map(worsePValue));
  let asked = 0;
  const open = new Map<string, Judgement['open'][number]>();
  const judged = drafts.map(({ check, question }): Check => {
    if (question === null) return check;
    const p = adjusted === null ? null : (adjusted[asked++] ?? 1);
    const { verdict, reason, change } = decide({ ...question, checks, adjusted: p });
    if (verdict === 'open') open.set(`${check.scenario}\n${check.strategy}`, check);
    const harm = change === null ? 0 : change.estimate / Math.max(change.tolerance, 1e-9);
    const settled = verdict === 'open' ? 'unsure' : verdict;
    return { ...check, verdict: settled, reason: verdict === 'open' ? NOT_CONFIRMED : reason, change, harm };
  });
  return {
    checks: [...judged, ...absent],
    open: [...open.values()].map(({ scenario, strategy }) => ({ scenario, strategy })),
  };
}

const NOT_CONFIRMED = 'the held-out seeds, which would tell, were not run';

interface Draft {
  readonly check: Check;
  /** Null: the check is decided. */
  readonly question: Question | null;
}

function scenarioDrafts(before: GatedScenario, input: JudgeInput): Draft[] {
  const now = input.now.scenarios.find(({ scenario }) => scenario === before.scenario);
  const hasSeeds = input.baseline.seeds.length > 0;
  const reason = now === undefined || !hasSeeds ? '' : whyNotComparable(before, now, input);
  return before.strategies.flatMap((strategy) => {
    if (isAbsent(input.absent, before.scenario, strategy.strategy)) return [];
    const twin = now?.strategies.find((each) => each.strategy === strategy.strategy);
    const blank = (verdict: Check['verdict'], why: string) =>
      gated(before.scenario, strategy, input.thresholds).map(({ check }) => decided(check, verdict, why));
    if (!hasSeeds) return blank('missing', 'the baseline has no seeds');
    if (reason !== '') return blank('not comparable', reason);
    if (twin === undefined) return blank('missing', 'it was not run');
    const compared = compareTrials(strategy, twin, input.baseline);
    if (compared.missing !== '') return blank('missing', compared.missing);
    return gated(before.scenario, strategy, input.thresholds).flatMap(({ check, threshold }) =>
      metricDrafts(check, threshold, compared),
    );
  });
}

/** Names the first field in which two measurements speak of different things, and counts the others. */
function whyNotComparable(before: GatedScenario, now: GatedScenario, { baseline, now: measured }: JudgeInput): string {
  if (baseline.metricsVersion !== METRICS_VERSION || measured.metricsVersion !== baseline.metricsVersion)
    return `the metrics are defined otherwise now (version ${baseline.metricsVersion} in the baseline, ${METRICS_VERSION} now)`;
  if (baseline.mode !== measured.mode)
    return `the baseline was made in ${baseline.mode} time, this in ${measured.mode}`;
  const [first, ...others] = differingFields(before.fingerprint, now.fingerprint);
  if (first === undefined) return '';
  const was = before.fingerprint[first] ?? 'absent';
  const is = now.fingerprint[first] ?? 'absent';
  const more = others.length === 0 ? '' : `, and ${others.length} more: ${others.slice(0, 5).join(', ')}`;
  return `${first} changed from ${was} to ${is}${more}`;
}

function isAbsent(absent: readonly Absent[], scenario: string, strategy: string): boolean {
  return absent.some((each) => each.scenario === scenario && (each.strategy === null || each.strategy === strategy));
}

/** What could not be run is missing in every check that it would have had. */
function absentDrafts({ scenario, strategy, reason }: Absent, { baseline, thresholds }: JudgeInput): Check[] {
  const known = baseline.scenarios.find((each) => each.scenario === scenario)?.strategies ?? [];
  const listed = known.filter((each) => strategy === null || each.strategy === strategy);
  const cells = listed.length > 0 ? listed.map((each) => each.strategy) : [strategy ?? '*'];
  return cells.flatMap((cell) =>
    gated(scenario, { strategy: cell }, thresholds).map(({ check }) => decided(check, 'missing', reason).check),
  );
}

/** The checks of one cell that are not switched off. */
function gated(
  scenario: string,
  { strategy }: Pick<GatedStrategy, 'strategy'>,
  thresholds: Thresholds,
): { readonly check: Check; readonly threshold: Threshold }[] {
  return GATED_METRICS.flatMap((metric) => {
    const threshold = thresholdFor(thresholds, scenario, strategy, metric);
    if (threshold.level === 'off') return [];
    const key = checkKey(scenario, strategy, metric);
    const nothing = { reason: '', before: null, now: null, change: null, harm: 0 };
    const check: Check = { key, scenario, strategy, metric, level: threshold.level, verdict: 'missing', ...nothing };
    return [{ check, threshold }];
  });
}

function decided(check: Check, verdict: Check['verdict'], reason: string): Draft {
  return { check: { ...check, verdict, reason }, question: null };
}

function metricDrafts(check: Check, threshold: Threshold, compared: StrategyComparison): Draft[] {
  const comparison = compared.of(check.metric);
  // Too few jobs for a percentile, or nothing of the kind in this scenario: there is nothing to check, now as before.
  if (comparison.measuredBefore === 0 && comparison.measuredNow === 0) return [];
  const shown = { ...check, before: comparison.medianBefore, now: comparison.medianNow };
  const broken = invariantCheck(shown, threshold, comparison);
  if (broken !== null) return [{ check: broken, question: null }];
  if (compared.identical) return [decided(shown, 'identical', '')];
  return [metricDraft(shown, threshold, comparison)];
}

function metricDraft(check: Check, threshold: Threshold, comparison: Comparison): Draft {
  const { first, heldOut, measuredBefore, measuredNow } = comparison;
  if (check.metric === 'failures')
    return decided(check, (check.now ?? 0) < (check.before ?? 0) ? 'improved' : 'within limits', '');
  if (measuredBefore === 0) return decided(check, 'missing', 'the baseline has no value, as its trials failed');
  if (measuredNow === 0) return decided(check, 'missing', 'no value now, as the trials failed');
  if (first.before.every((value, index) => value === first.now[index]) && isComplete(comparison))
    return decided(check, 'within limits', 'equal on every seed');
  const { max, min } = threshold;
  const { scale } = metricDefinitions[check.metric];
  return { check, question: { scale, max, min, first, heldOut, checks: 1, adjusted: null } };
}

/** Whether equal values say something: a seed without a value says nothing. */
function isComplete({ first, measuredBefore }: Comparison): boolean {
  return first.before.length > 0 && first.before.length === measuredBefore;
}
