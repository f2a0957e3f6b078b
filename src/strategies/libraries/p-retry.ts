import { attemptOf, Refused, responseOf } from './refused.ts';
import { defineLibrary } from './library.ts';

/** Retries what throws, with exponential backoff; reads no header. */
export const pRetry = defineLibrary({
  name: 'p-retry',
  title: 'p-retry',
  family: 'reacts',
  packages: ['p-retry'],
  what: 'p-retry around each call, told to retry 429 and 503: exponential backoff from 1 s, doubled, without jitter; reads no header.',
  when: 'Where a Retry-After is never sent. It knows nothing of one that is.',
  parameters: {
    retries: { kind: 'integer', default: 10, unit: '', min: 0, max: 1000, doc: 'Retries after the first attempt.' },
    minTimeoutMs: { kind: 'number', default: 1000, unit: 'ms', min: 0, max: 3_600_000, doc: 'First wait.' },
    randomize: { kind: 'boolean', default: false, unit: '', doc: 'Multiplies each wait by a number from 1 to 2.' },
  },
  references: ['https://github.com/sindresorhus/p-retry'],
  load: () => import('p-retry'),
  around:
    ({ default: retry }, { retries, minTimeoutMs, randomize }) =>
    (fetch, context) =>
    (input, init) =>
      retry(attemptOf(fetch, context, input, init), {
        retries,
        minTimeout: minTimeoutMs,
        randomize,
        shouldRetry: ({ error }) => error instanceof Refused,
        ...(init?.signal ? { signal: init.signal } : {}),
      }).catch(responseOf),
});
