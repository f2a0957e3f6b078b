/**
 * The way to the platform over real HTTP: the twin of the in-process transport. It sends what a strategy sends to the gateway's own port and
 * writes the same columns. What only the gateway knows (why it refused) is filled in from its log when the trial is over.
 */
import { attemptOutcome } from '../metrics/record.ts';
import { AttemptDesk, itemsFrom, unauthorized, UNKNOWN_JOB } from '../trial/attempt-desk.ts';
import { methodOf, ORIGIN, pathOf, signalOf, urlOf } from '../trial/outgoing.ts';
import type { Carried, Transport } from '../trial/transport.ts';
import type { Connections, Outgoing } from './connections.ts';
import { ATTEMPT_HEADER } from './messages.ts';

/** Where attempts go. */
export interface HttpTransportOptions extends Carried {
  readonly connections: Connections;
  /** Told of the first attempt that failed on the way, neither answered nor cancelled. */
  readonly onBroken: (detail: string) => void;
}

/** Makes the transport of one trial. */
export function createHttpTransport(options: HttpTransportOptions): Transport {
  const way = new HttpWay(options);
  return {
    fetch: (input, init) => way.send(input, init),
    identify: (input, init) => way.desk.identify(input, init),
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
      const response = await this.#options.connections.send(await outgoingOf(attempt, input, init, theirs));
      close(response.ok ? attemptOutcome.admitted : attemptOutcome.rejected);
      return response;
    } catch (error) {
      close(attemptOutcome.cancelled);
      if (!theirs?.aborted) this.#options.onBroken(String(error));
      throw error;
    }
  }

  #noteDetour(attempt: number, row: number, input: string | URL | Request, init: RequestInit | undefined): void {
    if (row === UNKNOWN_JOB) return;
    const job = this.#options.plan[row]!;
    const method = methodOf(input, init);
    const path = pathOf(urlOf(input));
    if (method !== job.method || path !== this.desk.jobPath(job)) this.#options.detours.set(attempt, { method, path });
  }
}

/** What goes out, with the attempt's number. */
async function outgoingOf(
  attempt: number,
  input: string | URL | Request,
  init: RequestInit | undefined,
  signal: AbortSignal | null,
): Promise<Outgoing> {
  const asked = urlOf(input);
  return {
    method: methodOf(input, init),
    target: asked.startsWith(ORIGIN) ? asked.slice(ORIGIN.length) : new URL(asked).pathname + new URL(asked).search,
    headers: { ...plainHeaders(input, init), [ATTEMPT_HEADER]: String(attempt) },
    body: await bodyOf(input, init),
    signal,
  };
}

function plainHeaders(input: string | URL | Request, init: RequestInit | undefined): Record<string, string> {
  const given = init?.headers ?? (input instanceof Request ? input.headers : undefined);
  if (given === undefined) return {};
  return given instanceof Headers || Array.isArray(given) ? Object.fromEntries(new Headers(given)) : { ...given };
}

/** Mostly a text; anything else that fetch takes is read by a Request. */
async function bodyOf(input: string | URL | Request, init: RequestInit | undefined): Promise<Outgoing['body']> {
  const given = init?.body ?? (input instanceof Request ? input.body : null);
  if (given === null || typeof given === 'string') return given;
  const bytes = await new Request(input instanceof Request ? input : ORIGIN, { method: 'POST', ...init }).arrayBuffer();
  return new Uint8Array(bytes);
}
