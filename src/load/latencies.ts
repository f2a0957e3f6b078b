/** Latencies counted in bins of equal ratio: bounded memory, whatever the number of requests. */

/** Bins per doubling: a quantile is at most 1.1 % above the value that it stands for. */
const BINS_PER_DOUBLING = 64;
/** Shortest latency told apart, ms; shorter ones count as this. */
const SHORTEST_MS = 0.01;
/** From 0.01 ms to more than three hours. */
const BINS = BINS_PER_DOUBLING * 30;

/** Quantiles of latencies, ms; null where there are none. p99 and p99.9 are null below 100 and 1000 values: fewer cannot tell. */
export interface LatencyQuantiles {
  readonly count: number;
  readonly p50Ms: number | null;
  readonly p90Ms: number | null;
  readonly p99Ms: number | null;
  readonly p999Ms: number | null;
  readonly maxMs: number | null;
}

/** Counts latencies. */
export class Latencies {
  readonly #counts = new Float64Array(BINS);
  #count = 0;
  #maxMs = 0;

  get count(): number {
    return this.#count;
  }

  add(latencyMs: number): void {
    const bin = Math.floor(Math.log2(Math.max(latencyMs, SHORTEST_MS) / SHORTEST_MS) * BINS_PER_DOUBLING);
    const index = Math.min(BINS - 1, bin);
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    this.#count += 1;
    if (latencyMs > this.#maxMs) this.#maxMs = latencyMs;
  }

  /** The least bin's end that `share` of the values do not exceed (nearest rank), at most the longest value; null without values. */
  quantileMs(share: number): number | null {
    if (this.#count === 0) return null;
    const rank = Math.max(1, Math.ceil(share * this.#count));
    let seen = 0;
    for (let bin = 0; bin < BINS; bin++) {
      seen += this.#counts[bin] ?? 0;
      if (seen >= rank) return rounded(Math.min(this.#maxMs, SHORTEST_MS * 2 ** ((bin + 1) / BINS_PER_DOUBLING)));
    }
    return rounded(this.#maxMs);
  }

  quantiles(): LatencyQuantiles {
    const from = (least: number, share: number) => (this.#count < least ? null : this.quantileMs(share));
    return {
      count: this.#count,
      p50Ms: from(1, 0.5),
      p90Ms: from(10, 0.9),
      p99Ms: from(100, 0.99),
      p999Ms: from(1000, 0.999),
      maxMs: this.#count === 0 ? null : rounded(this.#maxMs),
    };
  }

  /** Values below each of `endsMs` (ascending) and not below the one before; the last number is what lies above all. */
  countsBelow(endsMs: readonly number[]): number[] {
    const counts = Array.from({ length: endsMs.length + 1 }, () => 0);
    for (let bin = 0; bin < BINS; bin++) {
      const middleMs = SHORTEST_MS * 2 ** ((bin + 0.5) / BINS_PER_DOUBLING);
      const at = endsMs.findIndex((endMs) => middleMs < endMs);
      const index = at < 0 ? endsMs.length : at;
      counts[index] = (counts[index] ?? 0) + (this.#counts[bin] ?? 0);
    }
    return counts;
  }

  clear(): void {
    this.#counts.fill(0);
    this.#count = 0;
    this.#maxMs = 0;
  }
}

/** Microseconds are what can be measured here. */
export function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
