import type { Meter } from './meter.ts';

/**
 * Token bucket, as what is missing to full: it grows with charges and shrinks by what flows in, continuously or at each whole step since the
 * charge that found the bucket full.
 */
export class TokenMeter implements Meter {
  readonly #perMs: number;
  readonly #stepMs: number;
  /** The charge that found the bucket full. */
  #sinceMs = Number.NEGATIVE_INFINITY;
  /** Charged since then. */
  #spent = 0;

  constructor(refillPerSecond: number, stepMs: number) {
    this.#perMs = refillPerSecond / 1000;
    this.#stepMs = stepMs;
  }

  reach(cost: number, atMs: number): number {
    // What is missing is a difference of large numbers: a part in 10^11 is rounding, not a token.
    const missing = this.#missing(atMs);
    return missing <= 0 ? cost : missing + cost - 1e-11 * (1 + this.#spent);
  }

  charge(cost: number, atMs: number, _endMs: number, admitted: boolean, capacity: number): void {
    const missing = this.#missing(atMs);
    if (missing <= 0) {
      this.#sinceMs = atMs;
      this.#spent = admitted ? cost : Math.min(cost, capacity);
      return;
    }
    // A rejected charge takes what there is and no more.
    this.#spent += admitted ? cost : Math.max(0, Math.min(cost, capacity - missing));
  }

  nextFitMs(cost: number, fromMs: number, capacity: number): number {
    if (cost > capacity) return Number.POSITIVE_INFINITY;
    if (this.reach(cost, fromMs) <= capacity) return fromMs;
    const sinceMs = (this.#spent + cost - capacity) / this.#perMs - 1e-6;
    const waitMs = this.#stepMs === 0 ? sinceMs : Math.ceil(sinceMs / this.#stepMs - 1e-9) * this.#stepMs;
    return Math.max(fromMs, Math.ceil(this.#sinceMs + waitMs));
  }

  idleFromMs(): number {
    if (this.#spent === 0) return Number.NEGATIVE_INFINITY;
    const sinceMs = this.#spent / this.#perMs;
    return this.#sinceMs + (this.#stepMs === 0 ? sinceMs : Math.ceil(sinceMs / this.#stepMs) * this.#stepMs);
  }

  clone(): TokenMeter {
    const copy = new TokenMeter(this.#perMs * 1000, this.#stepMs);
    copy.#sinceMs = this.#sinceMs;
    copy.#spent = this.#spent;
    return copy;
  }

  #missing(atMs: number): number {
    if (this.#spent === 0) return 0;
    const elapsedMs = atMs - this.#sinceMs;
    const countedMs = this.#stepMs === 0 ? elapsedMs : Math.floor(elapsedMs / this.#stepMs) * this.#stepMs;
    return this.#spent - countedMs * this.#perMs;
  }
}
