/**
 * What the network last said to each call, for libraries that end a refused call with an error of their own: a caller of fetch expects the
 * response. Each call carries a number in a header, which is taken off before anything is sent.
 */
import type { Fetch } from '../strategy.ts';
import { partsOf, type RequestParts, responseFrom } from './parts.ts';

const CALL_HEADER = 'x-ratelab-call';

/** What a library sends in place of fetch. */
export interface Network {
  /** Sends what the library made of a call. The library may read what it gets; for the caller there is a copy of what is not ok. */
  readonly send: Fetch;
  /** Runs one call through the library, its number among its headers. What it rejects with is thrown on only where the network did not answer the last attempt. */
  readonly call: (
    input: string | URL | Request,
    init: RequestInit | undefined,
    library: (call: RequestParts) => Promise<Response>,
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
      const call = await partsOf(input, init);
      try {
        return await library({ ...call, headers: { ...call.headers, [CALL_HEADER]: number } });
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

function withBody({ status, statusText, headers }: Response, body: string): Response {
  return responseFrom({ status, statusText, headers: Object.fromEntries(headers), body });
}
