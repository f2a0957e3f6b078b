/** Whether time passes by itself: then no time in a record is exact, and nothing may be concluded from a difference of a millisecond. */
import type { Clock } from '../../time/clock.ts';

/** Readings of a clock, one after the other. A running one differs after a microsecond. */
const READINGS = 10_000;

/** Whether a clock goes on while it is looked at; a virtual one stands still. */
export function goesByItself(clock: Clock): boolean {
  const firstMs = clock.now();
  for (let reading = 0; reading < READINGS; reading++) if (clock.now() !== firstMs) return true;
  return false;
}
