/**
 * The hands of an identification beside other clients: takes all that a limit gives at an instant, again and again. Where one takes at once whatever comes
 * free, others find the limit full, and what they use all but vanishes from the record.
 */
import type { Point } from '../black-box.ts';
import type { Prober } from '../prober.ts';
import type { ProbeEvent } from '../record.ts';

/** All that was given at one instant. */
export interface Take {
  readonly atMs: number;
  readonly admitted: number;
  readonly rejected: number;
  /** Whether it went on until something was rejected. */
  readonly full: boolean;
}

/** From rest on: what was taken, in order. Epoch ms. */
export type Round = readonly Take[];

/** Probes of one look: two, so that one that an unrelated error answers costs nothing. */
const LOOK = 2;

/** See the head of this file. */
export class Hands {
  readonly #prober: Prober;
  readonly #points: readonly Point[];
  readonly #most: number;
  readonly #first: number;

  constructor(prober: Prober, points: readonly Point[], most: number) {
    this.#prober = prober;
    this.#points = points;
    this.#most = most;
    this.#first = prober.events.length;
  }

  get nowMs(): number {
    return this.#prober.nowMs;
  }

  get spent(): number {
    return this.#prober.events.length - this.#first;
  }

  async waitUntil(atMs: number): Promise<void> {
    await this.#prober.waitUntil(atMs);
  }

  /** So many probes at this instant. */
  async send(count: number): Promise<Take> {
    const atMs = this.nowMs;
    return takeOf(atMs, await this.#volley(count));
  }

  /** Everything that is there; `guess`: how much that may be. */
  async take(guess: number): Promise<Take> {
    const atMs = this.nowMs;
    let admitted = 0;
    let rejected = 0;
    for (let count = guess; admitted < this.#most;) {
      const seen = takeOf(atMs, await this.#volley(count));
      admitted += seen.admitted;
      rejected += seen.rejected;
      if (seen.rejected > 0) return { atMs, admitted, rejected, full: true };
      count = Math.max(LOOK, admitted * 2);
    }
    return { atMs, admitted, rejected, full: false };
  }

  /** Looks until `untilMs` every `everyMs`, and takes whatever is there. `size`: most that may be there at once. */
  async watch(untilMs: number, everyMs: number, size: number): Promise<Take[]> {
    const takes: Take[] = [];
    let expected = 1;
    for (let nextMs = this.nowMs; nextMs < untilMs; nextMs = Math.max(nextMs + everyMs, this.nowMs)) {
      await this.waitUntil(nextMs);
      let seen = await this.send(Math.min(size, expected) + 1);
      if (seen.rejected === 0 && seen.admitted > 0) {
        const more = await this.take(Math.max(LOOK, Math.min(size, 3 * expected)));
        seen = { ...more, atMs: seen.atMs, admitted: seen.admitted + more.admitted };
      }
      // What comes evenly is asked for at once; what comes in bursts is not expected again.
      expected = seen.admitted > 8 * expected ? expected : Math.max(1, Math.min(seen.admitted, Math.ceil(size / 8)));
      takes.push(seen);
    }
    return takes;
  }

  /** Looks `times` times every `everyMs` without waiting for the answers. */
  async rattle(times: number, everyMs: number, count: number): Promise<ProbeEvent[][]> {
    const looks: Promise<ProbeEvent[]>[] = [];
    const fromMs = this.nowMs;
    for (let at = 0; at < times; at++) {
      await this.waitUntil(fromMs + at * everyMs);
      looks.push(this.#volley(count));
    }
    return Promise.all(looks);
  }

  async #volley(count: number): Promise<ProbeEvent[]> {
    const point = this.#points[0] as Point;
    return this.#prober.sendMany(
      Array.from({ length: Math.max(1, Math.min(this.#most, Math.round(count))) }, () => point),
    );
  }
}

/** What came of one volley. */
export function takeOf(atMs: number, events: readonly ProbeEvent[]): Take {
  let admitted = 0;
  let rejected = 0;
  for (const { outcome } of events) {
    if (outcome === 'admitted') admitted += 1;
    if (outcome === 'rejected') rejected += 1;
  }
  return { atMs, admitted, rejected, full: rejected > 0 };
}
