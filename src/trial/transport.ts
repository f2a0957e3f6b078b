/**
 * The in-process platform: a function shaped like fetch that asks the gateway at the moment of the call and answers after the service time
 * (or the time of a rejection), in whatever time it is given.
 *
 * It knows a request by its headers, as a platform would: the sender by `authorization: Bearer <token>`, the job by `x-ratelab-job`, the
 * number of items by `x-ratelab-items` (a real gateway counts them in the body), the request id by the policy's header.
 */
import type { Admitted, Caller, Decision, Gateway, GatewayRequest } from '../../mock-server/gateway.ts';
import { attemptOutcome, type Detour } from '../metrics/record.ts';
import type { Fetch, RequestIdentity } from '../strategies/strategy.ts';
import type { Job } from '../workload/workload.ts';
import { AttemptDesk, itemsFrom, unauthorized, UNKNOWN_JOB } from './attempt-desk.ts';
import { lazyResponse } from './lazy-response.ts';
import type { OpenWork, Watching } from './observer.ts';
import { methodOf, pathOf, signalOf, urlOf } from './outgoing.ts';
import type { AttemptTable, PlannedTable } from './record.ts';

/** Time as the transport needs it; virtual time, or another one in benchmarks. */
export interface TransportTime {
  /** Epoch ms. */
  readonly nowMs: number;
  /** Calls `callback(argument)` at `dueMs` (epoch ms). */
  scheduleAt<A>(dueMs: number, callback: (argument: A) => void, argument: A): unknown;
}

/** Makes the response to a decision. */
export type Respond = (gateway: Gateway, request: GatewayRequest, decision: Decision, url: string) => Response;

/** What a trial hands to whoever carries its attempts: who may call, where it is written down, when to stop. */
export interface Carried {
  readonly time: TransportTime;
  readonly startsAtMs: number;
  readonly callers: readonly Caller[];
  /** By caller, the authorization header that is its own. */
  readonly authorizations: readonly string[];
  readonly plan: readonly Job[];
  /** Row of the plan by job id; -1 for ids that are not planned. */
  readonly rowById: Int32Array;
  readonly attempts: AttemptTable;
  readonly planned: PlannedTable;
  readonly detours: Map<number, Detour>;
  readonly work: OpenWork;
  readonly observer: Watching;
  /** More attempts than this for one job end the trial. */
  readonly attemptsPerJobMax: number;
  readonly onTooManyAttempts: (detail: string) => void;
}

/** Options of {@link createTransport}. */
export interface TransportOptions extends Carried {
  readonly gateway: Gateway;
  /** Default: responses that are built as far as they are read. */
  readonly respond?: Respond;
}

/** The platform as a client sees it. */
export interface Transport {
  readonly fetch: Fetch;
  /** Whose request this is, for strategies. */
  readonly identify: (input: string | URL | Request, init?: RequestInit) => RequestIdentity;
}

/** Name of the request-id header when the policy names none. */
const REQUEST_ID_HEADER = 'x-genesys-request-id';
const NO_CAUSE = -1;

/** Makes the transport of one trial. */
export function createTransport(options: TransportOptions): Transport {
  const wire = new Wire(options);
  return {
    fetch: (input, init) => new Promise((resolve, reject) => wire.send(input, init, resolve, reject)),
    identify: (input, init) => wire.identify(input, init),
  };
}

/** One attempt on its way. */
class Call {
  readonly attempt: number;
  readonly sender: number;
  readonly url: string;
  readonly request: GatewayRequest;
  readonly decision: Decision;
  readonly resolve: (response: Response) => void;
  isOpen = true;
  signal: AbortSignal | null = null;
  onAbort: (() => void) | null = null;

  constructor(
    attempt: number,
    sender: number,
    url: string,
    request: GatewayRequest,
    decision: Decision,
    resolve: (response: Response) => void,
  ) {
    this.attempt = attempt;
    this.sender = sender;
    this.url = url;
    this.request = request;
    this.decision = decision;
    this.resolve = resolve;
  }
}

class Wire {
  readonly #options: TransportOptions;
  readonly #respond: Respond;
  readonly #desk: AttemptDesk;

  constructor(options: TransportOptions) {
    this.#options = options;
    this.#respond = options.respond ?? lazyResponse;
    const requestIdHeader = options.gateway.policy.quirks.requestIdReuse?.header ?? REQUEST_ID_HEADER;
    this.#desk = new AttemptDesk(options, requestIdHeader.toLowerCase());
  }

  identify(input: string | URL | Request, init?: RequestInit): RequestIdentity {
    return this.#desk.identify(input, init);
  }

  send(
    input: string | URL | Request,
    init: RequestInit | undefined,
    resolve: (response: Response) => void,
    reject: (reason: unknown) => void,
  ): void {
    const signal = signalOf(input, init);
    if (signal?.aborted === true) return reject(signal.reason);
    const desk = this.#desk;
    const read = desk.read(input, init);
    const row = desk.rowOf(read.job);
    const sender = desk.senderOf(row, read.authorization);
    if (sender === undefined) return reject(unauthorized());
    if (!desk.mayTry(row)) return; // The trial is being stopped; nobody waits for this answer any more.

    const { gateway, time, attempts, observer, startsAtMs } = this.#options;
    const { nowMs } = time;
    if (observer.nextMs <= nowMs) observer.catchUp(nowMs);
    const url = urlOf(input);
    const method = methodOf(input, init);
    const job = row === UNKNOWN_JOB ? null : this.#options.plan[row]!;
    // The URL that the driver itself handed over need not be read again: its job says where it goes.
    const goesThere = job !== null && this.#options.work.urls[row] === url;
    const path = goesThere ? desk.jobPath(job) : pathOf(url);
    const request: GatewayRequest = {
      caller: this.#options.callers[sender]!,
      method,
      path,
      items: itemsFrom(read.items),
      requestId: read.requestId,
    };
    const decision = gateway.decide(request, nowMs);
    const status = decision.admitted ? 200 : decision.status;
    const cause = decision.admitted ? NO_CAUSE : decision.cause;
    const attempt = attempts.open(row, sender, nowMs - startsAtMs, request.items, status, cause);
    desk.count(row, sender, nowMs - startsAtMs);
    if (job !== null && (method !== job.method || (!goesThere && path !== desk.jobPath(job)))) {
      this.#options.detours.set(attempt, { method, path });
    }
    const call = new Call(attempt, sender, url, request, decision, resolve);
    if (signal !== null) this.#cancelWith(call, signal, reject);
    const tookMs = decision.admitted ? decision.serviceMs : gateway.policy.rejectionMs;
    time.scheduleAt(nowMs + tookMs, this.#answer, call);
  }

  /** The response arrives. */
  readonly #answer = (call: Call): void => {
    if (!call.isOpen) return;
    const { decision } = call;
    this.#close(call, decision.admitted ? attemptOutcome.admitted : attemptOutcome.rejected);
    if (call.onAbort !== null) call.signal!.removeEventListener('abort', call.onAbort);
    call.resolve(this.#respond(this.#options.gateway, call.request, decision, call.url));
  };

  /** The client hangs up. */
  #cancelWith(call: Call, signal: AbortSignal, reject: (reason: unknown) => void): void {
    call.signal = signal;
    call.onAbort = () => {
      if (!call.isOpen) return;
      this.#close(call, attemptOutcome.cancelled);
      reject(signal.reason);
    };
    signal.addEventListener('abort', call.onAbort, { once: true });
  }

  #close(call: Call, outcome: number): void {
    const { gateway, time, attempts, observer, startsAtMs, work } = this.#options;
    const { nowMs } = time;
    if (observer.nextMs <= nowMs) observer.catchUp(nowMs);
    call.isOpen = false;
    if (call.decision.admitted) gateway.complete(call.decision satisfies Admitted, nowMs);
    attempts.close(call.attempt, nowMs - startsAtMs, outcome);
    work.inFlight[call.sender]! -= 1;
  }
}
