/** What goes over the wire: one request as bytes. Checked, so that no part of it can end its line and begin another. */
import { InputError, type Fault } from '../results/input-error.ts';

/** A request, without the token. */
export interface LoadRequest {
  readonly method: string;
  /** Path and query, percent-encoded. */
  readonly path: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

/** HEAD is left out: the parser would wait for the body that its length announces. */
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
/** Headers that this file writes. */
const OWN_HEADERS = ['host', 'connection', 'content-length', 'transfer-encoding', 'expect'];

/**
 * Returns the request unchanged.
 *
 * @throws InputError with every fault.
 */
export function checkRequest(request: LoadRequest): LoadRequest {
  const faults: Fault[] = [];
  const { method, path, headers } = request;
  if (!METHODS.includes(method)) faults.push({ path: 'method', rule: `one of ${METHODS.join(', ')}`, value: method });
  if (!/^\/[\x21-\x7E]{0,8191}$/.test(path))
    faults.push({ path: 'path', rule: 'a percent-encoded path that begins with /', value: path });
  for (const [name, value] of headers) {
    if (!/^[\w!#$%&'*+.^`|~-]{1,100}$/.test(name) || OWN_HEADERS.includes(name.toLowerCase()))
      faults.push({ path: 'header', rule: `a header name other than ${OWN_HEADERS.join(', ')}`, value: name });
    // The value may be a secret: it is not shown.
    if (!/^[\x20-\x7E]{0,8192}$/.test(value))
      faults.push({ path: `header ${name}`, rule: 'printable ASCII of at most 8192 characters', value: '(not shown)' });
  }
  if (faults.length > 0) throw new InputError('load', 'the target', faults);
  return request;
}

/** The bytes of a checked request with a token; null: without one. */
export function requestBytes(request: LoadRequest, host: string, token: string | null): Buffer {
  const body = Buffer.from(request.body);
  const lines = [
    `${request.method} ${request.path} HTTP/1.1`,
    `Host: ${host}`,
    'Connection: keep-alive',
    ...request.headers.map(([name, value]) => `${name}: ${value}`),
    ...(token === null ? [] : [`Authorization: Bearer ${token}`]),
    ...(body.length > 0 ? [`Content-Length: ${body.length}`] : []),
  ];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), body]);
}
