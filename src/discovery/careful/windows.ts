/**
 * Every window length (whole ms) of every window family that a first rejection leaves possible, when its Retry-After is taken for exact:
 * the release of a window is its border, which the told second brackets. Quick arithmetic first, a full replay for what it leaves.
 */
import type { Shape } from '../hypothesis.ts';
import { type Candidate, replayed } from './candidate.ts';
import type { Observation } from './observation.ts';

/** Longest window that is looked for. */
export const WINDOW_MS_MAX = 3_600_000;
/** Shortest: a told second hides what is shorter. */
export const WINDOW_MS_MIN = 1000;

/** A record up to its first rejection, laid out for arithmetic. */
interface FirstFill {
  readonly timesMs: Float64Array;
  /** `used[i]`: admitted before the i-th time. */
  readonly used: Float64Array;
  readonly rejectedMs: number;
  readonly afterMs: number;
  readonly byMs: number;
}

/** Candidates of all window families; the record must hold a rejection that told a wait, and what came before it. */
export function windowCandidates(record: readonly Observation[]): Candidate[] {
  const fill = firstFillOf(record);
  if (fill === null || fill.timesMs.length === 0) return [];
  const found: Candidate[] = [];
  const take = (shape: Shape, counts: 'admitted' | 'all') => {
    const candidate = replayed(shape, counts, record, true);
    if (candidate !== null) found.push(candidate);
  };
  const firstMs = fill.timesMs[0] as number;
  const longestMs = Math.min(WINDOW_MS_MAX, Math.floor(fill.byMs - firstMs));
  for (let windowMs = WINDOW_MS_MIN; windowMs <= longestMs; windowMs++) {
    // Whether rejected requests count makes no difference to a fixed window that they find full.
    if (fitsFirstRequest(fill, windowMs)) take({ kind: 'fixed-window', windowMs, anchor: 'first-request' }, 'admitted');
    if (fitsLog(fill, windowMs, 0)) take({ kind: 'sliding-window-log', windowMs }, 'admitted');
    if (fitsLog(fill, windowMs, 1)) take({ kind: 'sliding-window-log', windowMs }, 'all');
  }
  for (let windowMs = WINDOW_MS_MIN; windowMs <= WINDOW_MS_MAX; windowMs++) {
    const borderMs = Math.floor(fill.byMs / windowMs) * windowMs;
    if (borderMs <= firstMs) continue;
    if (borderMs > fill.afterMs && borderMs > fill.rejectedMs && borderMs - windowMs <= fill.rejectedMs) {
      take({ kind: 'fixed-window', windowMs, anchor: 'epoch' }, 'admitted');
    }
    if (fitsCounter(fill, windowMs, 0)) take({ kind: 'sliding-window-counter', windowMs }, 'admitted');
    if (fitsCounter(fill, windowMs, 1)) take({ kind: 'sliding-window-counter', windowMs }, 'all');
  }
  return found;
}

function firstFillOf(record: readonly Observation[]): FirstFill | null {
  const at = record.findIndex(({ rejected }) => rejected > 0);
  const rejection = record[at];
  if (rejection === undefined || rejection.release === null) return null;
  const timesMs = new Float64Array(at);
  const used = new Float64Array(at + 1);
  for (let index = 0; index < at; index++) {
    const one = record[index] as Observation;
    timesMs[index] = one.atMs;
    used[index + 1] = (used[index] as number) + one.admitted;
  }
  return { timesMs, used, rejectedMs: rejection.atMs, ...rejection.release };
}

function fitsFirstRequest({ timesMs, used, rejectedMs, afterMs, byMs }: FirstFill, windowMs: number): boolean {
  let most = 0;
  for (let at = 0; ;) {
    const endMs = (timesMs[at] as number) + windowMs;
    const before = used[at] as number;
    if (endMs > rejectedMs) {
      return endMs > afterMs && endMs <= byMs && (used[timesMs.length] as number) - before >= most;
    }
    at = firstFrom(timesMs, endMs);
    if (at === timesMs.length) return false;
    most = Math.max(most, (used[at] as number) - before);
  }
}

/** `extra`: rejected charges that the release must wait for too. */
function fitsLog({ timesMs, rejectedMs, afterMs, byMs }: FirstFill, windowMs: number, extra: number): boolean {
  const at = firstFrom(timesMs, rejectedMs - windowMs + 1e-6) + extra;
  const endMs = (at < timesMs.length ? (timesMs[at] as number) : rejectedMs) + windowMs;
  return endMs > afterMs && endMs <= byMs;
}

function fitsCounter(fill: FirstFill, windowMs: number, extra: number): boolean {
  const { rejectedMs, afterMs, byMs } = fill;
  const inUse = useOf(fill, windowMs, rejectedMs, 0);
  const capacity = Math.ceil(inUse + 1 - 1e-7) - 1;
  return (
    useOf(fill, windowMs, byMs, extra) + 1 <= capacity + 1e-7 &&
    (afterMs <= rejectedMs || useOf(fill, windowMs, afterMs, extra) + 1 > capacity - 1e-7)
  );
}

function useOf({ timesMs, used, rejectedMs }: FirstFill, windowMs: number, atMs: number, extra: number): number {
  const startMs = Math.floor(atMs / windowMs) * windowMs;
  const here = firstFrom(timesMs, startMs);
  const before = firstFrom(timesMs, startMs - windowMs);
  const rejectedHere = rejectedMs >= startMs ? extra : 0;
  const rejectedBefore = rejectedHere === 0 && rejectedMs >= startMs - windowMs ? extra : 0;
  const current = (used[timesMs.length] as number) - (used[here] as number) + rejectedHere;
  const previous = (used[here] as number) - (used[before] as number) + rejectedBefore;
  return (previous * (startMs + windowMs - atMs)) / windowMs + current;
}

/** Index of the first time that is not before `fromMs`. */
function firstFrom(timesMs: Float64Array, fromMs: number): number {
  if (fromMs <= (timesMs[0] as number)) return 0;
  let low = 0;
  let high = timesMs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((timesMs[middle] as number) < fromMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
