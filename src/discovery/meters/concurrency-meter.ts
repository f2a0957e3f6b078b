import type { Meter } from './meter.ts';

/** Concurrency: what is in service, as far as its answers have told. */
export class ConcurrencyMeter implements Meter {
  #holds: { readonly endMs: number; readonly cost: number }[] = [];

  reach(cost: number, atMs: number): number {
    let used = cost;
    for (const hold of this.#holds) if (hold.endMs > atMs) used += hold.cost;
    return used;
  }

  charge(cost: number, atMs: number, endMs: number): void {
    this.#holds = this.#holds.filter((hold) => hold.endMs > atMs);
    this.#holds.push({ endMs, cost });
  }

  nextFitMs(cost: number, fromMs: number, capacity: number): number {
    if (cost > capacity) return Number.POSITIVE_INFINITY;
    const ends = this.#holds.map(({ endMs }) => endMs).sort((a, b) => a - b);
    return (
      [fromMs, ...ends.filter((endMs) => endMs > fromMs)].find((atMs) => this.reach(cost, atMs) <= capacity) ?? fromMs
    );
  }

  idleFromMs(): number {
    return Math.max(Number.NEGATIVE_INFINITY, ...this.#holds.map(({ endMs }) => endMs));
  }

  clone(): ConcurrencyMeter {
    const copy = new ConcurrencyMeter();
    copy.#holds = [...this.#holds];
    return copy;
  }
}
