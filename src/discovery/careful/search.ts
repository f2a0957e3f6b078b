/** The search of {@link identifyCarefully}: what is sent when, and which candidates are left. */
import type { ProbeEvent } from '../record.ts';
import { type Identified, soonest, type Stream } from '../stream.ts';
import { answerOf, familyOf, isConfirmed, isDecided } from './answer.ts';
import { SearchByOutcomes } from './by-outcomes.ts';
import type { Candidate } from './candidate.ts';
import { chooseTime, thinned } from './choose-time.ts';
import { addObservation, type Observation, observationOf } from './observation.ts';
import { endsInEach, fitTokens, possibleSteps, viewOf as tokenViewOf } from './tokens.ts';
import { windowCandidates } from './windows.ts';

/** Probes that are sent in one go where all of them surely fit. */
const RUN_MAX = 8;
/** Shares of a window by which fills are delayed and parted while families are to be told apart. */
const DELAYS = [0, 0.41, 0.23, 0.67] as const;
const PART_GAP = 0.31;
/** Rejections in a row that removed no candidate, after which the rest is taken for one class. */
const IDLE_MAX = 8;
const STEP_MS_LEAST = 10;
/** Rejections from which on every step is fitted, and how many speak for all before. */
const FIT_ALL_FROM = 6;
const STEPS_SOME = 40;
/** Observations that the fits of token buckets may replay, all together: a few seconds of work. */
const WORK = 40_000_000;
/** Where what is told is not exact: fills that a limit is worth, and probes beside them. */
const UNTRUSTED_FILLS = 40;
const UNTRUSTED_REQUESTS = 600;
const TOO_MANY = 'more hypotheses are left than can be told apart in a few seconds of computing';
/** Bits below which no time is worth a probe. */
const BITS_MIN = 0.02;

/** See the head of this file. */
export class CarefulSearch {
  readonly #stream: Stream;
  readonly #lookRequests: number;
  readonly #requests: number | null;
  readonly #record: Observation[] = [];
  #windows: Candidate[] = [];
  #tokens: Candidate[] = [];
  #steps: number[] | null = null;
  /** Probes of this stream. */
  #sent = 0;
  #rejections = 0;
  #admittedFirst = 0;
  #firstMs = Number.NaN;
  #fromEvent: number;
  #idle = 0;
  /** See {@link WORK}. */
  readonly #work = { left: WORK };
  #spread = Number.POSITIVE_INFINITY;
  #fills = 0;
  #parted = false;
  /** At work once what was told proved not exact. */
  #byOutcomes: SearchByOutcomes | null = null;

  constructor(stream: Stream, lookRequests: number, requests: number | null) {
    this.#stream = stream;
    this.#lookRequests = lookRequests;
    this.#requests = requests;
    this.#fromEvent = stream.prober.events.length;
  }

  async run(): Promise<Identified> {
    const first = await this.#fillOnce();
    if (first === null) {
      const { events } = this.#stream.prober;
      const overMs = (events.at(-1)?.answeredMs ?? 0) - this.#firstMs;
      return { kind: 'none', looked: { requests: this.#sent, overMs } };
    }
    if (first.told.retryAfterMs === null) return this.#nothingTold();
    this.#admittedFirst = this.#sent - 1;
    this.#windows = windowCandidates(this.#record);
    await this.#stream.prober.waitUntil(first.answeredMs + first.told.retryAfterMs);
    const most = this.#requests ?? 14 * this.#admittedFirst + 600;
    while (this.#sent < most) {
      const done = this.#work.left < 0 ? await this.#withoutTrust() : await this.#step();
      if (done !== null) return done;
    }
    return this.answer(`${most} probes are spent`);
  }

  /** What is known by now. */
  answer(reason: string): Identified {
    if (this.#byOutcomes !== null) return this.#byOutcomes.answer(reason);
    if (this.#work.left < 0) return this.#tooMany();
    return answerOf(this.#candidates(), this.#record, reason, this.#fromEvent);
  }

  async #fillOnce(): Promise<ProbeEvent | null> {
    while (this.#sent < this.#lookRequests) {
      const [event] = await this.#send(1);
      if (event !== undefined && event.outcome === 'rejected') return event;
    }
    return null;
  }

  #nothingTold(): Identified {
    return {
      kind: 'ambiguous',
      candidates: [],
      reason: 'no rejection told a Retry-After, so there is nothing to obey',
    };
  }

  /** One move; not null: the answer. */
  async #step(): Promise<Identified | null> {
    const { prober } = this.#stream;
    const candidates = this.#candidates();
    // Token buckets are fitted from the second rejection on: until then they may be anything.
    if (this.#rejections < 2) return this.#single();
    if (candidates.length === 0) return this.#withoutTrust();
    if (isDecided(candidates)) {
      this.#work.left -= 20 * this.#record.length;
      if (isConfirmed(candidates, this.#record)) return this.answer('');
    } else if (this.#idle >= IDLE_MAX) return this.answer('no experiment at hand tells them apart');
    const room = Math.min(...candidates.map((one) => one.room(prober.nowMs)));
    if (room > 0) return this.#fill(room, candidates);
    const choice = chooseTime(candidates, prober.nowMs, true);
    this.#parted = false;
    if (choice.bits >= BITS_MIN) {
      await prober.waitUntil(choice.atMs);
      return this.#single();
    }
    return isDecided(candidates) ? this.#confirm(candidates) : this.#refill(candidates);
  }

  /** All agree when it releases: on to the next fill. */
  async #refill(candidates: readonly Candidate[]): Promise<null> {
    const { prober } = this.#stream;
    const releaseMs = Math.max(...candidates.map((one) => one.nextFitMs(prober.nowMs)));
    this.#idle += 1;
    this.#fills += 1;
    const delayMs = this.#separates(candidates)
      ? (DELAYS[this.#fills % DELAYS.length] as number) * spanOf(candidates)
      : 0;
    await prober.waitUntil(Math.ceil(releaseMs + delayMs));
    return null;
  }

  /** Just before the release, and the time after just at it, in turn. */
  async #confirm(candidates: readonly Candidate[]): Promise<Identified | null> {
    const { prober } = this.#stream;
    const { nowMs } = prober;
    const releaseMs = nowMs + Math.ceil(Math.min(...candidates.map((one) => one.nextFitMs(nowMs))) - nowMs - 1e-6);
    this.#fills += 1;
    this.#idle += 1;
    if (this.#idle > 2 * IDLE_MAX) return this.answer('');
    await prober.waitUntil(this.#fills % 2 === 0 ? releaseMs : Math.max(nowMs, releaseMs - 1));
    return this.#single();
  }

  async #fill(room: number, candidates: readonly Candidate[]): Promise<null> {
    const { prober } = this.#stream;
    const parts = this.#separates(candidates) && !this.#parted && room > 1;
    let left = parts ? Math.ceil(room / 2) : room;
    while (left > 0) {
      const events = await this.#send(Math.min(left, RUN_MAX));
      left -= events.length;
      if (events.some(({ outcome }) => outcome === 'rejected')) return null;
    }
    if (parts) {
      this.#parted = true;
      await prober.waitUntil(Math.ceil(prober.nowMs + PART_GAP * spanOf(candidates)));
    }
    return null;
  }

  async #single(): Promise<Identified | null> {
    const [event] = await this.#send(1);
    if (event === undefined || event.outcome !== 'rejected') return null;
    if (event.told.retryAfterMs === null) return this.#nothingTold();
    await this.#stream.prober.waitUntil(event.answeredMs + event.told.retryAfterMs);
    return null;
  }

  /** Whether there are families left that only delays and parted fills tell apart. */
  #separates(candidates: readonly Candidate[]): boolean {
    return this.#tokens.length === 0 && new Set(candidates.map(familyOf)).size > 1;
  }

  #tooMany(): Identified {
    const listed = thinned(
      this.#candidates().filter(({ alive }) => alive),
      20,
    );
    if (listed.length === 0) return answerOf([], this.#record, TOO_MANY, this.#fromEvent);
    return {
      kind: 'ambiguous',
      candidates: listed.map(({ shape, counts, capacityLow }) => ({ shape, counts, capacity: capacityLow })),
      reason: TOO_MANY,
    };
  }

  /** What was told is not exact, or there is more than one limit. */
  #withoutTrust(): Promise<Identified> {
    this.#byOutcomes = new SearchByOutcomes(
      this.#stream,
      this.#fromEvent,
      UNTRUSTED_FILLS * (this.#admittedFirst + 2) + UNTRUSTED_REQUESTS,
    );
    return this.#byOutcomes.run();
  }

  #candidates(): Candidate[] {
    return [...this.#windows, ...this.#tokens];
  }

  async #send(count: number): Promise<ProbeEvent[]> {
    const { known, prober, points } = this.#stream;
    const from = prober.events.length;
    const events = await this.#sendPlainly(count);
    const explained = (event: ProbeEvent) =>
      known.limits.length > 0 &&
      event.outcome === 'rejected' &&
      !known.unexplained.some((index) => index >= from && prober.events[index] === event);
    const costOf = this.#stream.costOf ?? ((event) => (points.some((one) => one.route === event.route) ? 1 : 0));
    for (const event of events) {
      if (explained(event)) continue;
      const one = observationOf(event, costOf(event));
      if (one !== null) this.#observe(one);
    }
    return events;
  }

  /** Without a conclusion. */
  async #sendPlainly(count: number): Promise<ProbeEvent[]> {
    const { prober, known } = this.#stream;
    const point = soonest(this.#stream);
    await prober.waitUntil(known.nextFitMs(point, prober.nowMs));
    const events = await prober.sendMany(Array.from({ length: count }, () => point));
    this.#sent += events.length;
    if (Number.isNaN(this.#firstMs)) this.#firstMs = events[0]?.sentMs ?? Number.NaN;
    return events;
  }

  #observe(one: Observation): void {
    addObservation(this.#record, one);
    const before = this.#windows.length;
    this.#windows = this.#windows.filter((candidate) => candidate.observe(one, true));
    for (const candidate of this.#tokens) candidate.observe(one, true);
    if (one.rejected === 0) {
      // A rate is a range: only a new fit can tell that none of it is left.
      if (this.#tokens.length > 0 && this.#tokens.every(({ alive }) => !alive)) this.#fitTokens();
      else if (this.#tokens.some(({ alive }) => alive)) this.#tokens = this.#tokens.filter(({ alive }) => alive);
      if (this.#windows.length < before) this.#idle = 0;
      return;
    }
    this.#rejections += 1;
    this.#idle = this.#windows.length < before ? 0 : this.#idle + 1;
    if (this.#rejections >= 2 && this.#steps?.length !== 0) this.#fitTokens();
  }

  /** Admitted before the first rejection: no bucket holds more. */
  #filled(): number {
    const full = this.#record.findIndex(({ rejected }) => rejected > 0);
    return this.#record.slice(0, full).reduce((sum, { admitted }) => sum + admitted, 0);
  }

  /** Anew from the whole record. */
  #fitTokens(): void {
    const record = this.#record;
    const first = record[0] as Observation;
    const filled = this.#filled();
    const views = { admitted: tokenViewOf(record, 'admitted'), all: tokenViewOf(record, 'all') };
    const found: Candidate[] = [];
    this.#steps ??= [0, ...possibleSteps(record, first.atMs, STEP_MS_LEAST)];
    const fits = (stepMs: number) => {
      if (stepMs > 0 && !endsInEach(record, first.atMs, stepMs)) return [];
      return (['admitted', 'all'] as const)
        .flatMap((counts) => fitTokens({ record, view: views[counts], work: this.#work, stepMs, counts }, filled))
        .filter((one) => !refillsAll(one));
    };
    const dead = new Set<number>();
    const fitAll = (steps: readonly number[]) => {
      for (const stepMs of steps) {
        const own = fits(stepMs);
        if (own.length === 0) dead.add(stepMs);
        found.push(...own);
      }
    };
    // As long as little has flowed almost any step fits: some of them speak for all, until none of them is left.
    const some = this.#rejections < FIT_ALL_FROM ? thinned(this.#steps, STEPS_SOME) : this.#steps;
    fitAll(some);
    if (found.length === 0 && some.length < this.#steps.length)
      fitAll(this.#steps.filter((stepMs) => !dead.has(stepMs)));
    this.#steps = this.#steps.filter((stepMs) => !dead.has(stepMs));
    const spread = spreadOf(found);
    if (found.length < this.#tokens.length || spread < 0.9 * this.#spread) this.#idle = 0;
    this.#spread = spread;
    this.#tokens = found;
  }
}

/** How far rates lie apart, as a share of them. */
function spreadOf(tokens: readonly Candidate[]): number {
  let [low, high] = [Number.POSITIVE_INFINITY, 0];
  for (const { shape } of tokens) {
    if (shape.kind !== 'token-bucket') continue;
    low = Math.min(low, shape.refillPerSecond);
    high = Math.max(high, shape.refillPerSecond);
  }
  return high === 0 ? 0 : high / low - 1;
}

/** A bucket that one step fills is a fixed window, and found as that. */
function refillsAll({ shape, capacityHigh }: Candidate): boolean {
  if (shape.kind !== 'token-bucket' || shape.stepMs === 0) return false;
  // The ends of an interval of rates are found by bisection: a millionth short is not short.
  return (shape.refillPerSecond * shape.stepMs) / 1000 >= capacityHigh * (1 - 1e-6);
}

/** About how long a bucket takes to be whole again. */
function spanOf(candidates: readonly Candidate[]): number {
  const spans = candidates.map(({ shape, capacityLow }) =>
    'windowMs' in shape
      ? shape.windowMs
      : shape.kind === 'token-bucket'
        ? (capacityLow / shape.refillPerSecond) * 1000
        : 0,
  );
  return spans.toSorted((a, b) => a - b)[spans.length >> 1] ?? 0;
}
