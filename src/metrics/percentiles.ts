/** Percentiles by nearest rank: always a value that occurred. */
import type { Percentiles } from './metrics.ts';

/** Fewer than this many values beyond a percentile are too few to tell it. */
const BEYOND_MIN = 5;
/** 0 to 100 % in steps of 2.5. */
const QUANTILES = 41;

/** Percentiles of ascending values; all null and max 0 when there are none. */
export function percentilesOf(ascending: Float64Array): Percentiles {
  return {
    p50: percentile(ascending, 50),
    p90: percentile(ascending, 90),
    p95: percentile(ascending, 95),
    p99: percentile(ascending, 99),
    max: ascending[ascending.length - 1] ?? 0,
  };
}

/** 41 quantiles of ascending values, least and greatest included; empty when there are none. */
export function quantilesOf(ascending: Float64Array): number[] {
  if (ascending.length === 0) return [];
  return Array.from({ length: QUANTILES }, (_, index) => nearestRank(ascending, index, QUANTILES - 1));
}

/** `percent` is a whole number; null when fewer than five values lie beyond it. */
function percentile(ascending: Float64Array, percent: number): number | null {
  if (ascending.length * (100 - percent) < 100 * BEYOND_MIN) return null;
  return nearestRank(ascending, percent, 100);
}

/** The smallest value such that `numerator / denominator` of all are not greater. In whole numbers: no rounding error at a border. */
function nearestRank(ascending: Float64Array, numerator: number, denominator: number): number {
  const rank = Math.max(1, Math.ceil((ascending.length * numerator) / denominator));
  return ascending[rank - 1]!;
}
