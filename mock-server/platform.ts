/**
 * The simulated platform: the gateway with what stands around it. A request comes in at a door as text, is told whose it is, is decided by
 * the gateway, and answered by a resource after its service time. Doors (HTTP, MSW) only translate.
 *
 * Order of an answer: 401 (no known token), 413 and 415 (nothing has been charged yet), the gateway's decision (403, 429, 503), and only
 * then the resource (200, 400, 404, 501). So an unknown path charges the limits as any other does.
 */
import {
  type Admitted,
  type Caller,
  createGateway,
  type Decision,
  type Gateway,
  type GatewayRequest,
  type KeyedRandom,
  type RenderedResponse,
} from './gateway.ts';
import type { Policy } from './policy.ts';
import { createOperations, existsOnPlatform } from './resources/index.ts';
import { type Call, type Operation, type Reply, ReplyError } from './resources/resource.ts';
import { Router } from './resources/router.ts';
import { renderError, type Said } from './responses.ts';
import { createSignIn, type SignIn } from './sign-in.ts';
import type { GatewayTime } from './time.ts';
import { createTokens, type Tokens } from './tokens.ts';

/** `request.bytes.max` of the platform. */
export const BODY_BYTES_MAX = 512_000;

/** One request as a door hands it over. */
export interface PlatformRequest {
  /** In capitals. */
  readonly method: string;
  /** Path and query as sent, percent-encoded: `/api/v2/users?pageSize=25`. */
  readonly target: string;
  /** By lower-case name, as Node gives them. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The whole body as text; '' when there is none. A door refuses a body of more than {@link BODY_BYTES_MAX} bytes with {@link Platform.refuse}. */
  readonly body: string;
  /** Address of the client. */
  readonly ip: string;
}

/** What a listener learns of each request that reached the gateway's decision. Nothing of it is secret: no token, no body. */
export interface DecisionEvent {
  /** Epoch ms. */
  readonly nowMs: number;
  readonly caller: Caller;
  readonly method: string;
  /** Without query. */
  readonly path: string;
  readonly status: number;
  /** Index into {@link Gateway.causes}; -1: admitted. */
  readonly cause: number;
  readonly retryAfterMs: number | null;
}

/** A request on its way. */
export interface Exchange {
  /** The client is gone: its place is freed, and no answer is given. Harmless after the answer. */
  hangUp(): void;
}

/** The simulated platform. */
export interface Platform {
  /** The gateway of now: another one after `reset` or `changePolicy`. */
  readonly gateway: Gateway;
  readonly time: GatewayTime;
  /** Requests admitted and not yet answered. */
  readonly inService: number;
  /** Takes a request. `answer` is called at most once: at once when nothing has to be waited for, otherwise when its time has come. */
  handle(request: PlatformRequest, answer: (response: RenderedResponse) => void): Exchange;
  /** An answer that a door gives by itself, in the platform's form: 400, 413, 431 and the like. */
  refuse(status: number, code: string, message: string): RenderedResponse;
  /** Empties all buckets, and the world of the resources is as it was at the start. Requests in service are answered all the same. */
  reset(): void;
  /** Another policy from now on, with empty buckets; the resources stay. */
  changePolicy(policy: Policy): void;
  /** Calls `listener` after each decision; returns how to stop. */
  listen(listener: (event: DecisionEvent) => void): () => void;
}

/** Options of {@link createPlatform}. */
export interface PlatformOptions {
  readonly policy: Policy;
  readonly random: KeyedRandom;
  readonly time: GatewayTime;
  /** Callers whose tokens are known from the start, beside those that sign in. Default: none. */
  readonly callers?: readonly Caller[];
  /** False: every answer comes at once, whatever the policy says of latency. Default true. */
  readonly latency?: boolean;
  /** False: an admitted request is answered by the gateway alone, 200 whatever it asked for; wire trials compare decisions, not data. Default true. */
  readonly resources?: boolean;
}

/** Makes a platform. */
export function createPlatform(options: PlatformOptions): Platform {
  return new SimulatedPlatform(options);
}

const ADMITTED = { cause: -1, retryAfterMs: null };
const NOBODY: Exchange = { hangUp: () => {} };
const NOT_IMPLEMENTED: Said = {
  code: 'not.implemented',
  message: 'The platform has this operation, but the simulation does not answer it.',
};
const NOT_FOUND: Said = { code: 'not.found', message: 'The requested resource was not found.' };

class SimulatedPlatform implements Platform {
  gateway: Gateway;
  readonly time: GatewayTime;
  inService = 0;
  readonly #random: KeyedRandom;
  readonly #waits: boolean;
  readonly #hasResources: boolean;
  readonly #tokens: Tokens;
  readonly #signIn: SignIn;
  #router: Router;
  #errors = 0;
  readonly #startsAtMs: number;
  readonly #listeners = new Set<(event: DecisionEvent) => void>();

  constructor(options: PlatformOptions) {
    const { policy, random, time } = options;
    this.time = time;
    this.#startsAtMs = time.nowMs;
    this.#random = random;
    this.#waits = options.latency ?? true;
    this.#hasResources = options.resources ?? true;
    this.gateway = createGateway(policy, { random });
    this.#router = this.#freshRouter();
    this.#tokens = createTokens({ random, callers: options.callers ?? [] });
    this.#signIn = createSignIn({ random, tokens: this.#tokens });
  }

  handle(request: PlatformRequest, answer: (response: RenderedResponse) => void): Exchange {
    const { nowMs } = this.time;
    const { method, target } = request;
    const queryAt = target.indexOf('?');
    const path = queryAt < 0 ? target : target.slice(0, queryAt);
    if (this.#signIn.answers(path)) {
      answer(this.#signIn.handle(request, nowMs));
      return NOBODY;
    }
    const caller = this.#tokens.callerOf(request.headers['authorization'], request.ip, nowMs);
    if (caller === null) {
      answer(this.refuse(401, 'bad.credentials', 'Invalid login credentials.'));
      return NOBODY;
    }
    const found = this.#router.find(method, path);
    const call: Call = {
      caller,
      parameters: found?.parameters ?? {},
      query: new URLSearchParams(queryAt < 0 ? '' : target.slice(queryAt + 1)),
      body: parsed(request.body),
      nowMs,
    };
    return this.#decide(request, path, found?.operation ?? null, call, answer);
  }

  refuse(status: number, code: string, message: string): RenderedResponse {
    return renderError(this.#random, this.#errors++, status, { code, message });
  }

  reset(): void {
    this.#router = this.#freshRouter();
    this.changePolicy(this.gateway.policy);
  }

  changePolicy(policy: Policy): void {
    this.gateway = createGateway(policy, { random: this.#random });
  }

  listen(listener: (event: DecisionEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #freshRouter(): Router {
    const options = { random: this.#random, startsAtMs: this.#startsAtMs, policy: () => this.gateway.policy };
    return new Router(this.#hasResources ? createOperations(options) : []);
  }

  #decide(
    request: PlatformRequest,
    path: string,
    operation: Operation | null,
    call: Call,
    answer: (response: RenderedResponse) => void,
  ): Exchange {
    const { gateway } = this;
    const { nowMs, caller } = call;
    const asked: GatewayRequest = {
      caller,
      method: request.method,
      path,
      items: this.#itemsOf(request, operation, call),
      requestId: textOf(request.headers[gateway.policy.quirks.requestIdReuse?.header.toLowerCase() ?? '']),
    };
    const decision = gateway.decide(asked, nowMs);
    this.#tell(asked, decision.admitted ? 200 : decision.status, decision, nowMs);
    const rendered = gateway.render(asked, decision);
    if (!decision.admitted) return this.#answerAt(nowMs + gateway.policy.rejectionMs, rendered, null, gateway, answer);
    const response = this.#admitted(rendered, request.method, path, operation, call);
    return this.#answerAt(nowMs + decision.serviceMs, response, decision, gateway, answer);
  }

  /** What the resource says, with the headers of the decision. */
  #admitted(
    rendered: RenderedResponse,
    method: string,
    path: string,
    operation: Operation | null,
    call: Call,
  ): RenderedResponse {
    if (!this.#hasResources) return rendered;
    if (operation === null) {
      const exists = existsOnPlatform(method, path);
      return renderError(this.#random, this.#errors++, exists ? 501 : 404, exists ? NOT_IMPLEMENTED : NOT_FOUND);
    }
    try {
      const reply: Reply = operation.handle(call);
      return { status: reply.status, headers: rendered.headers, body: JSON.stringify(reply.body) ?? '' };
    } catch (error) {
      if (!(error instanceof ReplyError)) throw error;
      return this.refuse(error.status, error.code, error.message);
    }
  }

  #answerAt(
    dueMs: number,
    response: RenderedResponse,
    admission: Admitted | null,
    gateway: Gateway,
    answer: (response: RenderedResponse) => void,
  ): Exchange {
    let isOpen = true;
    if (admission !== null) this.inService += 1;
    const end = () => {
      isOpen = false;
      if (admission === null) return;
      this.inService -= 1;
      gateway.complete(admission, this.time.nowMs);
    };
    const finish = () => {
      if (!isOpen) return;
      end();
      answer(response);
    };
    if (this.#waits && dueMs > this.time.nowMs) this.time.scheduleAt(dueMs, finish, undefined);
    else finish();
    return { hangUp: () => (isOpen ? end() : undefined) };
  }

  /** The lab's own header says it; otherwise the operation counts them. */
  #itemsOf({ headers }: PlatformRequest, operation: Operation | null, call: Call): number {
    const told = Number(textOf(headers['x-ratelab-items']));
    if (Number.isInteger(told) && told >= 1) return told;
    return operation?.items?.(call) ?? 1;
  }

  #tell({ caller, method, path }: GatewayRequest, status: number, decision: Decision, nowMs: number): void {
    if (this.#listeners.size === 0) return;
    const { cause, retryAfterMs } = decision.admitted ? ADMITTED : decision;
    for (const listener of this.#listeners) listener({ nowMs, caller, method, path, status, cause, retryAfterMs });
  }
}

function textOf(header: string | readonly string[] | undefined): string {
  if (header === undefined) return '';
  return typeof header === 'string' ? header : (header[0] ?? '');
}

function parsed(body: string): unknown {
  if (body === '') return undefined;
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
