/** The time of a wire trial: scaled real time with a beginning, and ends that nothing outlives. */
import type { TrialFailure } from '../results/results.ts';
import { createScaledTime, type ScaledTime } from '../time/scaled-time.ts';
import { guard, unguard } from '../time/run-guards.ts';
import type { TimedOutcome, TrialTime } from '../trial/play.ts';

/** Options of {@link createWireTime}. */
export interface WireTimeOptions {
  /** Epoch ms that the clock shows at `originMs`. */
  readonly startsAtMs: number;
  /** Scaled ms per real ms. */
  readonly speed: number;
  /** Real ms since the epoch. */
  readonly originMs: number;
  /** Most scaled ms that the trial may take. */
  readonly deadlineMs: number;
  /** Most real ms that it may take. */
  readonly realMsMax: number;
}

/** A time that can be ended from outside. */
export interface WireTime extends TrialTime {
  /** How late each timer of the client ran so far, scaled ms. */
  readonly lateMs: readonly number[];
  /** Ends the run with a failure; harmless after its end. */
  readonly fail: (reason: TrialFailure['reason'], detail: string) => void;
}

/** Makes the time of one trial. */
export function createWireTime(options: WireTimeOptions): WireTime {
  const { startsAtMs, speed, originMs } = options;
  const lateMs: number[] = [];
  const onRun = (ms: number) => void lateMs.push(ms);
  return new BoundedTime(createScaledTime({ startsAtMs, speed, originMs, precise: true, onRun }), options, lateMs);
}

type Failed = Extract<TimedOutcome<unknown>, { kind: 'failed' }>;

class BoundedTime implements WireTime {
  readonly clock: WireTime['clock'];
  readonly lateMs: readonly number[];
  readonly #time: ScaledTime;
  readonly #options: WireTimeOptions;
  /** What ended it before it began. */
  #early: Failed | null = null;
  #end = (failed: Failed): void => {
    this.#early ??= failed;
  };

  constructor(time: ScaledTime, options: WireTimeOptions, lateMs: readonly number[]) {
    this.#time = time;
    this.lateMs = lateMs;
    this.clock = time.clock;
    this.#options = options;
  }

  get nowMs(): number {
    return this.#time.nowMs;
  }

  readonly fail = (reason: Failed['reason'], detail: string): void => this.#end({ kind: 'failed', reason, detail });

  scheduleAt<A>(dueMs: number, callback: (argument: A) => void, argument: A): unknown {
    return this.#time.scheduleAt(dueMs, callback, argument);
  }

  async run<T>(main: () => Promise<T>): Promise<TimedOutcome<T>> {
    guard(this);
    try {
      return await new Promise<TimedOutcome<T>>((resolve) => {
        if (this.#early !== null) resolve(this.#early);
        this.#end = resolve;
        this.#watch();
        this.#time.scheduleAt(this.#options.startsAtMs, () => void this.#play(main, resolve), undefined);
      });
    } finally {
      unguard(this);
      this.#time.stop();
    }
  }

  async #play<T>(main: () => Promise<T>, resolve: (outcome: TimedOutcome<T>) => void): Promise<void> {
    try {
      resolve({ kind: 'done', value: await main() });
    } catch (error) {
      this.fail('threw', String(error));
    }
  }

  #watch(): void {
    const { startsAtMs, speed, deadlineMs, realMsMax } = this.#options;
    const late = (detail: string) => this.fail('deadline', detail);
    this.scheduleAt(startsAtMs + deadlineMs, late, `was not over after ${deadlineMs} ms`);
    this.scheduleAt(startsAtMs + realMsMax * speed, late, `was not over after ${realMsMax / 1000} s of real time`);
  }
}
