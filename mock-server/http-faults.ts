/** What came is no HTTP, or came too slowly: answered once, after all that was asked for before it, and the connection is closed. */
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Connection } from './connection.ts';
import type { RenderedResponse } from './gateway.ts';
import type { Platform } from './platform.ts';

const REFUSALS: Readonly<Record<string, readonly [status: number, code: string, message: string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'request.header.fields.too.large', 'The request headers are too large.'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'request.timeout', 'The request did not arrive in time.'],
};
const MALFORMED = [400, 'bad.request', 'The request is not valid HTTP.'] as const;

/** Answers what Node's parser gave up on: 431, 408, else 400. */
export function answerBroken(
  platform: Platform,
  connection: Connection | undefined,
  error: Error,
  socket: Socket,
): void {
  if (connection === undefined || !socket.writable) {
    socket.destroy();
    return;
  }
  if (connection.isBroken) return;
  connection.isBroken = true;
  const refusal = REFUSALS['code' in error ? String(error.code) : ''] ?? MALFORMED;
  const { newest } = connection;
  // A body broke off: its request is not answered before, it is answered with this, if nothing else was.
  if (newest !== null && !newest.req.complete) {
    if (newest.headersSent) socket.destroy();
    else connection.answer(newest, platform.refuse(...refusal), true);
    return;
  }
  connection.whenQuiet(() => {
    if (socket.destroyed) return;
    socket.end(wireText(platform.refuse(...refusal)), () => socket.destroy());
  });
}

/** A response as it stands on the wire; there is no request that Node could answer. */
function wireText({ status, headers, body }: RenderedResponse): string {
  const lines = headers.map(([name, value]) => `${name}: ${value}`);
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    ...lines,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}
