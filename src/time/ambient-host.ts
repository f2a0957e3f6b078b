/**
 * Which virtual time the patched globals of this process belong to, if any.
 *
 * The replacements (the `Date` of virtual time, its `setTimeout` and so on) are made once per process and look here at every call. So a module
 * that was loaded during one run, and captured them, is right in the next run too, and gets the real ones between runs.
 */
import type { Clock, TimerHandle } from './clock.ts';

/** What the patched globals need of a virtual time. */
export interface AmbientHost {
  /** Its `now()` counts readings. */
  readonly clock: Clock;
  readonly nowMs: number;
  scheduleAt<A>(dueMs: number, callback: (argument: A) => void, argument: A): TimerHandle;
}

let current: AmbientHost | null = null;

/** The virtual time that is installed now, or null: real time. */
export function ambientHost(): AmbientHost | null {
  return current;
}

/** Installs or removes a virtual time. */
export function setAmbientHost(host: AmbientHost | null): void {
  current = host;
}
