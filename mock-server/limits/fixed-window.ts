import { type Bucket, confirmedWaitMs } from './limit.ts';

/**
 * Fixed window: at most `limit` in each window of `windowMs`. Windows follow each other from the epoch, or open at the first charge
 * after the last one ended. Quota law: at most `limit` admitted cost in each such window, so at most twice that in any `windowMs`.
 * Rejected charges may push the count over the limit; it is forgotten with the window.
 */
export class FixedWindow implements Bucket {
  readonly capacity: number;
  readonly #windowMs: number;
  readonly #fromEpoch: boolean;
  #startMs = Number.NEGATIVE_INFINITY;
  #count = 0;

  constructor(limit: number, windowMs: number, anchor: 'epoch' | 'first-request') {
    this.capacity = limit;
    this.#windowMs = windowMs;
    this.#fromEpoch = anchor === 'epoch';
  }

  fits(cost: number, nowMs: number): boolean {
    return (nowMs - this.#startMs >= this.#windowMs ? 0 : this.#count) + cost <= this.capacity;
  }

  charge(cost: number, atMs: number): void {
    if (atMs - this.#startMs >= this.#windowMs) {
      this.#startMs = this.#fromEpoch ? atMs - (atMs % this.#windowMs) : atMs;
      this.#count = 0;
    }
    this.#count += cost;
  }

  take(cost: number, nowMs: number): boolean {
    if (nowMs - this.#startMs >= this.#windowMs) {
      if (cost > this.capacity) return false;
      this.charge(cost, nowMs);
      return true;
    }
    const count = this.#count + cost;
    if (count > this.capacity) return false;
    this.#count = count;
    return true;
  }

  giveBack(cost: number): void {
    this.#count -= cost;
    // Only a charge opens a window.
    if (this.#count === 0) this.#startMs = Number.NEGATIVE_INFINITY;
  }

  waitMs(cost: number, nowMs: number): number {
    if (this.fits(cost, nowMs)) return 0;
    if (cost > this.capacity) return Number.POSITIVE_INFINITY;
    return confirmedWaitMs(this, cost, nowMs, this.#startMs + this.#windowMs - nowMs);
  }

  free(nowMs: number): number {
    return this.isIdle(nowMs) ? this.capacity : Math.max(0, this.capacity - this.#count);
  }

  resetMs(nowMs: number): number {
    if (this.#fromEpoch) return this.#windowMs - (nowMs % this.#windowMs);
    return this.isIdle(nowMs) ? 0 : this.#startMs + this.#windowMs - nowMs;
  }

  isIdle(nowMs: number): boolean {
    return nowMs - this.#startMs >= this.#windowMs;
  }
}
