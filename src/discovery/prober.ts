/**
 * Sends probes and writes them down. The one place that touches the black box: whatever is sent passes the budget and the record here.
 */
import type { Fetch } from '../strategies/strategy.ts';
import { type Clock, sleep } from '../time/clock.ts';
import type { BlackBox, Point } from './black-box.ts';
import type { ProbeEvent, ProbeOutcome } from './record.ts';
import { toldBy } from './told.ts';

/** What may be spent. */
export interface ProbeBudget {
  readonly requests: number;
  readonly rejections: number;
  /** Of the gateway's time, from the first probe on. */
  readonly timeMs: number;
}

/** Options of a {@link Prober}. */
export interface ProberOptions {
  readonly budget: ProbeBudget;
  /** Most probes under way at once. */
  readonly inFlight: number;
  /** Is told of each probe when it has been answered. */
  readonly onEvent?: (event: ProbeEvent) => void;
  /** Ends the discovery. */
  readonly signal?: AbortSignal;
}

/** Thrown before the probe that would exceed the budget. */
export class BudgetSpentError extends Error {
  override readonly name = 'BudgetSpentError';
}

/** See the head of this file. */
export class Prober {
  readonly clock: Clock;
  /** Every probe in the order of sending; complete whenever no call is under way. */
  readonly events: ProbeEvent[] = [];
  readonly #box: BlackBox;
  readonly #options: ProberOptions;
  readonly #fetch: Fetch;
  #rejections = 0;
  #startedMs: number | null = null;

  constructor(box: BlackBox, options: ProberOptions) {
    this.#box = box;
    this.#options = options;
    this.#fetch = box.fetch;
    this.clock = box.clock;
  }

  get nowMs(): number {
    return this.clock.now();
  }

  get rejections(): number {
    return this.#rejections;
  }

  /** One probe, and its answer. */
  async send(point: Point): Promise<ProbeEvent> {
    return (await this.sendMany([point]))[0] as ProbeEvent;
  }

  /** Probes at once, in this order; at most as many at a time as may be under way. Gives their answers in the same order. */
  async sendMany(points: readonly Point[]): Promise<ProbeEvent[]> {
    const answers: ProbeEvent[] = [];
    for (let from = 0; from < points.length; from += this.#options.inFlight) {
      const some = points.slice(from, from + this.#options.inFlight);
      this.#check(some.length);
      answers.push(...(await Promise.all(some.map((point) => this.#probe(point)))));
    }
    return answers;
  }

  /** Waits until `atMs` (epoch ms). */
  async waitUntil(atMs: number): Promise<void> {
    this.#options.signal?.throwIfAborted();
    for (let leftMs = atMs - this.nowMs; leftMs > 0; leftMs = atMs - this.nowMs) {
      // Node's timers know whole milliseconds, and no more than 24 days.
      await sleep(this.clock, Math.min(Math.ceil(leftMs), 2_000_000_000), this.#options.signal ?? null);
    }
  }

  #check(more: number): void {
    this.#options.signal?.throwIfAborted();
    const { requests, rejections, timeMs } = this.#options.budget;
    this.#startedMs ??= this.nowMs;
    if (this.events.length + more > requests) throw new BudgetSpentError(`all ${requests} requests are spent`);
    if (this.#rejections + more > rejections)
      throw new BudgetSpentError(`${rejections} rejections are spent, or could be by one more`);
    if (this.nowMs - this.#startedMs > timeMs) throw new BudgetSpentError(`${timeMs} ms are spent`);
  }

  async #probe({ identity, route }: Point): Promise<ProbeEvent> {
    const sentMs = this.nowMs;
    const index = this.events.push(undefined as unknown as ProbeEvent) - 1;
    const response = await this.#ask(identity, route);
    const status = response?.status ?? 0;
    const outcome = outcomeOf(status);
    const answeredMs = this.nowMs;
    const event = { sentMs, answeredMs, identity, route, outcome, status, told: toldBy(response, answeredMs) };
    this.events[index] = event;
    if (outcome === 'rejected') this.#rejections += 1;
    this.#options.onEvent?.(event);
    return event;
  }

  async #ask(identity: number, route: number): Promise<Response | null> {
    const as = this.#box.identities[identity];
    const what = this.#box.routes[route];
    if (as === undefined || what === undefined)
      throw new RangeError(`Cannot probe: no identity ${identity} or no route ${route}`);
    try {
      const response = await this.#fetch(`${this.#box.baseUrl}${what.path}`, {
        method: what.method,
        headers: { ...what.headers, ...as.headers },
        ...(what.body === '' ? {} : { body: what.body }),
      });
      return response;
    } catch {
      this.#options.signal?.throwIfAborted();
      return null;
    }
  }
}

/** 429 is a rejection; other errors of the server, and no answer at all, say nothing about limits. */
function outcomeOf(status: number): ProbeOutcome {
  if (status === 429) return 'rejected';
  return status === 0 || status >= 500 ? 'unknown' : 'admitted';
}
