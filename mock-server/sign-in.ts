/**
 * The login host: `POST /oauth/token`, client credentials for an access token, as OAuth 2.0 has it (RFC 6749, 4.4). Its answers have OAuth's form,
 * not the platform's. A client that is who it says asks a gateway of its own, by `policies/sign-in.ts`, whether it may have a token now.
 */
import type { Clients, Identity } from './clients.ts';
import {
  type Admitted,
  createGateway,
  type Gateway,
  type GatewayRequest,
  type KeyedRandom,
  type RenderedResponse,
} from './gateway.ts';
import type { PlatformRequest } from './platform.ts';
import type { Policy } from './policy.ts';
import { renderJson } from './responses.ts';
import type { Tokens } from './tokens.ts';

/** What the login host answers. */
export interface SignInAnswer {
  readonly response: RenderedResponse;
  /** After so long. */
  readonly waitMs: number;
  /** What the gateway is to be told of when the answer is given; null: nothing. */
  readonly admission: Admitted | null;
  /** The gateway that decided. */
  readonly gateway: Gateway;
}

/** Options of {@link SignIn}. */
export interface SignInOptions {
  readonly random: KeyedRandom;
  readonly tokens: Tokens;
  readonly clients: Clients;
  /** How often a client may sign in. */
  readonly policy: Policy;
}

/** What a token is good for, in seconds. */
const TOKEN_S = 86_400;
const PATHS: ReadonlySet<string> = new Set(['/oauth/token', '/login/oauth/token']);
const FORM = 'application/x-www-form-urlencoded';
const GRANT = 'client_credentials';

/** Words of an OAuth error. */
interface Fault {
  readonly status: number;
  readonly error: string;
  readonly description: string;
}

const WRONG_METHOD: Fault = { status: 405, error: 'invalid_request', description: 'the method must be POST' };
const NO_FORM: Fault = { status: 400, error: 'invalid_request', description: `the body must be ${FORM}` };
const NO_GRANT: Fault = { status: 400, error: 'unsupported_grant_type', description: `grant_type must be ${GRANT}` };
const NO_CLIENT: Fault = { status: 401, error: 'invalid_client', description: 'client not found or invalid secret' };

/** The login host of a platform. */
export class SignIn {
  #gateway: Gateway;
  readonly #options: SignInOptions;

  constructor(options: SignInOptions) {
    this.#options = options;
    this.#gateway = createGateway(options.policy, options);
  }

  /** Whether a path (without query) is the login host's. */
  answers(path: string): boolean {
    return PATHS.has(path);
  }

  /** Nobody has signed in lately. Tokens that were issued stay good. */
  reset(): void {
    this.#gateway = createGateway(this.#options.policy, this.#options);
  }

  /** Answers a request. It is throttled when it would have got a token otherwise. */
  handle(request: PlatformRequest, path: string, correlationId: string, nowMs: number): SignInAnswer {
    const identity = this.#whoAsks(request);
    if ('error' in identity) {
      const more: [string, string][] = identity === WRONG_METHOD ? [['Allow', 'POST']] : [];
      return { response: fault(correlationId, identity, more), waitMs: 0, admission: null, gateway: this.#gateway };
    }
    return this.#mint(identity, request, path, correlationId, nowMs);
  }

  #whoAsks({ method, headers, body }: PlatformRequest): Identity | Fault {
    if (method !== 'POST') return WRONG_METHOD;
    const type = headers['content-type'];
    if (body !== '' && type !== undefined && !isForm(String(type))) return NO_FORM;
    const form = new URLSearchParams(body);
    if (form.get('grant_type') !== GRANT) return NO_GRANT;
    const [id, secret] = credentials(headers['authorization'], form);
    return this.#options.clients(id, secret) ?? NO_CLIENT;
  }

  #mint(
    identity: Identity,
    { method }: PlatformRequest,
    path: string,
    correlationId: string,
    nowMs: number,
  ): SignInAnswer {
    const gateway = this.#gateway;
    // Whether its tokens may do anything is not asked here.
    const caller = { ...identity, token: '', ip: '', permitted: true };
    const asked: GatewayRequest = { caller, method, path, items: 1, requestId: '' };
    const decision = gateway.decide(asked, nowMs);
    if (!decision.admitted) {
      const { policy } = gateway;
      const { headers } = gateway.render(asked, decision, correlationId);
      return { response: throttled(headers), waitMs: policy.rejectionMs, admission: null, gateway };
    }
    const access_token = this.#options.tokens.issue(identity, nowMs + TOKEN_S * 1000);
    const body = JSON.stringify({ access_token, token_type: 'bearer', expires_in: TOKEN_S });
    const response = renderJson(correlationId, 200, body);
    return { response, waitMs: decision.serviceMs, admission: decision, gateway };
  }
}

/** The documented form begins so; how it goes on is not known. */
const THROTTLED = 'rate limit exceeded; too many tokens were requested';

/** 400, not 429: so it is documented. */
function throttled(headers: RenderedResponse['headers']): RenderedResponse {
  return { status: 400, headers, body: oauthError('invalid_request', THROTTLED) };
}

function fault(
  correlationId: string,
  { status, error, description }: Fault,
  more: readonly (readonly [string, string])[],
): RenderedResponse {
  return renderJson(correlationId, status, oauthError(error, description), more);
}

/** The platform says it twice. */
function oauthError(error: string, description: string): string {
  return JSON.stringify({ error, description, error_description: description });
}

function isForm(type: string): boolean {
  return (type.split(';')[0] ?? '').trim().toLowerCase() === FORM;
}

/** Basic authorization (RFC 7617), else the form's fields; of both the header counts. */
function credentials(
  authorization: string | readonly string[] | undefined,
  form: URLSearchParams,
): readonly [id: string, secret: string] {
  if (authorization === undefined) return [form.get('client_id') ?? '', form.get('client_secret') ?? ''];
  const encoded = /^basic +([\w+/=-]+)$/i.exec(String(authorization))?.[1] ?? '';
  const text = Buffer.from(encoded, 'base64').toString();
  const colon = text.indexOf(':');
  return colon < 0 ? ['', ''] : [text.slice(0, colon), text.slice(colon + 1)];
}
