import type { Meter } from './meter.ts';

/** Entries that no longer count before they are left out. */
const FORGOTTEN_MAX = 64;

/** Sliding log: every charge counts for `windowMs`. Charges of one instant are one entry. */
export class LogMeter implements Meter {
  readonly #windowMs: number;
  #timesMs: number[] = [];
  #costs: number[] = [];
  #head = 0;
  #used = 0;

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  reach(cost: number, atMs: number): number {
    let used = this.#used;
    for (
      let at = this.#head;
      at < this.#timesMs.length && (this.#timesMs[at] as number) + this.#windowMs <= atMs;
      at++
    ) {
      used -= this.#costs[at] as number;
    }
    return used + cost;
  }

  charge(cost: number, atMs: number): void {
    while (this.#head < this.#timesMs.length && (this.#timesMs[this.#head] as number) + this.#windowMs <= atMs) {
      this.#used -= this.#costs[this.#head++] as number;
    }
    if (this.#head > FORGOTTEN_MAX && this.#head > this.#timesMs.length / 2) this.#forget();
    const last = this.#timesMs.length - 1;
    if (last >= this.#head && this.#timesMs[last] === atMs) {
      this.#costs[last] = (this.#costs[last] as number) + cost;
    } else {
      this.#timesMs.push(atMs);
      this.#costs.push(cost);
    }
    this.#used += cost;
  }

  /** Leaves out what no longer counts. */
  #forget(): void {
    this.#timesMs = this.#timesMs.slice(this.#head);
    this.#costs = this.#costs.slice(this.#head);
    this.#head = 0;
  }

  nextFitMs(cost: number, fromMs: number, capacity: number): number {
    if (cost > capacity) return Number.POSITIVE_INFINITY;
    let used = this.#used;
    let fitsFromMs = fromMs;
    for (let at = this.#head; at < this.#timesMs.length; at++) {
      const endsMs = (this.#timesMs[at] as number) + this.#windowMs;
      if (endsMs > fromMs && used + cost <= capacity) break;
      used -= this.#costs[at] as number;
      fitsFromMs = Math.max(fitsFromMs, endsMs);
    }
    return fitsFromMs;
  }

  idleFromMs(): number {
    return (this.#timesMs.at(-1) ?? Number.NEGATIVE_INFINITY) + this.#windowMs;
  }

  clone(): LogMeter {
    const copy = new LogMeter(this.#windowMs);
    copy.#timesMs = this.#timesMs.slice(this.#head);
    copy.#costs = this.#costs.slice(this.#head);
    copy.#used = this.#used;
    return copy;
  }
}
