/** Clients that send bytes as they please and leave as they please. */
import { once } from 'node:events';
import { connect } from 'node:net';

/**
 * How a client leaves: it says that it has ended and reads on, does so after some silence, goes without a word, resets, goes at the first
 * byte that it hears, or leaves it to the server.
 */
export type Leaving = 'end' | 'patient' | 'destroy' | 'reset' | 'first-byte' | 'never';

/** What a patient client takes for silence. How long it is decides which answers are heard, not whether they are right. */
const SILENCE_MS = 15;

/** What a client does. */
export interface Deed {
  /** One string each, latin1; sent one after the other. */
  readonly pieces: readonly string[];
  readonly leaving: Leaving;
  /** It leaves so long after it has sent everything. Default 0. */
  readonly lateMs?: number;
}

/** Does it; resolves, when the connection is closed, to what the server said, in latin1. */
export function does({ pieces, leaving, lateMs = 0 }: Deed, port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
    let heard = '';
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => {
      heard += text;
      if (leaving === 'first-byte') socket.destroy();
    });
    // With half-open connections the client ends its own half by itself.
    socket.on('end', () => socket.end());
    // It was cut off while it wrote: what has come before counts.
    socket.on('error', () => {});
    socket.on('close', () => resolve(heard));
    const next = (at: number): void => {
      const piece = pieces[at];
      if (piece === undefined) setTimeout(leave, lateMs);
      else socket.write(piece, 'latin1', () => setImmediate(next, at + 1));
    };
    const leave = () => {
      if (leaving === 'destroy') socket.destroy();
      else if (leaving === 'reset') socket.resetAndDestroy();
      else if (leaving === 'patient') socket.setTimeout(SILENCE_MS, () => socket.end());
      else if (leaving !== 'never') socket.end();
    };
    socket.on('connect', () => next(0));
  });
}

/** Sends `count` requests over one connection, each when the client's buffer lets it; resolves when all were answered. */
export async function floods(port: number, count: number, request: (index: number) => string): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  socket.resume();
  const done = once(socket, 'close');
  for (let index = 0; index < count; index++) {
    if (!socket.write(request(index), 'latin1')) await once(socket, 'drain');
  }
  socket.write('GET /last HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n');
  await done;
}
