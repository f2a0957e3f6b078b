/** Bins of time: round widths that adapt to the duration. */

/** Bin widths are these times a power of ten. */
const NICE = [1, 2, 5] as const;
const BIN_MIN_MS = 1;

/** The least round width (1, 2 or 5 times a power of ten, ms) that needs no more than `binsMax` bins. */
export function binWidth(durationMs: number, binsMax: number): number {
  for (let power = BIN_MIN_MS; ; power *= 10) {
    for (const factor of NICE) if (binCount(durationMs, factor * power) <= binsMax) return factor * power;
  }
}

/** Bins from the start to the end, both included. */
export function binCount(durationMs: number, binMs: number): number {
  return Math.floor(durationMs / binMs) + 1;
}
