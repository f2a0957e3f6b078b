import { defineLibrary } from './library.ts';
import { partsOf, remembering } from './parts.ts';

/** A fetch client with a retry middleware. */
export const wretch = defineLibrary({
  name: 'wretch',
  title: 'wretch',
  family: 'reacts',
  packages: ['wretch'],
  what: 'wretch 2 with its retry middleware: up to ten retries of whatever was not ok (a 404 too), after 0.5 s, 1 s, 1.5 s and so on, without jitter; reads no header.',
  when: 'Where a Retry-After is never sent. Version 3 retries 5xx only, and 429 no longer unless told.',
  parameters: {
    retries: { kind: 'integer', default: 10, unit: '', min: 1, max: 1000, doc: 'Retries after the first attempt.' },
    delayTimerMs: {
      kind: 'number',
      default: 500,
      unit: 'ms',
      min: 0,
      max: 3_600_000,
      doc: 'First wait; the second is twice as long, the third three times.',
    },
  },
  references: ['https://github.com/elbywan/wretch/tree/master/src/middlewares'],
  load: async () => ({ wretch: (await import('wretch')).default, retry: (await import('wretch/middlewares')).retry }),
  around:
    ({ wretch: client, retry }, { retries, delayTimerMs }) =>
    (fetch) =>
    async (input, init) => {
      const { url, ...parts } = await partsOf(input, init);
      // Giving up, wretch reads the last response and throws: a copy of it is handed on.
      const { fetch: send, last } = remembering(fetch);
      const request = client(url, parts)
        .polyfills({ fetch: send })
        .middlewares([retry({ maxAttempts: retries, delayTimer: delayTimerMs })]);
      try {
        return await request.fetch(parts.method).res();
      } catch (error) {
        const refusal = last();
        if (refusal === null) throw error;
        return refusal;
      }
    },
});
