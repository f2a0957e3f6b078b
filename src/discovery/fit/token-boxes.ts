/**
 * The token buckets that a view allows, by branch and bound over boxes of step and capacity. What holds for a box holds for all in it: the bounds on
 * the rate r are taken at the ends of the box that allow most. Between two instants at which the bucket is full, what was spent is
 *
 *     m            or, once a rejected charge took what there was (at `perMs` refilled),        C + m + perMs r
 *
 * and with `counted` ms refilled since the charge that found it full, `slope` = counted - perMs:
 *
 *     admitted:  r >= (m - C) / slope      rejected:  r < (m + cost - C) / slope      (without C in the second case)
 *     full again:  m <= slope r            (m + C in the second case)
 *
 * Where both full and not are possible, both are followed. A full bucket remembers nothing: from one batch on each rate is followed once, whatever ways
 * lead there, so that ways do not multiply. For a box of one step and one capacity the bounds are exact.
 */
import type { Range } from '../stream.ts';
import { unionOf } from './spans.ts';
import { extendsView, type TokenView, tokenViewOf } from './token-view.ts';
import type { View } from './view.ts';

/** Steps (ms; 0 to 0: continuous) and capacities from low to high, whole numbers, ends included. */
export interface TokenBox {
  /** Where given, capacities are any numbers, and what is no wider than this is not split any more. */
  readonly grain?: number;
  readonly stepLow: number;
  readonly stepHigh: number;
  readonly capacityLow: number;
  readonly capacityHigh: number;
}

/** Batches that may still be replayed; counted down. */
export interface Work {
  batches: number;
}

/** Ways to follow of one box: beyond that a bound against never ending. */
const BRANCHES_MAX = 1000;
/** Steps of less, or that bring fewer tokens, are not told from continuous refill. */
export const STEP_MS_MIN = 12;
export const STEP_TOKENS_MIN = 0.04;

/**
 * Branches, the last one first: `at`, the next batch of the view; rates from `low` to `high`; `sinceMs`, the charge that found the bucket full (NaN: it
 * is full); m is between `least` and `most`; `emptyMs`, whether a rejected charge took what there was, and when (NaN: no); `notFullAt`, the batch before
 * which it is settled that the bucket is not full (-1: none). Numbers in a row, as tens of thousands are made and dropped at each refit.
 */
type Branches = number[];
const BRANCH_SIZE = 8;

/** A branch from a bucket that is full before a batch. */
function pushFull(to: Branches, at: number, low: number, high: number): void {
  to.push(at, low, high, Number.NaN, 0, 0, Number.NaN, -1);
}

/** Rates (per ms) that a box allows; for one step and one capacity exactly these, else at least these. Empty: none. */
export function ratesIn(box: TokenBox, view: View, all: boolean, work?: Work): Range[] {
  return new BoxReplay(box, all).rates(tokenViewOf(view, all), work);
}

/** The replay of a box, which goes on where it was once the view has grown. */
export class BoxReplay {
  readonly box: TokenBox;
  /** One bucket in it that was alive when it was last looked for. */
  witness: BoxReplay | null = null;
  readonly #all: boolean;
  readonly #isOne: boolean;
  #open: Branches = [];
  readonly #fromFull = new RatesFromFull();
  /** Alive at the end of the view; of a box of several one will do. */
  #found: Branches = [];
  #tried = 0;
  #seen: TokenView | null = null;
  #rates: Range[] = [];

  constructor(box: TokenBox, all: boolean) {
    this.box = box;
    this.#all = all;
    this.#isOne = isSingle(box);
  }

  /** See {@link ratesIn}. */
  rates(view: TokenView, work?: Work): Range[] {
    if (this.#seen === view) return this.#rates;
    const goesOn = this.#seen !== null && extendsView(view, this.#seen);
    // What is ruled out once stays so.
    if (!goesOn) this.#begin();
    else if (this.#rates.length === 0) return [];
    this.#seen = view;
    return (this.#rates = view.mostNeeded > this.box.capacityHigh ? [] : this.#follow(view, work));
  }

  #begin(): void {
    const { low, high } = this.#span();
    this.#open = [];
    if (low < high) pushFull(this.#open, 0, low, high);
    this.#found = [];
    this.#fromFull.clear();
    this.#tried = 0;
  }

  #span(): Range {
    const { grain, stepLow, stepHigh, capacityHigh } = this.box;
    // A step that refills everything is a fixed window from the first request on.
    // So is, but for next to nothing, one that refills all requests that fit, where a fraction of one is left over.
    const most = grain === undefined ? capacityHigh : Math.ceil(capacityHigh) - 1 - 2 * grain;
    const tokensMin = grain === undefined ? STEP_TOKENS_MIN : Math.max(STEP_TOKENS_MIN, 2.5 * grain);
    return {
      low: stepHigh > 0 ? tokensMin / stepHigh : 0,
      high: stepLow > 0 ? most / stepLow : Number.POSITIVE_INFINITY,
    };
  }

  #follow(view: TokenView, work: Work | undefined): Range[] {
    const isOne = this.#isOne;
    const open = this.#open;
    const before = this.#found;
    const found: Branches = (this.#found = []);
    for (;;) {
      const from = before.length > 0 ? before : open;
      if (from === open) {
        // Too many ways to follow: what is a box is not ruled out by that.
        if (this.#tried >= BRANCHES_MAX) return isOne ? ratesOf(found) : [this.#span()];
        if (open.length === 0) return ratesOf(found);
        this.#tried += 1;
      }
      const at = view.places[from[from.length - BRANCH_SIZE] as number] as number;
      const until = follow(this.box, view, this.#all, from, open, found, this.#fromFull);
      if (work !== undefined) work.batches -= (until < 0 ? ~until : until) - at + 1;
      if (until >= 0 && !isOne) return ratesOf(found);
    }
  }
}

function ratesOf(found: Branches): Range[] {
  const rates: Range[] = [];
  for (let at = 0; at < found.length; at += BRANCH_SIZE)
    rates.push({ low: found[at + 1] as number, high: found[at + 2] as number });
  return rates.length < 2 ? rates : unionOf(rates);
}

/** Rates that were followed from a full bucket on, by batch: the same state again, whatever came before. */
class RatesFromFull {
  /** Batch, low, high, and so on; those of one batch are apart. */
  #followed: number[] = [];
  /** What {@link next} gave. */
  low = 0;
  high = 0;

  clear(): void {
    this.#followed = [];
  }

  /** The first of the rates that were not followed yet from this batch on; the others go to `open`. False: all were. They are from now on. */
  next(batch: number, from: number, to: number, open: Branches): boolean {
    const followed = this.#followed;
    let low = from;
    let high = to;
    for (let at = 0; at < followed.length && low < high; at += 3) {
      if (followed[at] !== batch) continue;
      const least = followed[at + 1] as number;
      const most = followed[at + 2] as number;
      if (most <= low || least >= high) continue;
      if (least > low && most < high && this.next(batch, most, high, open)) pushFull(open, batch, this.low, this.high);
      if (least > low) high = least;
      else low = most;
    }
    if (low >= high) return false;
    followed.push(batch, low, high);
    this.low = low;
    this.high = high;
    return true;
  }
}

/**
 * Follows the last branch of `from` to the end of the view, to `found`, or to the place that rules it out, of which it gives the complement; what it may
 * be otherwise goes to `open`.
 */
function follow(
  box: TokenBox,
  view: TokenView,
  all: boolean,
  from: Branches,
  open: Branches,
  found: Branches,
  fromFull: RatesFromFull,
): number {
  const { stepLow, stepHigh, capacityLow, capacityHigh } = box;
  const { size, timesMs, needed, takens, costs, full, emptied, excused, decided, over } = view;
  const isContinuous = stepHigh === 0;
  const isOneStep = stepLow === stepHigh;
  const top = from.length - BRANCH_SIZE;
  let at = view.places[from[top] as number] as number;
  let low = from[top + 1] as number;
  let high = from[top + 2] as number;
  let sinceMs = from[top + 3] as number;
  let least = from[top + 4] as number;
  let most = from[top + 5] as number;
  let emptyMs = from[top + 6] as number;
  const settledAt = from[top + 7] as number;
  const notFullAt = settledAt === -1 ? -1 : (view.places[settledAt] as number);
  from.length = top;
  let isFull = Number.isNaN(sinceMs);
  let isEmpty = !Number.isNaN(emptyMs);
  for (; at < size; at++) {
    const atMs = timesMs[at] as number;
    const taken = takens[at] as number;
    const asked = needed[at] as number;
    const isFilled = full[at] === 1;
    const isDecided = decided[at] === 1;
    // Whoever was rejected did not find the bucket full of tokens, neither then nor by what was seen later.
    const isRejected = isFilled || (taken === 0 && emptied[at] === 1);
    let slopeLow = 0;
    let slopeHigh = 0;
    if (!isFull) {
      const elapsedMs = atMs - sinceMs;
      if (isContinuous) slopeLow = slopeHigh = elapsedMs;
      else if (isOneStep) slopeLow = slopeHigh = Math.floor(elapsedMs / stepLow) * stepLow;
      else {
        slopeLow = countedLow(elapsedMs, stepLow, stepHigh);
        slopeHigh = countedHigh(elapsedMs, stepLow, stepHigh);
      }
      if (isEmpty) {
        const afterMs = emptyMs - sinceMs;
        slopeLow = Math.max(0, slopeLow - countedHigh(afterMs, stepLow, stepHigh));
        slopeHigh = Math.min(slopeHigh - countedLow(afterMs, stepLow, stepHigh), elapsedMs - afterMs + stepHigh);
      }
      if (slopeHigh > 0 && notFullAt !== at && (!isDecided || isFilled)) {
        const fullFrom = (isEmpty ? least + capacityLow : least) / slopeHigh;
        if (high > fullFrom) {
          const spent = isEmpty ? most + capacityHigh : most;
          const fullSurely = slopeLow > 0 ? spent / slopeLow : Number.POSITIVE_INFINITY;
          if (taken === 0 && isRejected) {
            // A full bucket would not have rejected it.
            if (fullSurely < high) high = fullSurely;
          } else {
            if (low < fullSurely) {
              const index = view.batches[at] as number;
              open.push(index, low, Math.min(high, fullSurely), sinceMs, least, most, emptyMs, index);
            }
            if (!fromFull.next(view.batches[at] as number, Math.max(low, fullFrom), high, open)) return ~at;
            ({ low, high } = fromFull);
            isFull = true;
          }
        }
      }
    }
    if (low >= high * (1 - 1e-13) || (isFull && taken === 0 && isRejected)) return ~at;
    if (isFull && !isDecided) {
      sinceMs = atMs;
      least = most = 0;
      emptyMs = Number.NaN;
      isFull = isEmpty = false;
      slopeLow = slopeHigh = 0;
    }
    if (asked > 0 && !isFull) {
      const missing = least + asked - (isEmpty ? 0 : capacityHigh);
      if (missing > 0) {
        if (slopeHigh <= 0) return ~at;
        if (missing / slopeHigh > low) low = missing / slopeHigh;
      }
    }
    least += taken;
    most += taken;
    if (isFilled) {
      const missing = most + (costs[at] as number) - (isEmpty ? 0 : capacityLow);
      if (missing <= 0) return ~at;
      if (slopeLow > 0 && missing / slopeLow < high) high = missing / slopeLow;
    }
    if (low >= high * (1 - 1e-13)) return ~at;
    if (!all || isDecided) continue;
    if (emptied[at] === 1) {
      emptyMs = atMs;
      isEmpty = true;
      least = 0;
      most = over[at] as number;
    } else most += excused[at] as number;
  }
  found.push(view.length, low, high, sinceMs, least, most, emptyMs, -1);
  return at;
}

/** Least ms refilled after `elapsedMs`, over all steps of a box. */
function countedLow(elapsedMs: number, stepLow: number, stepHigh: number): number {
  if (stepHigh === 0) return elapsedMs;
  const fewest = Math.floor(elapsedMs / stepHigh);
  if (stepLow === stepHigh || fewest === Math.floor(elapsedMs / stepLow)) return fewest * stepLow;
  return Math.max(fewest * stepLow, elapsedMs - stepHigh, 0);
}

/** Most ms refilled after `elapsedMs`, over all steps of a box. */
function countedHigh(elapsedMs: number, stepLow: number, stepHigh: number): number {
  if (stepHigh === 0) return elapsedMs;
  const fewest = Math.floor(elapsedMs / stepHigh);
  return fewest === Math.floor(elapsedMs / stepLow) ? fewest * stepHigh : elapsedMs;
}

function isSingle({ stepLow, stepHigh, capacityLow, capacityHigh, grain }: TokenBox): boolean {
  return stepLow === stepHigh && capacityHigh - capacityLow <= (grain ?? 0);
}

/** Halves of a box, along the side that is longer for its place; null: it is one step and one capacity. */
export function halvesOf(box: TokenBox): readonly TokenBox[] | null {
  const { stepLow, stepHigh, capacityLow, capacityHigh, grain } = box;
  if (isSingle(box)) return null;
  const isNarrow = capacityHigh - capacityLow <= (grain ?? 0);
  if (stepHigh > stepLow && (isNarrow || stepHigh / stepLow >= capacityHigh / capacityLow)) {
    const middle = Math.floor(stepHigh > 2 * stepLow ? Math.sqrt(stepLow * stepHigh) : (stepLow + stepHigh) / 2);
    return [
      boxOf(stepLow, middle, capacityLow, capacityHigh, grain),
      boxOf(middle + 1, stepHigh, capacityLow, capacityHigh, grain),
    ];
  }
  const middle = (capacityLow + capacityHigh) / 2;
  const low = grain === undefined ? Math.floor(middle) : middle;
  return [
    boxOf(stepLow, stepHigh, capacityLow, low, grain),
    boxOf(stepLow, stepHigh, grain === undefined ? low + 1 : low, capacityHigh, grain),
  ];
}

function boxOf(
  stepLow: number,
  stepHigh: number,
  capacityLow: number,
  capacityHigh: number,
  grain: number | undefined,
): TokenBox {
  return grain === undefined
    ? { stepLow, stepHigh, capacityLow, capacityHigh }
    : { stepLow, stepHigh, capacityLow, capacityHigh, grain };
}
