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

interface Branch {
  /** The next batch of the view. */
  at: number;
  low: number;
  high: number;
  /** The charge that found the bucket full; NaN: it is full. */
  sinceMs: number;
  /** m is between these. */
  least: number;
  most: number;
  /** Whether a rejected charge took what there was, and when: NaN, no. */
  emptyMs: number;
  /** The batch before which it is settled that the bucket is not full. */
  notFullAt: number;
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
  #open: Branch[] = [];
  readonly #fromFull = new RatesFromFull();
  /** Alive at the end of the view; of a box of several one will do. */
  #found: Branch[] = [];
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
    return (this.#rates = view.mostTaken > this.box.capacityHigh ? [] : this.#follow(view, work));
  }

  #begin(): void {
    const { low, high } = this.#span();
    this.#open = low >= high ? [] : [fullAt(0, { low, high })];
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
    const found: Branch[] = (this.#found = []);
    for (;;) {
      let branch = before.pop();
      if (branch === undefined) {
        // Too many ways to follow: what is a box is not ruled out by that.
        if (this.#tried >= BRANCHES_MAX) return isOne ? ratesOf(found) : [this.#span()];
        branch = open.pop();
        if (branch === undefined) return ratesOf(found);
        this.#tried += 1;
      }
      const from = view.places[branch.at] as number;
      const fits = follow(this.box, view, this.#all, branch, open, this.#fromFull);
      if (work !== undefined) work.batches -= (view.places[branch.at] as number) - from + 1;
      if (!fits) continue;
      found.push(branch);
      if (!isOne) return ratesOf(found);
    }
  }
}

function ratesOf(found: readonly Branch[]): Range[] {
  const rates = found.map(({ low, high }) => ({ low, high }));
  return rates.length < 2 ? rates : unionOf(rates);
}

/** A bucket that is full before a batch. */
function fullAt(at: number, { low, high }: Range): Branch {
  return { at, low, high, sinceMs: Number.NaN, least: 0, most: 0, emptyMs: Number.NaN, notFullAt: -1 };
}

/** Rates that were followed from a full bucket on, by batch: the same state again, whatever came before. */
class RatesFromFull {
  readonly #followed = new Map<number, Range[]>();

  clear(): void {
    this.#followed.clear();
  }

  /** Those from `low` to `high` that were not followed yet from this batch on. They are from now on. */
  next(batch: number, low: number, high: number): Range[] {
    const followed = this.#followed.get(batch);
    if (followed === undefined) {
      this.#followed.set(batch, [{ low, high }]);
      return [{ low, high }];
    }
    const left: Range[] = [];
    let from = low;
    for (const one of followed) {
      if (one.high <= from) continue;
      if (one.low >= high) break;
      if (one.low > from) left.push({ low: from, high: one.low });
      from = one.high;
    }
    if (from < high) left.push({ low: from, high });
    if (left.length > 0) this.#followed.set(batch, unionOf([...followed, ...left]));
    return left;
  }
}

/** Follows a branch to the end of the view, or to the batch that rules it out; what it may be otherwise goes to `open`. */
function follow(
  box: TokenBox,
  view: TokenView,
  all: boolean,
  branch: Branch,
  open: Branch[],
  fromFull: RatesFromFull,
): boolean {
  const { stepLow, stepHigh, capacityLow, capacityHigh } = box;
  const { size, timesMs, takens, costs, rejected, excused, told } = view;
  const isContinuous = stepHigh === 0;
  const isOneStep = stepLow === stepHigh;
  const notFullAt = branch.notFullAt === -1 ? -1 : (view.places[branch.notFullAt] as number);
  let { low, high, sinceMs, least, most, emptyMs } = branch;
  let isFull = Number.isNaN(sinceMs);
  let isEmpty = !Number.isNaN(emptyMs);
  let at = view.places[branch.at] as number;
  let fits = true;
  for (; at < size; at++) {
    const atMs = timesMs[at] as number;
    const taken = takens[at] as number;
    const isRejected = rejected[at] === 1;
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
      if (slopeHigh > 0 && notFullAt !== at) {
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
              open.push({
                at: index,
                low,
                high: Math.min(high, fullSurely),
                sinceMs,
                least,
                most,
                emptyMs,
                notFullAt: index,
              });
            }
            const [first, ...more] = fromFull.next(view.batches[at] as number, Math.max(low, fullFrom), high);
            if (first === undefined) {
              fits = false;
              break;
            }
            for (const rates of more) open.push(fullAt(view.batches[at] as number, rates));
            ({ low, high } = first);
            isFull = true;
          }
        }
      }
    }
    if (low >= high * (1 - 1e-13) || (isFull && taken === 0 && isRejected)) {
      fits = false;
      break;
    }
    if (isFull) {
      sinceMs = atMs;
      least = most = 0;
      emptyMs = Number.NaN;
      isFull = isEmpty = false;
      slopeLow = slopeHigh = 0;
    }
    least += taken;
    most += taken;
    if (taken > 0) {
      const over = isEmpty ? least : least - capacityHigh;
      if (over > 0) {
        if (slopeHigh <= 0) {
          fits = false;
          break;
        }
        const needed = over / slopeHigh;
        if (needed > low) low = needed;
      }
    }
    if (isRejected) {
      const over = most + (costs[at] as number) - (isEmpty ? 0 : capacityLow);
      if (over <= 0) {
        fits = false;
        break;
      }
      if (slopeLow > 0 && over / slopeLow < high) high = over / slopeLow;
    }
    if (low >= high * (1 - 1e-13)) {
      fits = false;
      break;
    }
    if (!all || told[at] === 1) continue;
    if (isRejected) {
      emptyMs = atMs;
      isEmpty = true;
      least = most = 0;
    } else most += excused[at] as number;
  }
  branch.at = fits ? view.length : (view.batches[at] as number);
  branch.low = low;
  branch.high = high;
  branch.sinceMs = sinceMs;
  branch.least = least;
  branch.most = most;
  branch.emptyMs = emptyMs;
  return fits;
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
  const { stepLow, stepHigh, capacityLow, capacityHigh } = box;
  if (isSingle(box)) return null;
  const isNarrow = capacityHigh - capacityLow <= (box.grain ?? 0);
  if (stepHigh > stepLow && (isNarrow || stepHigh / stepLow >= capacityHigh / capacityLow)) {
    const middle = Math.floor(stepHigh > 2 * stepLow ? Math.sqrt(stepLow * stepHigh) : (stepLow + stepHigh) / 2);
    return [
      { ...box, stepHigh: middle },
      { ...box, stepLow: middle + 1 },
    ];
  }
  if (box.grain !== undefined) {
    const middle = (capacityLow + capacityHigh) / 2;
    return [
      { ...box, capacityHigh: middle },
      { ...box, capacityLow: middle },
    ];
  }
  const middle = Math.floor((capacityLow + capacityHigh) / 2);
  return [
    { ...box, capacityHigh: middle },
    { ...box, capacityLow: middle + 1 },
  ];
}
