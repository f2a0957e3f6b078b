/** Limits that are known so far, kept up to date by what is observed: what they would do to the next probe. */
import type { ScopeKey } from '../../mock-server/policy.ts';
import type { Identity, Point } from './black-box.ts';
import type { Hypothesis } from './hypothesis.ts';
import { createMeter } from './meters/create-meter.ts';
import type { Meter } from './meters/meter.ts';
import type { ProbeEvent } from './record.ts';

/** A limit as far as it is known. */
export interface KnownLimit {
  readonly scope: readonly ScopeKey[];
  /** What one request of a route costs, by index of the route; routes that are not in it pass unseen. */
  readonly costs: ReadonlyMap<number, number>;
  readonly hypothesis: Hypothesis;
}

/** The bucket of a limit that a point falls into; a label that is not known counts as the identity's own. */
export function bucketOf(
  scope: readonly ScopeKey[],
  identities: readonly Identity[],
  { identity, route }: Point,
): string {
  return scope
    .map((key) => (key === 'route' ? `route ${route}` : (identities[identity]?.labels[key] ?? `unknown ${identity}`)))
    .join('|');
}

/** All known limits over one record. */
export class KnownLimits {
  readonly limits: readonly KnownLimit[];
  readonly #identities: readonly Identity[];
  readonly #events: readonly ProbeEvent[];
  readonly #errorsCharge: boolean;
  readonly #meters: readonly Map<string, Meter>[];
  #noted = 0;

  /** `events` may grow; what is new in it is noted before each question. */
  constructor(
    limits: readonly KnownLimit[],
    identities: readonly Identity[],
    events: readonly ProbeEvent[],
    errorsCharge = false,
  ) {
    this.limits = limits;
    this.#identities = identities;
    this.#events = events;
    this.#errorsCharge = errorsCharge;
    this.#meters = limits.map(() => new Map());
  }

  /** Indices of the known limits that would reject a probe at `atMs`. */
  rejecting(point: Point, atMs: number): number[] {
    this.#catchUp();
    return this.limits.flatMap((limit, at) => {
      const cost = limit.costs.get(point.route) ?? 0;
      return cost > 0 && this.#meter(at, point).reach(cost, atMs) > limit.hypothesis.capacity ? [at] : [];
    });
  }

  /** The earliest time from `fromMs` on at which no known limit rejects the probe, if nothing else is sent. */
  nextFitMs(point: Point, fromMs: number): number {
    this.#catchUp();
    for (let atMs = fromMs; ;) {
      const laterMs = Math.max(
        atMs,
        ...this.limits.map((limit, at) => {
          const cost = limit.costs.get(point.route) ?? 0;
          return cost === 0 ? atMs : this.#meter(at, point).nextFitMs(cost, atMs, limit.hypothesis.capacity);
        }),
      );
      if (laterMs === atMs || laterMs === Number.POSITIVE_INFINITY) return laterMs;
      atMs = laterMs;
    }
  }

  /** How many probes of a point fit at once at `atMs`, at most `most`. */
  room(point: Point, atMs: number, most: number): number {
    this.#catchUp();
    return Math.min(
      most,
      ...this.limits.map((limit, at) => {
        const cost = limit.costs.get(point.route) ?? 0;
        if (cost === 0) return most;
        const free = limit.hypothesis.capacity - this.#meter(at, point).reach(0, atMs);
        return Math.max(0, Math.floor(free / cost + 1e-9));
      }),
    );
  }

  #catchUp(): void {
    for (; this.#noted < this.#events.length; this.#noted++) {
      const event = this.#events[this.#noted] as ProbeEvent;
      const { outcome, sentMs, answeredMs } = event;
      if (outcome === 'unknown' && !this.#errorsCharge) continue;
      for (const [at, { costs, hypothesis }] of this.limits.entries()) {
        const cost = costs.get(event.route) ?? 0;
        if (cost === 0 || (outcome === 'rejected' && hypothesis.counts === 'admitted')) continue;
        this.#meter(at, event).charge(cost, sentMs, answeredMs, outcome !== 'rejected', hypothesis.capacity);
      }
    }
  }

  #meter(at: number, point: Point): Meter {
    const { scope, hypothesis } = this.limits[at] as KnownLimit;
    const meters = this.#meters[at] as Map<string, Meter>;
    const key = bucketOf(scope, this.#identities, point);
    let meter = meters.get(key);
    if (meter === undefined) meters.set(key, (meter = createMeter(hypothesis.shape)));
    return meter;
  }
}
