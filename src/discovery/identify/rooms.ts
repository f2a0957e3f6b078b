/** How much the known limits let through beside an unknown one: no experiment is worth anything that is not sent in full. */
import type { Point } from '../black-box.ts';
import type { Stream } from '../stream.ts';

/** Requests beyond what fits that are worth a rest: a rejection, and what asks when it passes again. */
const SPARE_MIN = 2;
/** Of what is asked after a rest at most. */
const SPARE_MAX = 60;

/** See the head of this file. Nothing of it matters to a stream without known limits. */
export class Rooms {
  readonly #stream: Stream;

  constructor(stream: Stream) {
    this.#stream = stream;
  }

  /** Whether rested known limits let through at once what the unknown one admits, `capacity`, and something more. */
  isRoomy(capacity: number): boolean {
    const atMs = this.#restedMs;
    return Number.isFinite(atMs) && this.#at(atMs, capacity) >= capacity + 1 + SPARE_MIN;
  }

  /** Whether too little is left now of what there is beyond a full unknown limit: a rest gives more. */
  isSpent(capacity: number): boolean {
    const spare = this.#at(this.#restedMs, capacity) - capacity - 1;
    return this.#at(this.#nowMs, capacity) < Math.max(SPARE_MIN, Math.min(SPARE_MAX, spare) / 2);
  }

  /** How many requests fit now, at most some more than `capacity`. */
  now(capacity: number): number {
    return this.#at(this.#nowMs, capacity);
  }

  /** Whether rejected requests use up what there is. */
  get chargesRejections(): boolean {
    const { known, points } = this.#stream;
    return known.limits.some(
      ({ costs, hypothesis: { counts } }) =>
        counts === 'all' && points.some(({ route }) => (costs.get(route) ?? 0) > 0),
    );
  }

  /** Waits until the known limits are idle. */
  async rest(): Promise<void> {
    await this.#stream.prober.waitUntil(this.#restedMs);
  }

  /** So many points, or as many as fit now. */
  fill(most: number): Point[] {
    const { known, points } = this.#stream;
    return known.fitting(points, this.#nowMs, most);
  }

  get #nowMs(): number {
    return this.#stream.prober.nowMs;
  }

  get #restedMs(): number {
    const { known, points } = this.#stream;
    return Math.max(this.#nowMs, Math.ceil(known.idleFromMs(points)) + 1);
  }

  #at(atMs: number, capacity: number): number {
    const { known, points } = this.#stream;
    return known.fitting(points, atMs, Math.ceil(capacity) + 1 + 2 * SPARE_MAX).length;
  }
}
