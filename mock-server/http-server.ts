/** Door 1: the simulated platform as a real HTTP server. It only translates: what happens is the platform's. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RenderedResponse } from './gateway.ts';
import { BODY_BYTES_MAX, type Platform } from './platform.ts';

/** Options of {@link serve}. */
export interface HttpServerOptions {
  /** Default 127.0.0.1: nobody else reaches it. */
  readonly host?: string;
  /** Default 0: one that is free. */
  readonly port?: number;
}

/** A server that listens. */
export interface HttpServer {
  /** `http://127.0.0.1:43210`, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /** Takes no further connection, waits for requests in service, then closes. After `graceMs` of real time what is left is cut off. Default 5000. */
  close(graceMs?: number): Promise<void>;
}

/** Puts a platform behind a port. Rejects when the port cannot be had. */
export async function serve(platform: Platform, options: HttpServerOptions = {}): Promise<HttpServer> {
  const server = createServer((incoming, outgoing) => receive(platform, incoming, outgoing));
  const { host = '127.0.0.1', port = 0 } = options;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const address = server.address() as AddressInfo;
  return {
    url: `http://${address.address.includes(':') ? `[${address.address}]` : address.address}:${address.port}`,
    port: address.port,
    close: () => closed(server),
  };
}

function receive(platform: Platform, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const { method = 'GET', url: target = '/', headers } = incoming;
  const ip = incoming.socket.remoteAddress ?? '';
  const hand = (body: string) => {
    const exchange = platform.handle({ method, target, headers, body, ip }, (response) => send(outgoing, response));
    outgoing.once('close', () => exchange.hangUp());
  };
  if (method === 'GET' || method === 'HEAD') return hand('');
  const chunks: Buffer[] = [];
  let bytes = 0;
  incoming.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= BODY_BYTES_MAX) chunks.push(chunk);
  });
  incoming.on('end', () => {
    if (bytes <= BODY_BYTES_MAX) return hand(Buffer.concat(chunks).toString());
    send(
      outgoing,
      platform.refuse(413, 'request.entity.too.large', `The request is larger than ${BODY_BYTES_MAX} bytes.`),
    );
  });
}

function send(outgoing: ServerResponse, { status, headers, body }: RenderedResponse): void {
  const length: [string, string] = ['Content-Length', String(Buffer.byteLength(body))];
  outgoing.writeHead(status, [...headers, length].flat());
  outgoing.end(body);
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
}
