/** One client's connection to the HTTP door: what it waits for, in which order it is answered, and when it has hung up. */
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { RenderedResponse } from './gateway.ts';
import type { Exchange } from './platform.ts';

/** Requests of one connection that wait for their answers at once; whoever pipelines more is cut off. */
const WAITING_MAX = 1000;

/** See the file's head. */
export class Connection {
  readonly #socket: Socket;
  /** The newest request's response. Node sends responses in the order of requests, so this is the last to go out. */
  newest: ServerResponse | null = null;
  /** Whether what came was no HTTP: nothing that comes after it counts. */
  isBroken = false;
  readonly #waiting = new Map<ServerResponse, Exchange>();

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** A request is answered later. */
  wait(outgoing: ServerResponse, exchange: Exchange): void {
    this.#waiting.set(outgoing, exchange);
    if (this.#socket.destroyed || this.#waiting.size > WAITING_MAX) this.#socket.destroy();
    if (this.#socket.destroyed) this.hangUp();
  }

  /** A request is no longer waited for. */
  done(outgoing: ServerResponse): void {
    if (this.#waiting.size > 0) this.#waiting.delete(outgoing);
  }

  /** The client is gone: all that it waited for is given up. */
  hangUp(): void {
    for (const exchange of this.#waiting.values()) exchange.hangUp();
    this.#waiting.clear();
  }

  /** Sends an answer. `isLast`: the connection is closed after it, unless the client has already asked for more. */
  answer(outgoing: ServerResponse, { status, headers, body }: RenderedResponse, isLast: boolean): void {
    const flat: string[] = [];
    for (const [name, value] of headers) flat.push(name, value);
    // RFC 9110, 8.6: a response without content by its status tells no length.
    if (status !== 204 && status !== 304) flat.push('Content-Length', String(Buffer.byteLength(body)));
    if (isLast && this.newest === outgoing) flat.push('Connection', 'close');
    outgoing.writeHead(status, flat);
    outgoing.end(body);
  }

  /** Closes the connection as soon as everything that was asked for has gone out; at once when that is so already. */
  closeWhenQuiet(): void {
    const { newest } = this;
    if (newest === null || newest.writableFinished) this.#socket.destroySoon();
    else newest.once('finish', () => this.closeWhenQuiet());
  }

  /** Calls back when everything that was asked for so far has gone out; at once when that is so already. */
  whenQuiet(callback: () => void): void {
    const { newest } = this;
    if (newest === null || newest.writableFinished) callback();
    else newest.once('finish', callback);
  }
}
