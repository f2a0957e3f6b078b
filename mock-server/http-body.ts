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
  let chunks: Buffer[] = [];
  let bytes = 0;
  const onData = (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= BODY_BYTES_MAX) {
      chunks.push(chunk);
      return;
    }
    chunks = [];
    incoming.off('data', onData).off('end', onEnd);
    refuseTooLong(platform, incoming, outgoing);
  };
  const onEnd = () => {
    const body = Buffer.concat(chunks);
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
