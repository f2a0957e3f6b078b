import type { Meter } from './meter.ts';

/** Sliding window counter: the previous epoch window weighs as much as the sliding window still covers of it. */
export class CounterMeter implements Meter {
  readonly #windowMs: number;
  /** Number of the epoch window that `#current` counts. */
  #window = Number.NEGATIVE_INFINITY;
  #current = 0;
  #previous = 0;

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  reach(cost: number, atMs: number): number {
    const windowMs = this.#windowMs;
    const window = Math.floor(atMs / windowMs);
    const leftMs = (window + 1) * windowMs - atMs;
    const age = window - this.#window;
    if (age === 0) return (this.#previous * leftMs) / windowMs + this.#current + cost;
    return age === 1 ? (this.#current * leftMs) / windowMs + cost : cost;
  }

  charge(cost: number, atMs: number): void {
    const window = Math.floor(atMs / this.#windowMs);
    const age = window - this.#window;
    if (age > 0) {
      this.#previous = age === 1 ? this.#current : 0;
      this.#current = 0;
      this.#window = window;
    }
    this.#current += cost;
  }

  nextFitMs(cost: number, fromMs: number, capacity: number): number {
    if (cost > capacity) return Number.POSITIVE_INFINITY;
    if (this.reach(cost, fromMs) <= capacity) return fromMs;
    const windowMs = this.#windowMs;
    // Within the window that it is in, and if not there, within the one after.
    for (let window = Math.floor(fromMs / windowMs); ; window++) {
      const startMs = window * windowMs;
      const age = window - this.#window;
      const weighed = age === 0 ? this.#previous : age === 1 ? this.#current : 0;
      const room = capacity - cost - (age === 0 ? this.#current : 0);
      if (room < 0) continue;
      const atMs = weighed <= room ? startMs : startMs + Math.ceil(windowMs - (room * windowMs) / weighed - 1e-6);
      const soonestMs = Math.max(fromMs, atMs);
      if (soonestMs < startMs + windowMs) return soonestMs;
    }
  }

  idleFromMs(): number {
    return (this.#window + 2) * this.#windowMs;
  }

  clone(): CounterMeter {
    const copy = new CounterMeter(this.#windowMs);
    copy.#window = this.#window;
    copy.#current = this.#current;
    copy.#previous = this.#previous;
    return copy;
  }
}
