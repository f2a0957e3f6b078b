import { type Bucket, confirmedWaitMs } from './limit.ts';

/**
 * Token bucket: `capacity` tokens, refilled at `refillPerSecond`, continuously or in steps of `stepMs`.
 *
 *     tokens = capacity - spent since it was last full + refilled since then
 *
 * Only what was spent since the bucket was last full is kept, a sum of whole costs: nothing is accumulated in fractions, so it
 * cannot drift, and full is exactly full. A full bucket forgets when it was filled; steps count from the next charge.
 *
 * Quota law: admitted cost in any interval of L ms is at most capacity + refillPerSecond x L / 1000; in steps, at most
 * capacity + (floor(L / stepMs) + 1) x refillPerSecond x stepMs / 1000.
 */
export class TokenBucket implements Bucket {
  readonly capacity: number;
  readonly #refillPerSecond: number;
  readonly #stepMs: number;
  /** The charge that found the bucket full. */
  #anchorMs = Number.NEGATIVE_INFINITY;
  #spent = 0;

  constructor(capacity: number, refillPerSecond: number, stepMs: number) {
    this.capacity = capacity;
    this.#refillPerSecond = refillPerSecond;
    this.#stepMs = stepMs;
  }

  fits(cost: number, nowMs: number): boolean {
    // Thousandths on both sides: whole numbers stay whole.
    const refilled = this.#refilledThousandths(nowMs);
    const spent = this.#spent;
    return refilled >= spent * 1000 ? cost <= this.capacity : (spent + cost - this.capacity) * 1000 <= refilled;
  }

  charge(cost: number, atMs: number, admitted: boolean): void {
    const refilled = this.#refilledThousandths(atMs);
    if (refilled >= this.#spent * 1000) {
      this.#anchorMs = atMs;
      this.#spent = admitted ? cost : Math.min(cost, this.capacity);
    } else if (admitted || (this.#spent + cost - this.capacity) * 1000 <= refilled) {
      this.#spent += cost;
    } else {
      this.#spent = Math.max(this.#spent, this.capacity + refilled / 1000);
    }
  }

  take(cost: number, nowMs: number): boolean {
    const refilled = this.#refilledThousandths(nowMs);
    const spent = this.#spent + cost;
    if (refilled >= this.#spent * 1000) {
      if (cost > this.capacity) return false;
      this.#anchorMs = nowMs;
      this.#spent = cost;
      return true;
    }
    if ((spent - this.capacity) * 1000 > refilled) return false;
    this.#spent = spent;
    return true;
  }

  /** A bucket that was full is full again: nothing is spent. */
  giveBack(cost: number): void {
    this.#spent -= cost;
  }

  waitMs(cost: number, nowMs: number): number {
    if (this.fits(cost, nowMs)) return 0;
    if (cost > this.capacity) return Number.POSITIVE_INFINITY;
    return confirmedWaitMs(this, cost, nowMs, this.#refilledAfterMs(this.#spent + cost - this.capacity, nowMs));
  }

  free(nowMs: number): number {
    return Math.min(this.capacity, Math.max(0, this.capacity - this.#spent + this.#refilledThousandths(nowMs) / 1000));
  }

  resetMs(nowMs: number): number {
    return this.isIdle(nowMs) ? 0 : Math.max(0, this.#refilledAfterMs(this.#spent, nowMs));
  }

  isIdle(nowMs: number): boolean {
    return this.#refilledThousandths(nowMs) >= this.#spent * 1000;
  }

  /** Thousandths of tokens that arrived since the anchor. */
  #refilledThousandths(nowMs: number): number {
    const elapsedMs = nowMs - this.#anchorMs;
    if (this.#stepMs === 0) return elapsedMs * this.#refillPerSecond;
    return Math.floor(elapsedMs / this.#stepMs) * this.#stepMs * this.#refillPerSecond;
  }

  #refilledAfterMs(tokens: number, nowMs: number): number {
    const sinceAnchorMs = (tokens * 1000) / this.#refillPerSecond;
    const stepped = this.#stepMs === 0 ? sinceAnchorMs : Math.ceil(sinceAnchorMs / this.#stepMs) * this.#stepMs;
    return this.#anchorMs + stepped - nowMs;
  }
}
