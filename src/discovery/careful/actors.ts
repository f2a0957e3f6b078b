/** The hypotheses that are left, at work: what surely fits, and which experiment tells them apart without defying anything. */
import { meterAfter, type Pool } from '../fit/pool.ts';
import type { View } from '../fit/view.ts';
import type { Hypothesis } from '../hypothesis.ts';
import type { Meter } from '../meters/meter.ts';

const SAMPLE_OF_EACH = 20;
const EVEN_TIMES = 24;
const QUANTILES = 24;
/** Shares of a bucket's span by which a fill is delayed, and parted. */
const DELAYS = [0, 0.23, 0.41, 0.67, 1.3] as const;
const GAPS = [0.13, 0.31, 0.57] as const;
const PARTS = [0.3, 0.6] as const;
/** Releases closer together than this are one. */
const APART_MS = 4;
const SLACK = 1e-6;

/** One hypothesis in the state after the record. */
interface Actor {
  readonly hypothesis: Hypothesis;
  readonly meter: Meter;
  readonly weight: number;
}

/** A time and what its answer would tell, in bits. */
interface Telling {
  readonly atMs: number;
  readonly bits: number;
}

/** A fill in two parts. */
interface Parted {
  readonly atMs: number;
  readonly first: number;
  readonly againMs: number;
}

/** See the head of this file. */
export class Actors {
  readonly #actors: readonly Actor[];

  constructor(pool: Pool, view: View) {
    this.#actors = pool.sample(SAMPLE_OF_EACH).flatMap(({ candidate: { shape, counts, low, high }, weight }) => {
      const capacities = high > low && high < Number.POSITIVE_INFINITY ? [low, high] : [low];
      return capacities.map((capacity) => {
        const hypothesis = { shape, counts, capacity };
        return { hypothesis, meter: meterAfter(view, hypothesis), weight: weight / capacities.length };
      });
    });
  }

  /** Whether every one of them would have admitted `count` requests at `atMs`, which were; they are charged. */
  admitted(count: number, atMs: number, answeredMs: number): boolean {
    let agree = true;
    for (const { meter, hypothesis } of this.#actors) {
      agree &&= meter.reach(count, atMs) <= hypothesis.capacity + SLACK;
      meter.charge(count, atMs, answeredMs, true, hypothesis.capacity);
    }
    return agree;
  }

  /** How many requests of 1 surely fit, whichever is true. */
  room(atMs: number): number {
    return roomOf(this.#actors, atMs);
  }

  /** When the next request surely fits, if nothing else is sent. */
  surelyMs(fromMs: number): number {
    return Math.max(fromMs, ...this.#releases(fromMs));
  }

  /** The most telling time for one probe from `fromMs` on; among equals the earliest. */
  bestTime(fromMs: number): Telling {
    const releases = this.#releases(fromMs).sort((a, b) => a - b);
    let best: Telling = { atMs: fromMs, bits: 0 };
    for (const atMs of timesToTry(releases, fromMs)) {
      const bits = this.#bitsAt(atMs);
      if (bits > best.bits + 1e-9) best = { atMs, bits };
    }
    return best;
  }

  /** The fill, delayed or parted, after which they differ most in when they release; null: after none. `bitsMin`: what it must tell. */
  bestFill(fromMs: number, bitsMin: number): Parted | null {
    const releaseMs = this.surelyMs(fromMs);
    if (releaseMs === Number.POSITIVE_INFINITY) return null;
    const spanMs = this.#spanMs();
    let best: Parted | null = null;
    let most = bitsMin;
    for (const delay of DELAYS) {
      const atMs = Math.ceil(releaseMs + delay * spanMs);
      for (const share of [1, ...PARTS]) {
        for (const gap of share === 1 ? [0] : GAPS) {
          const fill = { atMs, againMs: Math.ceil(atMs + gap * spanMs) };
          const { first, bits } = this.#afterFill(fill, share);
          if (bits <= most + 1e-9) continue;
          most = bits;
          best = { ...fill, first };
        }
      }
    }
    return best;
  }

  #releases(fromMs: number): number[] {
    return this.#actors.map(({ meter, hypothesis }) => meter.nextFitMs(1, fromMs, hypothesis.capacity));
  }

  #bitsAt(atMs: number): number {
    const seen = new Map<number, number>();
    for (const { meter, hypothesis, weight } of this.#actors) {
      const label = meter.reach(1, atMs) <= hypothesis.capacity + SLACK ? 1 : 0;
      seen.set(label, (seen.get(label) ?? 0) + weight);
    }
    return entropyOf(seen);
  }

  #afterFill({ atMs, againMs }: Omit<Parted, 'first'>, share: number): { first: number; bits: number } {
    const drafts = this.#actors.map((actor) => ({ ...actor, meter: actor.meter.clone() }));
    const first = Math.ceil(share * roomOf(drafts, atMs));
    for (const { meter, hypothesis } of drafts)
      if (first > 0) meter.charge(first, atMs, atMs, true, hypothesis.capacity);
    const rest = roomOf(drafts, againMs);
    const seen = new Map<number, number>();
    for (const { meter, hypothesis, weight } of drafts) {
      if (rest > 0) meter.charge(rest, againMs, againMs, true, hypothesis.capacity);
      const waitMs = meter.nextFitMs(1, againMs, hypothesis.capacity) - againMs;
      const label = Math.round(waitMs / APART_MS);
      seen.set(label, (seen.get(label) ?? 0) + weight);
    }
    return { first, bits: entropyOf(seen) };
  }

  /** About how long a bucket takes to be whole again. */
  #spanMs(): number {
    const spans = this.#actors.map(({ hypothesis: { shape, capacity } }) => {
      if ('windowMs' in shape) return shape.windowMs;
      return shape.kind === 'token-bucket' ? (capacity / shape.refillPerSecond) * 1000 : 0;
    });
    return spans.sort((a, b) => a - b)[spans.length >> 1] ?? 0;
  }
}

function roomOf(actors: readonly Actor[], atMs: number): number {
  const rooms = actors.map(({ meter, hypothesis }) => hypothesis.capacity - meter.reach(0, atMs));
  return Math.max(0, Math.floor(Math.min(...rooms) + SLACK));
}

/** Timers know whole milliseconds: times are a whole number of them from now. */
function timesToTry(releases: readonly number[], fromMs: number): number[] {
  const finite = releases.filter((ms) => ms < Number.POSITIVE_INFINITY);
  const lastMs = Math.max(fromMs, finite.at(-1) ?? fromMs);
  const times = new Set([fromMs]);
  const add = (atMs: number) => times.add(fromMs + Math.max(0, Math.ceil(atMs - fromMs - 1e-6)));
  // At a release: those that release no later pass, the others do not.
  for (let at = 0; at < Math.min(QUANTILES, finite.length); at++)
    add(finite[Math.floor((finite.length * at) / Math.min(QUANTILES, finite.length))] as number);
  for (let at = 1; at <= EVEN_TIMES; at++) add(fromMs + ((lastMs - fromMs) * at) / EVEN_TIMES);
  return [...times].sort((a, b) => a - b);
}

function entropyOf(weights: ReadonlyMap<number, number>): number {
  let whole = 0;
  for (const weight of weights.values()) whole += weight;
  let bits = 0;
  for (const weight of weights.values()) bits -= (weight / whole) * Math.log2(weight / whole);
  return bits;
}
