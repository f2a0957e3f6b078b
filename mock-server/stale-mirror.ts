import { FirstInFirstOut } from './first-in-first-out.ts';
import type { Bucket } from './limits/limit.ts';

interface LateCharge {
  readonly cost: number;
  readonly atMs: number;
  readonly admitted: boolean;
  readonly shownFromMs: number;
}

/** A second bucket that hears of every charge `staleMs` late: what a cached rate header shows. */
export class StaleMirror {
  readonly #bucket: Bucket;
  readonly #staleMs: number;
  readonly #late = new FirstInFirstOut<LateCharge>();

  constructor(bucket: Bucket, staleMs: number) {
    this.#bucket = bucket;
    this.#staleMs = staleMs;
  }

  /** Notes a charge that became visible at `visibleMs`. */
  charge(cost: number, atMs: number, admitted: boolean, visibleMs: number): void {
    this.#catchUp(visibleMs);
    this.#late.push({ cost, atMs, admitted, shownFromMs: visibleMs + this.#staleMs });
  }

  /** What was free `staleMs` ago. */
  free(nowMs: number): number {
    this.#catchUp(nowMs);
    return this.#bucket.free(nowMs - this.#staleMs);
  }

  /** What the reset time was `staleMs` ago. */
  resetMs(nowMs: number): number {
    this.#catchUp(nowMs);
    return this.#bucket.resetMs(nowMs - this.#staleMs);
  }

  /** Whether a fresh mirror would show the same from now on. */
  isIdle(nowMs: number): boolean {
    this.#catchUp(nowMs);
    return this.#late.length === 0 && this.#bucket.isIdle(nowMs - this.#staleMs);
  }

  #catchUp(nowMs: number): void {
    for (let late = this.#late.first(); late !== undefined && late.shownFromMs <= nowMs; late = this.#late.first()) {
      this.#bucket.charge(late.cost, late.atMs, late.admitted);
      this.#late.shift();
    }
  }
}
