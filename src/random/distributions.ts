/**
 * Distributions on top of a uniform generator, the same bits on every engine: only `+ - * /`, `Math.sqrt` and `Math.floor` (all exact by
 * IEEE 754) and {@link naturalLog}, never the engine's own logarithm or cosine.
 */
import { naturalLog } from './natural-log.ts';
import type { Random } from './random.ts';

/** Makes a {@link Random} of a generator of uniform numbers in [0, 1). */
export function randomFromUniform(next: () => number): Random {
  const between = (from: number, to: number): number => {
    const value = from + (to - from) * next();
    // Rounding may reach `to` when the range is narrow beside its ends.
    return value < to ? value : from;
  };
  const integer = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1));
  return {
    next,
    between,
    integer,
    exponential: (mean) => -mean * naturalLog(1 - next()),
    normal: (mean, standardDeviation) => mean + standardDeviation * standardNormal(next),
    shuffled: (items) => shuffled(items, integer),
  };
}

/** Marsaglia and Bray's polar method (1964): no cosine. The second number of each pair is dropped, so that a call leaves no state behind. */
function standardNormal(next: () => number): number {
  for (;;) {
    const x = 2 * next() - 1;
    const y = 2 * next() - 1;
    const square = x * x + y * y;
    if (square > 0 && square < 1) return x * Math.sqrt((-2 * naturalLog(square)) / square);
  }
}

/** Fisher-Yates, from the end. */
function shuffled<T>(items: readonly T[], integer: (from: number, to: number) => number): T[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last--) {
    const other = integer(0, last);
    const item = result[last]!;
    result[last] = result[other]!;
    result[other] = item;
  }
  return result;
}
