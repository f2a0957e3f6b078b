/** Requests and responses in parts, for clients that have request and response types of their own. */
import { WITHOUT_BODY } from '../bridges/answer.ts';
import { copyOf, signalOf } from '../retry/request.ts';
import type { Fetch } from '../strategy.ts';

/** A request whose body is bytes, so that it can be sent as often as needed. */
export interface RequestParts {
  readonly url: string;
  /** In capitals. */
  readonly method: string;
  /** Names in lower case. */
  readonly headers: Record<string, string>;
  /** Absent where the request has none. */
  readonly body?: Uint8Array<ArrayBuffer>;
  readonly signal?: AbortSignal;
}

/** Takes a request apart. The caller's own Request stays unread. */
export async function partsOf(input: string | URL | Request, init?: RequestInit): Promise<RequestParts> {
  const request = new Request(copyOf(input), init);
  const signal = signalOf(input, init);
  return {
    url: request.url,
    method: request.method,
    headers: Object.fromEntries(request.headers),
    ...(request.body === null ? {} : { body: new Uint8Array(await request.arrayBuffer()) }),
    ...(signal === null ? {} : { signal }),
  };
}

/** Headers as node:http and its kin give them. */
export type LooseHeaders = Readonly<Record<string, string | number | readonly string[] | undefined>>;

/** A WHATWG response from parts. `headers`: several values of one name as a list. */
export function responseFrom(parts: {
  readonly status: number;
  readonly statusText?: string;
  readonly headers: LooseHeaders;
  readonly body: BodyInit | null;
}): Response {
  const headers = new Headers();
  for (const [name, value] of Object.entries(parts.headers)) {
    for (const text of Array.isArray(value) ? (value as readonly string[]) : [value]) {
      if (text !== undefined) headers.append(name, String(text));
    }
  }
  const { status, statusText = '' } = parts;
  return new Response(WITHOUT_BODY.has(status) ? null : parts.body, { status, statusText, headers });
}

/** Headers that speak of the body as it was on the wire: fetch has decoded it, so that a client would decode it twice. */
const OF_THE_WIRE = new Set(['content-encoding', 'content-length', 'transfer-encoding']);

/** Headers of a fetch's response for a client that believes itself on the wire. `set-cookie` is a list, as node:http has it. */
export function wireHeaders(response: Response): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {};
  const isEncoded = response.headers.has('content-encoding');
  for (const [name, value] of response.headers) {
    if (isEncoded && OF_THE_WIRE.has(name)) continue;
    headers[name] = name === 'set-cookie' ? response.headers.getSetCookie() : value;
  }
  return headers;
}

/** A fetch that keeps a copy of the last response that was not ok: some clients throw it away when they give up. */
export function remembering(fetch: Fetch): { readonly fetch: Fetch; readonly last: () => Response | null } {
  let last: Response | null = null;
  return {
    fetch: async (input, init) => {
      last = null;
      const response = await fetch(input, init);
      last = response.ok ? null : response.clone();
      return response;
    },
    last: () => last,
  };
}
