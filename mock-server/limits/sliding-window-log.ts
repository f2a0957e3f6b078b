import { type Bucket, confirmedWaitMs } from './limit.ts';

/**
 * Sliding window log: every charge is remembered for `windowMs`; the sum over (now - windowMs, now] may not pass `limit`.
 * Quota law: at most `limit` admitted cost in any half-open interval of `windowMs`.
 */
export class SlidingWindowLog implements Bucket {
  readonly capacity: number;
  readonly #windowMs: number;
  /** Charges by time, from `#head` on; charges of one instant are one entry. */
  #timesMs: number[] = [];
  #costs: number[] = [];
  #head = 0;
  #sum = 0;

  constructor(limit: number, windowMs: number) {
    this.capacity = limit;
    this.#windowMs = windowMs;
  }

  fits(cost: number, nowMs: number): boolean {
    let sum = this.#sum;
    for (let at = this.#head; sum + cost > this.capacity && this.#expired(at, nowMs); at++) sum -= this.#costs[at] ?? 0;
    return sum + cost <= this.capacity;
  }

  charge(cost: number, atMs: number): void {
    while (this.#expired(this.#head, atMs)) this.#forgetOldest();
    const last = this.#timesMs.length - 1;
    if (last >= this.#head && this.#timesMs[last] === atMs) {
      this.#costs[last] = (this.#costs[last] ?? 0) + cost;
    } else {
      this.#timesMs.push(atMs);
      this.#costs.push(cost);
    }
    this.#sum += cost;
    // Rejected charges can pile up. What is full without its oldest entry is full until later than that entry lasts: forget it.
    while (this.#sum - (this.#costs[this.#head] ?? 0) >= this.capacity) this.#forgetOldest();
  }

  take(cost: number, nowMs: number): boolean {
    if (!this.fits(cost, nowMs)) return false;
    this.charge(cost, nowMs);
    return true;
  }

  giveBack(cost: number): void {
    const last = this.#timesMs.length - 1;
    const left = (this.#costs[last] ?? 0) - cost;
    this.#sum -= cost;
    if (left > 0) {
      this.#costs[last] = left;
    } else {
      this.#timesMs.pop();
      this.#costs.pop();
    }
  }

  waitMs(cost: number, nowMs: number): number {
    if (this.fits(cost, nowMs)) return 0;
    if (cost > this.capacity) return Number.POSITIVE_INFINITY;
    let at = this.#head;
    for (let sum = this.#sum; sum + cost > this.capacity; at++) sum -= this.#costs[at] ?? 0;
    return confirmedWaitMs(this, cost, nowMs, (this.#timesMs[at - 1] ?? nowMs) + this.#windowMs - nowMs);
  }

  free(nowMs: number): number {
    let sum = this.#sum;
    for (let at = this.#head; this.#expired(at, nowMs); at++) sum -= this.#costs[at] ?? 0;
    return Math.max(0, this.capacity - sum);
  }

  resetMs(nowMs: number): number {
    const newest = this.#timesMs.at(-1) ?? Number.NEGATIVE_INFINITY;
    return Math.max(0, newest + this.#windowMs - nowMs);
  }

  isIdle(nowMs: number): boolean {
    return this.resetMs(nowMs) === 0;
  }

  #expired(at: number, nowMs: number): boolean {
    const timeMs = this.#timesMs[at];
    return timeMs !== undefined && nowMs - timeMs >= this.#windowMs;
  }

  #forgetOldest(): void {
    this.#sum -= this.#costs[this.#head] ?? 0;
    this.#head += 1;
    if (this.#head < 32 || this.#head * 2 < this.#timesMs.length) return;
    this.#timesMs = this.#timesMs.slice(this.#head);
    this.#costs = this.#costs.slice(this.#head);
    this.#head = 0;
  }
}
