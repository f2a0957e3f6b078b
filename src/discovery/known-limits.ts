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
  /** The least that it may admit, where its numbers are intervals: what is steered by, and what explains a rejection. Default: `hypothesis`. */
  readonly tightest?: Hypothesis;
  /** The most that it may admit: only beyond it is it contradicted. Default: `hypothesis`. */
  readonly loosest?: Hypothesis;
  /** What else it may be: it is steered clear of what any of them rejects, any of them explains a rejection, and none is contradicted as long as one fits. */
  readonly alternatives?: readonly Hypothesis[];
  /** The same of what its routes may cost instead, each with what it is then. */
  readonly costings?: readonly Pick<KnownLimit, 'costs' | 'hypothesis'>[];
}

/** One way to read a limit: what it may be, and its buckets. */
interface Reading {
  readonly limit: KnownLimit;
  /** Index of the limit. */
  readonly at: number;
  readonly hypothesis: Hypothesis;
  readonly meters: Map<string, Meter>;
}

/** What one probe of a point costs a reading, and the bucket of it that it falls into. */
interface Charge {
  readonly reading: Reading;
  readonly cost: number;
  readonly meter: Meter;
}

/** All that a point concerns, looked up once. */
interface Concerned {
  /** Of the tightest readings. */
  readonly tightest: readonly Charge[];
  /** Of the loosest readings, by limit. */
  readonly loosest: readonly { readonly limit: number; readonly charges: readonly Charge[] }[];
  /** Of all readings. */
  readonly all: readonly Charge[];
}

/** A bucket as it would be after some probes that were not sent. */
interface Draft {
  readonly meter: Meter;
  readonly cost: number;
  readonly capacity: number;
}

/** Of so many alternatives at most account is taken: they are spread over all of them. */
const ALTERNATIVES_MAX = 8;

/** Of a delay that was seen, what is still expected one probe later. */
const LATE_KEPT = 0.97;

/** Shares of a request come and go in rounding where time is weighed. */
const SLACK = 1e-6;

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

/** An event that was admitted although a known limit was full. */
export interface Contradiction {
  /** Index of the event in the record. */
  readonly event: number;
  /** Index of the limit. */
  readonly limit: number;
}

/** Options of {@link KnownLimits}. */
export interface KnownLimitsOptions {
  /** Whether probes that told nothing charge. Default false. */
  readonly errorsCharge?: boolean;
  /** By how much decisions may have been earlier or later than thought: a limit that may be full is taken for full. Default 0. */
  readonly slackMs?: number;
  /** Whether slow answers show that decisions are later still for a while. Default: where there is slack. */
  readonly areLate?: boolean;
  /** Whether charges are seen late and times are uncertain, so that what is full may admit. Default false. */
  readonly isLagging?: boolean;
  /** How long a charge stays unseen, where times are certain. Default 0. */
  readonly lagMs?: number;
}

/** All known limits over one record. */
export class KnownLimits {
  readonly limits: readonly KnownLimit[];
  readonly #identities: readonly Identity[];
  readonly #events: readonly ProbeEvent[];
  readonly #errorsCharge: boolean;
  readonly #slackMs: number;
  readonly #areLate: boolean;
  readonly #isLagging: boolean;
  readonly #lagMs: number;
  /** What was noted and is not seen yet. */
  readonly #unseen: ProbeEvent[] = [];
  /** Where time is uncertain: how much longer than the quickest some of the latest admitted probes took. */
  #lateMs = 0;
  #quickestMs = Number.POSITIVE_INFINITY;
  /** The tightest readings of all limits. */
  readonly #readings: readonly Reading[];
  /** By limit: its loosest readings, all of which have to be exceeded before it is contradicted. */
  readonly #loosest: readonly (readonly Reading[])[];
  /** All of those, each once. */
  readonly #all: ReadonlySet<Reading>;
  /** By identity and route. */
  readonly #concerned: Concerned[][] = [];
  readonly #unexplained: number[] = [];
  readonly #contradicted: Contradiction[] = [];
  #noted = 0;

  /** `events` may grow; what is new in it is noted before each question. */
  constructor(
    limits: readonly KnownLimit[],
    identities: readonly Identity[],
    events: readonly ProbeEvent[],
    { errorsCharge = false, slackMs = 0, areLate = slackMs > 0, isLagging = false, lagMs = 0 }: KnownLimitsOptions = {},
  ) {
    this.limits = limits;
    this.#identities = identities;
    this.#events = events;
    this.#errorsCharge = errorsCharge;
    this.#slackMs = slackMs;
    this.#areLate = areLate;
    this.#isLagging = isLagging;
    this.#lagMs = lagMs;
    const read = (limit: KnownLimit, at: number) => (hypothesis: Hypothesis) => ({
      limit,
      at,
      hypothesis,
      meters: new Map<string, Meter>(),
    });
    const readings = limits.map((limit, at) => {
      const { hypothesis, tightest = hypothesis, loosest = tightest, alternatives = [], costings = [] } = limit;
      const stride = Math.max(1, alternatives.length / ALTERNATIVES_MAX);
      const some = alternatives.filter((_, index) => Math.floor(index / stride) !== Math.floor((index - 1) / stride));
      const costed = costings.map(({ costs, hypothesis: other }) => read({ ...limit, costs }, at)(other));
      const others = [...some.map(read(limit, at)), ...costed];
      const tight = read(limit, at)(tightest);
      const loose = loosest === tightest ? tight : read(limit, at)(loosest);
      return { tight: [tight, ...others], loose: [loose, ...others] };
    });
    this.#readings = readings.flatMap(({ tight }) => tight);
    this.#loosest = readings.map(({ loose }) => loose);
    this.#all = new Set([...this.#readings, ...this.#loosest.flat()]);
  }

  /** Indices of the known limits that would reject a probe at `atMs`. */
  rejecting(point: Point, atMs: number): number[] {
    this.#catchUp(atMs);
    const rejecting = this.#concerning(point).tightest.filter(
      ({ reading, cost, meter }) => this.#most(meter, cost, atMs) > reading.hypothesis.capacity,
    );
    return [...new Set(rejecting.map(({ reading }) => reading.at))];
  }

  /** The earliest time from `fromMs` on at which no known limit rejects the probe, if nothing else is sent. */
  nextFitMs(point: Point, fromMs: number): number {
    this.#catchUp(fromMs);
    const { tightest } = this.#concerning(point);
    for (let atMs = fromMs; ;) {
      let laterMs = atMs;
      for (const { reading, cost, meter } of tightest) {
        laterMs = Math.max(laterMs, this.#fitMs(meter, cost, atMs, reading.hypothesis.capacity));
      }
      if (laterMs === atMs || laterMs === Number.POSITIVE_INFINITY) return laterMs;
      atMs = laterMs;
    }
  }

  /** Indices of the events so far that were rejected and that no known limit explains, in order. */
  get unexplained(): readonly number[] {
    this.#catchUp();
    return this.#unexplained;
  }

  /** Whether an event is one of {@link unexplained}. */
  isUnexplained(event: number): boolean {
    const { unexplained } = this;
    let low = 0;
    let high = unexplained.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((unexplained[middle] as number) < event) low = middle + 1;
      else high = middle;
    }
    return unexplained[low] === event;
  }

  /** Events so far that a known limit should have rejected, in order. */
  get contradicted(): readonly Contradiction[] {
    this.#catchUp();
    return this.#contradicted;
  }

  /** The earliest time from which on every known limit that concerns the points answers as a fresh one does. */
  idleFromMs(points: readonly Point[]): number {
    this.#catchUp(Number.POSITIVE_INFINITY);
    let fromMs = Number.NEGATIVE_INFINITY;
    for (const point of points) {
      for (const { meter } of this.#concerning(point).tightest) fromMs = Math.max(fromMs, meter.idleFromMs());
    }
    return fromMs;
  }

  /** As many of the points as fit at once at `atMs`, one after the other and again from the start, at most `most`; a point may come up often. */
  fitting(points: readonly Point[], atMs: number, most: number): Point[] {
    const drafts = this.#drafts(points, atMs);
    const chosen: Point[] = [];
    // Places of the points that still fit; what does not fit once never does at that time.
    let left = [...points.keys()];
    while (left.length > 0 && chosen.length < most) {
      left = left.filter((at) => {
        if (chosen.length >= most) return true;
        const fits = this.#take(drafts[at] as readonly Draft[], atMs);
        if (fits) chosen.push(points[at] as Point);
        return fits;
      });
    }
    return chosen;
  }

  /** Which of these fit at once at `atMs`, in this order, if each that fits is admitted. */
  passing(points: readonly Point[], atMs: number): boolean[] {
    return this.#drafts(points, atMs).map((drafts) => this.#take(drafts, atMs));
  }

  /** How many probes of a point fit at once at `atMs`, at most `most`. */
  room(point: Point, atMs: number, most: number): number {
    this.#catchUp(atMs);
    return Math.min(
      most,
      ...this.#concerning(point).tightest.map(({ reading, cost, meter }) => {
        const free = reading.hypothesis.capacity - this.#most(meter, 0, atMs);
        return Math.max(0, Math.floor(free / cost + 1e-9));
      }),
    );
  }

  /** By point: copies of the buckets that it falls into, one of each, which points share. */
  #drafts(points: readonly Point[], atMs: number): readonly (readonly Draft[])[] {
    this.#catchUp(atMs);
    const copies = new Map<Meter, Meter>();
    const byConcern = new Map<Concerned, readonly Draft[]>();
    return points.map((point) => {
      const concerned = this.#concerning(point);
      let drafts = byConcern.get(concerned);
      if (drafts === undefined) {
        drafts = concerned.tightest.map(({ reading, cost, meter }) => {
          let copy = copies.get(meter);
          if (copy === undefined) copies.set(meter, (copy = meter.clone()));
          return { meter: copy, cost, capacity: reading.hypothesis.capacity };
        });
        byConcern.set(concerned, drafts);
      }
      return drafts;
    });
  }

  /** Whether a probe fits, and charges it to the drafts if it does. */
  #take(drafts: readonly Draft[], atMs: number): boolean {
    for (const { meter, cost, capacity } of drafts) if (this.#most(meter, cost, atMs) > capacity) return false;
    for (const { meter, cost, capacity } of drafts) meter.charge(cost, atMs, Number.POSITIVE_INFINITY, true, capacity);
    return true;
  }

  /** Notes what is new in the record, and charges what is seen at `atMs`. */
  #catchUp(atMs = Number.NEGATIVE_INFINITY): void {
    for (; this.#noted < this.#events.length; this.#noted++) {
      const event = this.#events[this.#noted];
      // Under way: what comes after it is noted once it is answered.
      if (event === undefined) break;
      const { outcome, sentMs, answeredMs } = event;
      if (outcome === 'unknown' && !this.#errorsCharge) continue;
      if (this.#areLate && outcome === 'admitted') this.#noteTrip(answeredMs - sentMs);
      this.#see(sentMs);
      if (outcome !== 'unknown') this.#compare(event, this.#noted);
      if (this.#lagMs === 0) this.#charge(event);
      else this.#unseen.push(event);
    }
    this.#see(atMs);
  }

  /** Charges what is seen by then. */
  #see(atMs: number): void {
    let seen = 0;
    for (const event of this.#unseen) {
      if (event.sentMs + this.#lagMs > atMs) break;
      this.#charge(event);
      seen += 1;
    }
    if (seen > 0) this.#unseen.splice(0, seen);
  }

  #charge(event: ProbeEvent): void {
    const { outcome, sentMs, answeredMs } = event;
    for (const { reading, cost, meter } of this.#concerning(event).all) {
      const { counts, capacity } = reading.hypothesis;
      if (outcome === 'rejected' && counts === 'admitted') continue;
      meter.charge(cost, sentMs, answeredMs, outcome !== 'rejected', capacity);
    }
  }

  /** What the known limits say of an event, against what came of it. */
  #compare(event: ProbeEvent, index: number): void {
    if (event.outcome === 'rejected') {
      const explained = this.#concerning(event).tightest.some(
        ({ reading: { hypothesis }, cost, meter }) =>
          this.#most(meter, cost, event.sentMs) > hypothesis.capacity - slackOf(hypothesis),
      );
      if (!explained) this.#unexplained.push(index);
      return;
    }
    if (this.#isLagging) return;
    // It was decided at any time until it was answered.
    const latestMs = this.#slackMs === 0 ? event.sentMs : event.answeredMs + this.#slackMs;
    for (const { limit, charges } of this.#concerning(event).loosest) {
      const isFull = charges.every(
        ({ reading: { hypothesis }, cost, meter }) =>
          meter.reach(cost, latestMs) > hypothesis.capacity + slackOf(hypothesis),
      );
      if (isFull) this.#contradicted.push({ event: index, limit });
    }
  }

  /** What a point concerns. */
  #concerning(point: Point): Concerned {
    const { identity, route } = point;
    const ofIdentity = (this.#concerned[identity] ??= []);
    return (ofIdentity[route] ??= this.#concernedBy(point));
  }

  #concernedBy(point: Point): Concerned {
    const charges = (readings: Iterable<Reading>) =>
      [...readings].flatMap((reading): Charge[] => {
        const cost = reading.limit.costs.get(point.route) ?? 0;
        return cost > 0 ? [{ reading, cost, meter: this.#meter(reading, point) }] : [];
      });
    const loosest = this.#loosest.map((readings, limit) => ({ limit, readings, charges: charges(readings) }));
    return {
      tightest: charges(this.#readings),
      // What some reading says nothing of cannot contradict all of them.
      loosest: loosest.filter(({ readings, charges }) => charges.length > 0 && charges.length === readings.length),
      all: charges(this.#all),
    };
  }

  /** The most that may be in use with a probe of `cost` where times are uncertain: use only shrinks while nothing is charged. */
  #most(meter: Meter, cost: number, atMs: number): number {
    const reach = meter.reach(cost, atMs);
    return this.#slackMs === 0 ? reach : Math.max(reach, meter.reach(cost, atMs - this.#slackMs - this.#lateMs));
  }

  #fitMs(meter: Meter, cost: number, fromMs: number, capacity: number): number {
    const fitsMs = meter.nextFitMs(cost, fromMs, capacity);
    const slackMs = this.#slackMs + this.#lateMs;
    return this.#slackMs === 0 ? fitsMs : Math.max(fitsMs, meter.nextFitMs(cost, fromMs - slackMs, capacity) + slackMs);
  }

  #noteTrip(tripMs: number): void {
    this.#quickestMs = Math.min(this.#quickestMs, tripMs);
    this.#lateMs = Math.max(tripMs - this.#quickestMs, this.#lateMs * LATE_KEPT);
  }

  #meter({ limit, hypothesis, meters }: Reading, point: Point): Meter {
    const key = bucketOf(limit.scope, this.#identities, point);
    let meter = meters.get(key);
    if (meter === undefined) meters.set(key, (meter = createMeter(hypothesis.shape)));
    return meter;
  }
}

function slackOf({ shape }: Hypothesis): number {
  return shape.kind === 'token-bucket' || shape.kind === 'sliding-window-counter' ? SLACK : 0;
}
