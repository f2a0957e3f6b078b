/**
 * Virtual time with what it leaves out: calls that take a while to the platform and back, timers that are late. For asking how far a result rests on
 * there being none of it; no result of a suite is made with it.
 */
import type { TimerHandle } from '../time/clock.ts';
import { nodeDelay } from '../time/node-delay.ts';
import type { TrialTime } from './play.ts';
import type { Transport, TransportTime } from './transport.ts';

/** What the real world takes its time for, ms of the trial's time. Each is asked once per call or timer. */
export interface Delays {
  /** From the call to the platform. */
  readonly thereMs: () => number;
  /** From the platform's answer to the call's. */
  readonly backMs: () => number;
  /** How late a timer of the client runs. */
  readonly timerMs: () => number;
}

/** The same time with a clock whose timers are late. */
export function lateTime(time: TrialTime, lateMs: () => number): TrialTime {
  const { clock } = time;
  return {
    get nowMs() {
      return time.nowMs;
    },
    scheduleAt: (dueMs, callback, argument) => time.scheduleAt(dueMs, callback, argument),
    run: (main) => time.run(main),
    clock: {
      now: () => clock.now(),
      clearTimer: (timer) => clock.clearTimer(timer),
      setTimer: (callback, delayMs) =>
        time.scheduleAt(time.nowMs + nodeDelay(delayMs) + lateMs(), callback, undefined) as TimerHandle,
    },
  };
}

/** Puts a way between a client and its platform. Calls that are cancelled on the way there are sent all the same. */
export function delayedTransport(near: Transport, time: TransportTime, delays: Delays): Transport {
  const after = (delayMs: number) =>
    new Promise<void>((resolve) => void time.scheduleAt(time.nowMs + delayMs, resolve, undefined));
  return {
    ...near,
    async fetch(input, init) {
      await after(delays.thereMs());
      const response = await near.fetch(input, init);
      await after(delays.backMs());
      return response;
    },
  };
}
