/** A client that sends bytes and keeps the bytes that come back. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** One answer as it stood on the wire. */
export interface RawResponse {
  readonly status: number;
  /** Status line and header lines. */
  readonly head: string;
  readonly body: string;
}

/** See the file's head. */
export class RawClient {
  readonly socket: Socket;
  #received = '';
  #wake = () => {};
  readonly #ended: Promise<unknown>;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => {
      this.#received += chunk;
      this.#wake();
    });
    socket.on('error', () => {});
    this.#ended = new Promise((resolve) => {
      socket.once('close', () => {
        this.#wake();
        resolve(null);
      });
    });
  }

  /** Connects to a port of this machine. */
  static async to(port: number): Promise<RawClient> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new RawClient(socket);
  }

  /** Sends lines, each ended as HTTP wants it. */
  sendLines(...lines: readonly string[]): void {
    this.socket.write(lines.map((line) => `${line}\r\n`).join(''));
  }

  /** Sends a GET of the known caller's. */
  get(target: string, ...headers: readonly string[]): void {
    this.sendLines(`GET ${target} HTTP/1.1`, 'Host: test', 'Authorization: Bearer known', ...headers, '');
  }

  /** The first `count` answers, as soon as they are there whole; fewer when the connection ends before. */
  async responses(count: number): Promise<readonly RawResponse[]> {
    await this.#until(() => this.#parsed().length >= count);
    return this.#parsed().slice(0, count);
  }

  /** Resolves when a text has come, or the connection has ended. */
  async includes(text: string): Promise<void> {
    await this.#until(() => this.#received.includes(text));
  }

  /** Everything that has come so far. */
  get text(): string {
    return this.#received;
  }

  async #until(isThere: () => boolean): Promise<void> {
    while (!isThere() && !this.socket.destroyed) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Resolves when the server has closed the connection. */
  async closed(): Promise<void> {
    await this.#ended;
  }

  #parsed(): readonly RawResponse[] {
    const responses: RawResponse[] = [];
    let rest = this.#received;
    for (let end = rest.indexOf('\r\n\r\n'); end >= 0; end = rest.indexOf('\r\n\r\n')) {
      const head = rest.slice(0, end);
      const length = Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? 0);
      const body = rest.slice(end + 4, end + 4 + length);
      if (body.length < length) break;
      rest = rest.slice(end + 4 + length);
      const status = Number(head.slice(9, 12));
      if (status !== 100) responses.push({ status, head, body });
    }
    return responses;
  }
}
