/**
 * How soon a bucket can have admitted a given amount of work: one closed form per algorithm, each a lower bound for every client.
 *
 * All of them rest on the same argument: look only at the work W that is released at or after some moment s. Whatever else the client did
 * before, the bucket is at best untouched at s, and from s on it admits at most a(t) by s + t. So the last of W is admitted no earlier than
 * the first t with a(t) >= W. Unequal costs are poured like water (a packing can only be worse), and refusals, penalties, background load and
 * `counts: all` only ever take from a bucket, so that a perfect client, who is never refused, is the one that is bounded.
 */
import type { Algorithm } from '../../mock-server/policy.ts';

/** Every algorithm that counts admissions; concurrency counts time in service and is bounded elsewhere. */
export type CountingAlgorithm = Exclude<Algorithm, { kind: 'concurrency' }>;

/** When the work comes, ms from the trial's start unless said. */
export interface Moments {
  /** Epoch ms of the trial's start, which fixes the phase of epoch windows. */
  readonly startsAtMs: number;
  /** Earliest moment that the work in question can be sent. */
  readonly fromMs: number;
  /** Nothing can have touched the bucket before; `-Infinity` when background traffic may have. */
  readonly sinceMs: number;
}

/** Earliest moment, ms from the start, at which `work` units, none sent before `fromMs`, can all have been admitted. */
export function earliestAdmission(algorithm: CountingAlgorithm, work: number, moments: Moments): number {
  switch (algorithm.kind) {
    case 'token-bucket':
      return algorithm.stepMs > 0 ? steppedBucket(algorithm, work, moments) : bucket(algorithm, work, moments);
    case 'fixed-window':
      return algorithm.anchor === 'epoch'
        ? epochWindows(algorithm, work, moments)
        : ownWindows(algorithm, work, moments);
    case 'sliding-window-log':
      return slidingLog(algorithm, work, moments);
    default:
      return slidingCounter(algorithm, work, moments);
  }
}

type Of<K extends Algorithm['kind']> = Extract<Algorithm, { kind: K }>;

/**
 * a(t) = capacity + rate x t, so t = (W - capacity)+ / rate.
 */
function bucket(algorithm: Of<'token-bucket'>, work: number, { fromMs }: Moments): number {
  const missing = work - algorithm.capacity;
  return missing <= 0 ? fromMs : fromMs + (missing * 1000) / algorithm.refillPerSecond;
}

/**
 * ```
 * tokens  capacity ........ + gift ........ + gift      gift = min(rate x step, capacity), since more overflows
 *         |<---- step ---->|<---- step ---->|
 *         first request
 * ```
 * k = ceil((W - capacity) / gift) gifts are needed. Counted from the bucket's first request the k-th comes after k steps. When the bucket
 * may be older than `fromMs` its first gift may come at once, so k - 1 steps; but never before k steps from its own first request.
 */
function steppedBucket(algorithm: Of<'token-bucket'>, work: number, moments: Moments): number {
  const { capacity, refillPerSecond, stepMs } = algorithm;
  const gift = Math.min((refillPerSecond * stepMs) / 1000, capacity);
  const gifts = wholeNumberUp((work - capacity) / gift);
  return gifts <= 0 ? moments.fromMs : kthPeriod(gifts, stepMs, moments);
}

/** Windows begin at multiples of the length since the epoch; the window of `fromMs` admits `limit`, and so does each one after it. */
function epochWindows(algorithm: Of<'fixed-window'>, work: number, moments: Moments): number {
  const windows = wholeNumberUp(work / algorithm.limit);
  return windows <= 1 ? moments.fromMs : windowEnd(algorithm.windowMs, moments) + (windows - 2) * algorithm.windowMs;
}

/** Windows open with a request and are at least a length apart: ceil(W / limit) of them are needed, so one fewer must have begun and ended. */
function ownWindows(algorithm: Of<'fixed-window'>, work: number, moments: Moments): number {
  const windows = wholeNumberUp(work / algorithm.limit);
  return windows <= 1 ? moments.fromMs : kthPeriod(windows - 1, algorithm.windowMs, moments);
}

/** Any window of the length, wherever it begins, holds at most `limit`: more than m x limit takes at least m lengths. */
function slidingLog(algorithm: Of<'sliding-window-log'>, work: number, { fromMs }: Moments): number {
  const windows = wholeNumberUp(work / algorithm.limit);
  return windows <= 1 ? fromMs : fromMs + (windows - 1) * algorithm.windowMs;
}

/**
 * Two counters, on windows since the epoch: admitted while previous x (1 - f) + current <= limit, f being the part of the window gone.
 * With x_1 .. x_m admitted in the windows from `fromMs` on, the last admission at part f of window m: every x_j <= limit, and
 * x_m <= limit - x_(m-1) (1 - f), so x_(m-1) + x_m <= limit + f x_(m-1) <= (1 + f) limit. Summed: W <= (m - 1 + f) limit.
 * So after the end of the first window another (W / limit - 1) lengths must pass.
 */
function slidingCounter(algorithm: Of<'sliding-window-counter'>, work: number, moments: Moments): number {
  const { limit, windowMs } = algorithm;
  return work <= limit ? moments.fromMs : windowEnd(windowMs, moments) + (work / limit - 1) * windowMs;
}

/** End of the epoch window in which `fromMs` lies. Only the phase of the start is used, so that no digits are lost to the epoch. */
function windowEnd(windowMs: number, { startsAtMs, fromMs }: Moments): number {
  const phaseMs = startsAtMs % windowMs;
  return (Math.floor((phaseMs + fromMs) / windowMs) + 1) * windowMs - phaseMs;
}

/** When the k-th period after the bucket's first can begin, for work from `fromMs` on: the phase of an older bucket may gift one period. */
function kthPeriod(k: number, periodMs: number, { fromMs, sinceMs }: Moments): number {
  return Math.max(fromMs + (k - 1) * periodMs, sinceMs + k * periodMs);
}

/** Rounds up, forgiving the last bits of a division: 3.0000000000000004 is 3. Never rounds a bound up by accident. */
function wholeNumberUp(value: number): number {
  return Math.ceil(value - 1e-9);
}
