/** One known limit over a record: how full its buckets were at each probe, and when they released. */
import type { Identity, Point } from '../black-box.ts';
import { bucketOf, type KnownLimit } from '../known-limits.ts';
import { createMeter } from '../meters/create-meter.ts';
import type { Meter } from '../meters/meter.ts';
import type { ProbeEvent } from '../record.ts';

/** See the head of this file. */
export class LimitReplay {
  readonly limit: KnownLimit;
  readonly #identities: readonly Identity[];
  readonly #meters = new Map<string, Meter>();
  /** The same by identity and route: a record asks a hundred thousand times. */
  readonly #byPoint: Meter[][] = [];

  constructor(limit: KnownLimit, identities: readonly Identity[]) {
    this.limit = limit;
    this.#identities = identities;
  }

  /** What a request of this point costs; 0: the limit does not see it. */
  costOf({ route }: Point): number {
    return this.limit.costs.get(route) ?? 0;
  }

  /** Whether the limit rejects the probe at `atMs`. */
  rejects(point: Point, atMs: number): boolean {
    const cost = this.costOf(point);
    // A rate is known to within its interval only.
    return cost > 0 && this.#meter(point).reach(cost, atMs) > this.limit.hypothesis.capacity + 1e-6;
  }

  /** When a request of this point fits, if nothing else is sent. */
  releaseMs(point: Point, atMs: number): number {
    const cost = this.costOf(point);
    return cost === 0 ? atMs : this.#meter(point).nextFitMs(cost, atMs, this.limit.hypothesis.capacity);
  }

  /** Whole units that are free. */
  free(point: Point, atMs: number): number {
    const { capacity } = this.limit.hypothesis;
    return Math.max(0, Math.floor(capacity - this.#meter(point).reach(0, atMs) + 1e-6));
  }

  /** Teaches it an event. */
  note(event: ProbeEvent): void {
    const { outcome, sentMs, answeredMs } = event;
    const { counts, capacity } = this.limit.hypothesis;
    const cost = this.costOf(event);
    if (cost === 0 || outcome === 'unknown' || (outcome === 'rejected' && counts === 'admitted')) return;
    this.#meter(event).charge(cost, sentMs, answeredMs, outcome === 'admitted', capacity);
  }

  #meter(point: Point): Meter {
    const ofIdentity = (this.#byPoint[point.identity] ??= []);
    return (ofIdentity[point.route] ??= this.#meterOfBucket(point));
  }

  #meterOfBucket(point: Point): Meter {
    const key = bucketOf(this.limit.scope, this.#identities, point);
    let meter = this.#meters.get(key);
    if (meter === undefined) this.#meters.set(key, (meter = createMeter(this.limit.hypothesis.shape)));
    return meter;
  }
}
