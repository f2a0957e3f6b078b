/**
 * Finds the one unknown limit of a stream in quiet surroundings: burst until rejected, look for the next pass, drain, and so on; after each
 * cycle every hypothesis that the record rules out is dropped, and the next experiment is the one that best tells the others apart.
 */
import type { Candidate } from '../fit/candidate.ts';
import { hypothesisOf, meterAfter, meterOf, Pool } from '../fit/pool.ts';
import { isFullAt, releasesOf, seenLate, takenOf, type View, viewOf } from '../fit/view.ts';
import type { Hypothesis } from '../hypothesis.ts';
import type { WorkBudget } from '../fit/work-budget.ts';
import { BudgetSpentError } from '../prober.ts';
import type { ProbeEvent } from '../record.ts';
import { refillPauseMs } from '../refill-pause.ts';
import type { Identified, Stream } from '../stream.ts';
import { classesOf } from './classes.ts';
import { fillLate } from './fill-late.ts';
import { type Actor, type Allowed, choosePlan, type Plan } from './plans.ts';
import { Rooms } from './rooms.ts';
import { Sending } from './sending.ts';
import {
  isCountLeft,
  isRateKnown,
  isRateLeft,
  isWholeStepLeft,
  rateLeft,
  spacingOf,
  verdictOf,
  withFractionsToo,
} from './verdict.ts';

/** Options of {@link identify}. */
export interface IdentifyOptions {
  /** Requests without an unexplained rejection after which one stops looking. */
  readonly lookRequests: number;
  /** And the time over which they may be spread, ms. */
  readonly lookMs: number;
  /** Most probes for this stream. Default: 200,000. */
  readonly requestsMax?: number;
  /** Most cycles of experiment and drain. Default: 150. */
  readonly cyclesMax?: number;
}

const FIRST_CHUNK = 4;
const GROWTH = 1.4;
const EARLY_MS = 400;
const SAMPLE_OF_EACH = 24;
const HOLDS_FIRST = 3;
const EFFORT_MAX = 16;
/** With fewer candidates than this, a family that could not be listed whole is worth more work. */
const FEW = 3;
/** From this cycle on, experiments that only tell rates of one bucket apart are worth next to nothing. */
const CYCLES_FOR_RATES = 16;
/** Probes that one limit is worth where they are more than a few times what fits. */
const SPENT_MIN = 20_000;
const SPENT_BURSTS = 8;
/** Tokens that have to flow before their rate is known to half a percent, and the rounds that this may take. */
const TOKENS_COUNTED = 220;
const ROUNDS_COUNTED = 80;
const COUNTS_MAX = 4;
/**
 * A verdict on whole capacities stands once it has withstood so many experiments against fractions; one on a window or a log, which would have to
 * look alike by chance to the millisecond, one. And so many experiments are made at most.
 */
const WITHSTOOD = 6;
const WITHSTOOD_BY_WINDOW = 1;
const FRACTION_CYCLES = 30;
/**
 * A verdict that may be two limits seen as one is put to the test after these shares of what its release takes: soon after one another, since a second
 * limit shows in what is asked for without a rest.
 */
const CONFIRMED_AT = [0.7, 1.2, 0.9, 1.4];
/** Longer than two windows of those that are looked for. */
const REST_MS = 8_100_000;

/** See the head of this file. */
export async function identify(stream: Stream, options: IdentifyOptions): Promise<Identified> {
  return new Identification(stream, options).run();
}

class Identification {
  readonly #stream: Stream;
  readonly #options: Required<IdentifyOptions>;
  readonly #sending: Sending;
  readonly #rooms: Rooms;
  readonly #work: WorkBudget;
  #pool: Pool;
  /** Whole capacities only, while fractions are looked into. */
  #whole: Pool | null = null;
  #wholeUntil = 0;
  readonly #startedAt: number;
  /** Index of the first event that is taken into account. */
  #viewFrom = 0;
  readonly #costOf: (event: ProbeEvent) => number;
  #cycle = 0;
  #filled = false;
  #holds = 0;
  #rests = 0;
  #counted = 0;
  #requestsMax: number;
  /** What the first burst admitted, and what was admitted before it. */
  #burst = 0;

  constructor(stream: Stream, options: IdentifyOptions) {
    this.#stream = stream;
    this.#options = { requestsMax: 200_000, cyclesMax: 150, ...options };
    this.#requestsMax = this.#options.requestsMax;
    this.#sending = new Sending(stream);
    this.#rooms = new Rooms(stream);
    this.#startedAt = stream.prober.events.length;
    this.#work = stream.prober.work.forStream();
    this.#pool = new Pool(this.#work);
    const own: boolean[][] = [];
    for (const { identity, route } of stream.points) (own[identity] ??= [])[route] = true;
    this.#costOf = stream.costOf ?? (({ identity, route }) => (own[identity]?.[route] === true ? 1 : 0));
  }

  async run(): Promise<Identified> {
    try {
      const identified = await this.#once();
      if (identified.kind !== 'conflict' || this.#startedAt === 0 || this.#stream.known.limits.length > 0) {
        return identified;
      }
      // What others sent before may be in the way: once more from idle, as if nothing had been.
      await this.#sending.settled();
      await this.#sending.waitUntil(this.#sending.nowMs + REST_MS);
      this.#viewFrom = this.#stream.prober.events.length;
      this.#pool = new Pool(this.#work);
      this.#whole = null;
      this.#cycle = 0;
      this.#holds = 0;
      const again = await this.#once();
      return again.kind === 'found' ? again : identified;
    } catch (error) {
      if (!(error instanceof BudgetSpentError)) throw error;
      await this.#sending.ended();
      return this.#ambiguous(error.message);
    } finally {
      // Who goes on from here reads the record: it has to be whole.
      await this.#sending.ended();
    }
  }

  async #once(): Promise<Identified> {
    const looked = await this.#firstBurst();
    if (looked !== null) return looked;
    if (this.#lagMs > 0) await this.#fillLate();
    const burst = this.#view().reduce((sum, batch) => sum + takenOf(batch), 0);
    this.#burst = burst;
    this.#requestsMax = Math.min(this.#options.requestsMax, Math.max(SPENT_MIN, SPENT_BURSTS * burst));
    await this.#restIfSpent();
    await this.#firstRelease();
    return this.#confirmed();
  }

  /** What the experiments come to; a verdict that has enough play to fit what two limits did for a while only once it has foretold more. */
  async #confirmed(): Promise<Identified> {
    for (const share of CONFIRMED_AT) {
      const identified = await this.#cycles();
      if (identified.kind !== 'found' || !this.#hasPlay(identified.hypothesis)) return identified;
      const untilMs = Math.ceil(this.#sending.nowMs + share * this.#releaseMs());
      await this.#execute({ kind: 'wait', untilMs, first: 1, gapMs: 0 });
    }
    return this.#cycles();
  }

  /** One early request, then chunks that grow until one is rejected. Gives `none` when nothing ever is. */
  async #firstBurst(): Promise<Identified | null> {
    const startMs = this.#sending.nowMs;
    const pauseMs = refillPauseMs(this.#stream.known, this.#stream.points);
    let sent = 0;
    for (let chunk = 1; ;) {
      const now = await this.#sending.chunk(Math.max(1, Math.min(chunk, this.#options.lookRequests - sent)));
      sent += now.sent;
      if (now.rejected) break;
      const overMs = this.#sending.nowMs - startMs;
      if (sent >= this.#options.lookRequests || overMs >= this.#options.lookMs) {
        await this.#sending.settled();
        return { kind: 'none', looked: { requests: sent, overMs } };
      }
      // What comes bit by bit makes a long record that says no more than a short one.
      if (now.sent === 0 && !(await this.#sending.untilRoom(pauseMs))) {
        return { kind: 'none', looked: { requests: sent, overMs } };
      }
      if (sent === 1) await this.#sending.waitUntil(this.#sending.nowMs + EARLY_MS);
      chunk = Math.max(FIRST_CHUNK, Math.ceil(chunk * GROWTH));
    }
    await this.#sending.settled();
    return null;
  }

  /** Fractions of a request, and what is left of a window in part, bend to much: unless whole numbers were chosen among them already. */
  #hasPlay({ shape }: Hypothesis): boolean {
    return this.#whole === null && (this.#pool.hasFractions || shape.kind === 'sliding-window-counter');
  }

  /** The first burst again, so that it tells what fits. */
  async #fillLate(): Promise<void> {
    await this.#sending.settled();
    const before = this.#viewFrom;
    const admitted = this.#view().filter((batch) => takenOf(batch) > 0);
    const passed = admitted.reduce((sum, batch) => sum + takenOf(batch), 0);
    const last = admitted.at(-1);
    const rested = async () => {
      await this.#sending.settled();
      await this.#sending.waitUntil(this.#sending.nowMs + REST_MS);
      this.#viewFrom = this.#stream.prober.events.length;
    };
    await fillLate(this.#sending, { low: passed - (last?.admitted ?? 1) + 1, high: passed }, this.#lagMs, rested);
    await this.#sending.settled();
    // It refills faster than it can be filled in steps: the first burst has to do.
    if (!this.#view().some(isFullAt)) this.#viewFrom = before;
  }

  /** Geometric in time until something is admitted again. */
  async #firstRelease(): Promise<void> {
    const nowMs = this.#sending.nowMs;
    const view = this.#view();
    const last = view.findLast(isFullAt) as View[number];
    const spent = view.reduce((sum, batch) => sum + takenOf(batch), 0);
    const steps = Math.min(1500, Math.max(60, spent / 3));
    // From 1 ms to an hour in about that many steps; no power, which engines round differently.
    const growth = 1 + 16 / steps;
    const timesMs: number[] = [];
    for (let afterMs = 1; afterMs < 20_000_000; afterMs = Math.max(afterMs + 1, afterMs * growth)) {
      const atMs = Math.ceil(last.atMs + afterMs);
      if (atMs > nowMs && atMs !== timesMs.at(-1)) timesMs.push(atMs);
    }
    const told = this.#stream.prober.events.findLast(({ outcome }) => outcome === 'rejected');
    for (const toldMs of [told?.told.retryAfterMs, told?.told.resetMs]) {
      if (toldMs === null || toldMs === undefined || told === undefined) continue;
      for (const atMs of [told.answeredMs + toldMs - 1000, told.answeredMs + toldMs])
        if (atMs > nowMs) timesMs.push(Math.ceil(atMs));
    }
    timesMs.sort((a, b) => a - b);
    const stride = Math.max(1, timesMs.length / (this.#allowed?.scans ?? timesMs.length));
    await this.#sending.scan(timesMs.filter((_, at) => Math.floor(at / stride) !== Math.floor((at - 1) / stride)));
  }

  /** What the unknown limit admits at once, as far as that is known. */
  get #capacity(): number {
    const { alive } = this.#pool;
    const most = alive.reduce((most, { low }) => Math.max(most, low), 0);
    return most > 0 ? most : this.#burst;
  }

  /** What the known limits let through before they have to rest; null: nothing has to be saved. */
  get #allowed(): (Allowed & { readonly scans: number }) | null {
    if (this.#stream.known.limits.length === 0) return null;
    const capacity = this.#capacity;
    if (!this.#rooms.isRoomy(capacity)) return null;
    const countsRejected = this.#rooms.chargesRejections;
    const requests = this.#rooms.now(capacity);
    return { requests, countsRejected, scans: countsRejected ? Math.max(1, requests) : Number.POSITIVE_INFINITY };
  }

  /** Where the known limits leave too little room for any experiment: once they have rested, all that fits and one more. Time is free. */
  async #restIfSpent(isAnyway = false): Promise<void> {
    await this.#sending.settled();
    if (this.#stream.known.limits.length === 0) return;
    const capacity = this.#capacity;
    if (!this.#rooms.isRoomy(capacity) || !(isAnyway || this.#rooms.isSpent(capacity))) return;
    await this.#rooms.rest();
    const whole = Math.ceil(capacity) + 1;
    this.#rests += 1;
    // All at once tells the times best; what is released bit by bit tells how it is counted.
    const spanMs = this.#rests % 2 === 0 && this.#cycle > 0 ? this.#releaseMs() : 0;
    const spare = this.#rooms.now(capacity) - whole;
    const first = spanMs > 0 ? Math.max(1, Math.min(Math.floor(spare / 2), Math.floor(capacity / 3))) : 0;
    if (first > 0) {
      await this.#stream.prober.sendMany(this.#rooms.fill(first));
      await this.#sending.waitUntil(
        this.#sending.nowMs + Math.ceil(spanMs * (0.1 + 0.5 * ((this.#rests * 0.618) % 1))),
      );
    }
    await this.#stream.prober.sendMany(this.#rooms.fill(whole - first));
  }

  /** After how long what is full admits again, about, ms. */
  #releaseMs(): number {
    const spans = this.#pool.sample(SAMPLE_OF_EACH).map(({ candidate: { shape } }) => {
      if (shape.kind === 'concurrency') return 0;
      return shape.kind === 'token-bucket' ? Math.max(shape.stepMs, 1000 / shape.refillPerSecond) : shape.windowMs;
    });
    return spans.sort((a, b) => a - b)[Math.floor(spans.length / 2)] ?? 0;
  }

  async #cycles(): Promise<Identified> {
    const { cyclesMax } = this.#options;
    for (; this.#cycle < cyclesMax; this.#cycle++) {
      await this.#restIfSpent();
      const view = this.#view();
      this.#pool.refit(view);
      const verdict = this.#checked(verdictOf(this.#pool, view), view);
      if (verdict !== null) return verdict;
      const whole = this.#withstood(view, WITHSTOOD, WITHSTOOD_BY_WINDOW);
      if (whole !== null) return whole;
      if (this.#pool.hasFractions && this.#cycle > this.#wholeUntil + FRACTION_CYCLES) {
        return this.#ambiguous(`${FRACTION_CYCLES} experiments did not tell fractions of a request apart`);
      }
      const spent = this.#stream.prober.events.length - this.#startedAt;
      if (spent >= this.#requestsMax) return this.#ambiguous(`${spent} probes are spent`);
      if (isWholeStepLeft(this.#pool)) {
        const found = this.#checked(rateLeft(this.#pool, this.#counted >= COUNTS_MAX), view);
        if (found !== null) return found;
        if (this.#counted++ < COUNTS_MAX) {
          await this.#countTokens();
          continue;
        }
      }
      if (isCountLeft(this.#pool) && this.#counted++ < COUNTS_MAX) {
        await this.#countTokens();
        continue;
      }
      let plan = this.#plan(view);
      const isOne = () => plan === null || (this.#cycle % 4 === 3 && this.#pool.alive.length < FEW);
      for (let effort = 4; isOne() && !this.#pool.complete && effort <= EFFORT_MAX; effort *= 4) {
        this.#pool.refit(view, effort);
        const verdict = this.#checked(verdictOf(this.#pool, view), view);
        if (verdict !== null) return verdict;
        plan = this.#plan(view);
      }
      if (plan === null && isRateLeft(this.#pool)) {
        const found = this.#checked(rateLeft(this.#pool, this.#counted >= COUNTS_MAX), view);
        if (found !== null) return found;
        if (this.#counted++ < COUNTS_MAX) {
          await this.#countTokens();
          continue;
        }
      }
      if (plan === null && this.#filled)
        return (
          this.#withstood(view, 0, 0) ??
          spacingOf(this.#pool) ??
          this.#ambiguous('no experiment at hand tells them apart')
        );
      // Nothing is learnt from a bucket that is not full: fill it.
      this.#filled = plan === null;
      if (plan === null && this.#allowed !== null) {
        await this.#restIfSpent(true);
        continue;
      }
      const verdictNow = await this.#execute(
        plan ?? { kind: 'wait', untilMs: this.#sending.nowMs, first: 1, gapMs: 0 },
      );
      if (verdictNow !== null) return verdictNow;
    }
    return this.#ambiguous(`${cyclesMax} experiments did not tell them apart`);
  }

  /** A verdict on whole capacities is one only if fractions, as of routes that cost more than 1, do not bring others back to life. */
  #checked(verdict: Identified | null, view: View): Identified | null {
    if (verdict === null || this.#pool.hasFractions) return verdict;
    const pool = this.#pool.withFractions();
    pool.refit(view);
    const same = withFractionsToo(verdict, pool);
    if (same !== null) return same;
    if (verdict.kind === 'conflict' && pool.complete && pool.alive.length === 0) return verdict;
    this.#whole = this.#pool;
    this.#wholeUntil = this.#cycle;
    this.#pool = pool;
    return verdictOf(pool, view);
  }

  /** The verdict on whole capacities, once so many experiments that tell it from fractions have not ruled it out. */
  #withstood(view: View, experiments: number, byWindow: number): Identified | null {
    if (this.#whole === null) return null;
    this.#whole.refit(view);
    if (this.#whole.alive.length === 0) {
      this.#whole = null;
      return null;
    }
    const isLeft = isRateLeft(this.#whole) || isWholeStepLeft(this.#whole);
    const verdict = verdictOf(this.#whole, view) ?? (isLeft ? rateLeft(this.#whole, true) : null);
    if (verdict?.kind !== 'found') return null;
    const { kind } = verdict.hypothesis.shape;
    const isWindow = kind === 'fixed-window' || kind === 'sliding-window-log';
    return this.#cycle >= this.#wholeUntil + (isWindow ? byWindow : experiments) ? verdict : null;
  }

  /** Takes what surely fits, again and again, so that no fraction of a token is lost; how many came shows in the end. */
  async #countTokens(): Promise<void> {
    const ends = this.#pool.sample(SAMPLE_OF_EACH).map(({ candidate }) => hypothesisOf(candidate));
    const fastest = Math.max(...ends.map(({ shape }) => (shape.kind === 'token-bucket' ? shape.refillPerSecond : 0)));
    const capacity = Math.max(...ends.map((hypothesis) => hypothesis.capacity));
    let sent = 0;
    for (let round = 0; sent < TOKENS_COUNTED && round < ROUNDS_COUNTED; round++) {
      await this.#sending.waitUntil(Math.ceil(this.#sending.nowMs + (0.45 * capacity * 1000) / fastest));
      await this.#sending.settled();
      const view = this.#view();
      const rooms = ends.map(
        (hypothesis) => hypothesis.capacity - meterAfter(view, hypothesis).reach(0, this.#sending.nowMs),
      );
      const room = Math.floor(Math.min(...rooms) + 1e-6) - 1;
      if (room < 1) continue;
      const now = await this.#sending.chunk(room);
      sent += now.sent;
      if (now.rejected) break;
    }
    await this.#sending.settled();
    await this.#drain(0);
  }

  #plan(view: View): Plan | null {
    const nowMs = Math.ceil(this.#sending.nowMs) + 1;
    const servicesMs = servicesOf(view);
    const { alive } = this.#pool;
    const nameOf = classesOf(alive);
    const actors: Actor[] = this.#pool.sample(SAMPLE_OF_EACH).map(({ candidate, weight }) => {
      const hypothesis = hypothesisOf(candidate);
      return { hypothesis, meter: meterOf(view, candidate), weight, servicesMs, className: nameOf(candidate) };
    });
    const capacity = Math.max(...actors.map(({ hypothesis }) => hypothesis.capacity));
    const all = this.#pool.sample(120).map(({ candidate, weight }) => {
      const hypothesis = hypothesisOf(candidate);
      return {
        atMs: meterOf(view, candidate).nextFitMs(1, nowMs, hypothesis.capacity),
        weight,
      };
    });
    const waits = all.filter(({ atMs }) => atMs < Number.POSITIVE_INFINITY).sort((a, b) => a.atMs - b.atMs);
    if (waits.length === 0) return null;
    const last = waits.at(-1)?.atMs as number;
    const span = Math.max(1000, (waits[Math.floor(waits.length / 2)]?.atMs as number) - nowMs);
    const plans: Plan[] = [];
    const allowed = this.#allowed ?? undefined;
    const scans = allowed?.scans ?? Number.POSITIVE_INFINITY;
    for (const gapShare of [0, 0.13 + 0.29 * ((this.#cycle * 0.618) % 1)]) {
      const gapMs = Math.round(span * gapShare);
      for (const most of [3, 12, Math.max(60, Math.ceil(capacity / 4))]) {
        const timesMs = quantiles(waits, Math.min(most, scans), nowMs).slice(0, scans);
        if (timesMs.length > 1) plans.push({ kind: 'scan', timesMs, gapMs });
      }
      plans.push({ kind: 'wait', untilMs: nowMs, first: 1, gapMs });
      for (const share of [0.1, 0.3, 0.5, 0.7, 0.9]) {
        plans.push({ kind: 'wait', untilMs: quantileAt(waits, share), first: 1, gapMs });
      }
      for (const times of [0.25, 0.5, 1, 1.6, 2.3]) {
        plans.push({ kind: 'wait', untilMs: Math.ceil(nowMs + (last - nowMs) * times), first: 1, gapMs });
      }
      for (const tokens of [5, 20, 80, 250]) {
        if (tokens < capacity) plans.push({ kind: 'wait', untilMs: Math.ceil(nowMs + span * tokens), first: 1, gapMs });
      }
      const idleMs = Math.min(nowMs + 8_000_000, Math.max(...actors.map(({ meter }) => meter.idleFromMs())));
      if (idleMs > nowMs)
        plans.push({ kind: 'wait', untilMs: Math.ceil(idleMs) + 1, first: Math.ceil(capacity / 3), gapMs });
    }
    const held = actors.find(({ hypothesis }) => hypothesis.shape.kind === 'concurrency');
    const mayHold =
      held !== undefined && 2 * held.hypothesis.capacity + 2 <= (allowed?.requests ?? Number.POSITIVE_INFINITY);
    if (mayHold && actors.length > 1) {
      const untilMs = Math.ceil(Math.max(nowMs, Math.min(nowMs + 4_000_000, last)));
      for (const share of [0.1, 0.25, 0.5, 0.75].map((share) => (share + this.#cycle * 0.618) % 1)) {
        const gapMs = servicesMs[Math.floor(servicesMs.length * share)] ?? 0;
        plans.push({ kind: 'hold', untilMs, first: held.hypothesis.capacity + 1, gapMs });
      }
    }
    // What holds its places until it is answered shows at once, and costs the other families' windows of a few ms nothing to look alike.
    if (this.#holds++ < HOLDS_FIRST && plans.at(-1)?.kind === 'hold') return plans.at(-this.#holds) ?? null;
    const wantsRates = this.#cycle < CYCLES_FOR_RATES && !isRateKnown(alive);
    return choosePlan(plans, actors, nowMs, wantsRates ? 1 : 0.02, allowed);
  }

  /** Carries a plan out; gives an answer where that needs no drain any more. */
  async #execute(plan: Plan): Promise<Identified | null> {
    if (plan.kind === 'hold') {
      await this.#sending.waitUntil(plan.untilMs);
      await this.#sending.hold(plan.first, plan.gapMs);
      return null;
    }
    if (plan.kind === 'scan') {
      if (!(await this.#sending.scan(plan.timesMs))) return null;
      // To drain it may cost all that fits.
      const view = this.#view();
      this.#pool.refit(view);
      const verdict = this.#checked(verdictOf(this.#pool, view), view);
      if (verdict !== null) return verdict;
      // What is admitted alone needs no drain: it is at its limit again.
      const { rejected } = await this.#sending.chunk(1);
      await this.#sending.settled();
      if (rejected) return null;
    } else {
      await this.#sending.waitUntil(plan.untilMs);
      const { rejected } = await this.#sending.chunk(plan.first);
      if (rejected) {
        await this.#sending.settled();
        return null;
      }
    }
    await this.#drain(plan.gapMs);
    return null;
  }

  /** Probes until one is rejected, in chunks that end where some candidate says it is full. */
  async #drain(gapMs: number): Promise<void> {
    if (gapMs > 0) await this.#sending.waitUntil(this.#sending.nowMs + gapMs);
    await this.#sending.settled();
    const view = this.#view();
    const nowMs = this.#sending.nowMs;
    const rooms = this.#pool
      .sample(SAMPLE_OF_EACH)
      .map(({ candidate }) => {
        const hypothesis = hypothesisOf(candidate);
        return Math.floor(hypothesis.capacity - meterOf(view, candidate).reach(0, nowMs) + 1e-6);
      })
      .filter((room) => room >= 0)
      .sort((a, b) => a - b);
    // Not of all that was admitted so far: where known limits slow it down, a drain would be as long as everything before it.
    const most = 3 * Math.max(this.#burst, rooms.at(-1) ?? 0) + 20;
    for (let sent = 0; sent < most;) {
      const room =
        rooms.findLast((room) => room >= sent && room <= sent * GROWTH) ??
        rooms.find((room) => room >= sent) ??
        sent * GROWTH;
      // Where charges are seen late whatever is sent at once passes: whether it was too much shows in what comes next.
      const count = Math.ceil(room) + (this.#lagMs > 0 ? 0 : 1) - sent;
      const now = await this.#sending.chunk(Math.max(1, count));
      sent += now.sent;
      if (now.rejected) break;
      // Where a rest gives room at once, what is left is not asked for bit by bit.
      if (now.sent === 0 && (this.#allowed !== null || !(await this.#sending.untilRoom()))) break;
    }
    await this.#sending.settled();
  }

  #view(): View {
    const { known, prober } = this.#stream;
    // What a known limit explains is no evidence of another one.
    const unexplained = known.limits.length === 0 ? null : new Set(known.unexplained);
    const view = viewOf(
      prober.events,
      {
        costOf: this.#costOf,
        excused: (_, index) => unexplained !== null && (index < this.#startedAt || !unexplained.has(index)),
      },
      this.#viewFrom,
    );
    return this.#lagMs > 0 ? seenLate(view, this.#lagMs, prober.nowMs) : view;
  }

  get #lagMs(): number {
    return this.#stream.lagMs ?? 0;
  }

  #ambiguous(reason: string): Identified {
    const some = this.#pool.sample(20).map(({ candidate }: { candidate: Candidate }) => hypothesisOf(candidate));
    return {
      kind: 'ambiguous',
      candidates: some,
      reason: releasesOf(this.#view()).length === 0 ? `${reason}; nothing was admitted again` : reason,
    };
  }
}

/** What admitted requests took, ascending, at most 400 of them, ms. */
function servicesOf(view: View): number[] {
  const all = view.flatMap(({ atMs, endsMs }) => endsMs.map((endMs) => endMs - atMs)).sort((a, b) => a - b);
  const stride = Math.max(1, all.length / 400);
  return all.filter((_, at) => Math.floor(at / stride) !== Math.floor((at - 1) / stride));
}

/** Times at even shares of the weight, each once. */
function quantiles(waits: readonly { atMs: number; weight: number }[], most: number, nowMs: number): number[] {
  const distinct = [...new Set(waits.map(({ atMs }) => Math.ceil(atMs)))];
  if (distinct.length <= most) return distinct.filter((atMs) => atMs >= nowMs);
  const whole = waits.reduce((sum, { weight }) => sum + weight, 0);
  const times = new Set<number>();
  let passed = 0;
  let next = whole / most;
  for (const { atMs, weight } of waits) {
    passed += weight;
    if (passed < next - 1e-12) continue;
    times.add(Math.ceil(atMs));
    while (next <= passed) next += whole / most;
  }
  return [...times];
}

function quantileAt(waits: readonly { atMs: number; weight: number }[], share: number): number {
  return Math.ceil(waits[Math.min(waits.length - 1, Math.floor(share * waits.length))]?.atMs as number);
}
