import { copyOf } from '../retry/request.ts';
import { defineLibrary } from './library.ts';

/** A wrapper around fetch that retries chosen statuses. */
export const fetchRetry = defineLibrary({
  name: 'fetch-retry',
  title: 'fetch-retry',
  family: 'reacts',
  packages: ['fetch-retry'],
  what: 'fetch-retry, told to retry 429 and 503: three retries, 1 s apart, without jitter; reads no header.',
  when: 'Where a Retry-After is never sent. Unless it is told to, it retries no status at all.',
  parameters: {
    retries: { kind: 'integer', default: 3, unit: '', min: 0, max: 1000, doc: 'Retries after the first attempt.' },
    retryDelayMs: { kind: 'number', default: 1000, unit: 'ms', min: 0, max: 3_600_000, doc: 'Each wait.' },
  },
  references: ['https://github.com/jonbern/fetch-retry'],
  load: () => import('fetch-retry'),
  around:
    ({ default: wrap }, { retries, retryDelayMs }) =>
    (fetch, { discard }) => {
      const send = (input: string | URL | Request, init?: RequestInit) => fetch(copyOf(input), init);
      return wrap(send, {
        retries,
        retryDelay: (_attempt, _error, response) => {
          if (response !== null) discard?.(response);
          return retryDelayMs;
        },
        retryOn: [429, 503],
      });
    },
});
