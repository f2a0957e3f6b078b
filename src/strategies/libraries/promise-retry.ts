import { defineLibrary } from './library.ts';
import { attemptOf, Refused, responseOf } from './refused.ts';

/** The retrier that many others are built on (`retry`), behind promises. */
export const promiseRetry = defineLibrary({
  name: 'promise-retry',
  title: 'promise-retry',
  family: 'reacts',
  packages: ['promise-retry'],
  what: 'promise-retry (over retry) around each call, told to retry 429 and 503: exponential backoff from 1 s, doubled, without jitter; reads no header.',
  when: 'Where a Retry-After is never sent. What was refused together comes back together, unless randomize is set.',
  parameters: {
    retries: { kind: 'integer', default: 10, unit: '', min: 0, max: 1000, doc: 'Retries after the first attempt.' },
    minTimeoutMs: { kind: 'number', default: 1000, unit: 'ms', min: 1, max: 3_600_000, doc: 'First wait.' },
    randomize: { kind: 'boolean', default: false, unit: '', doc: 'Multiplies each wait by a number from 1 to 2.' },
  },
  references: ['https://github.com/IndigoUnited/node-promise-retry', 'https://github.com/tim-kos/node-retry'],
  load: () => import('promise-retry'),
  around:
    ({ default: promiseRetry }, { retries, minTimeoutMs, randomize }) =>
    (fetch, context) =>
    (input, init) => {
      const attempt = attemptOf(fetch, context, input, init);
      return promiseRetry(
        (again) =>
          attempt().catch((error: unknown) => {
            if (error instanceof Refused) return again(error);
            throw error;
          }),
        { retries, minTimeout: minTimeoutMs, randomize },
      ).catch(responseOf);
    },
});
