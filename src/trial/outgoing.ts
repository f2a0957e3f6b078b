/** What a call of fetch says, whatever shape it has: text, URL or Request; headers as a plain object, a list of pairs or `Headers`. */

/** Headers that the in-process platform reads. */
export const JOB_HEADER = 'x-ratelab-job';
/** Items of a bulk request. A real gateway would count them in the body; here the driver says how many there are. */
export const ITEMS_HEADER = 'x-ratelab-items';
export const AUTHORIZATION = 'authorization';

/** Where simulated requests go: a name that no resolver knows (RFC 6761), so that a call that escapes the simulation fails at once. */
export const ORIGIN = 'https://gateway.invalid';

/** The URL of a call. */
export function urlOf(input: string | URL | Request): string {
  if (typeof input === 'string') return input;
  return input instanceof URL ? input.href : input.url;
}

/** The method of a call, in capitals. */
export function methodOf(input: string | URL | Request, init: RequestInit | undefined): string {
  const method = init?.method ?? (isRequest(input) ? input.method : 'GET');
  return method === 'GET' || method === 'POST' ? method : method.toUpperCase();
}

/** The signal that cancels a call, or null. */
export function signalOf(input: string | URL | Request, init: RequestInit | undefined): AbortSignal | null {
  if (init?.signal !== undefined) return init.signal;
  return isRequest(input) ? input.signal : null;
}

/** The headers that the platform reads; '' for those that are absent. */
export interface ReadHeaders {
  authorization: string;
  job: string;
  items: string;
  requestId: string;
}

/**
 * Reads the headers of a call into `into`; as in fetch, those of `init` replace those of a Request altogether, and names have no case.
 * One pass, as this is done for every attempt.
 */
export function readHeaders(
  input: string | URL | Request,
  init: RequestInit | undefined,
  requestIdHeader: string,
  into: ReadHeaders,
): void {
  into.authorization = into.job = into.items = into.requestId = '';
  const headers = init?.headers ?? (isRequest(input) ? input.headers : undefined);
  if (headers === undefined) return;
  if (headers instanceof Headers || Array.isArray(headers)) {
    for (const pair of headers) keep(pair[0] ?? '', pair[1] ?? '', requestIdHeader, into);
    return;
  }
  for (const name in headers) keep(name, headers[name] ?? '', requestIdHeader, into);
}

/** The driver's own spelling is lower case and is recognised without looking at the letters. */
function keep(name: string, value: string, requestIdHeader: string, into: ReadHeaders): void {
  if (name === AUTHORIZATION) into.authorization = value;
  else if (name === JOB_HEADER) into.job = value;
  else if (name === ITEMS_HEADER) into.items = value;
  else if (name === requestIdHeader) into.requestId = value;
  else if (hasCapital(name)) keep(name.toLowerCase(), value, requestIdHeader, into);
}

function hasCapital(name: string): boolean {
  return /[A-Z]/.test(name);
}

/** The path of an absolute URL or of a text that begins with /, without query and fragment. */
export function pathOf(url: string): string {
  const start = url.startsWith(ORIGIN) ? ORIGIN.length : 0;
  if (url.charCodeAt(start) !== SLASH) return new URL(url, ORIGIN).pathname;
  const query = url.indexOf('?', start);
  const end = query < 0 ? url.length : query;
  const fragment = url.indexOf('#', start);
  return url.slice(start, fragment < 0 || fragment > end ? end : fragment);
}

const SLASH = 0x2f;

function isRequest(input: string | URL | Request): input is Request {
  return typeof input === 'object' && input instanceof Request;
}
