import { type Bucket, confirmedWaitMs } from './limit.ts';

/**
 * Sliding window counter (the approximation that Cloudflare published in 2017): two counters of adjacent epoch windows; the
 * previous one is weighted by how much of it the sliding window still covers.
 *
 *     previous x (windowMs - elapsed) + (current + cost) x windowMs <= limit x windowMs
 *
 * Quota law: that inequality at every admission. From it: at most `limit` in each epoch window, and at most
 * `limit + previous x elapsed / windowMs` in the `windowMs` up to an instant. Kept in products, so whole numbers stay exact.
 */
export class SlidingWindowCounter implements Bucket {
  readonly capacity: number;
  readonly #windowMs: number;
  #startMs = Number.NEGATIVE_INFINITY;
  #current = 0;
  #previous = 0;

  constructor(limit: number, windowMs: number) {
    this.capacity = limit;
    this.#windowMs = windowMs;
  }

  fits(cost: number, nowMs: number): boolean {
    return this.#weighted(nowMs) + cost * this.#windowMs <= this.capacity * this.#windowMs;
  }

  charge(cost: number, atMs: number): void {
    const age = atMs - this.#startMs;
    if (age >= this.#windowMs) {
      this.#previous = age >= 2 * this.#windowMs ? 0 : this.#current;
      this.#current = 0;
      this.#startMs = atMs - (atMs % this.#windowMs);
    }
    this.#current += cost;
  }

  take(cost: number, nowMs: number): boolean {
    const windowMs = this.#windowMs;
    const age = nowMs - this.#startMs;
    if (age >= windowMs) {
      if (!this.fits(cost, nowMs)) return false;
      this.charge(cost, nowMs);
      return true;
    }
    const current = this.#current + cost;
    if (this.#previous * (windowMs - age) + current * windowMs > this.capacity * windowMs) return false;
    this.#current = current;
    return true;
  }

  giveBack(cost: number): void {
    this.#current -= cost;
    if (this.#current > 0) return;
    // Only a charge opens a window: back to the one before, where that still counts.
    this.#startMs = this.#previous > 0 ? this.#startMs - this.#windowMs : Number.NEGATIVE_INFINITY;
    this.#current = this.#previous;
    this.#previous = 0;
  }

  waitMs(cost: number, nowMs: number): number {
    if (this.fits(cost, nowMs)) return 0;
    if (cost > this.capacity) return Number.POSITIVE_INFINITY;
    const windowMs = this.#windowMs;
    const elapsedMs = nowMs % windowMs;
    const inCurrent = nowMs - this.#startMs < windowMs;
    const current = inCurrent ? this.#current : 0;
    const previous = inCurrent ? this.#previous : this.#current;
    const room = this.capacity - cost - current;
    const untilMs =
      room >= 0
        ? windowMs - (room * windowMs) / previous
        : 2 * windowMs - ((this.capacity - cost) * windowMs) / current;
    return confirmedWaitMs(this, cost, nowMs, untilMs - elapsedMs);
  }

  free(nowMs: number): number {
    return Math.max(0, this.capacity - this.#weighted(nowMs) / this.#windowMs);
  }

  resetMs(nowMs: number): number {
    if (this.isIdle(nowMs)) return 0;
    const age = nowMs - this.#startMs;
    return (this.#current > 0 ? 2 : 1) * this.#windowMs - age;
  }

  isIdle(nowMs: number): boolean {
    return nowMs - this.#startMs >= 2 * this.#windowMs;
  }

  /** The count over the sliding window, times `windowMs`. */
  #weighted(nowMs: number): number {
    const age = nowMs - this.#startMs;
    if (age >= 2 * this.#windowMs) return 0;
    if (age >= this.#windowMs) return this.#current * (2 * this.#windowMs - age);
    return this.#previous * (this.#windowMs - age) + this.#current * this.#windowMs;
  }
}
