import type { Bucket } from './limit.ts';

/** One admitted request in service: what it holds, and when it is expected to end. */
export interface Hold {
  readonly cost: number;
  readonly dueMs: number;
  /** Where it stands among the holds, -1 once released. */
  index: number;
}

/**
 * Concurrency: admitted requests in service hold their cost (1 unless the limit says otherwise) until they end.
 * Quota law: what is held never passes `limit`. Waits assume that every request in service ends when it is expected to.
 */
export class Concurrency implements Bucket {
  readonly capacity: number;
  readonly #holds: Hold[] = [];
  #held = 0;

  constructor(limit: number) {
    this.capacity = limit;
  }

  fits(cost: number): boolean {
    return this.#held + cost <= this.capacity;
  }

  charge(): never {
    throw new Error('Cannot charge a concurrency bucket: it is held and released');
  }

  take(): boolean {
    return this.charge();
  }

  giveBack(): void {
    this.charge();
  }

  /** Begins a request's service. */
  hold(cost: number, dueMs: number): Hold {
    const hold = { cost, dueMs, index: this.#holds.length };
    this.#holds.push(hold);
    this.#held += cost;
    return hold;
  }

  /** Ends it; a second time does nothing. */
  release(hold: Hold): void {
    if (hold.index < 0) return;
    const last = this.#holds.pop();
    if (last !== undefined && last !== hold) {
      last.index = hold.index;
      this.#holds[hold.index] = last;
    }
    hold.index = -1;
    this.#held -= hold.cost;
  }

  waitMs(cost: number, nowMs: number): number {
    if (this.fits(cost)) return 0;
    if (cost > this.capacity) return Number.POSITIVE_INFINITY;
    let held = this.#held;
    for (const hold of this.#holds.toSorted((a, b) => a.dueMs - b.dueMs)) {
      held -= hold.cost;
      if (held + cost <= this.capacity) return Math.max(1, Math.ceil(hold.dueMs - nowMs));
    }
    return 1;
  }

  free(): number {
    return Math.max(0, this.capacity - this.#held);
  }

  resetMs(nowMs: number): number {
    return Math.max(0, ...this.#holds.map((hold) => hold.dueMs - nowMs));
  }

  isIdle(): boolean {
    return this.#holds.length === 0;
  }
}
