/** Replays of the two families that hang on the epoch, quick enough to try every whole millisecond. */
import type { View } from './view.ts';

/** A view in arrays. */
export interface Packed {
  readonly timesMs: Float64Array;
  readonly costs: Float64Array;
  readonly admitted: Float64Array;
  readonly rejected: Float64Array;
  readonly excused: Float64Array;
  /** Index of the first admitted batch after a rejection, -1: there is none. */
  readonly firstRelease: number;
}

/** Packs a view. */
export function packed(view: View): Packed {
  const firstRejection = view.findIndex(({ rejected }) => rejected > 0);
  return {
    timesMs: Float64Array.from(view, ({ atMs }) => atMs),
    costs: Float64Array.from(view, ({ cost }) => cost),
    admitted: Float64Array.from(view, ({ admitted }) => admitted),
    rejected: Float64Array.from(view, ({ rejected }) => rejected),
    excused: Float64Array.from(view, ({ excused }) => excused),
    firstRelease:
      firstRejection === -1 ? -1 : view.findIndex(({ admitted }, at) => admitted > 0 && at > firstRejection),
  };
}

/** Whether anything can have been released by the first release: not where it falls into the very window of the first probe. */
function releases({ timesMs, firstRelease }: Packed, windowMs: number): boolean {
  if (firstRelease === -1) return true;
  const firstMs = timesMs[0] as number;
  return (timesMs[firstRelease] as number) - firstMs >= windowMs - (firstMs % windowMs);
}

/** Whether some whole capacity fits a fixed window from the epoch that counts admitted requests. */
export function epochFits(view: Packed, windowMs: number): boolean {
  if (!releases(view, windowMs)) return false;
  const { timesMs, costs, admitted, rejected } = view;
  let low = 0;
  let high = Number.POSITIVE_INFINITY;
  let endMs = 0;
  let used = 0;
  for (let at = 0; at < timesMs.length; at++) {
    const atMs = timesMs[at] as number;
    const cost = costs[at] as number;
    if (atMs >= endMs) {
      endMs = (Math.floor(atMs / windowMs) + 1) * windowMs;
      used = 0;
    }
    used += cost * (admitted[at] as number);
    if (used > low) low = used;
    if ((rejected[at] as number) > 0 && used + cost - 1 < high) high = used + cost - 1;
    if (low > high) return false;
  }
  return true;
}

/** Whether some whole capacity fits a sliding window counter. */
export function counterFits(view: Packed, windowMs: number, all: boolean): boolean {
  if (!releases(view, windowMs)) return false;
  const { timesMs, costs, admitted, rejected, excused } = view;
  let low = 0;
  let high = Number.POSITIVE_INFINITY;
  let endMs = 0;
  let current = 0;
  let previous = 0;
  for (let at = 0; at < timesMs.length; at++) {
    const atMs = timesMs[at] as number;
    if (atMs >= endMs) {
      const beforeMs = endMs;
      endMs = (Math.floor(atMs / windowMs) + 1) * windowMs;
      previous = endMs === beforeMs + windowMs ? current : 0;
      current = 0;
    }
    const cost = costs[at] as number;
    const weighed = previous === 0 ? 0 : (previous * (endMs - atMs)) / windowMs;
    const taken = admitted[at] as number;
    const refused = rejected[at] as number;
    if (taken > 0) {
      current += cost * taken;
      // Of whole capacities.
      const least = Math.ceil(weighed + current - 1e-6);
      if (least > low) low = least;
    }
    if (refused > 0) {
      const most = Math.ceil(weighed + current + cost - 1e-6) - 1;
      if (most < high) high = most;
    }
    if (low > high) return false;
    if (all) current += cost * (refused + (excused[at] as number));
  }
  return true;
}
