/**
 * The refill rates that a view allows a token bucket of given capacity and step, exactly and in one pass.
 *
 * Between two instants at which the bucket is full, what was spent is a line in the rate r: spent = a + b r (b > 0 only where a rejected charge took
 * what there was). With `counted` ms refilled since the charge that found it full:
 *
 *     admitted:  a + b r + cost <= C + counted r     ->  r >= (a + cost - C) / (counted - b)
 *     rejected:  a + b r + cost >  C + counted r     ->  r <  (a + cost - C) / (counted - b)
 *
 * Whether the bucket was full again before a batch is itself a bound on r; where both are possible, both are followed.
 */
import type { Range } from '../stream.ts';
import type { View } from './view.ts';

const BRANCHES_MAX = 64;

/** Intervals of tokens per ms, ascending in no order; empty: no rate fits. */
export function tokenRates(
  view: View,
  counts: 'admitted' | 'all',
  capacity: number,
  stepMs: number,
  low = 0,
  high = Number.POSITIVE_INFINITY,
): Range[] {
  const found: Range[] = [];
  const open: Branch[] = [{ at: 0, low, high, sinceMs: Number.NaN, spent: 0, perRate: 0 }];
  for (let tried = 0; tried < BRANCHES_MAX; tried++) {
    const branch = open.pop();
    if (branch === undefined) break;
    if (follow(view, counts === 'all', capacity, stepMs, branch, open))
      found.push({ low: branch.low, high: branch.high });
  }
  return found;
}

interface Branch {
  at: number;
  low: number;
  high: number;
  /** NaN: full. */
  sinceMs: number;
  spent: number;
  perRate: number;
}

/** Follows one branch to its end; false: nothing is left of it. Other ways that it could have gone are added to `open`. */
function follow(view: View, all: boolean, capacity: number, stepMs: number, branch: Branch, open: Branch[]): boolean {
  for (; branch.at < view.length; branch.at++) {
    const { atMs, cost, admitted, rejected, excused } = view[branch.at] as View[number];
    if (cost * admitted > capacity) return false;
    let countedMs = 0;
    if (!Number.isNaN(branch.sinceMs)) {
      countedMs = atMs - branch.sinceMs;
      if (stepMs > 0) countedMs = Math.floor(countedMs / stepMs) * stepMs;
      // Full again: a + b r <= counted r.
      const slope = countedMs - branch.perRate;
      if (slope > 0) {
        const fullFrom = branch.spent / slope;
        if (branch.low >= fullFrom) branch.sinceMs = Number.NaN;
        else if (branch.high > fullFrom) {
          open.push({ ...branch, low: fullFrom, sinceMs: Number.NaN, spent: 0, perRate: 0 });
          branch.high = fullFrom;
        }
      }
    }
    if (Number.isNaN(branch.sinceMs)) {
      if (admitted === 0 && (rejected > 0 || excused === 0)) return false;
      branch.sinceMs = atMs;
      branch.spent = 0;
      branch.perRate = 0;
      countedMs = 0;
    }
    const slope = countedMs - branch.perRate;
    if (admitted > 0) {
      branch.spent += cost * admitted;
      const over = branch.spent - capacity;
      if (over > 0) {
        if (slope <= 0) return false;
        branch.low = Math.max(branch.low, over / slope);
      }
    }
    if (rejected > 0) {
      const over = branch.spent + cost - capacity;
      if (over <= 0) return false;
      if (slope > 0) branch.high = Math.min(branch.high, over / slope);
    }
    if (branch.low >= branch.high * (1 - 1e-13)) return false;
    if (all && rejected > 0) {
      branch.spent = capacity;
      branch.perRate = countedMs;
    } else if (all && excused > 0) {
      branch.spent = Math.min(branch.spent + cost * excused, capacity + Math.max(0, slope) * branch.low);
    }
  }
  return true;
}
