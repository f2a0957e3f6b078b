/**
 * The clock port. Only `src/time` knows real time; its virtual twin lives beside it. Everything else is handed a Clock.
 */

/** A pending timer, opaque to its owner. */
export interface TimerHandle {
  readonly dueMs: number;
}

/** Time as a client sees it. Milliseconds since the Unix epoch. */
export interface Clock {
  /** Epoch milliseconds, not necessarily whole. Never decreases. */
  now(): number;
  /** Calls `callback` once, `delayMs` from now (Node's rule: below 1 becomes 1, fractions are cut). */
  setTimer(callback: () => void, delayMs: number): TimerHandle;
  /** Forgets a timer; harmless when it has fired. */
  clearTimer(timer: TimerHandle): void;
}

/** Resolves `delayMs` from now; rejects with the signal's reason when it aborts first. */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal | null): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason as Error);
    const timer = clock.setTimer(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, delayMs);
    const onAbort = () => {
      clock.clearTimer(timer);
      reject(signal?.reason as Error);
    };
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
