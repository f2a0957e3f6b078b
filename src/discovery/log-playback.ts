/**
 * Answers of an earlier discovery, given again to the same inference for as long as it asks the same probes: so an interrupted discovery is
 * resumed, and a finished one is inferred again without sending anything. Time stands where the log stands.
 */
import type { Clock, TimerHandle } from '../time/clock.ts';
import type { Point } from './black-box.ts';
import type { ProbeEvent } from './record.ts';

/** See the head of this file. */
export class Playback {
  /** The log's time while it is played back, in which waiting takes none; then the live one. */
  readonly clock: Clock;
  readonly #time: PlaybackClock;
  readonly #events: readonly ProbeEvent[];
  readonly #live: Clock | null;
  #next = 0;

  /** `live`: goes on with it when the log is over; null: does not go on. */
  constructor(events: readonly ProbeEvent[], live: Clock | null) {
    this.#events = events;
    this.#live = live;
    this.clock = this.#time = new PlaybackClock(events[0]?.sentMs ?? live?.now() ?? 0, live);
    if (events.length === 0) this.leave();
  }

  /** Whether the log is played to its end, or left. */
  get isOver(): boolean {
    return this.#next >= this.#events.length && this.#time.isLive;
  }

  /** Whether probes may be sent when the log is over. */
  get goesOn(): boolean {
    return this.#live !== null;
  }

  /** Answers given so far. */
  get played(): number {
    return this.#next;
  }

  /** The answer to the next probe; null: the log has none to this one. */
  take({ identity, route }: Point): ProbeEvent | null {
    const event = this.#events[this.#next];
    if (event === undefined || event.identity !== identity || event.route !== route) return null;
    this.#next += 1;
    this.#time.moveTo(event.answeredMs);
    return event;
  }

  /** Ends the playback: from here on time is live. Gives what nobody asked for. */
  leave(): readonly ProbeEvent[] {
    const rest = this.#events.slice(this.#next);
    this.#next = this.#events.length;
    this.#time.goLive(rest.at(-1)?.answeredMs ?? 0);
    return rest;
  }
}

/** Jumps over every wait; goes on with another clock. */
class PlaybackClock implements Clock {
  readonly #live: Clock | null;
  #nowMs: number;
  isLive = false;

  constructor(startsAtMs: number, live: Clock | null) {
    this.#nowMs = startsAtMs;
    this.#live = live;
  }

  now(): number {
    // The clock of this machine may have been set back since.
    return this.isLive && this.#live !== null ? Math.max(this.#nowMs, this.#live.now()) : this.#nowMs;
  }

  setTimer(callback: () => void, delayMs: number): TimerHandle {
    if (this.isLive && this.#live !== null) return this.#live.setTimer(callback, delayMs);
    const timer = { dueMs: this.#nowMs + Math.max(1, Math.trunc(delayMs)), cleared: false };
    queueMicrotask(() => {
      if (timer.cleared) return;
      this.moveTo(timer.dueMs);
      callback();
    });
    return timer;
  }

  clearTimer(timer: TimerHandle): void {
    if ('cleared' in timer) timer.cleared = true;
    else this.#live?.clearTimer(timer);
  }

  moveTo(nowMs: number): void {
    this.#nowMs = Math.max(this.#nowMs, nowMs);
  }

  goLive(leastMs: number): void {
    this.moveTo(leastMs);
    this.isLive = true;
  }
}
