/** Rank stability: how often each candidate comes first when the seeds are drawn again. Descriptive, no test. */
import { quantile } from './quantiles.ts';

/**
 * Share of resamples (columns drawn with replacement) in which each candidate has the lowest median; equal medians share the resample.
 * The draws come from a generator of its own with a fixed start, so that the same values give the same shares.
 *
 * @param values one row per candidate, lower is better, columns paired, all rows equally long; no rows or columns give zeros
 * @param resamples 1,000 unless said
 */
export function firstShares(values: readonly (readonly number[])[], resamples = 1000): number[] {
  const columns = values[0]?.length ?? 0;
  const shares = values.map(() => 0);
  if (columns === 0) return shares;
  const next = generator();
  const drawn = new Int32Array(columns);
  const sample = new Float64Array(columns);
  for (let resample = 0; resample < resamples; resample++) {
    for (let column = 0; column < columns; column++) drawn[column] = Math.floor(next() * columns);
    const medians = values.map((row) => {
      for (let column = 0; column < columns; column++) sample[column] = row[drawn[column]!]!;
      return quantile(sample.sort(), 0.5);
    });
    const lowest = Math.min(...medians);
    const first = medians.flatMap((value, index) => (value === lowest ? [index] : []));
    for (const index of first) shares[index]! += 1 / (first.length * resamples);
  }
  return shares;
}

/** Mulberry32 (Tommy Ettinger, public domain), started at 1: 32 bits in [0, 1). */
function generator(): () => number {
  let state = 1;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
