/** Delay formulas, pure: the five of "Exponential Backoff and Jitter" (M. Brooker, AWS Architecture Blog, 2015). */

/** How chance enters an exponential backoff. */
export type Jitter = 'none' | 'full' | 'equal' | 'decorrelated';

/** What a backoff needs to know. `dice` is in [0, 1); `previousDelayMs` is 0 at the first refusal. */
interface BackoffState {
  readonly refusals: number;
  readonly previousDelayMs: number;
  readonly dice: number;
}

/**
 * Milliseconds to wait after the n-th refusal, never above `capMs`. With b = min(cap, base x 2^(n-1)):
 * none: b; full: uniform in [0, b); equal: b/2 + uniform in [0, b/2); decorrelated: min(cap, uniform in [base, 3 x previous)).
 */
export function backoffMs(jitter: Jitter, baseMs: number, capMs: number, state: BackoffState): number {
  if (jitter === 'decorrelated') {
    const highMs = Math.max(baseMs, (state.previousDelayMs || baseMs) * 3);
    return Math.min(capMs, baseMs + state.dice * (highMs - baseMs));
  }
  const fullMs = Math.min(capMs, baseMs * 2 ** (state.refusals - 1));
  if (jitter === 'full') return state.dice * fullMs;
  if (jitter === 'equal') return fullMs / 2 + (state.dice * fullMs) / 2;
  return fullMs;
}
