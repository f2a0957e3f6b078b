/**
 * Where virtual time meets the real event loop: many virtual events are run in one real turn, and between any two of them everything that is
 * due before the next event is run to exhaustion: `process.nextTick` callbacks and microtasks.
 *
 * Node runs them after each macrotask. `process._tickCallback` is that very function; calling it from inside a macrotask costs 27 ns, a real
 * macrotask per event 800 ns. It is not documented, so it is tested before use; the fallback are real immediates queued in batches, between
 * which Node drains by itself, with the same order of everything (56 ns).
 *
 * It must never be called from inside a microtask: V8 then ignores the request.
 */

/** How the loop lets ticks and microtasks run between two events. */
export type Driver = 'tick-callback' | 'immediate-batch' | 'immediate';

/** Events per real turn of the event loop, so that real input and output are not starved. */
const EVENTS_PER_TURN: Readonly<Record<Driver, number>> = {
  'tick-callback': 4096,
  'immediate-batch': 256,
  immediate: 1,
};

/** A turn that has taken this long is the last for now, so that a signal is heard while events are hard work; looked at every few events. */
const TURN_MS_MAX = 100;
const EVENTS_PER_LOOK = 16;

const tickCallback = (process as unknown as { _tickCallback?: unknown })._tickCallback;

/** Runs all pending ticks and microtasks, if it works. */
const drainTicks = tickCallback as () => void;

const realSetImmediate = setImmediate;
const realSetTimeout = setTimeout;
const realNow = performance.now.bind(performance);

let tested: boolean | null = null;

/** What is run, step by step. */
export interface SteppedRun {
  /** Runs one event. False: no further steps for now. */
  step(): boolean;
  /** Told of an exception that came out of a `process.nextTick` callback. */
  threw(error: unknown): void;
  /** Told when its code begins to run in a real turn, and when it ends. */
  entered(isInside: boolean): void;
}

/** Runs the steps of one run in real turns of the event loop. Must be made in a macrotask. */
export class RealTurns {
  readonly #run: SteppedRun;
  readonly #driver: Driver;
  #batchIsOver = false;

  /** `driver` null: the fastest that works on this Node. */
  constructor(run: SteppedRun, driver: Driver | null) {
    this.#run = run;
    this.#driver = driver ?? bestDriver();
  }

  /** Goes on in the next real turn. */
  queue(): void {
    if (this.#driver === 'tick-callback') {
      realSetImmediate(this.#turn);
    } else {
      for (let step = EVENTS_PER_TURN[this.#driver]; step > 1; step--) realSetImmediate(this.#stepOfBatch);
      realSetImmediate(this.#lastOfBatch);
    }
  }

  /** Goes on in about a real millisecond: there is only real work to wait for. */
  queueLater(): void {
    realSetTimeout(() => this.queue(), 1);
  }

  readonly #turn = (): void => {
    this.#run.entered(true);
    const goesOn = this.#manySteps(EVENTS_PER_TURN['tick-callback']);
    this.#run.entered(false);
    if (goesOn) this.queue();
  };

  #manySteps(count: number): boolean {
    const untilMs = realNow() + TURN_MS_MAX;
    for (let left = count; left > 0; left--) {
      if (left % EVENTS_PER_LOOK === 0 && realNow() > untilMs) return true;
      try {
        drainTicks();
      } catch (error) {
        this.#run.threw(error);
        this.queue();
        // Passed on to Node, for only its own handling of uncaught exceptions takes the broken tick off the stack of async ids.
        throw error;
      }
      if (!this.#run.step()) return false;
    }
    return true;
  }

  // The fallback: one step per immediate, and Node itself drains between them; so it is never left for certain until the run is over.

  readonly #stepOfBatch = (): void => {
    this.#run.entered(true);
    this.#batchIsOver ||= !this.#run.step();
  };

  readonly #lastOfBatch = (): void => {
    this.#stepOfBatch();
    const goesOn = !this.#batchIsOver;
    this.#batchIsOver = false;
    if (goesOn) this.queue();
  };
}

/** The fastest driver that works on this Node. Must be called from a macrotask. */
function bestDriver(): Driver {
  tested ??= typeof tickCallback === 'function' && drainsEverything();
  return tested ? 'tick-callback' : 'immediate-batch';
}

function drainsEverything(): boolean {
  let ticks = 0;
  let microtasks = 0;
  process.nextTick(() => {
    ticks += 1;
    queueMicrotask(() => process.nextTick(() => (ticks += 1)));
  });
  let chain = Promise.resolve();
  for (let link = 0; link < 50; link++) chain = chain.then(() => void (microtasks += 1));
  drainTicks();
  return ticks === 2 && microtasks === 50;
}
