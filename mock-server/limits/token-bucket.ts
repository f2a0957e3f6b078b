import { type Bucket, confirmedWaitMs } from './limit.ts';

/**
 * Token bucket: `capacity` tokens, refilled at `refillPerSecond`, continuously or in steps of `stepMs`.
 *
 *     tokens = capacity - spent since it was last full + refilled since then
 *
 * Only what was spent since the bucket was last full is kept, in thousandths: nothing is accumulated in fractions where rates are whole,
 * so it cannot drift, and full is exactly full. A full bucket forgets when it was filled; steps count from the next charge.
 *
 * Quota law: admitted cost in any interval of L ms is at most capacity + refillPerSecond x L / 1000; in steps, at most
 * capacity + (floor(L / stepMs) + 1) x refillPerSecond x stepMs / 1000.
 */
export class TokenBucket implements Bucket {
  readonly capacity: number;
  readonly #capacityThousandths: number;
  readonly #refillPerSecond: number;
  readonly #stepMs: number;
  /** The charge that found the bucket full. */
  #anchorMs = Number.NEGATIVE_INFINITY;
  #spentThousandths = 0;

  constructor(capacity: number, refillPerSecond: number, stepMs: number) {
    this.capacity = capacity;
    this.#capacityThousandths = capacity * 1000;
    this.#refillPerSecond = refillPerSecond;
    this.#stepMs = stepMs;
  }

  fits(cost: number, nowMs: number): boolean {
    const refilled = this.#refilledThousandths(nowMs);
    const spent = this.#spentThousandths;
    return refilled >= spent ? cost <= this.capacity : spent + cost * 1000 <= this.#capacityThousandths + refilled;
  }

  charge(cost: number, atMs: number, admitted: boolean): void {
    const refilled = this.#refilledThousandths(atMs);
    const mostSpent = this.#capacityThousandths + refilled;
    if (refilled >= this.#spentThousandths) {
      this.#anchorMs = atMs;
      this.#spentThousandths = admitted ? cost * 1000 : Math.min(cost * 1000, this.#capacityThousandths);
    } else if (admitted || this.#spentThousandths + cost * 1000 <= mostSpent) {
      this.#spentThousandths += cost * 1000;
    } else {
      this.#spentThousandths = Math.max(this.#spentThousandths, mostSpent);
    }
  }

  take(cost: number, nowMs: number): boolean {
    const refilled = this.#refilledThousandths(nowMs);
    if (refilled >= this.#spentThousandths) {
      if (cost > this.capacity) return false;
      this.#anchorMs = nowMs;
      this.#spentThousandths = cost * 1000;
      return true;
    }
    const spent = this.#spentThousandths + cost * 1000;
    if (spent > this.#capacityThousandths + refilled) return false;
    this.#spentThousandths = spent;
    return true;
  }

  /** A bucket that was full is full again: nothing is spent. */
  giveBack(cost: number): void {
    this.#spentThousandths -= cost * 1000;
  }

  waitMs(cost: number, nowMs: number): number {
    if (this.fits(cost, nowMs)) return 0;
    if (cost > this.capacity) return Number.POSITIVE_INFINITY;
    const missing = this.#spentThousandths + cost * 1000 - this.#capacityThousandths;
    return confirmedWaitMs(this, cost, nowMs, this.#refilledAfterMs(missing, nowMs));
  }

  free(nowMs: number): number {
    const thousandths = this.#capacityThousandths - this.#spentThousandths + this.#refilledThousandths(nowMs);
    return Math.min(this.capacity, Math.max(0, thousandths / 1000));
  }

  resetMs(nowMs: number): number {
    return this.isIdle(nowMs) ? 0 : Math.max(0, this.#refilledAfterMs(this.#spentThousandths, nowMs));
  }

  isIdle(nowMs: number): boolean {
    return this.#refilledThousandths(nowMs) >= this.#spentThousandths;
  }

  /** Thousandths of tokens that arrived since the anchor. */
  #refilledThousandths(nowMs: number): number {
    const elapsedMs = nowMs - this.#anchorMs;
    if (this.#stepMs === 0) return elapsedMs * this.#refillPerSecond;
    return Math.floor(elapsedMs / this.#stepMs) * this.#stepMs * this.#refillPerSecond;
  }

  #refilledAfterMs(thousandths: number, nowMs: number): number {
    const sinceAnchorMs = thousandths / this.#refillPerSecond;
    const stepped = this.#stepMs === 0 ? sinceAnchorMs : Math.ceil(sinceAnchorMs / this.#stepMs) * this.#stepMs;
    return this.#anchorMs + stepped - nowMs;
  }
}
