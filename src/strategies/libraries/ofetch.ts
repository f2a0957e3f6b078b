import { partsOf } from './parts.ts';
import { defineLibrary } from './library.ts';

/** The fetch of Nuxt and Nitro. */
export const ofetch = defineLibrary({
  name: 'ofetch',
  title: 'ofetch',
  family: 'reacts',
  packages: ['ofetch'],
  what: 'ofetch: one retry of a refused request, at once; requests with a payload get none. Reads no header.',
  when: 'Never against a rate limit with its defaults: the retry comes at the same instant. Set retryDelayMs.',
  parameters: {
    retries: {
      kind: 'integer',
      default: 1,
      unit: '',
      min: 0,
      max: 1000,
      doc: 'Retries after the first attempt. Other than 1: of requests with a payload too (POST, PUT, PATCH, DELETE).',
    },
    retryDelayMs: { kind: 'number', default: 0, unit: 'ms', min: 0, max: 3_600_000, doc: 'Each wait.' },
  },
  references: ['https://github.com/unjs/ofetch#%EF%B8%8F-auto-retry'],
  load: () => import('ofetch'),
  around:
    ({ createFetch, FetchError }, { retries, retryDelayMs }) =>
    (fetch) => {
      const client = createFetch({ fetch: fetch });
      return async (input, init) => {
        const { url, ...parts } = await partsOf(input, init);
        try {
          return await client.raw(url, {
            ...parts,
            // The body is left to whoever asked.
            responseType: 'stream',
            retryDelay: retryDelayMs,
            ...(retries === 1 ? {} : { retry: retries }),
          });
        } catch (error) {
          if (error instanceof FetchError && error.response !== undefined) return error.response;
          throw error;
        }
      };
    },
});
