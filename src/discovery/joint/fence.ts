/**
 * Keeps a second, unknown limit out of the identification of a first one: never more requests in a long span than a rested gateway was seen to
 * admit. A fence is a limit like any other known one, only that it was set up by ourselves.
 */
import { IDLE_AFTER_MS } from '../idle.ts';
import type { KnownLimit } from '../known-limits.ts';

/** Longer than any window that is looked for, twice where it counts the one before as well. */
export const FENCE_MS = IDLE_AFTER_MS;

/** At most `requests` in any {@link FENCE_MS}, admitted or not. */
export function fence(like: Pick<KnownLimit, 'scope' | 'costs'>, requests: number): KnownLimit {
  return {
    ...like,
    hypothesis: {
      shape: { kind: 'sliding-window-log', windowMs: FENCE_MS },
      counts: 'all',
      capacity: requests,
    },
  };
}

/**
 * Fences to try one after the other around a limit that admits `atOnce` requests at once, where something else showed after `inAll` of them: wide
 * ones first, since every round of experiments costs the time of a fence.
 */
export function fencesAround(atOnce: number, inAll: number): number[] {
  const least = Math.ceil(atOnce * 1.1) + 2;
  const wide = [inAll * 0.6, inAll * 0.25].map(Math.floor).filter((most) => most > 2 * atOnce);
  const more = inAll === 0 ? [Math.ceil(atOnce * 2.5) + 4] : [];
  // What refills in part is told from what refills whole by twice all that fits, and a little more.
  const twice = Math.ceil(atOnce * 2.05) + 4;
  return [...new Set([...wide, ...more, twice, Math.ceil(atOnce * 1.5) + 2, least])];
}
