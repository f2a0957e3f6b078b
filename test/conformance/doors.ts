/**
 * Three ways to the same gateway, each with a clock of its own that is moved by hand: a real server behind real sockets, MSW's handlers, and the
 * in-process transport of trials in virtual time. Each tells what the gateway decided, when it answered or that the client had gone, and what
 * the client was given.
 */
import { Agent, request as send } from 'node:http';
import { setupServer } from 'msw/node';
import type { Decision, Gateway, GatewayRequest, RenderedResponse } from '../../mock-server/gateway.ts';
import { createGateway } from '../../mock-server/gateway.ts';
import { serve } from '../../mock-server/http-server.ts';
import { createPlatform, type Exchange, type Platform, type PlatformRequest } from '../../mock-server/platform.ts';
import { gatewayHandlers } from '../../src/doors/msw.ts';
import { createRandomSource } from '../../src/random/keyed-random.ts';
import { createScaledTime } from '../../src/time/scaled-time.ts';
import { createVirtualTime } from '../../src/time/virtual-time.ts';
import { lazyResponse } from '../../src/trial/lazy-response.ts';
import { OpenWork } from '../../src/trial/observer.ts';
import { AttemptTable, PlannedTable } from '../../src/trial/record.ts';
import { createTransport } from '../../src/trial/transport.ts';
import type { Setting } from './settings.ts';
import { callers, STARTS_AT_MS, type Step } from './traffic.ts';

/** What became of one request at the gateway. */
export interface Seen {
  /** Epoch ms at which it was asked. */
  atMs: number;
  /** `admitted`, `rejected`, or `unknown`: nobody's token, about which the gateway was not asked. */
  decision: 'admitted' | 'rejected' | 'unknown';
  /** 200 when admitted. */
  status: number;
  /** '' when admitted. */
  cause: string;
  retryAfterMs: number | null;
  end: 'open' | 'answered' | 'gone';
  /** Epoch ms of the end. */
  endMs: number;
}

/** What the client was given: status, headers by lower-case name without those of the connection, body; null: it had gone. */
export interface Given {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What was seen of all requests at one door. */
export interface Played {
  /** The transport of trials: its admitted requests are answered by no resource, and a stranger's are thrown back. */
  readonly isTransport: boolean;
  readonly seen: readonly Seen[];
  readonly given: readonly (Given | null)[];
}

/** Plays steps through one door. */
export type Door = (setting: Setting, steps: readonly Step[], seed: number) => Promise<Played>;

/** Until every answer has come: the longest service time is far below. */
const AFTERWARDS_MS = 3_600_000;
/** Headers that belong to the connection, not to the platform. */
const OF_CONNECTION = new Set(['connection', 'keep-alive', 'date', 'content-length', 'transfer-encoding']);

function headersOf(step: Step, index: number, { policy }: Setting): Record<string, string> {
  const headers: Record<string, string> = { authorization: bearer(step.token), 'x-conformance-index': String(index) };
  if (step.items !== 1) headers['x-ratelab-items'] = String(step.items);
  if (step.body !== '') headers['content-type'] = 'application/json';
  if (step.requestId !== '') {
    headers[policy.quirks.requestIdReuse?.header ?? 'x-genesys-request-id'] = step.requestId;
  }
  return headers;
}

function bearer(token: string): string {
  return `Bearer ${token}`;
}

/** A record of a decision. */
function seenOf(atMs: number, decision: Decision, { causes }: Gateway): Seen {
  const end = { end: 'open', endMs: Number.NaN } as const;
  if (decision.admitted) return { atMs, decision: 'admitted', status: 200, cause: '', retryAfterMs: null, ...end };
  const { status, retryAfterMs } = decision;
  return { atMs, decision: 'rejected', status, cause: causes[decision.cause] ?? '?', retryAfterMs, ...end };
}

/** A request that did not reach the gateway. */
function unknownAt(atMs: number): Seen {
  return {
    atMs,
    decision: 'unknown',
    status: 401,
    cause: '',
    retryAfterMs: null,
    end: 'answered',
    endMs: atMs,
  };
}

/** The one to give up: at a share of those that the gateway has not answered. */
function toAbort(seen: readonly Seen[], share: number | null): number | null {
  if (share === null) return null;
  const open = seen.flatMap(({ end }, index) => (end === 'open' ? [index] : []));
  return open[Math.floor(share * open.length)] ?? null;
}

/** A platform that notes what becomes of each request; tests wait for its notes. */
class NotedPlatform implements Platform {
  readonly seen: Seen[] = [];
  readonly #platform: Platform;
  #waiting: { readonly condition: () => boolean; readonly resolve: () => void } | null = null;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  get gateway(): Gateway {
    return this.#platform.gateway;
  }

  get time(): Platform['time'] {
    return this.#platform.time;
  }

  get inService(): number {
    return this.#platform.inService;
  }

  handle(request: PlatformRequest, answer: (response: RenderedResponse) => void): Exchange {
    const index = Number(request.headers['x-conformance-index']);
    let decided: Seen | null = null;
    const stop = this.listen(({ nowMs, status, cause, retryAfterMs }) => {
      const name = cause < 0 ? '' : (this.gateway.causes[cause] ?? '?');
      const decision = cause < 0 ? 'admitted' : 'rejected';
      decided = { atMs: nowMs, decision, status, cause: name, retryAfterMs, end: 'open', endMs: Number.NaN };
    });
    const end = (how: 'answered' | 'gone') => {
      const one = this.seen[index];
      if (one?.end !== 'open') return;
      one.end = how;
      one.endMs = this.time.nowMs;
      this.#noted();
    };
    // Nothing is answered within this call: every latency is above 0, and so is the time of a rejection.
    const exchange = this.#platform.handle(request, (response) => {
      end('answered');
      answer(response);
    });
    stop();
    this.seen[index] = decided ?? unknownAt(this.time.nowMs);
    this.#noted();
    return {
      hangUp: () => {
        exchange.hangUp();
        end('gone');
      },
    };
  }

  refuse(...parameters: Parameters<Platform['refuse']>): RenderedResponse {
    return this.#platform.refuse(...parameters);
  }

  reset(): void {
    this.#platform.reset();
  }

  changePolicy(...parameters: Parameters<Platform['changePolicy']>): void {
    this.#platform.changePolicy(...parameters);
  }

  listen(...parameters: Parameters<Platform['listen']>): () => void {
    return this.#platform.listen(...parameters);
  }

  /** Resolves when the notes fulfil a condition. */
  until(condition: () => boolean): Promise<void> {
    if (condition()) return Promise.resolve();
    return new Promise((resolve) => (this.#waiting = { condition, resolve }));
  }

  #noted(): void {
    if (this.#waiting === null || !this.#waiting.condition()) return;
    this.#waiting.resolve();
    this.#waiting = null;
  }
}

/** A request on its way, as its client holds it. */
interface Sent {
  readonly given: Promise<Given | null>;
  readonly abort: () => void;
}

/** Plays steps through a platform, one after the other: each is sent when the one before has been decided. */
async function playThrough(
  setting: Setting,
  steps: readonly Step[],
  seed: number,
  open: (platform: Platform) => Promise<{ send: (step: Step, index: number) => Sent; close: () => Promise<void> }>,
): Promise<Played> {
  const random = createRandomSource(seed);
  const time = createScaledTime({ speed: 0, startsAtMs: STARTS_AT_MS });
  const platform = new NotedPlatform(
    createPlatform({
      policy: setting.policy,
      random: (stream, entity, index) => random.at(stream, entity, index),
      time,
      callers,
    }),
  );
  const { seen } = platform;
  const door = await open(platform);
  const sent: Sent[] = [];
  for (const [index, step] of steps.entries()) {
    time.advance(step.afterMs);
    const gone = toAbort(seen, step.abort);
    if (gone !== null) {
      sent[gone]?.abort();
      await platform.until(() => seen[gone]?.end !== 'open');
    }
    sent.push(door.send(step, index));
    await platform.until(() => seen[index] !== undefined);
  }
  time.advance(AFTERWARDS_MS);
  const given = await Promise.all(sent.map((one) => one.given));
  await door.close();
  time.stop();
  return { isTransport: false, seen, given };
}

/** A real server, keep-alive sockets. */
export const overHttp: Door = (setting, steps, seed) =>
  playThrough(setting, steps, seed, async (platform) => {
    const server = await serve(platform);
    const agent = new Agent({ keepAlive: true });
    return {
      send: (step, index) => sendHttp(server.port, agent, step, headersOf(step, index, setting)),
      close: async () => {
        agent.destroy();
        await server.close();
      },
    };
  });

function sendHttp(port: number, agent: Agent, step: Step, headers: Record<string, string>): Sent {
  const { method, target: path, body } = step;
  const outgoing = send({ host: '127.0.0.1', port, agent, method, path, headers });
  const given = new Promise<Given | null>((resolve, reject) => {
    let isGone = false;
    outgoing.once('close', () => (isGone = true));
    outgoing.once('error', (error) => (error.message === 'gone' ? resolve(null) : reject(error)));
    outgoing.once('response', (incoming) => {
      let text = '';
      incoming.setEncoding('utf8');
      incoming.on('data', (chunk: string) => (text += chunk));
      incoming.once('error', (error) => (isGone ? resolve(null) : reject(error)));
      incoming.once('end', () => {
        resolve({
          status: incoming.statusCode ?? 0,
          headers: platformHeaders(pairsOf(incoming.rawHeaders)),
          body: text,
        });
      });
    });
  });
  outgoing.end(body);
  return { given, abort: () => outgoing.destroy(new Error('gone')) };
}

/** MSW's handlers, at the real host name. */
export const overMsw: Door = (setting, steps, seed) =>
  playThrough(setting, steps, seed, (platform) => {
    const server = setupServer(...gatewayHandlers(platform));
    server.listen({ onUnhandledRequest: 'error' });
    return Promise.resolve({
      send: (step, index) => {
        const controller = new AbortController();
        const { method, target, body } = step;
        const given = fetch(`https://api.mypurecloud.com${target}`, {
          method,
          headers: headersOf(step, index, setting),
          signal: controller.signal,
          ...(body === '' ? {} : { body }),
        }).then(readResponse, () => null);
        return { given, abort: () => controller.abort() };
      },
      close: () => Promise.resolve(server.close()),
    });
  });

async function readResponse(response: Response): Promise<Given> {
  return { status: response.status, headers: platformHeaders([...response.headers]), body: await response.text() };
}

/** The transport of trials, in virtual time. */
export const inProcess: Door = async (setting, steps, seed) => {
  const random = createRandomSource(seed);
  const time = createVirtualTime({ startsAtMs: STARTS_AT_MS, deadlineMs: Number.MAX_SAFE_INTEGER });
  const seen: Seen[] = [];
  const gateway = noting(
    createGateway(setting.policy, { random: (stream, entity, index) => random.at(stream, entity, index) }),
    seen,
  );
  const work = new OpenWork(callers.length, 0);
  const transport = createTransport({
    gateway,
    time,
    startsAtMs: STARTS_AT_MS,
    callers,
    authorizations: callers.map(({ token }) => bearer(token)),
    plan: [],
    rowById: new Int32Array(0),
    attempts: new AttemptTable(),
    planned: new PlannedTable(new Float64Array(0)),
    detours: new Map(),
    work,
    // A trial looks at the gateway from time to time; a look before the first request would let the background begin earlier than at the doors.
    observer: { nextMs: Number.POSITIVE_INFINITY, samples: null, catchUp: () => {} },
    attemptsPerJobMax: steps.length + 1,
    onTooManyAttempts: () => {},
    respond: (gateway, request, decision, url) => {
      const one = seen[indices.get(request) ?? -1];
      if (one !== undefined) [one.end, one.endMs] = ['answered', time.nowMs];
      return lazyResponse(gateway, request, decision, url);
    },
  });
  const { indices } = gateway;
  const sent: Sent[] = [];
  const outcome = await time.run(async () => {
    let nowMs = time.nowMs;
    for (const [index, step] of steps.entries()) {
      nowMs += step.afterMs;
      if (step.afterMs > 0) await new Promise<void>((resolve) => time.scheduleAt(nowMs, resolve, undefined));
      const gone = toAbort(seen, step.abort);
      if (gone !== null) {
        sent[gone]?.abort();
        Object.assign(seen[gone] as Seen, { end: 'gone', endMs: time.nowMs });
      }
      const controller = new AbortController();
      const given = transport
        .fetch(`https://api.mypurecloud.com${step.target}`, {
          method: step.method,
          headers: headersOf(step, index, setting),
          signal: controller.signal,
        })
        .then(readResponse, () => null);
      sent.push({ given, abort: () => controller.abort() });
      seen[index] ??= unknownAt(time.nowMs);
    }
    return Promise.all(sent.map((one) => one.given));
  });
  if (outcome.kind === 'failed') throw new Error(`the run in virtual time failed: ${outcome.detail}`);
  return { isTransport: true, seen, given: outcome.value };
};

/** A gateway that notes its decisions, in order; `indices` tells which request was which. */
function noting(gateway: Gateway, seen: Seen[]): Gateway & { readonly indices: Map<GatewayRequest, number> } {
  const indices = new Map<GatewayRequest, number>();
  return {
    indices,
    policy: gateway.policy,
    causes: gateway.causes,
    get bucketCount() {
      return gateway.bucketCount;
    },
    decide(request, nowMs) {
      const decision = gateway.decide(request, nowMs);
      indices.set(request, seen.length);
      seen.push(seenOf(nowMs, decision, gateway));
      return decision;
    },
    wouldAdmit: (request, nowMs) => gateway.wouldAdmit(request, nowMs),
    complete: (admission, nowMs) => gateway.complete(admission, nowMs),
    render: (...parameters) => gateway.render(...parameters),
    levels: (limit, nowMs) => gateway.levels(limit, nowMs),
  };
}

function pairsOf(raw: readonly string[]): [string, string][] {
  return raw.flatMap((name, at): [string, string][] => (at % 2 === 0 ? [[name, raw[at + 1] ?? '']] : []));
}

function platformHeaders(pairs: readonly (readonly [string, string])[]): Record<string, string> {
  const named = pairs.map(([name, value]) => [name.toLowerCase(), value] as const);
  return Object.fromEntries(named.filter(([name]) => !OF_CONNECTION.has(name)).sort(([a], [b]) => (a < b ? -1 : 1)));
}
