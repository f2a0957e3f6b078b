/** What no average excuses: one seed that breaks an absolute limit or an invariant fails the check. */
import { formatValue } from './format-value.ts';
import { type Comparison, seedList } from './compare-trials.ts';
import { metricDefinitions } from './metrics.ts';
import type { Threshold } from './thresholds.ts';
import type { Check } from './verdict.ts';

/** Worse than any change that statistics find. */
const HARM = 1e9;

/** The check as failed, naming the seeds; null: nothing is broken. */
export function invariantCheck(check: Check, threshold: Threshold, comparison: Comparison): Check | null {
  const reason =
    check.metric === 'failures'
      ? newFailures(comparison)
      : newOnes(check, comparison) || overLimit(check, threshold, comparison);
  return reason === '' ? null : { ...check, verdict: 'regressed', reason, harm: HARM };
}

function newFailures({ trials }: Comparison): string {
  const broken = trials.filter(({ before, now }) => before === 0 && now === 1);
  if (broken.length === 0) return '';
  const reasons = [...new Set(broken.map(({ failure }) => failure ?? ''))].join(', ');
  return `${seedList(broken.map(({ seed }) => seed))} failed (${reasons}), not so in the baseline`;
}

/** Only where the baseline has none on any seed: what happens now and then is a number like others. */
function newOnes({ metric }: Check, { trials, allBefore }: Comparison): string {
  const { invariant, title } = metricDefinitions[metric];
  if (!invariant || allBefore.some((value) => value !== null && value > 0)) return '';
  const broken = trials.filter(({ now }) => now !== null && now > 0);
  if (broken.length === 0) return '';
  const most = Math.max(...broken.map(({ now }) => now ?? 0));
  return `${title} on ${seedList(broken.map(({ seed }) => seed))} (up to ${most}), none in the baseline`;
}

function overLimit({ metric }: Check, { limit }: Threshold, { trials }: Comparison): string {
  if (limit === null) return '';
  const broken = trials.filter(({ now }) => now !== null && now > limit);
  if (broken.length === 0) return '';
  const worst = Math.max(...broken.map(({ now }) => now ?? 0));
  const { unit } = metricDefinitions[metric];
  return `${seedList(broken.map(({ seed }) => seed))} over the limit of ${formatValue(limit, unit)} (up to ${formatValue(worst, unit)})`;
}
