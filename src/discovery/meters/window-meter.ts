import type { Meter } from './meter.ts';

/** Fixed windows: a count that starts again with each window. */
export class WindowMeter implements Meter {
  readonly #windowMs: number;
  readonly #anchor: 'epoch' | 'first-request';
  #endMs = Number.NEGATIVE_INFINITY;
  #used = 0;

  constructor(windowMs: number, anchor: 'epoch' | 'first-request') {
    this.#windowMs = windowMs;
    this.#anchor = anchor;
  }

  reach(cost: number, atMs: number): number {
    return atMs >= this.#endMs ? cost : this.#used + cost;
  }

  charge(cost: number, atMs: number): void {
    if (atMs >= this.#endMs) {
      this.#used = 0;
      const windowMs = this.#windowMs;
      this.#endMs = this.#anchor === 'epoch' ? (Math.floor(atMs / windowMs) + 1) * windowMs : atMs + windowMs;
    }
    this.#used += cost;
  }

  nextFitMs(cost: number, fromMs: number, capacity: number): number {
    if (cost > capacity) return Number.POSITIVE_INFINITY;
    return this.reach(cost, fromMs) <= capacity ? fromMs : this.#endMs;
  }

  idleFromMs(): number {
    return this.#endMs;
  }

  clone(): WindowMeter {
    const copy = new WindowMeter(this.#windowMs, this.#anchor);
    copy.#endMs = this.#endMs;
    copy.#used = this.#used;
    return copy;
  }
}
