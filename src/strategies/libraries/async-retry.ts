import { defineLibrary } from './library.ts';
import { attemptOf, Refused, responseOf } from './refused.ts';

/** `retry` behind async functions; the one of its kind that randomizes by default. */
export const asyncRetry = defineLibrary({
  name: 'async-retry',
  title: 'async-retry',
  family: 'reacts',
  packages: ['async-retry'],
  what: 'async-retry around each call, told to retry 429 and 503: exponential backoff from 1 s, doubled, each wait multiplied by a random number from 1 to 2; reads no header.',
  when: 'Where a Retry-After is never sent.',
  parameters: {
    retries: { kind: 'integer', default: 10, unit: '', min: 0, max: 1000, doc: 'Retries after the first attempt.' },
    minTimeoutMs: { kind: 'number', default: 1000, unit: 'ms', min: 1, max: 3_600_000, doc: 'First wait.' },
    randomize: { kind: 'boolean', default: true, unit: '', doc: 'Multiplies each wait by a number from 1 to 2.' },
  },
  references: ['https://github.com/vercel/async-retry'],
  load: () => import('async-retry'),
  around:
    ({ default: retry }, { retries, minTimeoutMs, randomize }) =>
    (fetch, context) =>
    (input, init) => {
      const attempt = attemptOf(fetch, context, input, init);
      return retry<Response | undefined>(
        (bail) =>
          attempt().catch((error: unknown) => {
            if (error instanceof Refused) throw error;
            bail(error);
            return undefined;
          }),
        { retries, minTimeout: minTimeoutMs, randomize },
      ).catch(responseOf) as Promise<Response>;
    },
});
