/**
 * Virtual time: programs that wait, without waiting. All events stand in one queue; the loop runs everything that is due at once (ticks,
 * microtasks), moves the clock to the earliest event, runs it, and so on until the main function has settled.
 *
 * Times are milliseconds since the Unix epoch on a grid of 1/1024 ms. Every point of the grid is a double exactly (until the year 2248), so
 * sums and differences of times are exact, in whatever order they are formed: equal instants are equal, and no rounding error can make two
 * machines, or two orders of addition, disagree.
 */
import { installAmbient, type AmbientOptions } from './ambient.ts';
import type { Clock, TimerHandle } from './clock.ts';
import { EventQueue, VirtualEvent } from './event-queue.ts';
import { nodeDelay } from './node-delay.ts';
import { realRequests } from './real-requests.ts';
import { RealTurns, type Driver, type SteppedRun } from './real-turns.ts';
import { describeThrown, enterRun, guard, unguard, type GuardedRun } from './run-guards.ts';

/** Why a virtual run failed. */
export type FailureReason =
  | 'threw'
  | 'deadline'
  | 'too-many-events'
  | 'busy-waiting'
  | 'process-exit'
  | 'unhandled-rejection'
  | 'real-io'
  | 'out-of-memory'
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
  /**
   * An ambient run that comes to hold more bytes than this outside the JavaScript heap (Buffers, typed arrays), which no limit of V8 bounds,
   * fails (`out-of-memory`). Looked at every 256 events. Default 1 GiB.
   */
  readonly outsideHeapBytesMax?: number;
  /** Make time ambient for the whole process during the run, so that third-party code lives in it too (see ambient.ts). Default false. */
  readonly ambient?: boolean;
  /** Dice for `Math.random` in an ambient run; a `RandomSource` will do. Required there, unused elsewhere. */
  readonly random?: AmbientOptions['random'];
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
   * Calls `callback(argument)` at `dueMs` (epoch ms; rounded up to the grid; the past means now; NaN throws a RangeError). For the driver's own events, such as the
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
const GIB = 2 ** 30;
const MIB = 2 ** 20;
const EVENTS_PER_LOOK_AT_MEMORY = 256;
const REAL_TURNS_BEFORE_STALL = 20;

const realSetImmediate = setImmediate;

class VirtualLoop implements VirtualTime, SteppedRun, GuardedRun {
  readonly clock: Clock;
  readonly #queue = new EventQueue();
  readonly #deadlineMs: number;
  readonly #eventsPerInstantMax: number;
  readonly #readsPerEventMax: number;
  readonly #outsideHeapBytesMax: number;
  readonly #ambient: AmbientOptions | null;
  readonly #driver: Driver | null;
  #turns: RealTurns | null = null;
  #nowMs: number;
  #eventsAtThisInstant = 0;
  #readsInThisEvent = 0;
  #externals = 0;
  #idleTurns = 0;
  #requestsOfOthers = 0;
  #outsideHeapBytesBefore = 0;
  #eventsRun = 0;
  #state: 'new' | 'running' | 'over' = 'new';
  #outcome: VirtualOutcome<unknown> | null = null;
  #uninstall: () => void = () => {};
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
    this.#outsideHeapBytesMax = options.outsideHeapBytesMax ?? GIB;
    this.#ambient = options.ambient === true ? { random: requireRandom(options.random) } : null;
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
    if (Number.isNaN(due))
      throw new RangeError('Cannot schedule an event: dueMs must be a number, current value is NaN');
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
    return new Promise((resolve, reject) => {
      this.#finish = resolve as (outcome: VirtualOutcome<unknown>) => void;
      this.scheduleAt(this.#nowMs, () => this.#start(main), undefined);
      realSetImmediate(() => {
        try {
          if (this.#ambient !== null) {
            this.#outsideHeapBytesBefore = process.memoryUsage().external;
            this.#uninstall = installAmbient(this, this.#ambient);
          }
        } catch (error) {
          return reject(error);
        }
        guard(this);
        this.#turns = new RealTurns(this, this.#driver);
        this.#turns.queue();
      });
    });
  }

  /** Ends the run as failed. The first end counts, but a failure counts more than a success that nobody has noticed yet. */
  fail(reason: FailureReason, detail: string, error?: unknown): void {
    if (this.#outcome !== null && this.#outcome.kind === 'failed') return;
    this.#outcome = { kind: 'failed', reason, detail, ...(error === undefined ? {} : { error }) };
  }

  #start(main: () => Promise<unknown>): void {
    main().then(
      (value) => this.#done(value),
      (error: unknown) => this.threw(error),
    );
  }

  #done(value: unknown): void {
    this.#outcome ??= { kind: 'done', value };
  }

  threw(error: unknown): void {
    this.fail('threw', describeThrown(error), error);
  }

  entered(isInside: boolean): void {
    enterRun(isInside ? this : null);
    // What others have under way when a turn begins is theirs; what comes on top within the turn is ours, as nobody else runs then.
    if (isInside && this.#ambient !== null) this.#requestsOfOthers = realRequests().length;
  }

  /** Before time goes on or is waited for: whether code under test left something under way that time would outrun. */
  #outrunsRealWork(): boolean {
    if (this.#ambient === null || this.#externals > 0) return false;
    const requests = realRequests();
    if (requests.length <= this.#requestsOfOthers) return false;
    this.fail(
      'real-io',
      `the code under test waited for ${requests.at(-1)}, which takes real time, and virtual time does not wait for it. Load modules and read files before the first call`,
    );
    return true;
  }

  /** Ends, waits for real work, or runs the next event. */
  step(): boolean {
    if (this.#outcome !== null) return this.#stop();
    const event = this.#queue.peek();
    if ((event === null || event.dueMs > this.#nowMs) && this.#outrunsRealWork()) return this.#stop();
    if (event === null || (this.#externals > 0 && event.dueMs > this.#nowMs)) return this.#idle();
    if (event.dueMs > this.#nowMs) {
      if (event.dueMs > this.#deadlineMs) {
        this.fail(
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
    if (this.#ambient !== null && this.#eventsRun % EVENTS_PER_LOOK_AT_MEMORY === 0 && this.#holdsTooMuch())
      return this.#stop();
    if (this.#eventsAtThisInstant > this.#eventsPerInstantMax) {
      this.fail(
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
      this.threw(error);
    }
    return true;
  }

  #holdsTooMuch(): boolean {
    const bytes = process.memoryUsage().external - this.#outsideHeapBytesBefore;
    if (bytes <= this.#outsideHeapBytesMax) return false;
    this.fail(
      'out-of-memory',
      `the code under test held ${Math.round(bytes / MIB)} MB outside the JavaScript heap (Buffers, typed arrays), more than ${Math.round(this.#outsideHeapBytesMax / MIB)} MB`,
    );
    return true;
  }

  /** Nothing may run now: waits for real work, a few real turns at most if none is known of. */
  #idle(): boolean {
    if (this.#externals === 0) {
      this.#idleTurns += 1;
      if (this.#idleTurns > REAL_TURNS_BEFORE_STALL) {
        this.fail(
          'stalled',
          'nothing is pending that could continue the run: a promise never settles, or real work was not wrapped in external()',
        );
        return this.#stop();
      }
    }
    this.#turns?.queueLater();
    return false;
  }

  #stop(): boolean {
    if (this.#state === 'over') return false;
    this.#state = 'over';
    this.#queue.clear();
    this.#uninstall();
    unguard(this);
    this.#finish(this.#outcome!);
    return false;
  }

  #breakBusyWait(): never {
    const message = `the clock was read more than ${this.#readsPerEventMax} times in one event, and it stands still until the event ends`;
    this.fail('busy-waiting', message);
    throw new BusyWaitError(message);
  }
}

function requireRandom(random: AmbientOptions['random'] | undefined): AmbientOptions['random'] {
  if (random === undefined) {
    throw new TypeError(
      'Cannot create virtual time: random must be a source of random numbers when ambient is true, current value is undefined',
    );
  }
  return random;
}

/** Rounds up to the grid: nothing happens before it is asked for. */
function onGrid(timeMs: number): number {
  return Math.ceil(timeMs * GRID_PER_MS) / GRID_PER_MS;
}
