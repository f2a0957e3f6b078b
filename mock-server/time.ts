/**
 * The time that a gateway behind a door lives in. The core needs none (it is handed `nowMs`); a door has to read one and to wait. It is
 * handed in: real, scaled, driven by hand in tests, virtual.
 */

/** A time to live in. */
export interface GatewayTime {
  /** Epoch ms, not necessarily whole. Never decreases. */
  readonly nowMs: number;
  /** Calls `callback(argument)` once, at `dueMs` (epoch ms) or as soon after it as can be; the past means as soon as can be, but never within this call. */
  scheduleAt<A>(dueMs: number, callback: (argument: A) => void, argument: A): unknown;
}
