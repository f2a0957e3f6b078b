/**
 * Where what is told is not exact it is obeyed all the same, and only what passes and what does not is evidence: the bucket is filled with nothing surplus, and single
 * probes are sent at the times at which about half of what the record leaves would let them pass. What is left is bounded exactly, as in `identify`.
 */
import { hypothesisOf, Pool } from '../fit/pool.ts';
import { type View, viewOf } from '../fit/view.ts';
import { spacingOf, verdictOf } from '../identify/verdict.ts';
import type { ProbeEvent } from '../record.ts';
import { type Identified, soonest, type Stream } from '../stream.ts';
import { Actors } from './actors.ts';

/** Probes that are sent in one go where all of them surely fit. */
const RUN_MAX = 8;
/** Bits below which nothing is worth a probe, or a fill. */
const BITS_MIN = 0.02;
const BITS_OF_FILL_MIN = 0.1;
/** Moves in a row that no answer could have told anything, after which no more is to be expected. */
const IDLE_MAX = 4;
/** One answer rules out half of what is left at best: a refit after each is worth a part of the usual work, and all of it only once few are left. */
const EFFORT_FIRST = 0.15;
const FEW = 3;
const EFFORTS = [1, 4, 16] as const;
/** Moves at most: a bound on the computing. */
const MOVES_MAX = 1000;
/** Said where hypotheses are left. */
const NOT_EXACT = 'what Retry-After told is not exact, and it was obeyed all the same';

/** See the head of this file. */
export class SearchByOutcomes {
  readonly #stream: Stream;
  readonly #from: number;
  readonly #most: number;
  readonly #costOf: (event: ProbeEvent) => number;
  readonly #pool: Pool;
  #view: View = [];
  /** Null: the record holds something that they do not know of. */
  #actors: Actors | null = null;
  #idle = 0;

  /** `from`: the first event of the record that is taken into account; `requests`: most probes from now on. */
  constructor(stream: Stream, from: number, requests: number) {
    this.#stream = stream;
    this.#from = from;
    this.#pool = new Pool(stream.prober.work.forStream());
    this.#most = stream.prober.events.length + requests;
    const own = new Set(stream.points.map(({ identity, route }) => `${identity}/${route}`));
    this.#costOf = stream.costOf ?? (({ identity, route }) => (own.has(`${identity}/${route}`) ? 1 : 0));
  }

  async run(): Promise<Identified> {
    for (let moves = 0; moves < MOVES_MAX && this.#stream.prober.events.length < this.#most; moves++) {
      const done = this.#judged();
      if (done !== null) return done;
      await this.#move();
    }
    return this.answer(NOT_EXACT);
  }

  /** What is known by now. */
  answer(reason: string): Identified {
    const some = this.#pool.sample(4).map(({ candidate }) => hypothesisOf(candidate));
    return some.length === 0 ? this.#conflict() : { kind: 'ambiguous', candidates: some, reason };
  }

  /** Takes the record into account; not null: the answer. */
  #judged(): Identified | null {
    if (this.#idle > IDLE_MAX) return spacingOf(this.#pool) ?? this.answer('no experiment at hand tells them apart');
    if (this.#actors !== null) return null;
    this.#view = this.#viewNow();
    this.#pool.refit(this.#view, EFFORT_FIRST);
    for (const effort of EFFORTS) {
      if (this.#pool.complete || this.#pool.alive.length >= FEW) break;
      this.#pool.refit(this.#view, effort);
    }
    if (this.#pool.alive.length === 0) return this.#conflict();
    const verdict = verdictOf(this.#pool, this.#view);
    if (verdict !== null) return verdict;
    this.#actors = new Actors(this.#pool, this.#view);
    return null;
  }

  async #move(): Promise<void> {
    const { prober } = this.#stream;
    const actors = this.#actors as Actors;
    const room = actors.room(prober.nowMs);
    if (room > 0) {
      await this.#fill(room);
      return;
    }
    const choice = actors.bestTime(prober.nowMs);
    if (choice.bits >= BITS_MIN) {
      this.#idle = 0;
      await prober.waitUntil(choice.atMs);
      await this.#send(1);
      return;
    }
    const fill = actors.bestFill(prober.nowMs, BITS_OF_FILL_MIN);
    if (fill === null) {
      // Nothing that is left of the sample differs: another one may.
      this.#idle += 1;
      this.#actors = null;
      const releaseMs = actors.surelyMs(prober.nowMs);
      if (releaseMs < Number.POSITIVE_INFINITY) await prober.waitUntil(Math.ceil(releaseMs));
      await this.#send(1);
      return;
    }
    await prober.waitUntil(fill.atMs);
    if (fill.first > 0 && !(await this.#fill(fill.first))) return;
    await prober.waitUntil(fill.againMs);
  }

  /** So many, which surely fit. False: one was rejected. */
  async #fill(count: number): Promise<boolean> {
    for (let left = count; left > 0;) {
      const events = await this.#send(Math.min(left, RUN_MAX));
      left -= events.length;
      if (events.some(({ outcome }) => outcome === 'rejected')) return false;
    }
    return true;
  }

  async #send(count: number): Promise<ProbeEvent[]> {
    const { known, prober } = this.#stream;
    const point = soonest(this.#stream);
    const atMs = known.nextFitMs(point, prober.nowMs);
    if (atMs < Number.POSITIVE_INFINITY) await prober.waitUntil(atMs);
    const events = await prober.sendMany(Array.from({ length: count }, () => point));
    for (const event of events) {
      if (event.outcome === 'rejected') {
        this.#actors = null;
        await prober.waitUntil(event.answeredMs + (event.told.retryAfterMs ?? 0));
      }
      const cost = event.outcome === 'admitted' ? this.#costOf(event) : 0;
      // What some of them would have rejected rules these out.
      if (cost > 0 && this.#actors?.admitted(cost, event.sentMs, event.answeredMs) === false) this.#actors = null;
    }
    return events;
  }

  #viewNow(): View {
    const { known, prober } = this.#stream;
    const unexplained = new Set(known.limits.length > 0 ? known.unexplained : []);
    const excused = (_: ProbeEvent, index: number) => known.limits.length > 0 && !unexplained.has(index);
    return viewOf(prober.events, { costOf: this.#costOf, excused }, this.#from);
  }

  #conflict(): Identified {
    return {
      kind: 'conflict',
      from: this.#from,
      reason:
        'what Retry-After told and what happened fit no single limit: it is not exact, or there is more than one limit',
    };
  }
}
