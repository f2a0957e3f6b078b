/**
 * The way to the platform over real HTTP: the twin of the in-process transport. It sends what a strategy sends to the gateway's own port and
 * writes the same columns. What only the gateway knows (why it refused) is filled in from its log when the trial is over.
 */
import { attemptOutcome } from '../metrics/record.ts';
import { AttemptDesk, itemsFrom, unauthorized, UNKNOWN_JOB } from '../trial/attempt-desk.ts';
import { methodOf, ORIGIN, pathOf, signalOf, urlOf } from '../trial/outgoing.ts';
import type { Carried, Transport } from '../trial/transport.ts';
import { ATTEMPT_HEADER } from './messages.ts';

/** Where attempts go. */
export interface HttpTransportOptions extends Carried {
  /** Of the gateway, without a slash at the end. */
  readonly url: string;
  /** Hangs up on everything that is still under way. */
  readonly signal: AbortSignal;
  /** Told of the first attempt that failed on the way, neither answered nor cancelled. */
  readonly onBroken: (detail: string) => void;
}

/** Makes the transport of one trial. */
export function createHttpTransport(options: HttpTransportOptions): Transport {
  const way = new HttpWay(options);
  return {
    fetch: (input, init) => way.send(input, init),
    identify: (input, init) => way.desk.identify(input, init),
    discard: (response) => {
      if (!response.bodyUsed) response.arrayBuffer().catch(() => {});
    },
  };
}

class HttpWay {
  readonly desk: AttemptDesk;
  readonly #options: HttpTransportOptions;

  constructor(options: HttpTransportOptions) {
    this.#options = options;
    this.desk = new AttemptDesk(options, '');
  }

  async send(input: string | URL | Request, init: RequestInit | undefined): Promise<Response> {
    const { time, startsAtMs, attempts, work } = this.#options;
    const theirs = signalOf(input, init);
    if (theirs?.aborted) throw theirs.reason;
    const read = this.desk.read(input, init);
    const row = this.desk.rowOf(read.job);
    const sender = this.desk.senderOf(row, read.authorization);
    if (sender === undefined) throw unauthorized();
    if (!this.desk.mayTry(row)) return new Promise(() => {}); // The trial is being stopped; nobody waits for this answer any more.
    const atMs = time.nowMs - startsAtMs;
    const attempt = attempts.open(row, sender, atMs, itemsFrom(read.items), 0, -1);
    this.desk.count(row, sender, atMs);
    this.#noteDetour(attempt, row, input, init);
    const close = (outcome: number) => {
      attempts.close(attempt, time.nowMs - startsAtMs, outcome);
      work.inFlight[sender]! -= 1;
    };
    try {
      const response = await this.#fetch(attempt, input, init, theirs);
      close(response.ok ? attemptOutcome.admitted : attemptOutcome.rejected);
      return response;
    } catch (error) {
      close(attemptOutcome.cancelled);
      if (!theirs?.aborted && !this.#options.signal.aborted) this.#options.onBroken(causeOf(error));
      throw error;
    }
  }

  #fetch(
    attempt: number,
    input: string | URL | Request,
    init: RequestInit | undefined,
    theirs: AbortSignal | null,
  ): Promise<Response> {
    const { url, signal: own } = this.#options;
    const asked = urlOf(input);
    const target = url + (asked.startsWith(ORIGIN) ? asked.slice(ORIGIN.length) : asked);
    const headers = new Headers(init?.headers ?? (input instanceof Request ? input.headers : undefined));
    headers.set(ATTEMPT_HEADER, String(attempt));
    const signal = theirs === null ? own : AbortSignal.any([own, theirs]);
    return fetch(input instanceof Request ? new Request(target, input) : target, { ...init, headers, signal });
  }

  #noteDetour(attempt: number, row: number, input: string | URL | Request, init: RequestInit | undefined): void {
    if (row === UNKNOWN_JOB) return;
    const job = this.#options.plan[row]!;
    const method = methodOf(input, init);
    const path = pathOf(urlOf(input));
    if (method !== job.method || path !== this.desk.jobPath(job)) this.#options.detours.set(attempt, { method, path });
  }
}

/** `fetch failed` says nothing; its cause does. */
function causeOf(error: unknown): string {
  const { cause } = error as { cause?: unknown };
  return String(cause ?? error);
}
