/** Replays of the two families that hang on the epoch, quick enough to try every whole millisecond. */
import type { View } from './view.ts';

/** A view in arrays. */
export interface Packed {
  readonly timesMs: Float64Array;
  readonly costs: Float64Array;
  readonly admitted: Float64Array;
  readonly rejected: Float64Array;
  readonly excused: Float64Array;
}

/** Packs a view. */
export function packed(view: View): Packed {
  return {
    timesMs: Float64Array.from(view, ({ atMs }) => atMs),
    costs: Float64Array.from(view, ({ cost }) => cost),
    admitted: Float64Array.from(view, ({ admitted }) => admitted),
    rejected: Float64Array.from(view, ({ rejected }) => rejected),
    excused: Float64Array.from(view, ({ excused }) => excused),
  };
}

/** Whether some whole capacity fits a fixed window from the epoch that counts admitted requests. */
export function epochFits({ timesMs, costs, admitted, rejected }: Packed, windowMs: number): boolean {
  let low = 0;
  let high = Number.POSITIVE_INFINITY;
  let window = -1;
  let used = 0;
  for (let at = 0; at < timesMs.length; at++) {
    const now = Math.floor((timesMs[at] as number) / windowMs);
    const cost = costs[at] as number;
    if (now !== window) {
      window = now;
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
export function counterFits(
  { timesMs, costs, admitted, rejected, excused }: Packed,
  windowMs: number,
  all: boolean,
): boolean {
  let low = 0;
  let high = Number.POSITIVE_INFINITY;
  let window = -2;
  let current = 0;
  let previous = 0;
  for (let at = 0; at < timesMs.length; at++) {
    const atMs = timesMs[at] as number;
    const now = Math.floor(atMs / windowMs);
    if (now !== window) {
      previous = now === window + 1 ? current : 0;
      current = 0;
      window = now;
    }
    const cost = costs[at] as number;
    const weighed = (previous * ((now + 1) * windowMs - atMs)) / windowMs;
    const taken = admitted[at] as number;
    if (taken > 0) {
      current += cost * taken;
      if (weighed + current > low) low = weighed + current;
    }
    if ((rejected[at] as number) > 0) {
      const reach = weighed + current + cost;
      if (reach < high) high = reach;
    }
    if (Math.ceil(low - 1e-6) > Math.ceil(high - 1e-6) - 1) return false;
    if (all) current += cost * ((rejected[at] as number) + (excused[at] as number));
  }
  return true;
}
