/**
 * Virtual time: programs that wait, without waiting. All events stand in one queue; the loop runs everything that is due at once (ticks,
 * microtasks), moves the clock to the earliest event, runs it, and so on until the main function has settled.
 *
 * Times are milliseconds since the Unix epoch on a grid of 1/1024 ms. Every point of the grid is a double exactly (until the year 2248), so
 * sums and differences of times are exact, in whatever order they are formed: equal instants are equal, and no rounding error can make two
 * machines, or two orders of addition, disagree.
 */
import type { Clock, TimerHandle } from './clock.ts';
import { bestDriver, drainTicks, EVENTS_PER_TURN, type Driver } from './drain.ts';
import { EventQueue, VirtualEvent } from './event-queue.ts';
import { nodeDelay } from './node-delay.ts';

/** Why a virtual run failed. */
export type FailureReason =
  | 'threw'
  | 'deadline'
  | 'too-many-events'
  | 'busy-waiting'
  | 'process-exit'
  | 'unhandled-rejection'
  | 'stalled';

/** A run that did not end well. `error` is what was thrown, where something was. */
export interface VirtualFailure {
  readonly kind: 'failed';
  readonly reason: FailureReason;
  readonly detail: string;
  readonly error?: unknown;
}

/** How a virtual run ended. */
export type VirtualOutcome<T> = { readonly kind: 'done'; readonly value: T } | VirtualFailure;

/** Options of {@link createVirtualTime}. */
export interface VirtualTimeOptions {
  /** Epoch ms at which the clock starts. */
  readonly startsAtMs: number;
  /** Epoch ms after which the run fails (`deadline`). An event at this very instant still runs. */
  readonly deadlineMs: number;
  /** More events than this at one instant fail the run (`too-many-events`). Default 2,000,000. */
  readonly eventsPerInstantMax?: number;
  /** More readings of the clock than this in one event, with all it sets off, fail the run (`busy-waiting`). Default 10,000,000. */
  readonly readsPerEventMax?: number;
  /** How events are separated. Default: the fastest that works. All give the same order. */
  readonly driver?: Driver;
}

/** A clock that jumps, and the loop that drives it. */
export interface VirtualTime {
  /** The clock for the code under test. Its readings are counted. */
  readonly clock: Clock;
  /** The time now, epoch ms; not counted. */
  readonly nowMs: number;
  /** Events that ran so far. */
  readonly eventsRun: number;
  /**
   * Calls `callback(argument)` at `dueMs` (epoch ms; rounded up to the grid; the past means now). For the driver's own events, such as the
   * end of a request's service: fractions are kept, there is no least delay, and one function can serve all events, without closures.
   */
  scheduleAt<A>(dueMs: number, callback: (argument: A) => void, argument: A): TimerHandle;
  /** Runs `main` in virtual time until it settles or the run fails. Once per virtual time. Never rejects because of what `main` does. */
  run<T>(main: () => Promise<T>): Promise<VirtualOutcome<T>>;
  /** Holds the clock while real work (files, zlib, crypto, sockets) is under way, which would otherwise be outrun by it. */
  external<T>(promise: Promise<T>): Promise<T>;
}

/** Makes a virtual time. Throws a RangeError when the options contradict each other. */
export function createVirtualTime(options: VirtualTimeOptions): VirtualTime {
  return new VirtualLoop(options);
}

/** Thrown by a reading of the clock that breaks a busy wait. */
export class BusyWaitError extends Error {
  override readonly name = 'BusyWaitError';
}

const GRID_PER_MS = 1024;
const REAL_TURNS_BEFORE_STALL = 20;

const realSetImmediate = setImmediate;
const realSetTimeout = setTimeout;

class VirtualLoop implements VirtualTime {
  readonly clock: Clock;
  readonly #queue = new EventQueue();
  readonly #deadlineMs: number;
  readonly #eventsPerInstantMax: number;
  readonly #readsPerEventMax: number;
  #driver: Driver | null;
  #nowMs: number;
  #eventsAtThisInstant = 0;
  #readsInThisEvent = 0;
  #externals = 0;
  #idleTurns = 0;
  #eventsRun = 0;
  #state: 'new' | 'running' | 'over' = 'new';
  #outcome: VirtualOutcome<unknown> | null = null;
  #finish: (outcome: VirtualOutcome<unknown>) => void = () => {};

  constructor(options: VirtualTimeOptions) {
    if (!(options.deadlineMs >= options.startsAtMs)) {
      throw new RangeError(
        `Cannot create virtual time: deadlineMs must be an epoch time not before startsAtMs (${options.startsAtMs}), current value is ${options.deadlineMs}`,
      );
    }
    this.#nowMs = onGrid(options.startsAtMs);
    this.#deadlineMs = options.deadlineMs;
    this.#eventsPerInstantMax = options.eventsPerInstantMax ?? 2_000_000;
    this.#readsPerEventMax = options.readsPerEventMax ?? 10_000_000;
    this.#driver = options.driver ?? null;
    this.clock = {
      now: () => this.read(),
      setTimer: (callback, delayMs) => this.#queue.push(this.#nowMs + nodeDelay(delayMs), callback, undefined),
      clearTimer: (timer) => {
        if (timer instanceof VirtualEvent) this.#queue.cancel(timer);
      },
    };
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  get eventsRun(): number {
    return this.#eventsRun;
  }

  /** A counted reading of the clock. */
  read(): number {
    this.#readsInThisEvent += 1;
    if (this.#readsInThisEvent > this.#readsPerEventMax) this.#breakBusyWait();
    return this.#nowMs;
  }

  scheduleAt<A>(dueMs: number, callback: (argument: A) => void, argument: A): TimerHandle {
    const due = onGrid(dueMs);
    return this.#queue.push(due > this.#nowMs ? due : this.#nowMs, callback as (argument: unknown) => void, argument);
  }

  async external<T>(promise: Promise<T>): Promise<T> {
    this.#externals += 1;
    try {
      return await promise;
    } finally {
      this.#externals -= 1;
    }
  }

  run<T>(main: () => Promise<T>): Promise<VirtualOutcome<T>> {
    if (this.#state !== 'new') {
      return Promise.reject(new Error('Cannot run in virtual time: run must be called once, it was called before'));
    }
    this.#state = 'running';
    return new Promise((resolve) => {
      this.#finish = resolve as (outcome: VirtualOutcome<unknown>) => void;
      this.scheduleAt(this.#nowMs, () => this.#start(main), undefined);
      realSetImmediate(() => {
        this.#driver ??= bestDriver();
        this.#queueTurn();
      });
    });
  }

  #start(main: () => Promise<unknown>): void {
    main().then(
      (value) => this.#end({ kind: 'done', value }),
      (error: unknown) => this.#end(threw(error)),
    );
  }

  /** The first end counts. */
  #end(outcome: VirtualOutcome<unknown>): void {
    this.#outcome ??= outcome;
  }

  #fail(reason: FailureReason, detail: string): void {
    this.#end({ kind: 'failed', reason, detail });
  }

  #queueTurn(): void {
    if (this.#driver === 'tick-callback') {
      realSetImmediate(this.#turn);
    } else {
      const steps = EVENTS_PER_TURN[this.#driver!];
      for (let step = 1; step < steps; step++) realSetImmediate(this.#stepOfBatch);
      realSetImmediate(this.#lastOfBatch);
    }
  }

  /** One real turn of the event loop: many events, with a drain before each. */
  readonly #turn = (): void => {
    for (let left = EVENTS_PER_TURN['tick-callback']; left > 0; left--) {
      try {
        drainTicks();
      } catch (error) {
        this.#end(threw(error));
      }
      if (this.#step() !== 'ran') return;
    }
    realSetImmediate(this.#turn);
  };

  /** The fallback: one event per immediate; Node itself drains between them. */
  #batchIsOver = false;

  readonly #stepOfBatch = (): void => {
    if (!this.#batchIsOver && this.#step() !== 'ran') this.#batchIsOver = true;
  };

  readonly #lastOfBatch = (): void => {
    const over = this.#batchIsOver || this.#step() !== 'ran';
    this.#batchIsOver = false;
    if (!over) this.#queueTurn();
  };

  /** Ends, waits for real work, or runs the next event. */
  #step(): 'ran' | 'waits' | 'over' {
    if (this.#outcome !== null) return this.#stop();
    const event = this.#queue.peek();
    if (event === null || (this.#externals > 0 && event.dueMs > this.#nowMs)) return this.#idle();
    if (event.dueMs > this.#nowMs) {
      if (event.dueMs > this.#deadlineMs) {
        this.#fail(
          'deadline',
          `the next event would be ${event.dueMs - this.#deadlineMs} ms after the virtual deadline`,
        );
        return this.#stop();
      }
      this.#nowMs = event.dueMs;
      this.#eventsAtThisInstant = 0;
    }
    this.#queue.removeFirst();
    this.#idleTurns = 0;
    this.#readsInThisEvent = 0;
    this.#eventsRun += 1;
    this.#eventsAtThisInstant += 1;
    if (this.#eventsAtThisInstant > this.#eventsPerInstantMax) {
      this.#fail(
        'too-many-events',
        `more than ${this.#eventsPerInstantMax} events at one instant: does it poll without waiting?`,
      );
      return this.#stop();
    }
    const callback = event.callback!;
    event.callback = null;
    try {
      callback(event.argument);
    } catch (error) {
      this.#end(threw(error));
    }
    return 'ran';
  }

  /** Nothing may run now: waits for real work, a few real turns at most if none is known of. */
  #idle(): 'waits' | 'over' {
    if (this.#externals === 0) {
      this.#idleTurns += 1;
      if (this.#idleTurns > REAL_TURNS_BEFORE_STALL) {
        this.#fail(
          'stalled',
          'nothing is pending that could continue the run: a promise never settles, or real work was not wrapped in external()',
        );
        return this.#stop();
      }
    }
    realSetTimeout(() => this.#queueTurn(), 1);
    return 'waits';
  }

  #stop(): 'over' {
    if (this.#state === 'over') return 'over';
    this.#state = 'over';
    this.#queue.clear();
    this.#finish(this.#outcome!);
    return 'over';
  }

  #breakBusyWait(): never {
    const message = `the clock was read more than ${this.#readsPerEventMax} times in one event, and it stands still until the event ends`;
    this.#fail('busy-waiting', message);
    throw new BusyWaitError(message);
  }
}

function threw(error: unknown): VirtualFailure {
  return { kind: 'failed', reason: 'threw', detail: String(error), error };
}

/** Rounds up to the grid: nothing happens before it is asked for. */
function onGrid(timeMs: number): number {
  return Math.ceil(timeMs * GRID_PER_MS) / GRID_PER_MS;
}
