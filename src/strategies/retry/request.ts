/** What a retrying client may do with a request and with a response that it does not pass on. */

/** A request that can be sent once more: a body that is a stream is gone after the first time. */
export function isRepeatable(input: string | URL | Request, init: RequestInit | undefined): boolean {
  const body = init?.body;
  if (body instanceof ReadableStream) return false;
  return typeof input === 'string' || input instanceof URL || !input.bodyUsed;
}

/** What to hand to fetch when the same request may be sent again: a Request is consumed by fetch, so a copy goes out. */
export function copyOf(input: string | URL | Request): string | URL | Request {
  return typeof input === 'string' || input instanceof URL ? input : input.clone();
}

/** The signal that cancels a request, if it has one. */
export function signalOf(input: string | URL | Request, init: RequestInit | undefined): AbortSignal | null {
  if (init?.signal) return init.signal;
  return typeof input === 'string' || input instanceof URL ? null : input.signal;
}

/** `init` with one header set; the caller's objects are not touched. Plain objects keep the spelling of their names. */
export function withHeader(
  input: string | URL | Request,
  init: RequestInit | undefined,
  name: string,
  value: string,
): RequestInit {
  const given = init?.headers ?? (typeof input === 'string' || input instanceof URL ? {} : input.headers);
  const plain = given instanceof Headers || Array.isArray(given) ? Object.fromEntries(new Headers(given)) : given;
  const headers: Record<string, string> = {};
  for (const [key, text] of Object.entries(plain)) {
    if (key.toLowerCase() !== name.toLowerCase()) headers[key] = text;
  }
  headers[name] = value;
  return { ...init, headers };
}
