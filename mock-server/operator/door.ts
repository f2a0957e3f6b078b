/** The operator's door: the state of a platform, and orders to it, for whoever has the key. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Platform } from '../platform.ts';
import { policies } from '../policies/index.ts';
import type { GatewayTime } from '../time.ts';
import type { DrivenTime } from './driven-time.ts';
import { createGuard, type Guard } from './guard.ts';
import { LiveUpdates } from './live-updates.ts';
import { createMetrics } from './metrics.ts';
import { livePage } from './page/page.ts';
import { type Answer, answerOf, json, type Route, routes, type Surroundings } from './routes.ts';
import { Telemetry } from './telemetry.ts';

/** Options of {@link serveOperator}. */
export interface OperatorOptions {
  readonly platform: Platform;
  /** The platform's own time. */
  readonly time: DrivenTime;
  /** Real time, for the live page's updates. */
  readonly wall: GatewayTime;
  /** What lets in; at least {@link KEY_LENGTH_MIN} characters, none of them white. */
  readonly key: string;
  /** Where the gateway listens, for the page. */
  readonly gatewayUrl: string;
  /** Default 127.0.0.1: nobody else reaches it. */
  readonly host?: string;
  /** Default 0: one that is free. */
  readonly port?: number;
  /** Whether `/metrics` also tells of this process (memory, event loop). Default false, as a process has them once only. */
  readonly processMetrics?: boolean;
}

/** An operator's door that is open. */
export interface OperatorDoor {
  /** Without a slash at the end. */
  readonly url: string;
  /** The live page with the key: for the person who started it. */
  readonly pageUrl: string;
  readonly key: string;
  readonly port: number;
  /** Ends every stream and connection. */
  close(): Promise<void>;
}

/** Shortest key: 128 random bits in base 64. */
export const KEY_LENGTH_MIN = 22;
/** Largest body, in bytes. */
const BODY_BYTES_MAX = 512_000;
/** A request that has not come in whole after this many ms is cut off. */
const REQUEST_MS_MAX = 10_000;
const CONNECTIONS_MAX = 64;

const HEADERS: readonly (readonly [string, string])[] = [
  ['Cache-Control', 'no-store'],
  ['Cross-Origin-Resource-Policy', 'same-origin'],
  ['Referrer-Policy', 'no-referrer'],
  ['X-Content-Type-Options', 'nosniff'],
];

/**
 * Opens the operator's door of a platform.
 *
 * @throws (rejects) RangeError for a key that is too short, the system's error for a port that cannot be had.
 */
export async function serveOperator(options: OperatorOptions): Promise<OperatorDoor> {
  const { platform, time, wall, key, gatewayUrl, host = '127.0.0.1', port = 0, processMetrics = false } = options;
  if (!/^\S+$/.test(key) || key.length < KEY_LENGTH_MIN)
    throw new RangeError(
      `Cannot open the operator's door: key must be at least ${KEY_LENGTH_MIN} characters without white space, current length is ${key.length}`,
    );
  const server = createServer({ requestTimeout: REQUEST_MS_MAX, headersTimeout: REQUEST_MS_MAX });
  server.maxConnections = CONNECTIONS_MAX;
  await listening(server, port, host);
  const address = server.address() as AddressInfo;
  const telemetry = new Telemetry(platform);
  const watched = { platform, time, telemetry, url: gatewayUrl, policies: Object.keys(policies) };
  const updates = new LiveUpdates(watched, wall);
  const page = livePage();
  const surroundings: Surroundings = {
    ...watched,
    updates,
    metrics: createMetrics(watched, processMetrics),
    page: { status: 200, contentType: 'text/html; charset=utf-8', body: page.html },
  };
  const door = new Door(createGuard(key, host, address.port), surroundings, page.contentSecurityPolicy);
  server.on('request', (incoming, outgoing) => door.receive(incoming, outgoing));
  const url = `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`;
  return {
    url,
    pageUrl: `${url}/?key=${encodeURIComponent(key)}`,
    key,
    port: address.port,
    close: () => {
      updates.end();
      telemetry.stop();
      return closed(server);
    },
  };
}

class Door {
  readonly #guard: Guard;
  readonly #surroundings: Surroundings;
  readonly #contentSecurityPolicy: string;

  constructor(guard: Guard, surroundings: Surroundings, contentSecurityPolicy: string) {
    this.#guard = guard;
    this.#surroundings = surroundings;
    this.#contentSecurityPolicy = contentSecurityPolicy;
  }

  receive(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const { method = '', headers } = incoming;
    const target = incoming.url ?? '/';
    const [path = '/', query = ''] = target.split('?', 2);
    const verdict = this.#guard.judge({ headers, changes: method !== 'GET' });
    if (!verdict.passes) {
      const key = method === 'GET' && path === '/' ? new URLSearchParams(query).get('key') : null;
      if (verdict.status === 401 && key !== null && this.#guard.isKey(key)) return this.#letIn(outgoing);
      return this.#send(outgoing, json(verdict.status, { message: verdict.message }), challenge(verdict.status));
    }
    // With the cookie in place the key is still taken out of the address bar.
    if (method === 'GET' && path === '/' && query !== '') return this.#letIn(outgoing);
    const there = routes.filter((each) => each.path === path);
    const route = there.find((each) => each.method === method);
    if (route === undefined) return this.#send(outgoing, ...notThere(path, there));
    void this.#answer(route, incoming, outgoing);
  }

  async #answer(route: Route, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    if (route.answer === null) return this.#watch(outgoing);
    const body = route.method === 'GET' ? '' : await bodyOf(incoming);
    if (body === null) {
      const message = `Cannot read the body: it must be at most ${BODY_BYTES_MAX} bytes`;
      return this.#send(outgoing, json(413, { message }), [['Connection', 'close']]);
    }
    try {
      this.#send(outgoing, await answerOf(route.answer, this.#surroundings, body));
    } catch (error) {
      this.#send(outgoing, json(500, { message: `The operator's door failed: ${(error as Error).message}` }));
    }
  }

  #watch(outgoing: ServerResponse): void {
    const { updates } = this.#surroundings;
    if (!updates.hasPlace) return this.#send(outgoing, json(503, { message: 'Cannot watch: too many do already' }));
    outgoing.writeHead(200, [...HEADERS, ['Content-Type', 'text/event-stream; charset=utf-8']].flat());
    updates.watch(outgoing);
  }

  /** The browser gets a cookie, and an address without the key. */
  #letIn(outgoing: ServerResponse): void {
    this.#send(outgoing, { status: 303, contentType: 'text/plain; charset=utf-8', body: '' }, [
      ['Location', '/'],
      ['Set-Cookie', this.#guard.cookie],
    ]);
  }

  #send(outgoing: ServerResponse, answer: Answer, more: readonly (readonly [string, string])[] = []): void {
    const headers = [
      ...HEADERS,
      ['Content-Security-Policy', this.#contentSecurityPolicy],
      ['Content-Type', answer.contentType],
      ['Content-Length', String(Buffer.byteLength(answer.body))],
      ...more,
    ];
    outgoing.writeHead(answer.status, headers.flat());
    outgoing.end(answer.body);
  }
}

function challenge(status: number): readonly (readonly [string, string])[] {
  return status === 401 ? [['WWW-Authenticate', 'Bearer realm="ratelab operator"']] : [];
}

function notThere(path: string, there: readonly Route[]): [Answer, (readonly [string, string])[]] {
  const list = (which: readonly Route[]) => which.map((each) => `${each.method} ${each.path}: ${each.what}`);
  if (there.length === 0)
    return [json(404, { message: `Cannot find ${path.slice(0, 100)}: it must be one of`, routes: list(routes) }), []];
  const allowed = there.map(({ method }) => method).join(', ');
  return [
    json(405, { message: `Cannot do that: method must be ${allowed}`, routes: list(there) }),
    [['Allow', allowed]],
  ];
}

/** The whole body as text; null: it is too large. What comes after that is read and forgotten, so that the answer arrives. */
function bodyOf(incoming: IncomingMessage): Promise<string | null> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    incoming.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= BODY_BYTES_MAX) chunks.push(chunk);
      else resolve(null);
    });
    incoming.on('end', () => resolve(Buffer.concat(chunks).toString()));
  });
}

function listening(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
