/** How a load's numbers read. */
import { formatCount, formatDuration } from '../../wording/format.ts';

/** `50 requests per second`. */
export function perSecond(rate: number): string {
  return `${formatCount(rate)} request${Math.round(rate) === 1 ? '' : 's'} per second`;
}

/** A latency: three digits below a second, where the duration formatter would cut to whole milliseconds. */
export function formatLatency(ms: number | null): string {
  if (ms === null || ms >= 100) return formatDuration(ms);
  return `${Number(ms.toPrecision(3))}ms`;
}
