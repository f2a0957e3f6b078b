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

/** The headers of a call; as in fetch, those of `init` replace those of a Request altogether. */
export function headersOf(input: string | URL | Request, init: RequestInit | undefined): HeadersInit {
  return init?.headers ?? (isRequest(input) ? input.headers : {});
}

/** One header by its lower-case name, or ''. A plain object with that very key is the fast path. */
export function headerOf(headers: HeadersInit, name: string): string {
  if (headers instanceof Headers) return headers.get(name) ?? '';
  if (Array.isArray(headers)) {
    for (const pair of headers) if (pair[0]?.toLowerCase() === name) return pair[1] ?? '';
    return '';
  }
  const fields: Readonly<Record<string, string>> = headers;
  const value = fields[name];
  if (value !== undefined) return value;
  for (const key in fields) {
    if (key.length === name.length && key.toLowerCase() === name) return fields[key] ?? '';
  }
  return '';
}

/** The path of an absolute URL or of a text that begins with /, without query and fragment. */
export function pathOf(url: string): string {
  const start = url.startsWith(ORIGIN) ? ORIGIN.length : 0;
  if (url.charCodeAt(start) !== SLASH) return new URL(url, ORIGIN).pathname;
  for (let end = start + 1; end < url.length; end++) {
    const code = url.charCodeAt(end);
    if (code === QUERY || code === FRAGMENT) return url.slice(start, end);
  }
  return url.slice(start);
}

const SLASH = 0x2f;
const QUERY = 0x3f;
const FRAGMENT = 0x23;

function isRequest(input: string | URL | Request): input is Request {
  return typeof input === 'object' && input instanceof Request;
}
