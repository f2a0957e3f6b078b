/**
 * Answers of an earlier discovery, given again to the same inference for as long as it asks the same probes: so an interrupted discovery is
 * resumed, and a finished one is inferred again without sending anything. Until then time is the log's, and waiting takes none.
 */
import type { Clock, TimerHandle } from '../time/clock.ts';
import type { Point } from './black-box.ts';
import type { ProbeEvent } from './record.ts';

/** Options of a {@link Playback}. */
export interface PlaybackOptions {
  readonly events: readonly ProbeEvent[];
  /** Goes on with it when the log is over; null: does not go on. */
  readonly live: Clock | null;
  /** Calls back when all that is ready to run has run; `nextTurn` where time is real. */
  readonly turn: (callback: () => void) => void;
}

/** See the head of this file. */
export class Playback {
  /** The log's time, then the live one. */
  readonly clock: Clock;
  readonly #time: PlaybackClock;
  readonly #events: readonly ProbeEvent[];
  readonly #live: Clock | null;
  #next = 0;
  #isOver = false;

  constructor({ events, live, turn }: PlaybackOptions) {
    this.#events = events;
    this.#live = live;
    this.clock = this.#time = new PlaybackClock(events[0]?.sentMs ?? live?.now() ?? 0, live, turn);
  }

  /** Whether the log was left: nothing is answered from it any more. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Whether probes may be sent when the log is over. */
  get goesOn(): boolean {
    return this.#live !== null;
  }

  /** The answer to the next probe, which comes in its time; null: the log has none to this one. */
  take({ identity, route }: Point): Promise<ProbeEvent> | null {
    const event = this.#events[this.#next];
    if (event === undefined || event.identity !== identity || event.route !== route) return null;
    this.#next += 1;
    return new Promise((resolve) => this.#time.at(event.answeredMs, () => resolve(event)));
  }

  /** Ends the playback: from here on time is live, where it goes on. Gives what nobody asked for. */
  leave(): readonly ProbeEvent[] {
    const rest = this.#events.slice(this.#next);
    this.#next = this.#events.length;
    this.#isOver = true;
    this.#time.leave(this.#events.reduce((latest, { answeredMs }) => Math.max(latest, answeredMs), 0));
    return rest;
  }
}

/** Something due. */
interface Due extends TimerHandle {
  readonly callback: () => void;
  /** Where it waits once time is live. */
  live: TimerHandle | null;
}

/** Goes from one thing that is due to the next; then is another clock. */
class PlaybackClock implements Clock {
  readonly #live: Clock | null;
  readonly #turn: PlaybackOptions['turn'];
  /** By time, then by order of making. */
  #queue: Due[] = [];
  #nowMs: number;
  #isLive = false;
  #isTurning = false;

  constructor(startsAtMs: number, live: Clock | null, turn: PlaybackOptions['turn']) {
    this.#nowMs = startsAtMs;
    this.#live = live;
    this.#turn = turn;
  }

  now(): number {
    // The clock of this machine may have been set back since.
    return this.#isLive && this.#live !== null ? Math.max(this.#nowMs, this.#live.now()) : this.#nowMs;
  }

  setTimer(callback: () => void, delayMs: number): TimerHandle {
    if (this.#isLive && this.#live !== null) return this.#live.setTimer(callback, delayMs);
    return this.at(this.#nowMs + Math.max(1, Math.trunc(delayMs)), callback);
  }

  clearTimer(timer: TimerHandle): void {
    const at = this.#queue.indexOf(timer as Due);
    if (at !== -1) this.#queue.splice(at, 1);
    else if ('live' in timer) {
      if (timer.live !== null) this.#live?.clearTimer(timer.live as TimerHandle);
    } else this.#live?.clearTimer(timer);
  }

  at(dueMs: number, callback: () => void): Due {
    const due: Due = { dueMs, callback, live: null };
    let at = this.#queue.length;
    while (at > 0 && (this.#queue[at - 1] as Due).dueMs > dueMs) at -= 1;
    this.#queue.splice(at, 0, due);
    this.#goOn();
    return due;
  }

  /** What is still due is due on the live clock. */
  leave(lastMs: number): void {
    if (this.#live === null) return;
    const startedMs = this.#nowMs;
    this.#nowMs = Math.max(startedMs, lastMs);
    this.#isLive = true;
    for (const due of this.#queue.splice(0))
      due.live = this.#live.setTimer(due.callback, Math.max(0, due.dueMs - startedMs));
  }

  #goOn(): void {
    if (this.#isTurning) return;
    this.#isTurning = true;
    this.#turn(() => {
      this.#isTurning = false;
      const due = this.#queue.shift();
      if (due === undefined) return;
      this.#nowMs = Math.max(this.#nowMs, due.dueMs);
      due.callback();
      if (this.#queue.length > 0) this.#goOn();
    });
  }
}
