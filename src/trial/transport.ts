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
import { lazyResponse } from './lazy-response.ts';
import type { Observer, OpenWork } from './observer.ts';
import { methodOf, pathOf, readHeaders, signalOf, urlOf } from './outgoing.ts';
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

/** Options of {@link createTransport}. */
export interface TransportOptions {
  readonly gateway: Gateway;
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
  readonly observer: Observer;
  /** More attempts than this for one job end the trial. */
  readonly attemptsPerJobMax: number;
  readonly onTooManyAttempts: (detail: string) => void;
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
const BEARER = 'Bearer ';
const NO_CAUSE = -1;
const UNKNOWN_JOB = -1;
const QUERY = 0x3f;

/** Makes the transport of one trial. */
export function createTransport(options: TransportOptions): Transport {
  const wire = new Wire(options);
  return {
    fetch: (input, init) => new Promise((resolve, reject) => wire.send(input, init, resolve, reject)),
    identify: (input, init) => wire.identify(input, init),
  };
}

/** The authorization header of a token. */
export function bearer(token: string): string {
  return BEARER + token;
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
  readonly #authorizations: readonly string[];
  readonly #senderByAuthorization: ReadonlyMap<string, number>;
  readonly #requestIdHeader: string;
  /** The headers of the call that is being read. */
  readonly #read = { authorization: '', job: '', items: '', requestId: '' };
  /** Attempts that name no job of the plan. */
  #unknown = 0;
  /** The path that was last cut off a job's path: most jobs differ in their query only. */
  #lastPath = '/';

  constructor(options: TransportOptions) {
    this.#options = options;
    this.#respond = options.respond ?? lazyResponse;
    this.#authorizations = options.authorizations;
    this.#senderByAuthorization = new Map(options.authorizations.map((text, index) => [text, index]));
    this.#requestIdHeader = (options.gateway.policy.quirks.requestIdReuse?.header ?? REQUEST_ID_HEADER).toLowerCase();
  }

  identify(input: string | URL | Request, init?: RequestInit): RequestIdentity {
    const read = this.#read;
    readHeaders(input, init, this.#requestIdHeader, read);
    const { job } = read;
    const sender = this.#senderOf(this.#rowOf(job), read.authorization);
    if (sender === undefined) return { org: '', client: '', token: '', job };
    const { org, client, token } = this.#options.callers[sender]!;
    return { org, client, token, job };
  }

  send(
    input: string | URL | Request,
    init: RequestInit | undefined,
    resolve: (response: Response) => void,
    reject: (reason: unknown) => void,
  ): void {
    const signal = signalOf(input, init);
    if (signal?.aborted === true) return reject(signal.reason);
    const read = this.#read;
    readHeaders(input, init, this.#requestIdHeader, read);
    const row = this.#rowOf(read.job);
    const sender = this.#senderOf(row, read.authorization);
    if (sender === undefined) return reject(unauthorized());
    if (!this.#mayTry(row)) return; // The trial is being stopped; nobody waits for this answer any more.

    const { gateway, time, attempts, observer, startsAtMs } = this.#options;
    const { nowMs } = time;
    if (observer.nextMs <= nowMs) observer.catchUp(nowMs);
    const url = urlOf(input);
    const method = methodOf(input, init);
    const job = row === UNKNOWN_JOB ? null : this.#options.plan[row]!;
    // The URL that the driver itself handed over need not be read again: its job says where it goes.
    const goesThere = job !== null && this.#options.work.urls[row] === url;
    const path = goesThere ? this.#jobPath(job) : pathOf(url);
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
    this.#count(row, sender, nowMs - startsAtMs);
    if (job !== null && (method !== job.method || (!goesThere && path !== this.#jobPath(job)))) {
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

  #count(row: number, sender: number, atMs: number): void {
    const { planned, work } = this.#options;
    work.inFlight[sender]! += 1;
    if (row === UNKNOWN_JOB) {
      this.#unknown += 1;
    } else if (++planned.attempts[row]! === 1) {
      planned.firstAttemptMs[row] = atMs;
    }
  }

  /** Requests that name no job share the budget of one job per job. */
  #mayTry(row: number): boolean {
    const { planned, attemptsPerJobMax, plan } = this.#options;
    if (row === UNKNOWN_JOB) {
      if (this.#unknown < attemptsPerJobMax * Math.max(1, plan.length)) return true;
      this.#options.onTooManyAttempts(`more than ${this.#unknown} requests that belong to no job`);
      return false;
    }
    if (planned.attempts[row]! < attemptsPerJobMax) return true;
    this.#options.onTooManyAttempts(`more than ${attemptsPerJobMax} attempts for job ${plan[row]!.id}`);
    return false;
  }

  #jobPath({ path }: Job): string {
    const last = this.#lastPath;
    const isSame = path.startsWith(last) && (path.length === last.length || path.charCodeAt(last.length) === QUERY);
    return isSame ? last : (this.#lastPath = pathOf(path));
  }

  /** Mostly the job's own sender, and the very text that the driver handed over: then nothing has to be looked up. */
  #senderOf(row: number, authorization: string): number | undefined {
    const sender = row === UNKNOWN_JOB ? -1 : this.#options.plan[row]!.sender;
    return this.#authorizations[sender] === authorization ? sender : this.#senderByAuthorization.get(authorization);
  }

  #rowOf(job: string): number {
    if (job === '') return UNKNOWN_JOB;
    return this.#options.rowById[Number(job)] ?? UNKNOWN_JOB;
  }
}

function itemsFrom(header: string): number {
  if (header === '') return 1;
  const items = Number(header);
  return Number.isInteger(items) && items >= 1 ? items : 1;
}

function unauthorized(): TypeError {
  return new TypeError(
    'Cannot send request: its authorization header must be `Bearer` and the token of a sender, but it is not',
  );
}
