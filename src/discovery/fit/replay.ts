/**
 * Replays a hypothesis over a view. Teacher forcing: the meter is charged with what was observed, so use is known whatever the capacity is; each
 * admitted probe then bounds the capacity from below, each rejection from above.
 */
import type { Hypothesis, Shape } from '../hypothesis.ts';
import { createMeter } from '../meters/create-meter.ts';
import type { Meter } from '../meters/meter.ts';
import { goesOnFrom, isFullAt, neededOf, refusedOf, takenOf, type View } from './view.ts';

/** Whole capacities that a view allows; none when `low` > `high`. Fractional ones: from `low` on and below `high`. */
export interface Capacities {
  readonly low: number;
  readonly high: number;
}

const SLACK = 1e-6;

/** A replay that goes on where it was when the view has grown. */
export class Replay {
  readonly shape: Shape;
  readonly counts: Hypothesis['counts'];
  /** Least and greatest whole capacity so far. */
  low: number;
  high: number;
  #meter: Meter;
  #view: View = [];
  #at = 0;
  readonly #first: Capacities;
  readonly #whole: boolean;

  /** `whole` false: capacities may be any numbers, as they are in requests where each costs more than 1. */
  constructor(shape: Shape, counts: Hypothesis['counts'], low = 1, high = Number.POSITIVE_INFINITY, whole = true) {
    this.#meter = createMeter(shape);
    this.shape = shape;
    this.counts = counts;
    this.low = low;
    this.high = high;
    this.#first = { low, high };
    this.#whole = whole;
  }

  /** Replays what is new in the view, or all of it where what was known is read otherwise now. False: no capacity fits. */
  follow(view: View): boolean {
    if (!goesOnFrom(view, this.#view)) this.#restart();
    this.#view = view;
    for (; this.#at < view.length; this.#at++) {
      if (!this.#note(view, this.#at)) return false;
    }
    return true;
  }

  /** How many batches of a view are still to be replayed. */
  leftOf(view: View): number {
    return view.length - (goesOnFrom(view, this.#view) ? this.#at : 0);
  }

  /** The meter after a view, not to be charged; null: the replay is not there yet. */
  meterAt(view: View): Meter | null {
    return view === this.#view && this.#at === view.length ? this.#meter : null;
  }

  #restart(): void {
    this.#meter = createMeter(this.shape);
    this.#at = 0;
    this.low = this.#first.low;
    this.high = this.#first.high;
  }

  get #isEmpty(): boolean {
    return this.#whole ? this.low > this.high : this.low >= this.high;
  }

  #note(view: View, at: number): boolean {
    const batch = view[at] as View[number];
    const { atMs, cost, endsMs } = batch;
    const meter = this.#meter;
    const needed = neededOf(batch);
    if (needed > 0) {
      const reach = meter.reach(needed, atMs);
      if (reach > this.low + SLACK) this.low = this.#whole ? Math.ceil(reach - SLACK) : reach - SLACK;
      if (this.#isEmpty) return false;
    }
    const taken = takenOf(batch);
    // Only concurrency cares when each of a batch is answered.
    if (this.shape.kind === 'concurrency') for (const endMs of endsMs) meter.charge(cost, atMs, endMs, true, this.low);
    else if (taken > 0) meter.charge(taken, atMs, atMs, true, this.low);
    if (isFullAt(batch)) {
      const reach = meter.reach(cost, atMs);
      const most = this.#whole ? Math.ceil(reach - SLACK) - 1 : reach;
      if (most < this.high) this.high = most;
      if (this.#isEmpty) return false;
    }
    const counted = this.counts === 'all' ? refusedOf(batch) : 0;
    if (counted > 0) meter.charge(cost * counted, atMs, atMs, false, this.low);
    return true;
  }
}

/** The capacities that fit; for token buckets that count rejections, `capacity` must be given. */
export function capacitiesOf(view: View, shape: Shape, counts: Hypothesis['counts'], capacity?: number): Capacities {
  const replay = new Replay(shape, counts, capacity ?? 1, capacity ?? Number.POSITIVE_INFINITY);
  return replay.follow(view) ? { low: replay.low, high: replay.high } : { low: 1, high: 0 };
}
