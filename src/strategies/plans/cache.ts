import { defineStrategy } from '../definition.ts';
import type { RequestIdentity } from '../strategy.ts';

/** The cure of thread 3: "a more aggressive caching strategy on the client side". */
export const cache = defineStrategy({
  name: 'cache',
  title: 'Client-side cache',
  titleOf: ({ ttlMs }) => `Client-side cache, ${ttlMs / 1000} s`,
  family: 'plans',
  what: 'Answers a GET that the same token has asked for the same URL within the time to live from memory; equal requests that are under way are sent once.',
  when: 'Where the same reads repeat and may be a little old (dashboards). It saves nothing when every read differs. Stand it outside the retrying layer, so that only final answers are kept.',
  parameters: {
    ttlMs: {
      kind: 'number',
      default: 60_000,
      unit: 'ms',
      min: 0,
      max: 86_400_000,
      doc: 'Time to live, from the arrival of the response; 0 only joins requests that are under way.',
    },
    entriesMax: {
      kind: 'integer',
      default: 10_000,
      unit: 'responses',
      min: 1,
      max: 1_000_000,
      doc: 'Responses kept; the oldest makes room.',
    },
  },
  references: [
    'Thread 3: "a more aggressive caching strategy on the client side"',
    'RFC 9111, HTTP Caching: https://www.rfc-editor.org/rfc/rfc9111',
  ],
  example: 'cache+retry-after',
  build: ({ ttlMs, entriesMax }) => ({
    pipeline: (fetch, { clock, identify }) => {
      const entries = new Map<string, Entry>();
      return async (input, init) => {
        const key = keyOf(identify(input, init), input, init);
        if (key === null) return fetch(input, init);
        const known = entries.get(key);
        // Each reader gets a copy; the kept response itself is never read.
        if (known !== undefined && clock.now() < known.freshUntilMs) return (await known.response).clone();
        const entry: Entry = { response: fetch(input, init), freshUntilMs: Infinity };
        entries.delete(key);
        if (entries.size >= entriesMax) entries.delete(entries.keys().next().value ?? '');
        entries.set(key, entry);
        const forget = () => {
          if (entries.get(key) === entry) entries.delete(key);
        };
        const response = await entry.response.catch((error: unknown) => {
          forget();
          throw error;
        });
        if (response.ok && ttlMs > 0) entry.freshUntilMs = clock.now() + ttlMs;
        else forget();
        return response.clone();
      };
    },
  }),
});

interface Entry {
  readonly response: Promise<Response>;
  freshUntilMs: number;
}

/** Who asks for what; null when the answer is not for keeping (no GET, or a conditional or partial one). */
function keyOf(
  { org, token }: RequestIdentity,
  input: string | URL | Request,
  init: RequestInit | undefined,
): string | null {
  const isRequest = typeof input !== 'string' && !(input instanceof URL);
  const method = init?.method ?? (isRequest ? input.method : 'GET');
  if (method !== 'GET' || init?.cache === 'no-store') return null;
  return `${org} ${token} ${isRequest ? input.url : String(input)}`;
}
