import { defineLibrary } from './library.ts';
import { partsOf, remembering, responseFrom } from './parts.ts';

/** The client under Google's libraries. */
export const gaxios = defineLibrary({
  name: 'gaxios',
  title: 'gaxios',
  family: 'reacts',
  packages: ['gaxios'],
  what: "gaxios with its retry switched on, as Google's libraries do: up to three retries of idempotent requests, after 0.1 s, 0.5 s, 1.5 s. Reads no header; POST is not retried.",
  when: 'For limits that are over within two seconds. It knows nothing of Retry-After.',
  parameters: {
    retries: { kind: 'integer', default: 3, unit: '', min: 0, max: 1000, doc: 'Retries after the first attempt.' },
    retryDelayMs: { kind: 'number', default: 100, unit: 'ms', min: 0, max: 3_600_000, doc: 'First wait.' },
  },
  references: ['https://github.com/googleapis/gaxios'],
  load: () => import('gaxios'),
  around:
    ({ Gaxios }, { retries, retryDelayMs }) =>
    (fetch) =>
    async (input, init) => {
      const { body, ...parts } = await partsOf(input, init);
      // It parses the bodies of errors, whatever it was asked for: a copy of the last refusal is handed on.
      const { fetch: send, last } = remembering(fetch);
      const client = new Gaxios({
        fetchImplementation: send,
        retryConfig: { retry: retries, retryDelay: retryDelayMs },
      });
      try {
        const { status, statusText, headers, data } = await client.request<ArrayBuffer>({
          ...parts,
          ...(body === undefined ? {} : { data: body }),
          responseType: 'arraybuffer',
        });
        return responseFrom({ status, statusText, headers: Object.fromEntries(headers), body: data });
      } catch (error) {
        const refusal = last();
        if (refusal === null) throw error;
        return refusal;
      }
    },
});
