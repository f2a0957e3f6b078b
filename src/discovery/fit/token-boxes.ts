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
 * Where both full and not are possible, both are followed. For a box of one step and one capacity the bounds are exact.
 */
import type { Range } from '../stream.ts';
import { unionOf } from './spans.ts';
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

/** Ways to follow of one bucket, and of a box of several: splitting those is worth more. */
const BRANCHES_MAX = 1000;
const BRANCHES_OF_BOX_MAX = 100;
/** Steps of less, or that bring fewer tokens, are not told from continuous refill. */
export const STEP_MS_MIN = 12;
export const STEP_TOKENS_MIN = 0.04;

interface Branch {
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
  const isOne = isSingle(box);
  const found: Range[] = [];
  // A step that refills everything is a fixed window from the first request on.
  // So is, but for next to nothing, one that refills all requests that fit, where a fraction of one is left over.
  const most = box.grain === undefined ? box.capacityHigh : Math.ceil(box.capacityHigh) - 1 - 2 * box.grain;
  const high = box.stepLow > 0 ? most / box.stepLow : Number.POSITIVE_INFINITY;
  const tokensMin = box.grain === undefined ? STEP_TOKENS_MIN : Math.max(STEP_TOKENS_MIN, 2.5 * box.grain);
  const low = box.stepHigh > 0 ? tokensMin / box.stepHigh : 0;
  if (low >= high) return [];
  const open: Branch[] = [
    { at: 0, low: 0, high, sinceMs: Number.NaN, least: 0, most: 0, emptyMs: Number.NaN, notFullAt: -1 },
  ];
  for (let tried = 0; tried < (isOne ? BRANCHES_MAX : BRANCHES_OF_BOX_MAX); tried++) {
    const branch = open.pop();
    if (branch === undefined) return merged(found);
    const from = branch.at;
    const fits = follow(box, view, all, branch, open);
    if (work !== undefined) work.batches -= branch.at - from + 1;
    if (fits) {
      found.push({ low: branch.low, high: branch.high });
      if (!isOne) return found;
    }
  }
  // Too many ways to follow: what is a box is not ruled out by that.
  return isOne ? merged(found) : [{ low, high }];
}

function merged(rates: Range[]): Range[] {
  return rates.length < 2 ? rates : unionOf(rates);
}

function follow(box: TokenBox, view: View, all: boolean, branch: Branch, open: Branch[]): boolean {
  const { stepLow, stepHigh, capacityLow, capacityHigh } = box;
  for (; branch.at < view.length; branch.at++) {
    const { atMs, cost, admitted, rejected, excused, told } = view[branch.at] as View[number];
    if (cost * admitted > capacityHigh) return false;
    let empty = !Number.isNaN(branch.emptyMs);
    let slopeLow = 0;
    let slopeHigh = 0;
    if (!Number.isNaN(branch.sinceMs)) {
      const elapsedMs = atMs - branch.sinceMs;
      slopeLow = countedLow(elapsedMs, stepLow, stepHigh);
      slopeHigh = countedHigh(elapsedMs, stepLow, stepHigh);
      if (empty) {
        const emptyMs = branch.emptyMs - branch.sinceMs;
        slopeLow = Math.max(0, slopeLow - countedHigh(emptyMs, stepLow, stepHigh));
        slopeHigh = Math.min(slopeHigh - countedLow(emptyMs, stepLow, stepHigh), elapsedMs - emptyMs + stepHigh);
      }
      if (slopeHigh > 0 && branch.notFullAt !== branch.at) {
        const fullFrom = (branch.least + (empty ? capacityLow : 0)) / slopeHigh;
        const fullSurely =
          slopeLow > 0 ? (branch.most + (empty ? capacityHigh : 0)) / slopeLow : Number.POSITIVE_INFINITY;
        if (branch.high > fullFrom) {
          if (admitted === 0 && rejected > 0) {
            // A full bucket would not have rejected it.
            branch.high = Math.min(branch.high, fullSurely);
          } else {
            if (branch.low < fullSurely) {
              open.push({ ...branch, high: Math.min(branch.high, fullSurely), notFullAt: branch.at });
            }
            branch.low = Math.max(branch.low, fullFrom);
            branch.sinceMs = Number.NaN;
          }
        }
      }
    }
    if (branch.low >= branch.high * (1 - 1e-13)) return false;
    empty = !Number.isNaN(branch.emptyMs) && !Number.isNaN(branch.sinceMs);
    if (Number.isNaN(branch.sinceMs)) {
      if (admitted === 0 && rejected > 0) return false;
      branch.sinceMs = atMs;
      branch.least = 0;
      branch.most = 0;
      branch.emptyMs = Number.NaN;
      slopeLow = 0;
      slopeHigh = 0;
    }
    branch.least += cost * admitted;
    branch.most += cost * admitted;
    if (admitted > 0) {
      const over = branch.least - (empty ? 0 : capacityHigh);
      if (over > 0) {
        if (slopeHigh <= 0) return false;
        branch.low = Math.max(branch.low, over / slopeHigh);
      }
    }
    if (rejected > 0) {
      const over = branch.most + cost - (empty ? 0 : capacityLow);
      if (over <= 0) return false;
      if (slopeLow > 0) branch.high = Math.min(branch.high, over / slopeLow);
    }
    if (branch.low >= branch.high * (1 - 1e-13)) return false;
    if (!all || told === true) continue;
    if (rejected > 0) {
      branch.emptyMs = atMs;
      branch.least = 0;
      branch.most = 0;
    } else if (excused > 0) {
      branch.most += cost * excused;
    }
  }
  return true;
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
