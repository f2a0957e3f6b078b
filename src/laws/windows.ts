/** How many calls start within a window, wherever it lies. */
import { formatDuration } from '../wording/format.ts';
import { attemptsByKey, CLOCK_MS, type KeyOf, type Law, ofKey, requireNumber } from './law.ts';

/** The fullest window. */
export interface WorstWindow {
  /** Starts in it; 0 when there are none at all. */
  readonly count: number;
  /** Its first start; 0 when there are none. */
  readonly fromMs: number;
  /** Its last start. */
  readonly toMs: number;
}

/**
 * The fullest of all windows of `windowMs`, wherever they begin; of several, the first. Windows are half-open, [t, t + windowMs): two starts
 * that are exactly `windowMs` apart never share one.
 *
 * @param startsMs in any order
 * @throws RangeError when `windowMs` is not positive
 */
export function worstWindow(startsMs: readonly number[], windowMs: number): WorstWindow {
  requireNumber('worstWindow', 'windowMs', windowMs, 'a positive number of ms', windowMs > 0);
  const sorted = startsMs.toSorted((a, b) => a - b);
  const { first, count } = fullest(sorted, (spanMs) => spanMs < windowMs);
  return { count, fromMs: sorted[first] ?? 0, toMs: sorted[first + count - 1] ?? 0 };
}

/** The most sorted times in a row that lie within one span, the first of several. */
function fullest(sorted: readonly number[], isInside: (spanMs: number) => boolean): { first: number; count: number } {
  let best = { first: 0, count: 0 };
  let first = 0;
  for (let last = 0; last < sorted.length; last++) {
    while (!isInside(sorted[last]! - sorted[first]!)) first += 1;
    if (last - first + 1 > best.count) best = { first, count: last - first + 1 };
  }
  return best;
}

/** Options of {@link neverMoreThan}. */
export interface RateOptions {
  /** Most attempts in any window. */
  readonly limit: number;
  readonly windowMs: number;
  /** What they are counted by. Default `all`. */
  readonly by?: KeyOf;
}

/**
 * Never more than `limit` attempts *start* in any window of `windowMs`, wherever it begins; retries count, cancelled ones too.
 *
 * Boundaries: windows are half-open. With 10 per 1,000 ms, starts at 0 (ten of them) and one at 1,000 obey; one at 999 breaks it. Where times
 * have fractions, an eleventh that comes less than 1 ms early is not held against a limiter ({@link CLOCK_MS}).
 *
 * @throws RangeError for a limit that is no whole number of at least 1, a window under 1 ms
 */
export function neverMoreThan({ limit, windowMs, by = 'all' }: RateOptions): Law {
  const name = 'neverMoreThan';
  requireNumber(name, 'limit', limit, 'a whole number, at least 1', Number.isInteger(limit) && limit >= 1);
  requireNumber(name, 'windowMs', windowMs, 'at least 1', windowMs >= CLOCK_MS && Number.isFinite(windowMs));
  const isInside = (spanMs: number) => spanMs <= windowMs - CLOCK_MS;
  return (history) => {
    let worst: ReturnType<Law> = null;
    for (const [key, group] of attemptsByKey(history, by)) {
      const { first, count } = fullest(
        group.map(({ startMs }) => startMs),
        isInside,
      );
      if (count <= Math.max(limit, worst?.measured ?? 0)) continue;
      const inside = group.slice(first, first + count);
      const from = inside[0]!.startMs;
      worst = {
        law: name,
        sentence: `${count} calls${ofKey(key, by)} started within ${formatDuration(windowMs)} (${times(from, inside.at(-1)!.startMs)}), at most ${limit} may`,
        atMs: inside[limit]!.startMs,
        attempts: inside.map(({ index }) => index),
        jobs: [],
        measured: count,
        allowed: limit,
      };
    }
    return worst;
  };
}

function times(fromMs: number, toMs: number): string {
  return fromMs === toMs ? `all at ${exactMs(fromMs)}` : `from ${exactMs(fromMs)} to ${exactMs(toMs)}`;
}

/** A moment in ms, as limits are about single ones: `1,002 ms`. */
export function exactMs(ms: number): string {
  return `${ms.toLocaleString('en-US', { maximumFractionDigits: 1 })} ms`;
}
