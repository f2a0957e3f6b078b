/** How the gate writes values and changes, in every output. */
import {
  formatCount,
  formatDifference,
  formatDuration,
  formatInterval,
  formatRatio,
  formatShare,
} from '../wording/format.ts';
import type { MetricDefinition } from './metrics.ts';
import { metricDefinitions } from './metrics.ts';
import type { Check } from './verdict.ts';

/** A value in its unit: `1m43s`, `18.0 %`, `112`. */
export function formatValue(value: number | null, unit: MetricDefinition['unit']): string {
  if (unit === 'ms') return formatDuration(value);
  if (unit === 'share') return formatShare(value);
  return unit === 'ratio' ? formatRatio(value) : formatCount(value);
}

/** `97 → 118`; '' where there is nothing to show. */
export function formatValues({ metric, before, now }: Check): string {
  if (before === null && now === null) return '';
  const { unit } = metricDefinitions[metric];
  return `${formatValue(before, unit)} → ${formatValue(now, unit)}`;
}

/** `+21.6 % [+14, +30]`; '' where nothing was estimated. */
export function formatChange({ metric, change }: Check): string {
  if (change === null) return '';
  const { estimate, interval, kind } = change;
  if (kind === 'relative')
    return `${formatDifference(estimate)}${interval === null ? '' : ` ${formatInterval(interval.low, interval.high)}`}`;
  const signed = (value: number) => signedValue(value, metricDefinitions[metric].unit);
  return `${signed(estimate)}${interval === null ? '' : ` [${signed(interval.low)}, ${signed(interval.high)}]`}`;
}

/** What is tolerated: `limit +10.0 %`; '' where nothing was estimated. */
export function formatTolerance({ metric, change }: Check): string {
  if (change === null) return '';
  const { tolerance, kind } = change;
  return `limit ${kind === 'relative' ? formatDifference(tolerance) : signedValue(tolerance, metricDefinitions[metric].unit)}`;
}

/** One check in one line, without its key: values, change, limit, reason. */
export function formatCheck(check: Check): string {
  return [formatValues(check), formatChange(check), formatTolerance(check), check.reason].filter(Boolean).join(', ');
}

function signedValue(value: number, unit: MetricDefinition['unit']): string {
  const text = formatValue(Math.abs(value), unit);
  return value < 0 ? `\u2212${text}` : value > 0 ? `+${text}` : text;
}
