/** Door 2: the simulated platform as handlers of Mock Service Worker, at the real host names. It only translates: what happens is the platform's. */
import { http, type HttpHandler, HttpResponse } from 'msw';
import type { RenderedResponse } from './gateway.ts';
import { BODY_BYTES_MAX, type Platform } from './platform.ts';

/** Which hosts a platform answers for. */
export interface MswHandlerOptions {
  /**
   * Regions: `https://api.<region>` and `https://login.<region>` are answered. A name, several, or a function that is asked with each host (the one
   * that begins with `login.` signs in). Default `mypurecloud.com`.
   */
  readonly regions?: string | readonly string[] | ((host: string) => boolean);
}

const DEFAULT_REGION = 'mypurecloud.com';
/** There are no sockets here; the address that a client on this machine would have at door 1. */
const IP = '127.0.0.1';
const SIGN_IN_PATH = '/oauth/token';
/** A response of these has no body, and WHATWG's refuses to be made with one. */
const BODILESS = new Set([204, 205, 304]);

/** Handlers for `setupServer(...)`. Requests to other hosts pass by. */
export function mswHandlers(platform: Platform, options: MswHandlerOptions = {}): HttpHandler[] {
  const answers = hostsOf(options.regions ?? DEFAULT_REGION);
  return [
    http.all(
      ({ request }) => answers(new URL(request.url).hostname),
      ({ request }) => receive(platform, request),
    ),
  ];
}

function hostsOf(regions: NonNullable<MswHandlerOptions['regions']>): (host: string) => boolean {
  if (typeof regions === 'function') return regions;
  const names = typeof regions === 'string' ? [regions] : regions;
  const hosts = new Set(names.flatMap((region) => [`api.${region}`, `login.${region}`]));
  return (host) => hosts.has(host);
}

async function receive(platform: Platform, request: Request): Promise<Response> {
  const { method } = request;
  const url = new URL(request.url);
  const bytes = request.body === null ? null : await request.arrayBuffer();
  const refusal = refusalOf(platform, url, bytes);
  if (refusal !== null) return responseOf(refusal, method);
  return new Promise((resolve) => {
    const exchange = platform.handle(
      {
        method,
        target: url.pathname + url.search,
        headers: Object.fromEntries(request.headers),
        body: bytes === null ? '' : new TextDecoder().decode(bytes),
        ip: IP,
      },
      (rendered) => resolve(responseOf(rendered, method)),
    );
    whenGone(request, () => exchange.hangUp());
  });
}

/** What the door refuses by itself, null: nothing. */
function refusalOf(
  platform: Platform,
  { hostname, pathname }: URL,
  bytes: ArrayBuffer | null,
): RenderedResponse | null {
  if (bytes !== null && bytes.byteLength > BODY_BYTES_MAX) {
    const message = `The request is larger than ${BODY_BYTES_MAX} bytes.`;
    return platform.refuse(413, 'request.entity.too.large', message);
  }
  if (bytes !== null && !isUtf8(bytes)) return platform.refuse(400, 'bad.request', 'The request body is not UTF-8.');
  if (!hostname.startsWith('login.') || pathname === SIGN_IN_PATH) return null;
  return platform.refuse(404, 'not.found', 'The requested resource was not found.');
}

function isUtf8(bytes: ArrayBuffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

function responseOf({ status, headers, body }: RenderedResponse, method: string): Response {
  const pairs = headers.map(([name, value]): [string, string] => [name, value]);
  if (BODILESS.has(status)) return new HttpResponse(null, { status, headers: pairs });
  pairs.push(['Content-Length', String(new TextEncoder().encode(body).length)]);
  return new HttpResponse(method === 'HEAD' ? null : body, { status, headers: pairs });
}

/** A request of `node:http`, as far as it is needed here. */
interface RawRequest {
  readonly destroyed: boolean;
  once(event: 'close', listener: () => void): unknown;
}

/** Calls `hangUp` when the client gives up. After the answer it is called too, and does no harm. */
function whenGone(request: Request, hangUp: () => void): void {
  request.signal.addEventListener('abort', hangUp, { once: true });
  if (request.signal.aborted) hangUp();
  // Clients on node:http (axios, the SDK) abort no signal, they destroy their request, and MSW keeps that under a symbol it does not export.
  const raw = rawRequestOf(request);
  if (raw?.destroyed === true) hangUp();
  else raw?.once('close', hangUp);
}

function rawRequestOf(request: Request): RawRequest | null {
  const key = Object.getOwnPropertySymbols(request).find(({ description }) => description === 'kRawRequest');
  const raw: unknown = key === undefined ? null : Reflect.get(request, key);
  const isNode = typeof raw === 'object' && raw !== null && 'once' in raw && 'destroyed' in raw;
  return isNode ? (raw as unknown as RawRequest) : null;
}
