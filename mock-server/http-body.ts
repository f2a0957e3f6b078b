/** Bodies at the HTTP door: read whole, bounded, as UTF-8. */
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Connection } from './connection.ts';
import { BODY_BYTES_MAX, type Platform } from './platform.ts';

/**
 * So many bytes of a body that was refused are still taken and thrown away, so that a client which sends before it reads gets to see its
 * answer. Whoever sends more is cut off.
 */
const THROWN_AWAY_BYTES_MAX = 4 * BODY_BYTES_MAX;

const NOTHING = Buffer.alloc(0);

/** Whether a request brings a body, were it an empty one. */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
}

/** Whether a request says itself that its body is longer than the platform takes. */
export function isTooLong({ headers }: IncomingMessage): boolean {
  return Number(headers['content-length'] ?? 0) > BODY_BYTES_MAX;
}

/** Reads a body and hands it over as text, or refuses it: 413 as soon as it is known to be too long, 400 when it is not UTF-8. */
export function readBody(
  platform: Platform,
  connection: Connection,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  hand: (body: string) => void,
): void {
  if (isTooLong(incoming)) return refuseTooLong(platform, incoming, outgoing);
  const received = new ReceivedBytes(BODY_BYTES_MAX);
  const onData = (chunk: Buffer) => {
    if (received.add(chunk)) return;
    incoming.off('data', onData).off('end', onEnd);
    refuseTooLong(platform, incoming, outgoing);
  };
  const onEnd = () => {
    const body = received.take();
    if (isUtf8(body)) return hand(body.toString());
    connection.answer(outgoing, platform.refuse(400, 'bad.request', 'The request body is not UTF-8.'), true);
  };
  incoming.on('data', onData).on('end', onEnd);
}

/** Answers at once, and closes the connection when the client has stopped sending or has sent far too much. */
function refuseTooLong(platform: Platform, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const message = `The request is larger than ${BODY_BYTES_MAX} bytes.`;
  const { status, headers, body } = platform.refuse(413, 'request.entity.too.large', message);
  const length = String(Buffer.byteLength(body));
  outgoing.writeHead(status, [...headers.flat(), 'Content-Length', length, 'Connection', 'close']);
  outgoing.write(body);
  let thrownAway = 0;
  incoming.on('data', (chunk: Buffer) => {
    thrownAway += chunk.length;
    if (thrownAway > THROWN_AWAY_BYTES_MAX) outgoing.end();
  });
  incoming.on('end', () => outgoing.end());
}

/** Bytes put together as they come: a list of chunks of one byte each would take a hundred times what was sent. */
class ReceivedBytes {
  readonly #most: number;
  #held: Buffer = NOTHING;
  #length = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** False, with nothing held any longer: there are more than `most`. */
  add(chunk: Buffer): boolean {
    const length = this.#length + chunk.length;
    if (length > this.#most) {
      this.#held = NOTHING;
      return false;
    }
    if (this.#length === 0) {
      // Most bodies come in one piece, which need not be copied.
      this.#held = chunk;
    } else {
      if (length > this.#held.length) this.#held = this.#grown(length);
      this.#held.set(chunk, this.#length);
    }
    this.#length = length;
    return true;
  }

  /** All that came. */
  take(): Buffer {
    return this.#held.subarray(0, this.#length);
  }

  /** Twice as long at least, so that no byte is moved often. */
  #grown(length: number): Buffer {
    const grown = Buffer.allocUnsafeSlow(Math.min(this.#most, Math.max(length, 2 * this.#held.length)));
    grown.set(this.#held.subarray(0, this.#length));
    return grown;
  }
}
