/**
 * The hands of an identification beside other clients: takes all that a limit gives at an instant, again and again. Where one takes at once whatever comes
 * free, others find the limit full, and what they use all but vanishes from the record.
 */
import type { Point } from '../black-box.ts';
import type { Prober } from '../prober.ts';
import type { ProbeEvent } from '../record.ts';
import { underWay } from '../prober-stops.ts';

/** All that was given at one instant. */
export interface Take {
  readonly atMs: number;
  /** By then all of it was decided, ms: later than `atMs` where the way there takes differently long. */
  readonly untilMs: number;
  readonly admitted: number;
  readonly rejected: number;
  /** Whether it went on until something was rejected. */
  readonly full: boolean;
}

/** From rest on: what was taken, in order. Epoch ms. */
export type Round = readonly Take[];

/** Probes of one look: two, so that one that an unrelated error answers costs nothing. */
const LOOK = 2;
/** Times of rejections are read so much longer than any was yet. */
const TOLD_MORE_MS = 1;

/** See the head of this file. */
export class Hands {
  readonly #prober: Prober;
  readonly #points: readonly Point[];
  readonly #most: number;
  readonly #blurMs: number;
  readonly #first: number;
  readonly #underWay = new WeakMap<Take, readonly Promise<ProbeEvent[]>[]>();
  /** Volleys of looks whose answers may be under way. */
  readonly #left = new Set<Promise<ProbeEvent[]>>();
  /** What was given to the two largest volleys. */
  #largest: number[] = [];
  /** The longest that a rejection took so far. */
  #rejectionMs = 0;

  /** `most`: probes of one volley. `blurMs`: how much later than sent a probe may be decided. */
  constructor(prober: Prober, points: readonly Point[], most: number, blurMs = 0) {
    this.#prober = prober;
    this.#points = points;
    this.#most = most;
    this.#blurMs = blurMs;
    this.#first = prober.events.length;
    this.#noteTrips(prober.events);
  }

  get nowMs(): number {
    return this.#prober.nowMs;
  }

  get blurMs(): number {
    return this.#blurMs;
  }

  /**
   * Most that was given to one volley. Where ways take differently long a volley may straddle a moment at which more was given, so that what was seen only
   * once is not believed.
   */
  get mostAtOnce(): number {
    const [most = 0, second = most] = this.#largest;
    return this.#blurMs > 0 ? second : most;
  }

  get spent(): number {
    return this.#prober.events.length - this.#first;
  }

  async waitUntil(atMs: number): Promise<void> {
    await this.#prober.waitUntil(atMs);
  }

  /** So many probes at this instant. As far as is known by the time at which rejections are told: see {@link settled}. */
  async send(count: number): Promise<Take> {
    const atMs = this.nowMs;
    const from = this.#prober.events.length;
    const many = this.#sizeOf(count);
    const answers = underWay(this.#volley(many));
    this.#left.add(answers);
    const toldMs = this.#toldMs();
    if (toldMs !== null) await this.waitUntil(atMs + toldMs);
    const isSent = this.#prober.events.length >= from + many;
    const told = toldMs !== null && isSent ? this.#prober.events.slice(from, from + many) : await answers;
    if (told.every((event) => event !== undefined)) this.#left.delete(answers);
    const take = takeOf(atMs, told, this.#blurMs);
    this.#underWay.set(take, [answers]);
    return take;
  }

  /** Everything that is there; `guess`: how much that may be. */
  async take(guess: number): Promise<Take> {
    return this.#joined(await this.#takes(guess));
  }

  /** The same, each volley by itself. */
  async #takes(guess: number): Promise<Take[]> {
    const takes: Take[] = [];
    let admitted = 0;
    for (let count = guess; admitted < this.#most;) {
      const seen = await this.send(count);
      takes.push(seen);
      admitted += seen.admitted;
      if (seen.full) break;
      count = Math.max(LOOK, admitted * 2);
    }
    return takes;
  }

  /** Waits for all answers that are still under way. */
  async finished(): Promise<void> {
    await Promise.all(this.#left);
  }

  /** What became of takes once all of their answers are there. */
  async settled(takes: readonly Take[]): Promise<Take[]> {
    const settled: Take[] = [];
    for (const take of takes) {
      const answers = this.#underWay.get(take) ?? [];
      const volleys = await Promise.all(answers);
      for (const answered of answers) this.#left.delete(answered);
      settled.push(volleys.length === 0 ? take : { ...takeOf(take.atMs, volleys.flat(), 0), untilMs: take.untilMs });
    }
    return settled;
  }

  /** Looks until `untilMs` every `everyMs`, and takes whatever is there. `size`: most that may be there at once. */
  async watch(untilMs: number, everyMs: number, size: number): Promise<Take[]> {
    const takes: Take[] = [];
    let expected = 1;
    for (let nextMs = this.nowMs; nextMs < untilMs; nextMs = Math.max(nextMs + everyMs, this.nowMs)) {
      await this.waitUntil(nextMs);
      const seen = [await this.send(Math.min(size, expected) + 1)];
      const [first] = seen as [Take];
      if (!first.full && first.admitted > 0)
        seen.push(...(await this.#takes(Math.max(LOOK, Math.min(size, 3 * expected)))));
      const admitted = seen.reduce((sum, take) => sum + take.admitted, 0);
      // What comes evenly is asked for at once; what comes in bursts is not expected again.
      expected = admitted > 8 * expected ? expected : Math.max(1, Math.min(admitted, Math.ceil(size / 8)));
      takes.push(...seen);
    }
    return takes;
  }

  /** Looks `times` times every `everyMs` without waiting for the answers. */
  async rattle(times: number, everyMs: number, count: number): Promise<ProbeEvent[][]> {
    const looks: Promise<ProbeEvent[]>[] = [];
    const fromMs = this.nowMs;
    for (let at = 0; at < times; at++) {
      await this.waitUntil(fromMs + at * everyMs);
      looks.push(underWay(this.#volley(this.#sizeOf(count))));
    }
    return Promise.all(looks);
  }

  /** One after the other, as one take from the first on. */
  #joined(takes: readonly Take[]): Take {
    const joined: Take = {
      atMs: takes[0]?.atMs ?? this.nowMs,
      untilMs: takes.at(-1)?.untilMs ?? this.nowMs,
      admitted: takes.reduce((sum, { admitted }) => sum + admitted, 0),
      rejected: takes.reduce((sum, { rejected }) => sum + rejected, 0),
      full: takes.at(-1)?.full === true,
    };
    this.#underWay.set(
      joined,
      takes.flatMap((take) => this.#underWay.get(take) ?? []),
    );
    return joined;
  }

  /** Rejections take no service: whatever is not rejected by then was admitted, or tells nothing. Null: none was seen yet. */
  #toldMs(): number | null {
    return this.#rejectionMs === 0 ? null : Math.ceil(this.#rejectionMs) + TOLD_MORE_MS;
  }

  #sizeOf(count: number): number {
    return Math.max(1, Math.min(this.#most, Math.round(count)));
  }

  async #volley(many: number): Promise<ProbeEvent[]> {
    const point = this.#points[0] as Point;
    const answers = await this.#prober.sendMany(Array.from({ length: many }, () => point));
    this.#noteTrips(answers);
    const admitted = answers.filter(({ outcome }) => outcome === 'admitted').length;
    this.#largest = [...this.#largest, admitted].sort((a, b) => b - a).slice(0, 2);
    return answers;
  }

  #noteTrips(events: readonly ProbeEvent[]): void {
    for (const { outcome, sentMs, answeredMs } of events) {
      if (outcome === 'rejected') this.#rejectionMs = Math.max(this.#rejectionMs, answeredMs - sentMs);
    }
  }
}

/** What came of one volley; what is still under way was admitted. */
export function takeOf(atMs: number, events: readonly (ProbeEvent | undefined)[], blurMs = 0): Take {
  let admitted = 0;
  let rejected = 0;
  for (const event of events) {
    if (event === undefined || event.outcome === 'admitted') admitted += 1;
    if (event?.outcome === 'rejected') rejected += 1;
  }
  return { atMs, untilMs: atMs + blurMs, admitted, rejected, full: rejected > 0 };
}
