/** The simulated platform at work: what a request goes through, from its target to its answer. The order is told in platform.ts. */
import { ReceivedCall } from './call.ts';
import { createClients } from './clients.ts';
import { type CorrelationIds, createCorrelationIds } from './correlation-ids.ts';
import {
  type Admitted,
  createGateway,
  type Decision,
  type Gateway,
  type GatewayRequest,
  type KeyedRandom,
  type RenderedResponse,
} from './gateway.ts';
import { addressOf, isDecodable, isJsonBody, itemsOf, originOf, pathOf, textOf } from './incoming.ts';
import { parsePolicy, type Policy } from './policy.ts';
import { signInPolicy } from './policies/sign-in.ts';
import { Recent } from './recent.ts';
import { createOperations, existsOnPlatform } from './resources/index.ts';
import { type Operation, ReplyError } from './resources/resource.ts';
import { type Found, Router } from './resources/router.ts';
import { renderError, type Said, saying } from './responses.ts';
import { SignIn } from './sign-in.ts';
import type { GatewayTime } from './time.ts';
import { createTokens, type Tokens } from './tokens.ts';
import { Waiting } from './waiting.ts';
import type { DecisionEvent, Exchange, Platform, PlatformOptions, PlatformRequest } from './platform.ts';

const ADMITTED = { cause: -1, retryAfterMs: null };

/** An operation with the values of its path's names, or none. */
type Route = Found | { readonly operation: null; readonly parameters: Found['parameters'] };

const NO_ROUTE: Route = { operation: null, parameters: {} };
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
const ALLOWED_ANYWHERE = [...METHODS, 'HEAD', 'OPTIONS'].join(', ');
/** Paths whose operation is remembered, by method; longer ones than so many characters never are. */
const PATHS_REMEMBERED = 1024;
const REMEMBERED_CHARACTERS_MAX = 256;
const UNTHROTTLED = { name: 'sign-in', latency: [{ medianMs: 0, sigma: 0 }] };

/** A path is a bucket's key where a limit counts by route without naming paths, so it must not be as long as its sender likes. */
const PATH_LENGTH_MAX = 2048;

const SAID = {
  pathTooLong: { code: 'uri.too.long', message: `The path must have at most ${PATH_LENGTH_MAX} characters.` },
  badTarget: { code: 'bad.request', message: 'The request target must be a path.' },
  badMethod: { code: 'not.allowed', message: 'The platform knows no such method.' },
  badCredentials: { code: 'bad.credentials', message: 'Invalid login credentials.' },
  badType: { code: 'unsupported.media.type', message: 'The content type must be application/json.' },
  notImplemented: {
    code: 'not.implemented',
    message: 'The platform has this operation, but the simulation does not answer it.',
  },
  notAllowed: { code: 'not.allowed', message: 'The resource has no such method.' },
  notFound: { code: 'not.found', message: 'The requested resource was not found.' },
  malformed: { code: 'invalid.syntax', message: 'The request body is not valid JSON.' },
  fault: { code: 'internal.server.error', message: 'The simulation failed to answer.' },
} satisfies Readonly<Record<string, Said>>;

type Answer = (response: RenderedResponse) => void;

/** See `createPlatform`. */
export class SimulatedPlatform implements Platform {
  gateway: Gateway;
  readonly time: GatewayTime;
  readonly #random: KeyedRandom;
  readonly #waits: boolean;
  readonly #hasResources: boolean;
  readonly #startsAtMs: number;
  readonly #tokens: Tokens;
  readonly #signIn: SignIn;
  readonly #waiting: Waiting;
  readonly #onFault: (error: unknown) => void;
  readonly #correlationIds: CorrelationIds;
  readonly #listeners = new Set<(event: DecisionEvent) => void>();
  #answers = 0;
  #router: Router;
  /** What the router found lately, by method and path. */
  #found = freshMemory();
  /** By lower-case name; '' when the policy has no such quirk. */
  #requestIdHeader: string;

  constructor(options: PlatformOptions) {
    const { policy, random, time } = options;
    this.time = time;
    this.#startsAtMs = time.nowMs;
    this.#random = random;
    this.#waits = options.latency ?? true;
    this.#hasResources = options.resources ?? true;
    this.#onFault = options.onFault ?? (() => {});
    this.#waiting = new Waiting(time);
    this.#correlationIds = createCorrelationIds(random);
    this.gateway = createGateway(policy, { random });
    this.#requestIdHeader = requestIdHeaderOf(policy);
    this.#router = this.#freshRouter();
    this.#tokens = createTokens({ random, callers: options.callers ?? [], startsAtMs: this.#startsAtMs });
    this.#signIn = new SignIn({
      random,
      tokens: this.#tokens,
      clients: createClients(options.clients ?? []),
      policy: parsePolicy(options.signInPolicy === null ? UNTHROTTLED : (options.signInPolicy ?? signInPolicy)),
    });
  }

  get inService(): number {
    return this.#waiting.inService;
  }

  handle(request: PlatformRequest, answer: Answer): Exchange {
    const target = originOf(request.target);
    if (target === null) return this.#refuse(400, SAID.badTarget, answer);
    const path = pathOf(target);
    if (path.length > PATH_LENGTH_MAX) return this.#refuse(414, SAID.pathTooLong, answer);
    if (this.#signIn.answers(path)) return this.#signInAt(request, path, answer);
    // HEAD is a GET without its body (RFC 9110), for the limits too.
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    const remembered = this.#found.get(method);
    if (remembered === undefined) return this.#answerOther(method, path, answer);
    const { nowMs } = this.time;
    const { headers } = request;
    const caller = this.#tokens.callerOf(headers['authorization'], addressOf(request), nowMs);
    if (caller === null) return this.#refuse(401, SAID.badCredentials, answer);
    if (request.body !== '' && !isJsonBody(headers)) return this.#refuse(415, SAID.badType, answer);
    const found = remembered.get(path) ?? this.#find(method, path, remembered);
    const call = new ReceivedCall(caller, found.parameters, target, request.body, nowMs);
    const asked: GatewayRequest = {
      caller,
      method,
      path,
      items: itemsOf(headers) ?? this.#itemsOf(found.operation, call),
      requestId: this.#requestIdHeader === '' ? '' : textOf(headers[this.#requestIdHeader]),
    };
    return this.#decide(asked, found.operation, call, answer);
  }

  refuse(status: number, code: string, message: string): RenderedResponse {
    return renderError(this.#nextId(), status, { code, message });
  }

  reset(): void {
    this.#router = this.#freshRouter();
    this.#found = freshMemory();
    this.#signIn.reset();
    this.changePolicy(this.gateway.policy);
  }

  changePolicy(policy: Policy): void {
    this.gateway = createGateway(policy, { random: this.#random });
    this.#requestIdHeader = requestIdHeaderOf(policy);
  }

  listen(listener: (event: DecisionEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #decide(asked: GatewayRequest, operation: Operation | null, call: ReceivedCall, answer: Answer): Exchange {
    const { gateway } = this;
    const { nowMs } = call;
    const decision = gateway.decide(asked, nowMs);
    if (this.#listeners.size > 0) this.#tell(asked, decision.admitted ? 200 : decision.status, decision, nowMs);
    const id = this.#nextId();
    const rendered = gateway.render(asked, decision, id);
    if (!decision.admitted) {
      return this.#answerAt(nowMs + gateway.policy.rejectionMs, nowMs, rendered, null, gateway, answer);
    }
    const response = this.#admitted(rendered, id, asked, operation, call);
    return this.#answerAt(nowMs + decision.serviceMs, nowMs, response, decision, gateway, answer);
  }

  /** What the resource says, with the headers of the decision. */
  #admitted(
    rendered: RenderedResponse,
    id: string,
    { method, path }: GatewayRequest,
    operation: Operation | null,
    call: ReceivedCall,
  ): RenderedResponse {
    if (!this.#hasResources) return rendered;
    if (operation === null) return this.#unanswered(rendered, id, method, path);
    if (call.isMalformed) return saying(rendered, id, 400, SAID.malformed);
    try {
      const { status, body, text } = operation.handle(call);
      return { status, headers: rendered.headers, body: text ?? JSON.stringify(body) ?? '' };
    } catch (error) {
      if (error instanceof ReplyError) return saying(rendered, id, error.status, error);
      // What strangers send must not end the process, whatever an operation makes of it.
      this.#onFault(error);
      return saying(rendered, id, 500, SAID.fault);
    }
  }

  #unanswered(rendered: RenderedResponse, id: string, method: string, path: string): RenderedResponse {
    if (isDecodable(path) && existsOnPlatform(method, path)) return saying(rendered, id, 501, SAID.notImplemented);
    const allowed = this.#allowed(path);
    if (allowed === '') return saying(rendered, id, 404, SAID.notFound);
    return saying(rendered, id, 405, SAID.notAllowed, [['Allow', allowed]]);
  }

  #answerAt(
    dueMs: number,
    nowMs: number,
    response: RenderedResponse,
    admission: Admitted | null,
    gateway: Gateway,
    answer: Answer,
  ): Exchange {
    if (this.#waits && dueMs > nowMs) return this.#waiting.at(dueMs, { admission, gateway, response, answer });
    if (admission !== null) gateway.complete(admission, nowMs);
    return this.#waiting.now(response, answer);
  }

  #signInAt(request: PlatformRequest, path: string, answer: Answer): Exchange {
    const { nowMs } = this.time;
    const { response, waitMs, admission, gateway } = this.#signIn.handle(request, path, this.#nextId(), nowMs);
    return this.#answerAt(nowMs + waitMs, nowMs, response, admission, gateway, answer);
  }

  /** OPTIONS is told what a path allows; other methods are none of the platform's. */
  #answerOther(method: string, path: string, answer: Answer): Exchange {
    if (method !== 'OPTIONS') return this.#refuse(405, SAID.badMethod, answer, [['Allow', ALLOWED_ANYWHERE]]);
    const allowed = this.#allowed(path);
    if (allowed === '') return this.#refuse(404, SAID.notFound, answer);
    const headers: [string, string][] = [
      ['ININ-Correlation-Id', this.#nextId()],
      ['Allow', allowed],
    ];
    return this.#waiting.now({ status: 204, headers, body: '' }, answer);
  }

  #refuse(status: number, said: Said, answer: Answer, more?: readonly [string, string][]): Exchange {
    return this.#waiting.now(renderError(this.#nextId(), status, said, more), answer);
  }

  /** Methods that a path has, as `Allow` lists them; '' when it has none. */
  #allowed(path: string): string {
    const methods = METHODS.filter((method) => this.#router.find(method, path) !== null);
    if (methods.length === 0) return '';
    return [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ');
  }

  #find(method: string, path: string, remembered: Recent<Route>): Route {
    const route = this.#router.find(method, path) ?? NO_ROUTE;
    return path.length > REMEMBERED_CHARACTERS_MAX ? route : remembered.put(path, route);
  }

  #itemsOf(operation: Operation | null, call: ReceivedCall): number {
    if (operation?.items === undefined) return 1;
    try {
      return operation.items(call);
    } catch {
      // It cannot be counted, so it is one; the operation will say what is wrong with it.
      return 1;
    }
  }

  #nextId(): string {
    return this.#correlationIds(this.#answers++);
  }

  #tell({ caller, method, path }: GatewayRequest, status: number, decision: Decision, nowMs: number): void {
    const { cause, retryAfterMs } = decision.admitted ? ADMITTED : decision;
    for (const listener of this.#listeners) listener({ nowMs, caller, method, path, status, cause, retryAfterMs });
  }

  #freshRouter(): Router {
    const options = { random: this.#random, startsAtMs: this.#startsAtMs, policy: () => this.gateway.policy };
    return new Router(this.#hasResources ? createOperations(options) : []);
  }
}

function freshMemory(): ReadonlyMap<string, Recent<Route>> {
  return new Map(METHODS.map((method) => [method, new Recent<Route>(PATHS_REMEMBERED)]));
}

function requestIdHeaderOf(policy: Policy): string {
  return policy.quirks.requestIdReuse?.header.toLowerCase() ?? '';
}
