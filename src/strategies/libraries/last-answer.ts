/**
 * What the network last said to each call, for libraries that end a refused call with an error of their own: a caller of fetch expects the
 * response. Each call carries a number in a header, which is taken off before anything is sent.
 */
import type { Fetch } from '../strategy.ts';

const CALL_HEADER = 'x-ratelab-call';

/** A call that a library is at work on. */
export interface NumberedCall {
  readonly url: string;
  readonly method: string;
  /** The call's own headers, names in lower case, and its number. */
  readonly headers: Readonly<Record<string, string>>;
  /** null: none. */
  readonly body: string | null;
  readonly signal: AbortSignal;
}

/** What a library sends in place of fetch. */
export interface Network {
  /** Sends what the library made of a call. The library may read what it gets; for the caller there is a copy of what is not ok. */
  readonly send: Fetch;
  /** Runs one call through the library. What it rejects with is thrown on only where the network did not answer the last attempt. */
  readonly call: (
    input: string | URL | Request,
    init: RequestInit | undefined,
    library: (call: NumberedCall) => Promise<Response>,
  ) => Promise<Response>;
}

/** Puts a fetch under a library, with an eye on each call's last answer. */
export function lastAnswers(fetch: Fetch): Network {
  const lastByCall = new Map<string, Response | null>();
  let calls = 0;
  return {
    send: async (input, init) => {
      const headers = new Headers(init?.headers);
      const call = headers.get(CALL_HEADER) ?? '';
      headers.delete(CALL_HEADER);
      lastByCall.set(call, null);
      const response = await fetch(input, { ...init, headers });
      if (response.ok) return response;
      // Not by `clone`: a library that cancels the body of one would wait for the other.
      const text = await response.text();
      lastByCall.set(call, withBody(response, text));
      return withBody(response, text);
    },
    call: async (input, init, library) => {
      const number = `${(calls += 1)}`;
      const { url, method, headers, body, signal } = new Request(input, init);
      try {
        return await library({
          url,
          method,
          headers: { ...Object.fromEntries(headers), [CALL_HEADER]: number },
          body: body === null ? null : await new Response(body).text(),
          signal,
        });
      } catch (error) {
        const last = lastByCall.get(number) ?? null;
        if (last === null) throw error;
        return last;
      } finally {
        lastByCall.delete(number);
      }
    },
  };
}

/** Statuses whose responses may not have a body. */
const WITHOUT_BODY = new Set([204, 205, 304]);

function withBody({ status, statusText, headers }: Response, text: string): Response {
  return new Response(WITHOUT_BODY.has(status) ? null : text, { status, statusText, headers });
}
