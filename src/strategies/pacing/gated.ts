/**
 * Every pacing strategy is a small gate per key (org, client, token), and this one layer in front of fetch: a request that finds
 * nobody waiting and the gate open goes straight to fetch; any other waits in line, first come first served, with one timer for the
 * whole line. Nothing polls.
 */
import type { Clock, TimerHandle } from '../../time/clock.ts';
import type { CountedBy } from '../counted-by.ts';
import { keyBy } from '../counted-by.ts';
import { signalOf } from '../retry/request.ts';
import { timerMsMax } from '../retry/retrying.ts';
import type { Fetch, Pipeline, StrategyContext } from '../strategy.ts';
import { Fifo } from './fifo.ts';

/** Says when requests of one key may start. */
export interface Gate {
  /**
   * Takes a start now and returns 0; or takes nothing and returns the milliseconds until it is worth asking again
   * (Infinity: not before an attempt has ended).
   */
  take(nowMs: number): number;
  /** Told of every attempt that ended: its response (null: fetch failed) and when it was started. The line is asked again afterwards. */
  ended?(response: Response | null, nowMs: number, startedAtMs: number): void;
}

/** Puts a gate of its own in front of the requests of each key. */
export function gated(by: CountedBy, makeGate: (context: StrategyContext, key: string) => Gate): Pipeline {
  return (fetch, context) => {
    const keyOf = keyBy(by);
    const lines = new Map<string, Line>();
    return (input, init) => {
      const key = keyOf(context.identify(input, init));
      let line = lines.get(key);
      if (line === undefined) {
        line = new Line(makeGate(context, key), fetch, context.clock);
        lines.set(key, line);
      }
      return line.send(input, init);
    };
  };
}

interface Waiting {
  readonly input: string | URL | Request;
  readonly init: RequestInit | undefined;
  readonly resolve: (response: Response) => void;
  readonly reject: (reason: unknown) => void;
  /** Removes the abort listener, when there is one. */
  forget: (() => void) | null;
  aborted: boolean;
}

/** The requests of one key: a gate and those who wait for it. */
class Line {
  private readonly gate: Gate;
  private readonly fetch: Fetch;
  private readonly clock: Clock;
  private readonly waiting = new Fifo<Waiting>();
  private readonly watches: boolean;
  private timer: TimerHandle | null = null;
  private readonly onTimer: () => void;

  constructor(gate: Gate, fetch: Fetch, clock: Clock) {
    this.gate = gate;
    this.fetch = fetch;
    this.clock = clock;
    this.watches = gate.ended !== undefined;
    this.onTimer = () => {
      this.timer = null;
      this.serve();
    };
  }

  send(input: string | URL | Request, init: RequestInit | undefined): Promise<Response> {
    if (this.waiting.size > 0) return this.wait(input, init);
    const waitMs = this.gate.take(this.clock.now());
    if (waitMs === 0) return this.start(input, init);
    const response = this.wait(input, init);
    this.arm(waitMs);
    return response;
  }

  private wait(input: string | URL | Request, init: RequestInit | undefined): Promise<Response> {
    const signal = signalOf(input, init);
    if (signal?.aborted) return Promise.reject(signal.reason as Error);
    return new Promise((resolve, reject) => {
      const waiting: Waiting = { input, init, resolve, reject, forget: null, aborted: false };
      if (signal !== null) {
        const onAbort = () => {
          waiting.aborted = true;
          reject(signal.reason as Error);
        };
        signal.addEventListener('abort', onAbort, { once: true });
        waiting.forget = () => signal.removeEventListener('abort', onAbort);
      }
      this.waiting.push(waiting);
    });
  }

  /** Starts as many as the gate lets through, then waits for it. */
  private serve(): void {
    const nowMs = this.clock.now();
    for (let first = this.waiting.peek(); first !== undefined; first = this.waiting.peek()) {
      if (!first.aborted) {
        const waitMs = this.gate.take(nowMs);
        if (waitMs !== 0) return this.arm(waitMs);
      }
      this.waiting.shift();
      if (!first.aborted) this.startWaiting(first);
    }
    this.disarm();
  }

  private startWaiting({ input, init, resolve, reject, forget }: Waiting): void {
    forget?.();
    this.start(input, init).then(resolve, reject);
  }

  private start(input: string | URL | Request, init: RequestInit | undefined): Promise<Response> {
    if (!this.watches) return this.call(input, init);
    const startedAtMs = this.clock.now();
    return this.call(input, init).then(
      (response) => {
        this.end(response, startedAtMs);
        return response;
      },
      (error: unknown) => {
        this.end(null, startedAtMs);
        throw error;
      },
    );
  }

  /** What is wrapped may be anybody's code: a throw is a rejection, so that nobody behind it in the line is lost. */
  private call(input: string | URL | Request, init: RequestInit | undefined): Promise<Response> {
    try {
      return this.fetch(input, init);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  private end(response: Response | null, startedAtMs: number): void {
    this.gate.ended?.(response, this.clock.now(), startedAtMs);
    if (this.waiting.size > 0) this.serve();
  }

  /** One timer for the whole line. Rounding errors of a gate below a nanosecond do not cost a millisecond. */
  private arm(waitMs: number): void {
    this.disarm();
    if (waitMs === Infinity) return;
    const delayMs = Math.min(timerMsMax, Math.max(1, Math.ceil(waitMs - 1e-6)));
    this.timer = this.clock.setTimer(this.onTimer, delayMs);
  }

  private disarm(): void {
    if (this.timer !== null) this.clock.clearTimer(this.timer);
    this.timer = null;
  }
}
