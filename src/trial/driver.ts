/**
 * The driver plays the program whose calls are throttled: it hands each planned job to the strategy's pipeline when its time has come and
 * the job it waits for is done, and notes what became of it.
 *
 * A job is done when the pipeline answers with an ok response, failed when with any other, or when it throws. (One that was never admitted is
 * not done either, whatever the pipeline answers: see `never-admitted.ts`.) A job that waits for a
 * failed one fails with it (the next page of a query cannot be asked for); one that waits for a job that the plan dropped is lost with it.
 */
import { jobOutcome } from '../metrics/record.ts';
import type { Fetch } from '../strategies/strategy.ts';
import { describeThrown } from '../time/run-guards.ts';
import type { Job } from '../workload/workload.ts';
import type { OpenWork, Watching } from './observer.ts';
import { AUTHORIZATION, ITEMS_HEADER, JOB_HEADER, ORIGIN } from './outgoing.ts';
import type { PlannedTable } from './record.ts';
import { sortRows } from '../metrics/sort-rows.ts';
import type { TransportTime } from './transport.ts';

/** Jobs handed over in one event; more of the same moment follow in the next event. */
const HANDED_PER_EVENT_MAX = 256;

/** Options of {@link Driver}. */
export interface DriverOptions {
  readonly fetch: Fetch;
  readonly time: TransportTime;
  readonly startsAtMs: number;
  /** By sender, its authorization header. */
  readonly authorizations: readonly string[];
  readonly plan: readonly Job[];
  readonly planned: PlannedTable;
  /** By row: the row of the job that must be done first, -1: none, -2: the plan dropped it. */
  readonly predecessor: Int32Array;
  readonly work: OpenWork;
  readonly observer: Watching;
}

/** The predecessor of a job whose predecessor is not in the plan. */
export const DROPPED = -2;

/** Runs all jobs of a plan. */
export class Driver {
  /** Text of the first error that a pipeline threw, or null. */
  firstError: string | null = null;
  readonly #options: DriverOptions;
  readonly #handAtMs: Float64Array;
  /** Rows in the order of handing over. */
  readonly #order: Int32Array;
  readonly #waiting: Waiting;
  #next = 0;
  #open: number;
  #allEnded: () => void = () => {};

  constructor(options: DriverOptions) {
    const { plan, planned } = options;
    this.#options = options;
    this.#handAtMs = new Float64Array(plan.length);
    this.#order = new Int32Array(plan.length);
    for (let row = 0; row < plan.length; row++) {
      this.#handAtMs[row] = Math.max(planned.releaseMs[row]!, plan[row]!.notBeforeMs);
      this.#order[row] = row;
    }
    sortRows(this.#order, this.#handAtMs);
    this.#waiting = new Waiting(options.predecessor);
    this.#open = plan.length;
  }

  /** Settles when every job has ended; never rejects. */
  run(): Promise<void> {
    return new Promise((resolve) => {
      this.#allEnded = resolve;
      if (this.#open === 0) resolve();
      this.#loseDependentsOfDropped();
      this.#handOverDue();
    });
  }

  readonly #handOverDue = (): void => {
    const { time, startsAtMs } = this.#options;
    const nowMs = time.nowMs - startsAtMs;
    for (let handed = 0; this.#next < this.#order.length; this.#next++) {
      const row = this.#order[this.#next]!;
      if (this.#handAtMs[row]! > nowMs || handed === HANDED_PER_EVENT_MAX) {
        time.scheduleAt(startsAtMs + this.#handAtMs[row]!, this.#handOverDue, undefined);
        return;
      }
      if (this.#waiting.isReady(row)) {
        handed += 1;
        this.#handOver(row, nowMs);
      } else {
        this.#waiting.markDue(row);
      }
    }
  };

  #handOver(row: number, nowMs: number): void {
    const { plan, planned, work, observer, startsAtMs } = this.#options;
    const job = plan[row]!;
    if (observer.nextMs <= startsAtMs + nowMs) observer.catchUp(startsAtMs + nowMs);
    planned.handedMs[row] = nowMs;
    work.handed[job.sender]! += 1;
    work.list(job.sender);
    if (job.after < 0) work.free[job.sender]! += 1;
    const url = ORIGIN + job.path;
    work.urls[row] = url;
    let answer: Promise<Response>;
    try {
      answer = this.#options.fetch(url, this.#initOf(job));
    } catch (error) {
      return this.#threw(row, error);
    }
    // A user's module may return anything; what is not a promise is treated as `await` would.
    if (!(answer instanceof Promise)) answer = Promise.resolve(answer);
    answer.then(
      (response) => this.#settle(row, isOk(response) ? jobOutcome.done : jobOutcome.failed),
      (error: unknown) => this.#threw(row, error),
    );
  }

  #initOf(job: Job): RequestInit {
    const authorization = this.#options.authorizations[job.sender]!;
    const headers: Record<string, string> =
      job.items === 1
        ? { [AUTHORIZATION]: authorization, [JOB_HEADER]: String(job.id) }
        : { [AUTHORIZATION]: authorization, [JOB_HEADER]: String(job.id), [ITEMS_HEADER]: String(job.items) };
    if (job.body === null) return { method: job.method, headers };
    headers['content-type'] = 'application/json';
    return { method: job.method, headers, body: job.body };
  }

  #threw(row: number, error: unknown): void {
    this.firstError ??= describeThrown(error);
    this.#settle(row, jobOutcome.failed);
  }

  #settle(row: number, outcome: number): void {
    const { time, startsAtMs, observer, work, plan } = this.#options;
    const { nowMs } = time;
    if (observer.nextMs <= nowMs) observer.catchUp(nowMs);
    work.handed[plan[row]!.sender]! -= 1;
    work.urls[row] = undefined;
    this.#end(row, outcome, nowMs - startsAtMs);
  }

  /** Ends a job, and with a failed or lost one all that wait for it. A loop, as a chain of pages may be long. */
  #end(first: number, outcome: number, nowMs: number): void {
    const { planned } = this.#options;
    const ended: number[] = [];
    for (let row: number | undefined = first; row !== undefined; row = ended.pop()) {
      planned.outcome[row] = outcome;
      planned.endMs[row] = outcome === jobOutcome.open ? NaN : nowMs;
      this.#open -= 1;
      for (let next = this.#waiting.first(row); next >= 0; next = this.#waiting.next(next)) {
        planned.predecessorEndMs[next] = nowMs;
        if (outcome !== jobOutcome.done) ended.push(next);
        else if (this.#waiting.release(next)) this.#handOver(next, nowMs);
      }
    }
    if (this.#open === 0) this.#allEnded();
  }

  #loseDependentsOfDropped(): void {
    this.#options.predecessor.forEach((before, row) => {
      if (before === DROPPED) this.#end(row, jobOutcome.open, 0);
    });
  }
}

/** Which jobs wait for which: chains of followers in two columns, so that a million jobs need no million lists. */
class Waiting {
  readonly #first: Int32Array;
  readonly #next: Int32Array;
  /** 0: may go; 1: waits for its predecessor; 2: waits, and its time has come. */
  readonly #state: Uint8Array;

  constructor(predecessor: Int32Array) {
    this.#first = new Int32Array(predecessor.length).fill(-1);
    this.#next = new Int32Array(predecessor.length).fill(-1);
    this.#state = new Uint8Array(predecessor.length);
    for (let row = predecessor.length - 1; row >= 0; row--) {
      const before = predecessor[row]!;
      if (before !== -1) this.#state[row] = 1;
      if (before < 0) continue;
      this.#next[row] = this.#first[before]!;
      this.#first[before] = row;
    }
  }

  isReady(row: number): boolean {
    return this.#state[row] === 0;
  }

  markDue(row: number): void {
    this.#state[row] = 2;
  }

  /** Its predecessor is done: whether it is to be handed over at once. */
  release(row: number): boolean {
    const isDue = this.#state[row] === 2;
    this.#state[row] = 0;
    return isDue;
  }

  first(row: number): number {
    return this.#first[row]!;
  }

  next(row: number): number {
    return this.#next[row]!;
  }
}

/** A user's module may answer with anything, or with nothing. */
function isOk(response: Response | null | undefined): boolean {
  return response?.ok === true;
}
