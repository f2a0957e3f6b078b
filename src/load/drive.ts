/** Drives a target: which request is due, and which place takes it. Open: by the timetable. Closed: as soon as a place is free. */
import { inputError } from '../results/input-error.ts';
import type { ScaledTime } from '../time/scaled-time.ts';
import { type Answer, type Connections, type Loss, openConnections, type Place, type Sent } from './connections.ts';
import type { Pace } from './pace.ts';

/** What is driven, qualified. */
export interface Drive {
  readonly origin: string;
  readonly connections: number;
  readonly pipelining: number;
  /** null: closed. */
  readonly pace: Pace | null;
  readonly durationMs: number;
  /** The budget: no more than this is ever sent. */
  readonly requestsMax: number;
  readonly timeoutMs: number;
  /** One per sender; requests take them in turn. */
  readonly bytes: readonly Buffer[];
}

/** Who is told. Times are epoch ms. */
export interface DriveListener {
  /** The connections stand; the clock of the run starts. */
  onStart(startMs: number): void;
  onSent(sent: Sent): void;
  onAnswer(sent: Sent, answer: Answer, nowMs: number): void;
  onLost(sent: Sent, loss: Loss, nowMs: number): void;
}

/** How a drive ended. */
export interface DriveEnd {
  /** False: it was interrupted. */
  readonly complete: boolean;
  readonly ranMs: number;
  readonly sent: number;
  /** Sent, and neither answered nor lost when the run ended. */
  readonly unanswered: number;
  /** Were due within the duration and the budget, and never found a free place: open loads only. */
  readonly unsent: number;
}

/** How long the first connections may take. */
const CONNECT_MS = 5000;

/**
 * Drives until the duration is over (or the budget is spent) and everything is answered, at most one timeout longer.
 *
 * @throws (rejects) InputError when nothing answers at the target.
 */
export async function drive(
  plan: Drive,
  time: ScaledTime,
  listener: DriveListener,
  signal: AbortSignal,
): Promise<DriveEnd> {
  return await new Driver(plan, time, listener).run(signal);
}

class Driver {
  readonly #plan: Drive;
  readonly #time: ScaledTime;
  readonly #listener: DriveListener;
  readonly #limit: number;
  /** Last in, first out: connections that stay idle may be closed by the server without harm. */
  readonly #free: { readonly place: Place; readonly sinceMs: number }[] = [];
  #startMs: number | null = null;
  #next = 0;
  #open = 0;
  #wakesAtMs = Number.POSITIVE_INFINITY;
  #failures = 0;
  #isOver = false;
  #resolve: (complete: boolean) => void = () => {};

  constructor(plan: Drive, time: ScaledTime, listener: DriveListener) {
    this.#plan = plan;
    this.#time = time;
    this.#listener = listener;
    this.#limit = Math.min(plan.requestsMax, plan.pace?.total ?? plan.requestsMax);
  }

  async run(signal: AbortSignal): Promise<DriveEnd> {
    const ended = new Promise<boolean>((resolve) => {
      this.#resolve = resolve;
    });
    const stop = () => this.#finish(false);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    const connections = this.#connect();
    this.#time.scheduleAt(this.#time.nowMs + CONNECT_MS, () => this.#begin(), undefined);
    try {
      const complete = await ended;
      if (this.#startMs === null && complete) throw unreachable(this.#plan.origin, connections);
      return this.#endOf(complete);
    } finally {
      signal.removeEventListener('abort', stop);
      await connections.close();
    }
  }

  #finish(complete: boolean): void {
    this.#isOver = true;
    this.#resolve(complete);
  }

  #connect(): Connections {
    const { origin, connections, pipelining, timeoutMs } = this.#plan;
    const settled = (sent: () => void) => {
      this.#open -= 1;
      sent();
      this.#pump();
    };
    return openConnections({
      origin,
      connections,
      pipelining,
      timeoutMs,
      time: this.#time,
      onError: () => {
        this.#failures += 1;
        // Each connection has been refused: nobody listens.
        if (this.#failures >= connections && this.#free.length === 0) this.#begin();
      },
      onFree: (place) => {
        this.#free.push({ place, sinceMs: this.#time.nowMs });
        if (this.#startMs === null && this.#free.length === connections * pipelining) this.#begin();
        else this.#pump();
      },
      onGone: (places) => {
        if (places.size === 0) return;
        const kept = this.#free.filter(({ place }) => !places.has(place));
        this.#free.splice(0, this.#free.length, ...kept);
      },
      onAnswer: (sent, answer) => settled(() => this.#listener.onAnswer(sent, answer, this.#time.nowMs)),
      onLost: (sent, loss) => settled(() => this.#listener.onLost(sent, loss, this.#time.nowMs)),
    });
  }

  /** All connections stand, or as many as came in time. */
  #begin(): void {
    if (this.#startMs !== null || this.#isOver) return;
    if (this.#free.length === 0) return this.#finish(true);
    const startMs = this.#time.nowMs;
    this.#startMs = startMs;
    this.#listener.onStart(startMs);
    const { durationMs, timeoutMs } = this.#plan;
    this.#time.scheduleAt(startMs + durationMs, () => this.#pump(), undefined);
    this.#time.scheduleAt(startMs + durationMs + timeoutMs, () => this.#finish(true), undefined);
    this.#pump();
  }

  /** Sends what is due, as far as places are free; wakes for what is due later. */
  #pump(): void {
    if (this.#startMs === null || this.#isOver) return;
    const { pace, durationMs } = this.#plan;
    while (this.#next < this.#limit) {
      const nowMs = this.#time.nowMs;
      const dueMs = pace === null ? nowMs : this.#startMs + pace.dueMs(this.#next);
      if (pace === null && nowMs >= this.#startMs + durationMs) break;
      if (dueMs > nowMs) return this.#wakeAt(dueMs);
      const [longestFree] = this.#free;
      const taken = this.#free.pop();
      if (taken === undefined || longestFree === undefined) return;
      this.#send(taken.place, { dueMs, sentMs: nowMs, lateMs: nowMs - Math.max(dueMs, longestFree.sinceMs) });
    }
    if (this.#open === 0) this.#finish(true);
  }

  #send(place: Place, times: Pick<Sent, 'dueMs' | 'sentMs' | 'lateMs'>): void {
    const { bytes } = this.#plan;
    const number = this.#next++;
    const sender = number % bytes.length;
    const sent: Sent = { number, sender, ...times };
    this.#open += 1;
    this.#listener.onSent(sent);
    place.send(bytes[sender] as Buffer, sent);
  }

  #wakeAt(dueMs: number): void {
    if (this.#wakesAtMs <= dueMs) return;
    this.#wakesAtMs = dueMs;
    const wake = () => {
      this.#wakesAtMs = Number.POSITIVE_INFINITY;
      this.#pump();
    };
    this.#time.scheduleAt(dueMs, wake, undefined);
  }

  #endOf(complete: boolean): DriveEnd {
    const { pace, durationMs } = this.#plan;
    const ranMs = this.#startMs === null ? 0 : this.#time.nowMs - this.#startMs;
    let due = this.#next;
    const until = Math.min(ranMs, durationMs);
    if (pace !== null) while (due < this.#limit && pace.dueMs(due) <= until) due += 1;
    return { complete, ranMs, sent: this.#next, unanswered: this.#open, unsent: due - this.#next };
  }
}

function unreachable(origin: string, { lastError }: Connections): Error {
  const why = lastError === null ? 'no connection came about' : lastError.message;
  return inputError('load', origin, `it must accept connections, but ${why}`, lastError);
}
