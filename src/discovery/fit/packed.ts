/** Replays of the two families that hang on the epoch, quick enough to try every whole millisecond. */
import { isFullAt, neededOf, refusedOf, takenOf, type View } from './view.ts';

/** A view in arrays. */
export interface Packed {
  readonly timesMs: Float64Array;
  readonly costs: Float64Array;
  /** What there was room for, what was charged, and 1 where there was room for no more. */
  readonly needed: Float64Array;
  readonly taken: Float64Array;
  readonly full: Uint8Array;
  /** Rejected ones that were sent, explained or not. */
  readonly refused: Float64Array;
  /** Whether charges are seen late. */
  readonly isLate: boolean;
  /** When the latest of the batches so far was decided. */
  readonly reachedMs: Float64Array;
  /** Should everything up to the first rejection fall into one window: the most that was in use when one was admitted, and what was when it was rejected. */
  readonly fitted: number;
  readonly filled: number;
  /** When it was last rejected before the first release. */
  readonly lastRejectionMs: number;
  /** By batch: what was admitted before it, and what was charged at all. */
  readonly admittedBefore: Float64Array;
  readonly askedBefore: Float64Array;
  /** Index of the first batch with a rejection, and of the first admitted one after it; -1: there is none. */
  readonly firstRejection: number;
  readonly firstRelease: number;
}

/** Packs a view. */
export function packed(view: View): Packed {
  const firstRejection = view.findIndex(isFullAt);
  const firstRelease =
    firstRejection === -1 ? -1 : view.findIndex((batch, at) => neededOf(batch) > 0 && at > firstRejection);
  const admittedBefore = sumsBefore(view, takenOf);
  const untilFull = view.slice(0, firstRejection + 1);
  let reachedMs = Number.NEGATIVE_INFINITY;
  return {
    timesMs: Float64Array.from(view, ({ atMs }) => atMs),
    reachedMs: Float64Array.from(view, ({ atMs }) => (reachedMs = Math.max(reachedMs, atMs))),
    fitted: untilFull.reduce((most, batch, at) => {
      const needed = neededOf(batch);
      return needed === 0 ? most : Math.max(most, (admittedBefore[at] as number) + needed);
    }, 0),
    filled: untilFull.reduce((sum, batch) => sum + takenOf(batch), 0),
    lastRejectionMs: view.slice(0, Math.max(0, firstRelease)).findLast(isFullAt)?.atMs ?? Number.NEGATIVE_INFINITY,
    costs: Float64Array.from(view, ({ cost }) => cost),
    needed: Float64Array.from(view, neededOf),
    taken: Float64Array.from(view, takenOf),
    full: Uint8Array.from(view, (batch) => (isFullAt(batch) ? 1 : 0)),
    isLate: view.some(({ part }) => part !== undefined),
    refused: Float64Array.from(view, refusedOf),
    admittedBefore,
    askedBefore: sumsBefore(view, (batch) => takenOf(batch) + batch.cost * refusedOf(batch)),
    firstRejection,
    firstRelease,
  };
}

function sumsBefore(view: View, of: (batch: View[number]) => number): Float64Array {
  let sum = 0;
  return Float64Array.from(view, (batch) => {
    sum += of(batch);
    return sum - of(batch);
  });
}

/** What counts within a window of the epoch, and how. */
export interface Counting {
  /** A counter weighs the window before; a fixed window does not. */
  readonly counter: boolean;
  /** Whether rejected requests count. */
  readonly all: boolean;
  /** Whether capacities are whole. */
  readonly whole: boolean;
}

/** Of times and of requests: more than what rounding does. */
const ROUGH = 0.01;

/**
 * A quick no for most windows: whether the first release can be what the first border after the burst brings. Where the burst fell into one window
 * and filled it with `n`, a fixed window passes again at that border, and a counter not before the border + window / n (then, if it counts
 * admitted requests only and each costs 1; later, where charges are seen late and more passed than fits). Asked of millions of windows, so what they
 * share is worked out once.
 */
export function glanceOf(view: Packed, { counter, all, whole }: Counting): (windowMs: number) => boolean {
  const { timesMs, costs, full, admittedBefore, askedBefore, fitted, filled, isLate, lastRejectionMs } = view;
  const { firstRejection, firstRelease } = view;
  if (firstRelease === -1) return () => true;
  const last = firstRelease - 1;
  const startMs = timesMs[0] as number;
  const rejectedMs = timesMs[firstRejection] as number;
  const lastMs = timesMs[last] as number;
  const releasedMs = timesMs[firstRelease] as number;
  const isUnit = costs[firstRejection] === 1;
  const passed = admittedBefore[firstRelease] as number;
  const share = counter ? 1 / filled : 0;
  const mostShare = counter ? (passed - fitted + 1) / passed : 0;
  // What a fraction beyond `n` leaves brings the counter's forward, to the border at most.
  const leastShare = whole ? share : 0;
  const isRejected = full[last] === 1;
  const lastCost = costs[last] as number;
  // Two windows after the burst at most what was asked since is in use.
  const fillsAgain =
    (askedBefore[last] as number) - (askedBefore[firstRejection + 1] as number) + lastCost > filled - ROUGH;
  /** Whether a counter of every request rejects the last probe before the release, and admits that. */
  const countsAll = (windowMs: number, borderMs: number) => {
    const endMs = borderMs + windowMs;
    if (lastMs >= endMs) return !isRejected || fillsAgain;
    const from = firstFrom(timesMs, borderMs, firstRejection);
    const before = askedBefore[from] as number;
    const reach = (at: number) =>
      (before * (endMs - (timesMs[at] as number))) / windowMs +
      (askedBefore[at] as number) -
      before +
      (costs[at] as number);
    if (last >= from && isRejected && reach(last) <= filled - ROUGH) return false;
    return releasedMs >= endMs || reach(firstRelease) <= filled + (whole ? 0 : 1) + ROUGH;
  };
  return (windowMs) => {
    const borderMs = windowEndMs(startMs, windowMs);
    if (releasedMs < borderMs) return false;
    if (borderMs <= rejectedMs || !isUnit) return true;
    if (releasedMs <= borderMs + windowMs * leastShare - ROUGH) return false;
    // Where charges are seen late it cannot be told at a glance what is charged in which window.
    if (all) return isLate || countsAll(windowMs, borderMs);
    return lastRejectionMs < borderMs + windowMs * mostShare + ROUGH;
  };
}

/** All windows below `most` that pass at a glance. */
export function windowsBelow(most: number, view: Packed, counting: Counting): number[] {
  const passes = glanceOf(view, counting);
  const releasedMs = view.firstRelease === -1 ? Number.POSITIVE_INFINITY : (view.timesMs[view.firstRelease] as number);
  const windows: number[] = [];
  const ending = endingBetween(view.timesMs[0] as number, releasedMs, most);
  for (let at = 0; at < ending.length; at++) {
    const windowMs = ending[at] as number;
    if (passes(windowMs)) windows.push(windowMs);
  }
  return windows;
}

/** The last answer of {@link endingBetween}: all families ask the same, one after the other. */
let lastEnding = { startMs: Number.NaN, untilMs: Number.NaN, most: 0, windows: new Int32Array(0) };

/** The windows below `most` of which one that began by `startMs` ends by `untilMs`: millions are looked at, in one loop. */
function endingBetween(startMs: number, untilMs: number, most: number): Int32Array {
  if (lastEnding.startMs === startMs && lastEnding.untilMs === untilMs && lastEnding.most === most)
    return lastEnding.windows;
  const windows = new Int32Array(most);
  let count = 0;
  for (let windowMs = 1; windowMs < most; windowMs++) {
    if ((Math.floor(startMs / windowMs) + 1) * windowMs <= untilMs) windows[count++] = windowMs;
  }
  lastEnding = { startMs, untilMs, most, windows: windows.slice(0, count) };
  return lastEnding.windows;
}

/** How a fixed window from the epoch counts. */
export const FIXED: Counting = { counter: false, all: false, whole: true };

/** Whether some whole capacity fits a fixed window from the epoch that counts admitted requests and passed at a glance. */
export function epochFits(view: Packed, windowMs: number): boolean {
  const { timesMs, costs, needed, taken, full } = view;
  let low = 0;
  let high = Number.POSITIVE_INFINITY;
  let endMs = 0;
  let used = 0;
  let from = 0;
  if (burstWithin(view, windowMs)) {
    from = view.firstRejection;
    endMs = windowEndMs(timesMs[0] as number, windowMs);
    used = view.admittedBefore[from] as number;
    low = view.fitted;
  }
  for (let at = from; at < timesMs.length; at++) {
    const atMs = timesMs[at] as number;
    const cost = costs[at] as number;
    if (atMs >= endMs) {
      endMs = (Math.floor(atMs / windowMs) + 1) * windowMs;
      used = 0;
    }
    const asked = needed[at] as number;
    if (asked > 0 && used + asked > low) low = used + asked;
    // A charge that is seen once its window has ended counts for nothing.
    if (atMs >= endMs - windowMs) used += taken[at] as number;
    if (full[at] === 1 && used + cost - 1 < high) high = used + cost - 1;
    if (low > high) return false;
  }
  return true;
}

/** Whether some capacity, whole or any, fits a sliding window counter that passed at a glance. */
export function counterFits(view: Packed, windowMs: number, counting: Counting): boolean {
  const { all, whole } = counting;
  const { timesMs, costs, needed, taken, full, refused } = view;
  let low = 0;
  let high = Number.POSITIVE_INFINITY;
  let endMs = 0;
  let current = 0;
  let previous = 0;
  let from = 0;
  if (burstWithin(view, windowMs)) {
    endMs = windowEndMs(timesMs[0] as number, windowMs);
    const first = view.firstRejection;
    low = view.fitted;
    // Of one cost, what was rejected first is worth as much as what fits.
    high = view.filled + (costs[first] as number) - (whole ? 1 : 0);
    from = firstFrom(view.reachedMs, endMs, first);
    current = (all ? view.askedBefore : view.admittedBefore)[from] as number;
  }
  for (let at = from; at < timesMs.length; at++) {
    const atMs = timesMs[at] as number;
    if (atMs >= endMs) {
      const beforeMs = endMs;
      endMs = (Math.floor(atMs / windowMs) + 1) * windowMs;
      previous = endMs === beforeMs + windowMs ? current : 0;
      current = 0;
    }
    const cost = costs[at] as number;
    if (atMs < endMs - windowMs) {
      // A charge of the window before, seen in this one.
      if (atMs >= endMs - 2 * windowMs) previous += (taken[at] as number) + (all ? cost * (refused[at] as number) : 0);
      continue;
    }
    const weighed = previous === 0 ? 0 : (previous * (endMs - atMs)) / windowMs;
    const asked = needed[at] as number;
    if (asked > 0) {
      const reach = weighed + current + asked - 1e-6;
      const least = whole ? Math.ceil(reach) : reach;
      if (least > low) low = least;
    }
    current += taken[at] as number;
    if (full[at] === 1) {
      const reach = weighed + current + cost;
      const most = whole ? Math.ceil(reach - 1e-6) - 1 : reach;
      if (most < high) high = most;
    }
    if (whole ? low > high : low >= high) return false;
    if (all) current += cost * (refused[at] as number);
  }
  return true;
}

/** Whether everything up to the first rejection falls into one window. */
function burstWithin({ timesMs, firstRejection, firstRelease }: Packed, windowMs: number): boolean {
  if (firstRejection === -1 || firstRelease === -1) return false;
  return windowEndMs(timesMs[0] as number, windowMs) > (timesMs[firstRejection] as number);
}

function windowEndMs(atMs: number, windowMs: number): number {
  return (Math.floor(atMs / windowMs) + 1) * windowMs;
}

/** The first batch from `from` on that is not before `ms`. */
function firstFrom(reachedMs: Float64Array, ms: number, from: number): number {
  let low = from;
  let high = reachedMs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((reachedMs[middle] as number) < ms) low = middle + 1;
    else high = middle;
  }
  return low;
}
