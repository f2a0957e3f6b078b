/** Real time: the twin of the virtual clock, for production use of a strategy and for trials over real HTTP. */
import type { Clock, TimerHandle } from './clock.ts';
import { nodeDelay } from './node-delay.ts';

class SystemTimer implements TimerHandle {
  readonly dueMs: number;
  readonly timeout: ReturnType<typeof setTimeout>;

  constructor(dueMs: number, timeout: ReturnType<typeof setTimeout>) {
    this.dueMs = dueMs;
    this.timeout = timeout;
  }
}

/**
 * The real clock. `now()` is anchored to the wall clock once, at creation, and driven by the monotonic clock from there, so that it never
 * decreases when the machine's clock is set back (and drifts from the wall clock when it is).
 */
export function createSystemClock(): Clock {
  const originMs = Date.now() - performance.now();
  const now = () => originMs + performance.now();
  return {
    now,
    setTimer: (callback, delayMs) => new SystemTimer(now() + nodeDelay(delayMs), setTimeout(callback, delayMs)),
    clearTimer(timer) {
      if (timer instanceof SystemTimer) clearTimeout(timer.timeout);
    },
  };
}
