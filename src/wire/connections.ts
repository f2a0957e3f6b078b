/**
 * One trial's connections to its gateway: keep-alive HTTP/1.1 by `node:http`. The built-in fetch would do the same, but takes three times the
 * processor time for a call, and a burst of calls has to leave this process at once, as in virtual time it does.
 */
import { Agent, type IncomingMessage, request } from 'node:http';

/** One request. */
export interface Outgoing {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: Record<string, string>;
  /** Text or bytes; null: none. */
  readonly body: string | Uint8Array | null;
  readonly signal: AbortSignal | null;
}

/** Connections of one trial. */
export interface Connections {
  /** Resolves with the whole response; rejects with the signal's reason when it is cancelled, with the system's error when the way is broken. */
  readonly send: (outgoing: Outgoing) => Promise<Response>;
  /** Cuts all connections; what is under way is rejected. */
  readonly close: () => void;
}

/** Statuses whose responses have no body. */
const BODILESS = new Set([204, 205, 304]);

/** Connects to a server as often as calls are under way at once. `url` has no slash at the end. */
export function connectTo(url: string): Connections {
  const { hostname: host, port } = new URL(url);
  const agent = new Agent({ keepAlive: true, maxFreeSockets: Number.POSITIVE_INFINITY, noDelay: true });
  let isClosed = false;
  const send = (outgoing: Outgoing): Promise<Response> =>
    new Promise((resolve, reject) => {
      const { method, target, headers, body, signal } = outgoing;
      const sent = request({ agent, host, port, method, path: target, headers });
      const hangUp = () => sent.destroy(signal?.reason as Error);
      signal?.addEventListener('abort', hangUp, { once: true });
      const leave = () => signal?.removeEventListener('abort', hangUp);
      sent.once('response', (incoming) => {
        read(incoming, reject, (response) => {
          leave();
          resolve(response);
        });
      });
      sent.once('error', (error: NodeJS.ErrnoException) => {
        leave();
        // The server had closed this idle connection: the request never reached it.
        const isStale = sent.reusedSocket && error.code === 'ECONNRESET' && !signal?.aborted && !isClosed;
        if (isStale) resolve(send(outgoing));
        else reject(signal?.aborted ? (signal.reason as Error) : error);
      });
      sent.end(body ?? undefined);
    });
  const close = () => {
    isClosed = true;
    agent.destroy();
  };
  return { send, close };
}

function read(incoming: IncomingMessage, broken: (error: Error) => void, done: (response: Response) => void): void {
  const chunks: Buffer[] = [];
  const { statusCode: status = 0 } = incoming;
  incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
  incoming.once('error', broken);
  incoming.once('end', () =>
    done(new Response(BODILESS.has(status) ? null : Buffer.concat(chunks), { status, headers: headersOf(incoming) })),
  );
}

function headersOf({ rawHeaders }: IncomingMessage): [string, string][] {
  const pairs: [string, string][] = [];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) pairs.push([rawHeaders[at]!, rawHeaders[at + 1]!]);
  return pairs;
}
