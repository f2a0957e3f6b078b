/** One hypothesis at work: its meter, taught by what was observed, and the capacities that the record leaves it. */
import type { Shape } from '../hypothesis.ts';
import { createMeter } from '../meters/create-meter.ts';
import type { Meter } from '../meters/meter.ts';
import type { Observation } from './observation.ts';

/** See the head of this file. */
export class Candidate {
  readonly shape: Shape;
  readonly counts: 'admitted' | 'all';
  /** Most that was in use with an admitted request: the capacity is at least this. */
  low = 1;
  /** The capacity is less than this, strictly: what would have been in use with a request that did not fit. */
  below = Number.POSITIVE_INFINITY;
  readonly meter: Meter;
  /** The capacity that rejected charges are reckoned with; null: what the record leaves by then. */
  assumedCapacity: number | null = null;

  constructor(shape: Shape, counts: 'admitted' | 'all', meter = createMeter(shape)) {
    this.shape = shape;
    this.counts = counts;
    this.meter = meter;
  }

  /** Least whole capacity. */
  get capacityLow(): number {
    return Math.ceil(this.low - 1e-7);
  }

  /** Greatest whole capacity; less than the least: the hypothesis is dead. */
  get capacityHigh(): number {
    return this.below === Number.POSITIVE_INFINITY ? this.below : Math.ceil(this.below - 1e-7) - 1;
  }

  get alive(): boolean {
    return this.capacityLow <= this.capacityHigh;
  }

  /** Takes one whole capacity for the true one, if the record allows it. */
  hold(capacity: number): void {
    this.low = Math.max(this.low, capacity);
    this.below = Math.min(this.below, capacity + 1);
  }

  /** `trusting`: what Retry-After told is taken for exact. */
  observe(one: Observation, trusting: boolean): boolean {
    const { meter } = this;
    if (one.admitted > 0) {
      this.low = Math.max(this.low, meter.reach(one.admitted, one.atMs));
      meter.charge(one.admitted, one.atMs, one.atMs, true, this.capacityHigh);
      return this.alive;
    }
    const { rejected, release, atMs } = one;
    this.below = Math.min(this.below, meter.reach(rejected, atMs));
    if (this.counts === 'all') meter.charge(rejected, atMs, atMs, false, this.assumedCapacity ?? this.capacityHigh);
    if (trusting && release !== null) {
      this.low = Math.max(this.low, meter.reach(rejected, release.byMs));
      if (release.afterMs > atMs) this.below = Math.min(this.below, meter.reach(rejected, release.afterMs));
    }
    return this.alive;
  }

  /** How many requests of 1 surely fit now, whatever capacity of its range is the true one. */
  room(atMs: number): number {
    return Math.max(0, Math.floor(this.capacityLow - this.meter.reach(0, atMs) + 1e-7));
  }

  /** Told seconds of a rejection at `atMs`, 0: it would be admitted. */
  answerAt(atMs: number, capacity: number): number {
    if (this.meter.reach(1, atMs) <= capacity + 1e-9) return 0;
    let { meter } = this;
    if (this.counts === 'all') {
      meter = meter.clone();
      meter.charge(1, atMs, atMs, false, capacity);
    }
    return Math.max(1, Math.ceil((meter.nextFitMs(1, atMs, capacity) - atMs) / 1000));
  }

  /** When the next request of 1 surely fits, if nothing else is sent. */
  nextFitMs(atMs: number): number {
    return this.meter.nextFitMs(1, atMs, this.capacityLow);
  }
}

/** A candidate that has seen the whole record; null: it is dead. */
export function replayed(
  shape: Shape,
  counts: 'admitted' | 'all',
  record: readonly Observation[],
  trusting: boolean,
): Candidate | null {
  const candidate = new Candidate(shape, counts);
  for (const one of record) if (!candidate.observe(one, trusting)) return null;
  return candidate;
}
