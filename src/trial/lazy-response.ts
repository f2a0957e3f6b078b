/**
 * A WHATWG response that is built only as far as somebody reads it. Node 20's `new Response` costs about 14 us, more than everything else
 * an attempt needs together; most strategies read no more than the status and Retry-After.
 *
 * It behaves like the response of a real fetch: `instanceof Response` holds, headers cannot be changed, a body is read once.
 */
import { inspect } from 'node:util';
import type { Decision, Gateway, GatewayRequest } from '../../mock-server/gateway.ts';
import { LazyHeaders } from './lazy-headers.ts';
import { Rendering } from './rendering.ts';

const STATUS_TEXTS: Readonly<Record<number, string>> = {
  200: 'OK',
  403: 'Forbidden',
  429: 'Too Many Requests',
  503: 'Service Unavailable',
};

/** What is left of the body: nobody read it, a fast path gave it away, or a real response looks after it. */
type Body = 'untouched' | 'given' | Response;

/** The response to one attempt. */
class LazyResponse implements Response {
  readonly #gateway: Gateway;
  readonly #request: GatewayRequest;
  readonly #decision: Decision;
  readonly #url: string;
  #shared: Rendering | null;
  #headers: LazyHeaders | null = null;
  #body: Body = 'untouched';

  constructor(gateway: Gateway, request: GatewayRequest, decision: Decision, url: string, shared: Rendering | null) {
    this.#gateway = gateway;
    this.#request = request;
    this.#decision = decision;
    this.#url = url;
    this.#shared = shared;
  }

  get status(): number {
    return this.#decision.admitted ? 200 : this.#decision.status;
  }

  get ok(): boolean {
    return this.#decision.admitted;
  }

  get statusText(): string {
    return STATUS_TEXTS[this.status] ?? '';
  }

  get type(): ResponseType {
    return 'basic';
  }

  get url(): string {
    return this.#url;
  }

  get redirected(): boolean {
    return false;
  }

  get headers(): Headers {
    return (this.#headers ??= new LazyHeaders(this.#rendering));
  }

  get body(): ReadableStream<Uint8Array<ArrayBuffer>> | null {
    return this.#real().body;
  }

  get bodyUsed(): boolean {
    return this.#body === 'given' || (this.#body !== 'untouched' && this.#body.bodyUsed);
  }

  /** The two ways in which nearly everybody reads a body need no stream. */
  text(): Promise<string> {
    if (this.#body !== 'untouched') return this.#real().text();
    this.#body = 'given';
    return Promise.resolve(this.#rendering.full().body);
  }

  json(): Promise<unknown> {
    if (this.#body !== 'untouched') return this.#real().json();
    return this.text().then((text) => JSON.parse(text) as unknown);
  }

  arrayBuffer(): Promise<ArrayBuffer> {
    return this.#real().arrayBuffer();
  }

  blob(): Promise<Blob> {
    return this.#real().blob();
  }

  /** Newer than the oldest Node that this runs on, hence by way of `arrayBuffer`. */
  async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return new Uint8Array(await this.#real().arrayBuffer());
  }

  formData(): Promise<FormData> {
    return this.#real().formData();
  }

  clone(): Response {
    if (this.#body !== 'untouched') return this.#real().clone();
    return new LazyResponse(this.#gateway, this.#request, this.#decision, this.#url, this.#rendering);
  }

  [inspect.custom](): unknown {
    const { status, statusText, ok, url, bodyUsed } = this;
    return { status, statusText, ok, url, bodyUsed, headers: this.#rendering.full().headers };
  }

  /** What this response shares with its headers and its clones. */
  get #rendering(): Rendering {
    return (this.#shared ??= new Rendering(this.#gateway, this.#request, this.#decision));
  }

  /** Builds the real response; if its body was given away before, it is as used as ours. */
  #real(): Response {
    if (typeof this.#body === 'object') return this.#body;
    const { status, headers, body } = this.#rendering.full();
    const nullBody = status === 204 || status === 205 || status === 304;
    const real = new Response(nullBody ? null : body, { status, headers: headers.map((pair) => [...pair]) });
    if (this.#body === 'given') void real.text();
    this.#body = real;
    return real;
  }
}

// `instanceof Response` and the tag [object Response], without running Response's constructor for every attempt.
Object.setPrototypeOf(LazyResponse.prototype, Response.prototype);

/** Makes the response to one decision. */
export function lazyResponse(gateway: Gateway, request: GatewayRequest, decision: Decision, url: string): Response {
  return new LazyResponse(gateway, request, decision, url, null);
}
