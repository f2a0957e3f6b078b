/**
 * Connections by autocannon: its client speaks HTTP (connections, pipelining, parsing), and here it is told when to.
 *
 * autocannon sends as soon as an answer has come, or by a counter that is emptied once a second, and tells no intended start. So its client's
 * own `_doRequest` (called once per free place on a connection: when it connects, and after each answer) is replaced by handing the place over.
 * That, `_connect`, `_resetConnection` and `getRequestBuffer` are not part of its documented interface: its version is pinned exactly, and
 * `connections.test.ts` fails when one of them is gone. Its latency figures are not used: the correction for coordinated omission that it
 * makes at a fixed rate expects one request per `Math.ceil(1 / rate)` ms, which is 1 ms whatever the rate.
 */
import autocannon from 'autocannon';
import type { Socket } from 'node:net';
import type { ScaledTime } from '../time/scaled-time.ts';

/** A request that was sent. */
export interface Sent {
  /** From 0, in the order of sending. */
  readonly number: number;
  /** Index of the sender whose token it carries. */
  readonly sender: number;
  /** Epoch ms at which it should have been sent; in a closed load, when it was. */
  readonly dueMs: number;
  /** Epoch ms at which it was. */
  readonly sentMs: number;
  /** Part of the delay between the two during which a place was free: the load itself was late. */
  readonly lateMs: number;
}

/** An answer, as far as it is looked at. Kept no longer than the call that it is given to. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  /** By name as sent; a list where a name came more than once. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
}

/** Why a request has no answer: its time was over, or its connection ended. */
export type Loss = 'timeout' | 'error';

/** A free place on a connection, good for one request. */
export interface Place {
  /** Writes a request now. */
  send(bytes: Buffer, sent: Sent): void;
}

/** Options of {@link openConnections}. */
export interface ConnectionsOptions {
  readonly origin: string;
  readonly connections: number;
  /** Requests that one connection may have under way. */
  readonly pipelining: number;
  readonly timeoutMs: number;
  readonly time: ScaledTime;
  /** A connection failed. */
  readonly onError: () => void;
  /** A connection stands and has a free place. */
  readonly onFree: (place: Place) => void;
  /** A place that was free is so no longer: its connection has ended. Others come when it stands again. */
  readonly onGone: (places: ReadonlySet<Place>) => void;
  readonly onAnswer: (sent: Sent, answer: Answer) => void;
  readonly onLost: (sent: Sent, loss: Loss) => void;
}

/** Open connections. */
export interface Connections {
  /** What the last connection that failed failed of; null: none did. */
  readonly lastError: Error | null;
  /** Ends all of them; nothing is called any more. */
  close(): Promise<void>;
}

/** What is used of autocannon's client. */
interface Client extends autocannon.Client {
  readonly parser: { readonly type: string; reinitialize(type: string): void };
  readonly conn: Socket | undefined;
  readonly pipelinedRequests: { terminateRequest(): unknown };
  getRequestBuffer(): Buffer;
  _doRequest(): void;
  _connect(): void;
  _destroyConnection(): void;
}

/** autocannon's own clocks shall end nothing: this is longer than any run, and not longer than a timer can be. */
const NEVER_S = 1_000_000;
/** How often autocannon looks whether it shall stop. */
const LOOK_MS = 50;
/** A connection that ended is opened again after this long, not at once and for ever. */
const RECONNECT_MS = 50;

/** Opens connections. Nothing is sent before a place's `send`. */
export function openConnections(options: ConnectionsOptions): Connections {
  const state: Shared = { isOpen: true, lastError: null, answer: null };
  const instance = autocannon({
    url: options.origin,
    connections: options.connections,
    pipelining: options.pipelining,
    duration: NEVER_S,
    timeout: NEVER_S,
    sampleInt: LOOK_MS,
    setupClient: (client) => void new Connection(client as Client, options, state),
    requests: [
      {
        // Called just before the client's own event of the same answer.
        onResponse: (status, body, _context, headers) => {
          state.answer = { status, body, headers: (headers ?? {}) as Answer['headers'] };
        },
      },
    ],
  });
  return {
    get lastError() {
      return state.lastError;
    },
    async close() {
      state.isOpen = false;
      (instance as unknown as { stop(): void }).stop();
      await instance;
    },
  };
}

interface Shared {
  isOpen: boolean;
  lastError: Error | null;
  /** The answer that is being told. */
  answer: Answer | null;
}

/** Stands for the request of an answer that nobody asked for. */
const UNASKED = { req: null, bytes: 0, body: '', headers: { statusCode: 0, headers: [] }, duration: 0 };

/** One client of autocannon's, its sending taken over. */
class Connection {
  readonly #client: Client;
  readonly #options: ConnectionsOptions;
  readonly #shared: Shared;
  readonly #send: () => void;
  readonly #connect: () => void;
  readonly #free = new Set<Place>();
  /** Answers come in the order of the requests. */
  #inFlight: Sent[] = [];
  /** Places of a connection that does not stand yet. */
  #waiting = 0;
  #isOver = false;
  #isReconnecting = false;
  #watches = false;

  constructor(client: Client, options: ConnectionsOptions, shared: Shared) {
    this.#client = client;
    this.#options = options;
    this.#shared = shared;
    this.#send = client._doRequest.bind(client);
    this.#connect = client._connect.bind(client);
    client._doRequest = () => this.#onPlace();
    client._connect = () => this.#reconnect();
    // A server may answer what was not asked: 408 to an idle connection, or two answers to one request. autocannon would end the process.
    const { pipelinedRequests } = client;
    const terminate = pipelinedRequests.terminateRequest.bind(pipelinedRequests);
    pipelinedRequests.terminateRequest = () => terminate() ?? UNASKED;
    client.on('response', () => this.#onAnswer());
    (client as NodeJS.EventEmitter).on('connError', (error: Error) => {
      shared.lastError = error;
      if (shared.isOpen) options.onError();
    });
  }

  #onPlace(): void {
    if (this.#isOver) return this.#reconnect();
    if (this.#client.conn?.connecting === true) this.#waiting += 1;
    else this.#offer();
  }

  #offer(): void {
    const place: Place = { send: (bytes, sent) => this.#write(place, bytes, sent) };
    this.#free.add(place);
    this.#options.onFree(place);
  }

  #write(place: Place, bytes: Buffer, sent: Sent): void {
    this.#free.delete(place);
    this.#inFlight.push(sent);
    this.#client.getRequestBuffer = () => bytes;
    this.#send();
    if (!this.#watches) this.#watch(sent);
  }

  #onAnswer(): void {
    const sent = this.#inFlight.shift();
    const { answer } = this.#shared;
    if (sent === undefined) this.#isOver = true;
    if (sent === undefined || answer === null || !this.#shared.isOpen) return;
    this.#isOver = saysClose(answer.headers);
    this.#options.onAnswer(sent, answer);
  }

  /** The first connection, and each after one that ended, whoever ended it. What was under way on it is lost. */
  #reconnect(): void {
    const client = this.#client;
    const isFirst = client.conn === undefined;
    // Also takes the old connection's listeners away, which would connect once more.
    if (!isFirst) client._destroyConnection();
    client.parser.reinitialize(client.parser.type);
    this.#lose('error');
    if (isFirst) return this.#connectNow();
    if (this.#isReconnecting) return;
    this.#isReconnecting = true;
    const { time } = this.#options;
    time.scheduleAt(time.nowMs + RECONNECT_MS, () => this.#connectNow(), undefined);
  }

  #connectNow(): void {
    this.#isReconnecting = false;
    if (!this.#shared.isOpen) return;
    this.#isOver = false;
    this.#waiting = 0;
    this.#connect();
    const { conn } = this.#client;
    conn?.once('encrypted' in conn ? 'secureConnect' : 'connect', () => {
      for (; this.#waiting > 0; this.#waiting--) this.#offer();
    });
  }

  #lose(loss: Loss): void {
    const lost = this.#inFlight;
    this.#inFlight = [];
    this.#options.onGone(this.#free);
    this.#free.clear();
    this.#waiting = 0;
    if (!this.#shared.isOpen) return;
    for (const sent of lost) this.#options.onLost(sent, loss);
  }

  /** Looks at the oldest request when its time is over. autocannon's own timeout begins again with every request, so a pipelined one could wait for ever. */
  #watch({ sentMs }: Sent): void {
    const { time, timeoutMs } = this.#options;
    this.#watches = true;
    time.scheduleAt(sentMs + timeoutMs, () => this.#look(), undefined);
  }

  #look(): void {
    this.#watches = false;
    const [oldest] = this.#inFlight;
    const { time, timeoutMs } = this.#options;
    if (oldest === undefined || !this.#shared.isOpen) return;
    if (time.nowMs < oldest.sentMs + timeoutMs) return this.#watch(oldest);
    this.#inFlight.shift();
    this.#options.onLost(oldest, 'timeout');
    this.#reconnect();
  }
}

function saysClose(headers: Answer['headers']): boolean {
  return headerOf(headers, 'connection')?.toLowerCase().includes('close') ?? false;
}

/** The first value of a header, whatever the case of its name. */
export function headerOf(headers: Answer['headers'], name: string): string | null {
  for (const [key, value] of Object.entries(headers))
    if (key.toLowerCase() === name) return typeof value === 'string' ? value : (value[0] ?? null);
  return null;
}
