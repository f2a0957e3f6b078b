/** The one definition of a quantile: nearest rank, a value that occurred. */

/**
 * The value of rank ceil(n p), counted from 1; the smallest for p = 0.
 *
 * @param sorted ascending, at least one value
 * @throws RangeError when there is no value or p is outside [0, 1]
 */
export function quantile(sorted: readonly number[] | Float64Array, p: number): number {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`Cannot take a quantile: p must be in [0, 1], current value is ${p}`);
  if (sorted.length === 0)
    throw new RangeError('Cannot take a quantile: sorted must hold at least one value, current value is []');
  // The last bits of n x p must not push a rank up: 100 x 0.07 is 7.000000000000001.
  return sorted[Math.max(0, Math.ceil(sorted.length * p - 1e-9) - 1)]!;
}

/** As {@link quantile}, or null where fewer than 5 values lie beyond it (n (1 - p) < 5): too few to tell, so it is not printed. */
export function printableQuantile(sorted: readonly number[] | Float64Array, p: number): number | null {
  return sorted.length * (1 - p) < 5 - 1e-9 ? null : quantile(sorted, p);
}

/** The middle value by nearest rank (the lower of two), of values in any order; null for none. */
export function median(values: readonly number[]): number | null {
  return values.length === 0 ? null : quantile(Float64Array.from(values).sort(), 0.5);
}
