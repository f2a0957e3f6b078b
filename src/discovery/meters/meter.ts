/**
 * The port of a meter: how a family counts, independent of how much fits. Siblings are its implementations. Written apart from the
 * gateway's limiters on purpose: an inferrer that shared their code would agree with their mistakes.
 *
 * A meter is taught, not asked to predict: it is told what was observed (admitted, rejected) and tells how full the bucket must then have been.
 */
export interface Meter {
  /** How much would be in use at `atMs` if a request of `cost` were admitted: it fits exactly when this is at most the capacity. */
  reach(cost: number, atMs: number): number;
  /**
   * Notes a charge, in order of time. `endMs`: when the request left service (concurrency only). Rejected charges are told only where
   * the hypothesis counts them; `capacity` bounds what a rejected charge can take from a token bucket.
   */
  charge(cost: number, atMs: number, endMs: number, admitted: boolean, capacity: number): void;
  /** The earliest time from `fromMs` on at which a request of `cost` fits into `capacity` if nothing else is charged; Infinity: never. */
  nextFitMs(cost: number, fromMs: number, capacity: number): number;
  /** The earliest time from which on the meter answers as a fresh one does. */
  idleFromMs(): number;
  clone(): Meter;
}
