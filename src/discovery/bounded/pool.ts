/** What a record with bounded errors leaves alive, family by family: boxes by branch and bound, windows that begin with the epoch one by one. */
import type { Shape } from '../hypothesis.ts';
import type { Capacities } from './bounds.ts';
import { heldIn } from './concurrency.ts';
import { continuousIn, steppedIn, type TokenBox } from './tokens.ts';
import type { Delays, Volley } from './volleys.ts';
import { counterIn, epochIn, logsIn, openedIn, type WindowBox } from './windows.ts';

/** A box that is alive, or a single window. */
export interface Alive {
  readonly kind: Kind;
  readonly all: boolean;
  readonly capacities: Capacities;
  readonly windows: WindowBox | null;
  readonly tokens: TokenBox | null;
}

/** Kinds of counting that are told apart. */
export type Kind = 'log' | 'opened' | 'epoch' | 'counter' | 'continuous' | 'stepped' | 'held';

/** A kind with what it counts. */
export interface Family {
  readonly kind: Kind;
  readonly all: boolean;
}

/** All that are tried. Fixed windows and concurrency count either way. */
export const FAMILIES: readonly Family[] = [
  { kind: 'epoch', all: false },
  { kind: 'opened', all: false },
  { kind: 'log', all: false },
  { kind: 'log', all: true },
  { kind: 'counter', all: false },
  { kind: 'counter', all: true },
  { kind: 'continuous', all: false },
  { kind: 'continuous', all: true },
  { kind: 'stepped', all: false },
  { kind: 'stepped', all: true },
  { kind: 'held', all: false },
];

/** Longest window and step, ms, and the shortest window. */
const LONGEST_MS = 4_000_000;
const SHORTEST_MS = 50;
const RATE_LOW = 1e-7;
const RATE_HIGH = 100;
/** Boxes of one family that are kept; windows listed one by one, and what stands for them while they are too many. */
const BOXES_MAX = 60;
const LISTED_MAX = 4000;
const SAMPLE = 1500;
/** Volleys that one family is checked against at a refit. */
const WORK_MAX = 3_000_000;

/** All families over one record. */
export class Pool {
  readonly #alive = new Map<Family, readonly Alive[]>();
  readonly #postponed = new Map<Family, number>();
  #refits = 0;
  readonly #listed = new Set<Family>();
  /** Of continuous buckets: steps of less are not seen. */
  #unseenMs: number | null = null;

  /** What is alive, of every family. */
  get alive(): readonly Alive[] {
    return [...this.#alive.values()].flat();
  }

  /** Whether every family is known as a whole: a sample in which nothing is alive proves nothing. */
  get isAllKnown(): boolean {
    return FAMILIES.every((family) => this.isComplete(family));
  }

  /** Whether one family is left, and all of it is known. */
  get decided(): boolean {
    const left = FAMILIES.filter((family) => this.of(family).length > 0);
    return left.length === 1 && this.isAllKnown;
  }

  /** What is alive of one family; of windows that begin with the epoch perhaps a sample. */
  of(family: Family): readonly Alive[] {
    return this.#alive.get(family) ?? [];
  }

  /** Whether what is alive of a family is all there is, not a sample. */
  isComplete(family: Family): boolean {
    return (family.kind !== 'epoch' && family.kind !== 'counter') || this.#listed.has(family);
  }

  /** Checks everything against the record, which has grown. */
  refit(volleys: readonly Volley[], delays: Delays, blurMs: number): void {
    const unseenMs = Math.max(1, 2 * blurMs);
    this.#unseenMs ??= unseenMs;
    this.#refits += 1;
    const context = { volleys, delays, unseenMs: this.#unseenMs };
    for (const family of FAMILIES) this.#alive.set(family, this.#refitted(family, context));
  }

  #refitted(family: Family, context: Context): Alive[] {
    const { kind, all } = family;
    const { volleys, delays } = context;
    if (kind === 'held') {
      const back = Math.min(delays.wayMs, LONGEST_MS);
      const capacities = heldIn(volleys, back, delays.lagMs > 0);
      return capacities === null ? [] : [{ kind, all, capacities, windows: null, tokens: null }];
    }
    if (kind === 'epoch' || kind === 'counter') return this.#windows(family, context);
    const before = this.#alive.get(family) ?? [whole(family, context.unseenMs)];
    return splitting(before, context);
  }

  /** Windows that begin with the epoch: a sample over all lengths until few enough are left to list them. */
  #windows(family: Family, context: Context): Alive[] {
    const one = (windowMs: number) => checked(single(family, windowMs), context);
    const before = this.#alive.get(family);
    if (this.#listed.has(family)) return (before ?? []).flatMap((alive) => checked(alive, context) ?? []);
    const shortestMs = shortestOf(context.unseenMs);
    const ratio = LONGEST_MS / shortestMs;
    const sample: Alive[] = [];
    let expected = 0;
    for (let at = 0; at < SAMPLE; at++) {
      // Lengths a golden ratio of a step off any grid.
      const windowMs = Math.round(shortestMs * Math.exp(((at + ((at * 0.618034) % 1)) / SAMPLE) * Math.log(ratio)));
      const alive = one(windowMs);
      if (alive === null) continue;
      expected += Math.max(1, (windowMs * Math.log(ratio)) / SAMPLE);
      sample.push(alive);
    }
    const isLater = (this.#postponed.get(family) ?? 0) > this.#refits;
    if (expected > LISTED_MAX || (isLater && sample.length > 0)) return sample;
    // All lengths are tried one by one: not soon again, should that come too early.
    this.#postponed.set(family, 2 * this.#refits + 2);
    const list: Alive[] = [];
    for (let windowMs = shortestMs; windowMs <= LONGEST_MS; windowMs++) {
      const alive = one(windowMs);
      if (alive !== null) list.push(alive);
      // Those found so far stand for the rest.
      if (list.length > 4 * LISTED_MAX) return sample.length > 0 ? sample : list;
    }
    this.#listed.add(family);
    return list;
  }
}

/** Windows that are no longer than the delays nobody can see. */
function shortestOf(unseenMs: number): number {
  return Math.ceil(Math.max(SHORTEST_MS, 2 * unseenMs));
}

interface Context {
  readonly volleys: readonly Volley[];
  readonly delays: Delays;
  readonly unseenMs: number;
}

const ANY: Capacities = { low: 1, high: Number.POSITIVE_INFINITY };

function whole({ kind, all }: Family, unseenMs: number): Alive {
  const windows = { low: shortestOf(unseenMs), high: LONGEST_MS };
  if (kind === 'log' || kind === 'opened') return { kind, all, capacities: ANY, windows, tokens: null };
  const rates = { rateLow: RATE_LOW, rateHigh: RATE_HIGH };
  const tokens =
    kind === 'continuous'
      ? { ...rates, stepLow: 0, stepHigh: unseenMs }
      : { ...rates, stepLow: unseenMs, stepHigh: LONGEST_MS };
  return { kind, all, capacities: ANY, windows: null, tokens };
}

function single({ kind, all }: Family, windowMs: number): Alive {
  return { kind, all, capacities: ANY, windows: { low: windowMs, high: windowMs }, tokens: null };
}

/** Splits what is alive, the widest first, until all is narrow or there are enough boxes. */
function splitting(before: readonly Alive[], context: Context): Alive[] {
  let open = before.flatMap((alive) => checked(alive, context) ?? []);
  let work = WORK_MAX / Math.max(1, context.volleys.length) - before.length;
  while (open.length > 0 && open.length < BOXES_MAX && work > 0) {
    const widest = open.reduce((best, one) => (widthOf(one, context) > widthOf(best, context) ? one : best));
    if (widthOf(widest, context) <= 1) break;
    const halves = halvesOf(widest, context).flatMap((half) => checked(half, context) ?? []);
    work -= 2;
    open = open.filter((one) => one !== widest);
    open.push(...halves);
  }
  return open;
}

/** Boxes are narrow that are no wider than this share. */
const NARROW = 0.001;

/** How wide a box is, in narrow ones. */
function widthOf({ windows, tokens }: Alive, { unseenMs }: Context): number {
  if (windows !== null) return Math.min(Math.log(windows.high / windows.low) / NARROW, windows.high - windows.low);
  if (tokens === null) return 0;
  return Math.max(Math.log(tokens.rateHigh / tokens.rateLow) / NARROW, stepWidthOf(tokens, unseenMs));
}

function stepWidthOf({ stepLow, stepHigh }: TokenBox, unseenMs: number): number {
  if (stepLow === 0) return 0;
  return Math.min(Math.log(stepHigh / stepLow) / (2 * NARROW), (20 * (stepHigh - stepLow)) / unseenMs);
}

function halvesOf(alive: Alive, { unseenMs }: Context): Alive[] {
  const { windows, tokens } = alive;
  if (windows !== null) {
    const middle = Math.floor(Math.sqrt(windows.low * windows.high));
    const from = Math.min(middle + 1, windows.high);
    return [
      { ...alive, windows: { low: windows.low, high: middle } },
      { ...alive, windows: { low: from, high: windows.high } },
    ];
  }
  if (tokens === null) return [];
  const { rateLow, rateHigh, stepLow, stepHigh } = tokens;
  if (Math.log(rateHigh / rateLow) / NARROW >= stepWidthOf(tokens, unseenMs)) {
    const middle = Math.sqrt(rateLow * rateHigh);
    return [
      { ...alive, tokens: { ...tokens, rateHigh: middle } },
      { ...alive, tokens: { ...tokens, rateLow: middle } },
    ];
  }
  const middle = Math.sqrt(stepLow * stepHigh);
  return [
    { ...alive, tokens: { ...tokens, stepHigh: middle } },
    { ...alive, tokens: { ...tokens, stepLow: middle } },
  ];
}

/** Steps that fill all but so little of a bucket make a fixed window of it. */
const TRIFLE = 0.004;

/** Whether a bucket is full again within the delays, which nobody can see, or by one step, which makes a fixed window of it. */
function fillsAtOnce(kind: Kind, { rateLow, stepLow }: TokenBox, { high }: Capacities, unseenMs: number): boolean {
  if (rateLow * 2 * unseenMs >= high) return true;
  return kind === 'stepped' && rateLow * stepLow * (1 + TRIFLE) >= Math.ceil(high - 1e-6) - 1;
}

/** A box with the capacities that the record leaves it, null: none. */
function checked(alive: Alive, { volleys, delays, unseenMs }: Context): Alive | null {
  const { kind, all, windows, tokens, capacities: before } = alive;
  const conditions = { all, lags: delays.lagMs > 0 };
  if (kind === 'continuous' || kind === 'stepped') {
    const box = tokens as TokenBox;
    if (fillsAtOnce(kind, box, before, unseenMs)) return null;
    const check = kind === 'continuous' ? continuousIn : steppedIn;
    const capacities = check(box, volleys, conditions, before);
    if (capacities === null) return null;
    if (fillsAtOnce(kind, box, capacities, unseenMs)) return null;
    return { ...alive, capacities };
  }
  const box = windows as WindowBox;
  const capacities =
    kind === 'log'
      ? logsIn(box, volleys, conditions)
      : kind === 'opened'
        ? openedIn(box, volleys, conditions)
        : kind === 'epoch'
          ? epochIn(box.low, volleys, conditions)
          : counterIn(box.low, volleys, conditions);
  return capacities === null ? null : { ...alive, capacities };
}

/** A hypothesis in the middle of a box. */
export function shapeOf({ kind, windows, tokens }: Alive): Shape {
  const windowMs = windows === null ? 0 : Math.round((windows.low + windows.high) / 2);
  switch (kind) {
    case 'log':
      return { kind: 'sliding-window-log', windowMs };
    case 'counter':
      return { kind: 'sliding-window-counter', windowMs };
    case 'opened':
      return { kind: 'fixed-window', windowMs, anchor: 'first-request' };
    case 'epoch':
      return { kind: 'fixed-window', windowMs, anchor: 'epoch' };
    case 'held':
      return { kind: 'concurrency' };
    default:
  }
  const { rateLow, rateHigh, stepLow, stepHigh } = tokens as TokenBox;
  const refillPerSecond = 500 * (rateLow + rateHigh);
  return { kind: 'token-bucket', refillPerSecond, stepMs: stepLow === 0 ? 0 : Math.round((stepLow + stepHigh) / 2) };
}

/** A capacity that fits best: a whole one where there is one. */
export function capacityOf({ capacities: { low, high } }: Alive): number {
  const most = Number.isFinite(high) ? high : 2 * low;
  const middle = (low + most) / 2;
  const whole = Math.round(middle);
  return whole >= low && whole <= most ? whole : Math.ceil(low) <= most ? Math.ceil(low) : middle;
}
