/** Door 1: the simulated platform as a real HTTP server. It only translates: what happens is the platform's. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Connection } from './connection.ts';
import { hasBody, isTooLong, readBody } from './http-body.ts';
import { answerBroken } from './http-faults.ts';
import type { Platform, PlatformRequest } from './platform.ts';
import type { GatewayTime } from './time.ts';

/** Options of {@link serve}. Times are the wall's, whatever the platform's clock does. */
export interface HttpServerOptions {
  /** Default 127.0.0.1: nobody else reaches it. */
  readonly host?: string;
  /** Default 0: one that is free. */
  readonly port?: number;
  /** A client has so long to send a request's headers, and is answered 408 after it. Default 10000. */
  readonly headersTimeoutMs?: number;
  /** A client has so long to send a whole request. Default 60000. */
  readonly requestTimeoutMs?: number;
  /** How often both are looked after. Default 1000. */
  readonly timeoutCheckMs?: number;
  /** A connection that asks nothing is closed after so long. Default 60000. */
  readonly keepAliveTimeoutMs?: number;
  /** A request with more bytes of headers is answered 431. Default 16384. */
  readonly headerBytesMax?: number;
  /** Connections at once; further ones are closed as they come. Default: as many as the system lets. */
  readonly connectionsMax?: number;
  /** The wall's time, in which {@link HttpServer.close} runs out of patience. Default: none, and it is patient until the last answer is given. */
  readonly realTime?: GatewayTime;
}

/** A server that listens. */
export interface HttpServer {
  /** `http://127.0.0.1:43210`, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /**
   * Takes no further connection, closes idle ones, waits for requests in service and answers them with `Connection: close`. After `graceMs` of real
   * time what is left is cut off. Default 5000. Asked again it gives the same promise.
   */
  close(graceMs?: number): Promise<void>;
}

const GRACE_MS = 5000;

/** Puts a platform behind a port. Rejects when the port cannot be had. */
export async function serve(platform: Platform, options: HttpServerOptions = {}): Promise<HttpServer> {
  const door = new HttpDoor(platform, options);
  return door.open(options.host ?? '127.0.0.1', options.port ?? 0);
}

class HttpDoor {
  readonly #platform: Platform;
  readonly #server: Server;
  readonly #realTime: GatewayTime | null;
  readonly #connections = new Map<Socket, Connection>();
  #closed: Promise<void> | null = null;

  constructor(platform: Platform, options: HttpServerOptions) {
    this.#platform = platform;
    this.#realTime = options.realTime ?? null;
    this.#server = createServer(
      {
        headersTimeout: options.headersTimeoutMs ?? 10_000,
        requestTimeout: options.requestTimeoutMs ?? 60_000,
        connectionsCheckingInterval: options.timeoutCheckMs ?? 1000,
        keepAliveTimeout: options.keepAliveTimeoutMs ?? 60_000,
        maxHeaderSize: options.headerBytesMax ?? 16_384,
        // A request without a host is answered below, in the platform's form.
        requireHostHeader: false,
      },
      (incoming, outgoing) => this.#receive(incoming, outgoing),
    );
    // Node would keep the first thousand headers and drop the rest, and so a request's framing; their bytes are bounded as it is.
    this.#server.maxHeadersCount = 0;
    if (options.connectionsMax !== undefined) this.#server.maxConnections = options.connectionsMax;
    this.#server.on('connection', (socket) => this.#connect(socket));
    this.#server.on('checkContinue', (incoming: IncomingMessage, outgoing: ServerResponse) => {
      if (!isTooLong(incoming)) outgoing.writeContinue();
      this.#receive(incoming, outgoing);
    });
    // Node would answer 417 by itself: in no form of the platform's.
    this.#server.on('checkExpectation', (incoming: IncomingMessage, outgoing: ServerResponse) => {
      this.#turnAway(
        incoming,
        outgoing,
        417,
        'expectation.failed',
        'The only expectation that is met is 100-continue.',
      );
    });
    this.#server.on('clientError', (error, socket) => {
      answerBroken(platform, this.#connections.get(socket as Socket), error, socket as Socket);
    });
  }

  async open(host: string, port: number): Promise<HttpServer> {
    const server = this.#server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, () => {
        server.off('error', reject);
        resolve();
      });
    });
    const { address, port: given } = server.address() as AddressInfo;
    return {
      url: `http://${address.includes(':') ? `[${address}]` : address}:${given}`,
      port: given,
      close: (graceMs = GRACE_MS) => (this.#closed ??= this.#close(graceMs)),
    };
  }

  #connect(socket: Socket): void {
    const connection = new Connection(socket);
    this.#connections.set(socket, connection);
    socket.once('close', () => {
      this.#connections.delete(socket);
      connection.hangUp();
    });
  }

  #receive(incoming: IncomingMessage, outgoing: ServerResponse): void {
    if (incoming.headers.host === undefined && incoming.httpVersion === '1.1') {
      this.#turnAway(incoming, outgoing, 400, 'bad.request', 'The request must have a host header.');
      return;
    }
    const connection = this.#expect(incoming, outgoing);
    if (connection === undefined) return;
    if (!hasBody(incoming)) {
      this.#hand(new Received(incoming, ''), connection, outgoing);
    } else {
      readBody(this.#platform, connection, incoming, outgoing, (body) => {
        this.#hand(new Received(incoming, body), connection, outgoing);
      });
    }
  }

  /** Notes that a request is to be answered. Undefined: its socket was closed already, and nobody waits. */
  #expect(incoming: IncomingMessage, outgoing: ServerResponse): Connection | undefined {
    const connection = this.#connections.get(incoming.socket);
    if (connection !== undefined) connection.newest = outgoing;
    return connection;
  }

  /** Refuses a request whose body is not read, and closes the connection after it. */
  #turnAway(incoming: IncomingMessage, outgoing: ServerResponse, ...refusal: Parameters<Platform['refuse']>): void {
    this.#expect(incoming, outgoing)?.answer(outgoing, this.#platform.refuse(...refusal), true);
  }

  #hand(request: PlatformRequest, connection: Connection, outgoing: ServerResponse): void {
    let isAnswered = false;
    const exchange = this.#platform.handle(request, (response) => {
      isAnswered = true;
      connection.done(outgoing);
      connection.answer(outgoing, response, this.#closed !== null);
    });
    if (!isAnswered) connection.wait(outgoing, exchange);
  }

  #close(graceMs: number): Promise<void> {
    const server = this.#server;
    // Node's own would cut off answers that are written and have not gone out yet, such as those to a client that reads slowly.
    server.closeIdleConnections = () => {};
    const closed = new Promise<void>((resolve) => {
      server.close(() => {
        // Node says so before the last sockets have said that they are closed.
        for (const connection of this.#connections.values()) connection.hangUp();
        resolve();
      });
    });
    for (const connection of this.#connections.values()) connection.closeWhenQuiet();
    const realTime = this.#realTime;
    realTime?.scheduleAt(realTime.nowMs + graceMs, () => server.closeAllConnections(), undefined);
    return closed;
  }
}

/** A request of Node's as the platform wants it. Headers and address are read when they are asked for. */
class Received implements PlatformRequest {
  readonly method: string;
  readonly target: string;
  readonly body: string;
  readonly #incoming: IncomingMessage;

  constructor(incoming: IncomingMessage, body: string) {
    this.method = incoming.method ?? '';
    this.target = incoming.url ?? '';
    this.body = body;
    this.#incoming = incoming;
  }

  get headers(): PlatformRequest['headers'] {
    return this.#incoming.headers;
  }

  get ip(): string {
    const address = this.#incoming.socket.remoteAddress ?? '';
    // So an IPv4 client looks to a server that listens on IPv6 too.
    return address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address;
  }
}
