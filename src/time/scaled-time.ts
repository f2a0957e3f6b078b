/**
 * Real time, scaled: a time that runs `speed` times as fast as the wall's, can be moved forward, and at speed 0 moves in no other way. Wire
 * trials and the gateway's server live in it; tests drive it by hand.
 */
import type { Clock, TimerHandle } from './clock.ts';
import { EventQueue, VirtualEvent } from './event-queue.ts';
import { nodeDelay } from './node-delay.ts';

/** Options of {@link createScaledTime}. */
export interface ScaledTimeOptions {
  /** Epoch ms that the clock shows at first. Default: the wall's. */
  readonly startsAtMs?: number;
  /** Scaled ms per real ms. 0: stands still but for {@link ScaledTime.advance}. Default 1. */
  readonly speed?: number;
  /** Real ms since the epoch (on `performance.timeOrigin + performance.now()`) at which it shows `startsAtMs`: two processes that are given the same agree. Default: now. */
  readonly originMs?: number;
  /**
   * Spend processor time on punctuality: the last real millisecond before an event is waited for by polling, since Node's timers are late by
   * up to one and a half. Default false.
   */
  readonly precise?: boolean;
  /** Told of each event that runs in real time how late it is, scaled ms. Default: nobody is told. */
  readonly onRun?: (lateMs: number) => void;
}

/** A scaled time. */
export interface ScaledTime {
  /** The clock for client code, with Node's rule for delays. */
  readonly clock: Clock;
  /** Epoch ms; never decreases. */
  readonly nowMs: number;
  readonly speed: number;
  /** Calls `callback(argument)` at `dueMs` or as soon after it as can be. */
  scheduleAt<A>(dueMs: number, callback: (argument: A) => void, argument: A): TimerHandle;
  /** Moves the clock forward by `byMs`; what falls due on the way runs in order, each event at its own time, before this returns. */
  advance(byMs: number): void;
  /** Another speed from now on. Throws a RangeError unless it is finite and not negative. */
  setSpeed(speed: number): void;
  /** Events that have not run yet. */
  readonly pending: number;
  /** Forgets all events, and takes no further ones: nothing keeps the process alive any more. The clock goes on. */
  stop(): void;
}

/** Node's longest timer; longer waits are made of several. */
const REAL_DELAY_MAX_MS = 2_147_483_647;
/** Before an event that is this near, a precise time polls. */
const POLLED_MS = 1.6;

/** Makes a scaled time. Throws a RangeError for a speed that is negative or not finite. */
export function createScaledTime(options: ScaledTimeOptions = {}): ScaledTime {
  return new Scaled(options);
}

/** The wall's time on this process's monotonic clock: the same in all processes of one machine, to a fraction of a millisecond. */
export function wallMs(): number {
  return performance.timeOrigin + performance.now();
}

class Scaled implements ScaledTime {
  readonly clock: Clock;
  readonly #queue = new EventQueue();
  readonly #precise: boolean;
  readonly #onRun: ((lateMs: number) => void) | undefined;
  #speed: number;
  /** The clock showed `#shownMs` when the wall's showed `#originMs`. */
  #shownMs: number;
  #originMs: number;
  /** While events run in `advance`, or one late event runs: their own time. */
  #heldMs: number | null = null;
  #lastMs = Number.NEGATIVE_INFINITY;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #poll: ReturnType<typeof setImmediate> | null = null;
  #armedForMs = Number.POSITIVE_INFINITY;
  #isStopped = false;

  constructor({ startsAtMs, speed = 1, originMs, precise = false, onRun }: ScaledTimeOptions) {
    this.#onRun = onRun;
    checkSpeed(speed);
    this.#speed = speed;
    this.#originMs = originMs ?? wallMs();
    this.#shownMs = startsAtMs ?? this.#originMs;
    this.#precise = precise;
    this.clock = {
      now: () => this.nowMs,
      setTimer: (callback, delayMs) => this.scheduleAt(this.nowMs + nodeDelay(delayMs), callback, undefined),
      clearTimer: (timer) => {
        if (timer instanceof VirtualEvent) this.#queue.cancel(timer);
      },
    };
  }

  get nowMs(): number {
    const nowMs = this.#heldMs ?? this.#shownMs + (wallMs() - this.#originMs) * this.#speed;
    if (nowMs > this.#lastMs) this.#lastMs = nowMs;
    return this.#lastMs;
  }

  get speed(): number {
    return this.#speed;
  }

  get pending(): number {
    return this.#queue.size;
  }

  scheduleAt<A>(dueMs: number, callback: (argument: A) => void, argument: A): TimerHandle {
    const event = this.#queue.push(dueMs, callback as (argument: unknown) => void, argument);
    if (this.#isStopped) this.#queue.clear();
    else if (dueMs < this.#armedForMs) this.#arm();
    return event;
  }

  advance(byMs: number): void {
    if (!(byMs >= 0 && byMs < Number.POSITIVE_INFINITY)) {
      throw new RangeError(`Cannot move the clock: byMs must be at least 0 and finite, current value is ${byMs}`);
    }
    const untilMs = this.nowMs + byMs;
    for (let next = this.#queue.peek(); next !== null && next.dueMs <= untilMs; next = this.#queue.peek()) {
      this.#heldMs = Math.max(next.dueMs, this.#lastMs);
      this.#run(next);
    }
    this.#heldMs = null;
    this.#rebase(untilMs);
  }

  setSpeed(speed: number): void {
    checkSpeed(speed);
    const { nowMs } = this;
    this.#speed = speed;
    this.#rebase(nowMs);
  }

  stop(): void {
    this.#isStopped = true;
    this.#queue.clear();
    this.#disarm();
  }

  #rebase(shownMs: number): void {
    this.#shownMs = shownMs;
    this.#originMs = wallMs();
    this.#arm();
  }

  #run(event: VirtualEvent): void {
    this.#queue.removeFirst();
    const { callback, argument } = event;
    event.callback = null;
    callback?.(argument);
  }

  readonly #wake = (): void => {
    this.#disarm();
    for (let next = this.#queue.peek(); next !== null && next.dueMs <= this.nowMs; next = this.#queue.peek()) {
      this.#onRun?.(this.nowMs - next.dueMs);
      this.#run(next);
    }
    this.#arm();
  };

  #arm(): void {
    this.#disarm();
    const next = this.#queue.peek();
    if (next === null || this.#speed === 0) return;
    this.#armedForMs = next.dueMs;
    const realMs = (next.dueMs - this.nowMs) / this.#speed;
    if (!this.#precise) {
      this.#timer = setTimeout(this.#wake, Math.min(Math.max(0, realMs), REAL_DELAY_MAX_MS));
    } else if (realMs > POLLED_MS) {
      this.#timer = setTimeout(this.#wake, Math.min(realMs - POLLED_MS, REAL_DELAY_MAX_MS));
    } else {
      this.#poll = setImmediate(this.#wake);
    }
  }

  #disarm(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#poll !== null) clearImmediate(this.#poll);
    this.#timer = this.#poll = null;
    this.#armedForMs = Number.POSITIVE_INFINITY;
  }
}

function checkSpeed(speed: number): void {
  if (speed >= 0 && speed < Number.POSITIVE_INFINITY) return;
  throw new RangeError(`Cannot scale time: speed must be at least 0 and finite, current value is ${speed}`);
}
