/** Whether a record with bounded errors allows that only what is in service at once is limited. Sound as in `windows.ts`. */
import type { Capacities } from './bounds.ts';
import type { Volley } from './volleys.ts';

/** @param backMs an admitted probe left service at most this long before its answer came */
export function heldIn(volleys: readonly Volley[], backMs: number, lags: boolean): Capacities | null {
  const capacities: Capacities = { low: 1, high: Number.POSITIVE_INFINITY };
  let before: number[] = [];
  for (const { loMs, hiMs, admitted, rejected, unknown, endsMs } of volleys) {
    before = before.filter((endMs) => endMs > loMs);
    const surely = endsMs.filter((endMs) => endMs - backMs > hiMs).length;
    if (admitted > 0) capacities.low = Math.max(capacities.low, lags ? 1 : surely);
    if (rejected > 0) capacities.high = Math.min(capacities.high, before.length + admitted + unknown);
    if (capacities.low > capacities.high) return null;
    before = [...before, ...endsMs];
  }
  return capacities;
}
