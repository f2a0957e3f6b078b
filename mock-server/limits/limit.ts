/**
 * The port of an algorithm: what one bucket must do. Siblings of this file are its implementations.
 *
 * Laws that all keep (the tests hold every sibling to them):
 * - Questions (`fits`, `waitMs`, `free`, `resetMs`, `isIdle`) change no answer; charges arrive in order of their time, and a charge
 *   may be told late: its `atMs` can lie before the time of an earlier question (enforcement lag).
 * - While nobody charges, a cost that fits goes on fitting.
 * - An idle bucket answers every future question as a fresh one does, so it may be forgotten.
 */
export interface Bucket {
  /** What fits at most: the limit or the capacity. */
  readonly capacity: number;
  /** Whether a request of this cost (1 or more) would be admitted now. */
  fits(cost: number, nowMs: number): boolean;
  /** Charges a request decided at `atMs`. Windows count a rejected one like any; it never leaves a token bucket below empty. */
  charge(cost: number, atMs: number, admitted: boolean): void;
  /** Charges an admitted request now if it fits, and tells whether it did: `fits` and `charge` in one step. */
  take(cost: number, nowMs: number): boolean;
  /** Undoes the last `take`, before anything else is charged: every answer is again what it was. */
  giveBack(cost: number): void;
  /** 0 when it fits now; else the fewest whole milliseconds after which it fits if nobody charges meanwhile; Infinity: never. */
  waitMs(cost: number, nowMs: number): number;
  /** How much of the capacity is free, at least 0. */
  free(nowMs: number): number;
  /** Milliseconds until everything is free again if nobody charges (an epoch window: until it ends). */
  resetMs(nowMs: number): number;
  /** Whether a fresh bucket would answer every future question alike. */
  isIdle(nowMs: number): boolean;
}

/** Rounds an estimated wait to the fewest whole milliseconds that {@link Bucket.fits} itself confirms, so that rounding never lies. */
export function confirmedWaitMs(bucket: Bucket, cost: number, nowMs: number, estimateMs: number): number {
  let waitMs = Math.max(1, Math.ceil(estimateMs) - 1);
  while (!bucket.fits(cost, nowMs + waitMs)) waitMs += 1;
  return waitMs;
}
