/**
 * Sends probes and writes them down. The one place that touches the black box: whatever is sent passes the budget, the manner (careful or
 * defiant), the watch for penalties and the record here, whatever the inference asks.
 */
import type { Fetch } from '../strategies/strategy.ts';
import { type Clock, sleep } from '../time/clock.ts';
import type { BlackBox, Point } from './black-box.ts';
import type { Playback } from './log-playback.ts';
import { WorkBudget } from './fit/work-budget.ts';
import { Holds } from './prober-holds.ts';
import { type PenaltySign, PenaltyWatch } from './prober-penalties.ts';
import { LogEndsError, PenaltySuspectedError, BudgetSpentError, UnreachableError } from './prober-stops.ts';
import { Reach } from './prober-reach.ts';
import type { ProbeEvent, ProbeOutcome } from './record.ts';
import { toldBy } from './told.ts';

export { BudgetSpentError, isStop, LogEndsError, PenaltySuspectedError, UnreachableError } from './prober-stops.ts';
export type { PenaltySign } from './prober-penalties.ts';

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
  /**
   * False: the careful manner. After a 429 (or 503) that told a Retry-After nothing is sent as anybody of the same organization or address before
   * the told time has passed; calls wait for it. As long as 429s may tell one, at most two probes are under way, and for one organization one,
   * unless the one before it was sent long enough ago that its rejection would have come. Default: false.
   */
  readonly defy?: boolean;
  /** True: signs of a penalty do not end the discovery. Default false. */
  readonly allowPenalty?: boolean;
  /** Answers of an earlier discovery, which are given before anything is sent. */
  readonly playback?: Playback;
  /** Is told of each probe when it has been answered; `index`: its place in the order of sending. Not of those played back. */
  readonly onEvent?: (event: ProbeEvent, index: number) => void;
  /** Ends the discovery; probes under way are waited for. */
  readonly signal?: AbortSignal;
}

/** What `fetch` is called with. */
interface SentRequest {
  readonly url: string;
  readonly init: RequestInit;
}

/** Most probes under way while 429s may tell a Retry-After. */
const CAREFUL_IN_FLIGHT = 2;

/** See the head of this file. */
export class Prober {
  readonly clock: Clock;
  /** Every probe in the order of sending; complete whenever no call is under way. */
  readonly events: ProbeEvent[] = [];
  /** What inference over them may still cost. */
  readonly work = new WorkBudget();
  readonly #box: BlackBox;
  readonly #options: ProberOptions;
  readonly #fetch: Fetch;
  readonly #holds: Holds | null;
  readonly #watch: PenaltyWatch;
  readonly #reach: Reach;
  #errorsCharge: boolean | null = null;
  #rejections = 0;
  #underWay = 0;
  /** Probes that were let go, answered or not. */
  #claimed = 0;
  #startedMs: number | null = null;
  #sign: PenaltySign | null = null;
  #heldAt = -1;
  #finished: (() => void)[] = [];
  /** By identity and route. */
  readonly #requests: SentRequest[][] = [];

  constructor(box: BlackBox, options: ProberOptions) {
    this.#box = box;
    this.#options = options;
    this.#fetch = box.fetch;
    this.clock = options.playback?.clock ?? box.clock;
    this.#holds = (options.defy ?? false) ? null : new Holds(box.identities);
    this.#watch = new PenaltyWatch(box.identities, !(options.defy ?? false));
    this.#reach = new Reach(box.identities);
  }

  get nowMs(): number {
    return this.clock.now();
  }

  get rejections(): number {
    return this.#rejections;
  }

  /** When the first probe was sent, epoch ms; null: none was. */
  get startedMs(): number | null {
    return this.#startedMs;
  }

  /** What looked like a penalty; null: nothing so far. */
  get penaltySign(): PenaltySign | null {
    return this.#sign;
  }

  /** Whether probes that an unrelated error answered were admitted before: null, undecided. */
  get errorsCharge(): boolean | null {
    return this.#errorsCharge;
  }

  /** Whether some probes tell nothing and have to be repeated. */
  get losesSome(): boolean {
    return this.#errorsCharge !== true && this.events.some((event) => event?.outcome === 'unknown');
  }

  /** Decides what an unrelated error means. Where it charges, such a probe is written down as admitted, from the first of the record on. */
  readErrors(charge: boolean): void {
    this.#errorsCharge = charge;
    for (const [index, event] of this.events.entries()) {
      if (event !== undefined) this.events[index] = this.#read(event);
    }
  }

  #read(event: ProbeEvent): ProbeEvent {
    const isError = event.outcome === 'unknown' && (event.status === 0 || event.status >= 500);
    return isError && this.#errorsCharge === true ? { ...event, outcome: 'admitted' } : event;
  }

  /** Whether a Retry-After was told, and is obeyed. */
  get obeys(): boolean {
    return this.#holds?.everTold === true;
  }

  /**
   * Whether, from the event `from` of the record on, a probe was held back until a told Retry-After had passed (careful manner): probes of one
   * call were then not sent at once, and what was exhausted before is not any more.
   */
  wasHeld(from: number): boolean {
    return this.#heldAt >= from;
  }

  /** How long a charge stays unseen: so long every call waits, from the last of its probes on, so that the next one finds all charges seen. */
  lagMs = 0;

  /** One probe, and its answer. */
  async send(point: Point): Promise<ProbeEvent> {
    return (await this.sendMany([point]))[0] as ProbeEvent;
  }

  /**
   * Probes at once, in this order; at most as many at a time as may be under way. Gives their answers in the same order.
   *
   * @throws (rejects) BudgetSpentError before the probe that could exceed the budget, PenaltySuspectedError at a sign of a penalty, UnreachableError,
   * LogEndsError where only a log is played back, and the signal's reason. The record then holds every probe that was sent.
   */
  async sendMany(points: readonly Point[]): Promise<ProbeEvent[]> {
    const answers: ProbeEvent[] = [];
    try {
      while (answers.length < points.length) {
        const some = await this.#admitted(points, answers.length);
        // On a real clock time passes between them, yet whatever is sent at once is one instant: their order on the way is not known.
        const sentMs = this.nowMs;
        answers.push(...(await Promise.all(some.map((point) => this.#probe(point, sentMs)))));
        this.#stopAtSigns();
        if (this.lagMs > 0) await this.#wait(sentMs + this.lagMs);
      }
    } catch (error) {
      return await this.#stopWith(error);
    }
    return answers;
  }

  /**
   * Waits until `atMs` (epoch ms).
   *
   * @throws (rejects) BudgetSpentError at once when the time of the budget is over by then, and the signal's reason.
   */
  async waitUntil(atMs: number): Promise<void> {
    try {
      await this.#wait(atMs);
    } catch (error) {
      await this.#stopWith(error);
    }
  }

  async #wait(atMs: number): Promise<void> {
    this.#options.signal?.throwIfAborted();
    const { timeMs } = this.#options.budget;
    if (this.#startedMs !== null && atMs - this.#startedMs > timeMs)
      throw new BudgetSpentError(`${timeMs} ms would be spent by waiting`);
    for (let leftMs = atMs - this.nowMs; leftMs > 0; leftMs = atMs - this.nowMs) {
      // Node's timers know whole milliseconds, and no more than 24 days.
      await sleep(this.clock, Math.min(Math.ceil(leftMs), 2_000_000_000), this.#options.signal ?? null);
    }
  }

  /** Whoever stops may rely on the record, so what is under way is waited for. */
  async #stopWith(error: unknown): Promise<never> {
    while (this.#underWay > 0) await this.#anyFinished();
    throw error;
  }

  /** Those of the points from `from` on that may go now, at least one; waits until there is one. */
  async #admitted(points: readonly Point[], from: number): Promise<readonly Point[]> {
    for (;;) {
      this.#options.signal?.throwIfAborted();
      this.#stopAtSigns();
      const most = this.#room(points.length - from);
      if (most === 0) {
        await this.#anyFinished();
        continue;
      }
      const { count, waitMs, forAnswer } = this.#holds?.admit(points, from, most, this.nowMs) ?? { count: most };
      if (count > 0) return this.#claim(points.slice(from, from + count));
      const untilMs = this.nowMs + (waitMs ?? 0);
      if (forAnswer !== true && waitMs !== undefined) this.#heldAt = this.events.length;
      await (forAnswer === true ? this.#finishedOr(untilMs) : this.#wait(untilMs));
    }
  }

  /** Counts probes as under way from here on, so that calls at once do not take the same room. */
  #claim(points: readonly Point[]): readonly Point[] {
    this.#claimed += points.length;
    this.#underWay += points.length;
    if (this.#holds !== null) for (const { identity } of points) this.#holds.sent(identity, this.nowMs);
    return points;
  }

  #release({ identity }: Point): void {
    this.#underWay -= 1;
    this.#holds?.answered(identity);
    if (this.#finished.length > 0) for (const resolve of this.#finished.splice(0)) resolve();
  }

  /** How many probes more the budget and the probes under way leave room for; 0: one under way decides. */
  #room(asked: number): number {
    const { budget, inFlight } = this.#options;
    this.#startedMs ??= this.nowMs;
    if (this.nowMs - this.#startedMs > budget.timeMs) throw new BudgetSpentError(`${budget.timeMs} ms are spent`);
    const requests = budget.requests - this.#claimed;
    if (requests <= 0) throw new BudgetSpentError(`all ${budget.requests} requests are spent`);
    const rejections = budget.rejections - this.#rejections - this.#underWay;
    if (rejections <= 0 && this.#underWay === 0)
      throw new BudgetSpentError(`all ${budget.rejections} rejections are spent`);
    const most = this.#holds?.mayBeTold === true ? Math.min(CAREFUL_IN_FLIGHT, inFlight) : inFlight;
    return Math.max(0, Math.min(asked, requests, rejections, most - this.#underWay));
  }

  #stopAtSigns(): void {
    if (this.#sign !== null && this.#options.allowPenalty !== true) throw new PenaltySuspectedError(this.#sign);
    const why = this.#reach.lost;
    if (why !== null) throw new UnreachableError(this.#box.baseUrl, why);
  }

  /** One async function for all of a live probe: there are a hundred thousand of them. */
  async #probe(point: Point, sentMs: number): Promise<ProbeEvent> {
    const { playback, onEvent } = this.#options;
    const { identity, route } = point;
    try {
      if (playback !== undefined && !playback.isOver) {
        const played = await this.#played(point, playback);
        if (played !== null) return played;
      }
      const { url, init } = this.#request(point);
      const index = this.events.push(undefined as unknown as ProbeEvent) - 1;
      let response: Response | null = null;
      try {
        response = await this.#fetch(url, init);
      } catch (error) {
        this.#reach.failed(error);
      }
      const status = response?.status ?? 0;
      const answeredMs = this.nowMs;
      const told = toldBy(response, answeredMs);
      const event = this.#read({ sentMs, answeredMs, identity, route, outcome: outcomeOf(status), status, told });
      this.events[index] = event;
      this.#note(event, index);
      onEvent?.(event, index);
      return event;
    } finally {
      this.#release(point);
    }
  }

  /** The answer of the log; null: it has been left. */
  async #played(point: Point, playback: Playback): Promise<ProbeEvent | null> {
    const { budget } = this.#options;
    const recorded = playback.take(point);
    if (recorded !== null) {
      const index = this.events.push(undefined as unknown as ProbeEvent) - 1;
      const event = this.#read(await recorded);
      this.events[index] = event;
      this.#note(event, index);
      return event;
    }
    // What the log holds beyond what was asked for did happen, and belongs to the record.
    const rest = playback.leave();
    for (const event of rest) this.#note(event, this.events.push(this.#read(event)) - 1);
    this.#claimed += rest.length;
    if (!playback.goesOn) throw new LogEndsError('the log holds no answer to what would be asked next');
    // The time between the sessions is not the budget's.
    const lastMs = this.events.findLast((event) => event !== undefined)?.answeredMs;
    if (this.#startedMs !== null && lastMs !== undefined) this.#startedMs += Math.max(0, this.nowMs - lastMs);
    if (this.#claimed > budget.requests) throw new BudgetSpentError(`all ${budget.requests} requests are spent`);
    return null;
  }

  #note(event: ProbeEvent, index: number): void {
    if (event.outcome === 'rejected') this.#rejections += 1;
    this.#holds?.note(event);
    this.#reach.note(event);
    this.#sign ??= this.#watch.note(event, index);
  }

  /** What is sent for a point, put together once. */
  #request({ identity, route }: Point): SentRequest {
    const ofIdentity = (this.#requests[identity] ??= []);
    return (ofIdentity[route] ??= requestOf(this.#box, identity, route));
  }

  #anyFinished(): Promise<void> {
    return new Promise((resolve) => {
      this.#finished.push(resolve);
    });
  }

  async #finishedOr(atMs: number): Promise<void> {
    const enough = new AbortController();
    const waited = sleep(this.clock, Math.max(1, Math.ceil(atMs - this.nowMs)), enough.signal).catch(() => undefined);
    await Promise.race([this.#anyFinished(), waited]);
    enough.abort();
  }
}

/** 429 is a rejection; other errors of the server, who may not come in, and no answer at all, say nothing about limits. */
function outcomeOf(status: number): ProbeOutcome {
  if (status === 429) return 'rejected';
  return status === 0 || status === 401 || status === 403 || status >= 500 ? 'unknown' : 'admitted';
}

function requestOf({ baseUrl, identities, routes }: BlackBox, identity: number, route: number): SentRequest {
  const as = identities[identity];
  const what = routes[route];
  if (as === undefined || what === undefined)
    throw new RangeError(`Cannot probe: no identity ${identity} or no route ${route}`);
  const { method, path, headers, body } = what;
  const init = { method, headers: { ...headers, ...as.headers }, ...(body === '' ? {} : { body }) };
  return { url: `${baseUrl}${path}`, init };
}
