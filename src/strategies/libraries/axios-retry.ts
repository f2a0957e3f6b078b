import { fetchOfAxios, underAxios } from '../bridges/axios.ts';
import { defineLibrary } from './library.ts';

/** Retries idempotent requests; Retry-After is obeyed, and jitter is put on top of it. */
export const axiosRetry = defineLibrary({
  name: 'axios-retry',
  title: 'axios-retry',
  family: 'reacts',
  packages: ['axios-retry', 'axios'],
  what: 'axios with axios-retry, told to retry 429: up to three retries, at once unless a delay is chosen; obeys Retry-After (since 4.2.0). POST is not retried.',
  when: 'For GETs through axios. By default it retries at once where no Retry-After is sent.',
  parameters: {
    retries: { kind: 'integer', default: 3, unit: '', min: 0, max: 1000, doc: 'Retries after the first attempt.' },
    delay: {
      kind: 'choice',
      default: 'none',
      unit: '',
      choices: ['none', 'exponential'],
      doc: 'none: the default of the library. exponential: axiosRetry.exponentialDelay.',
    },
  },
  references: ['https://github.com/softonic/axios-retry'],
  example: 'axios-retry:delay=exponential',
  load: async () => ({ axios: (await import('axios')).default, retry: (await import('axios-retry')).default }),
  around:
    ({ axios, retry }, { retries, delay }) =>
    (fetch) => {
      const instance = underAxios(axios.create(), fetch);
      retry(instance, {
        retries,
        retryCondition: (error) =>
          retry.isNetworkOrIdempotentRequestError(error) ||
          isRetriedStatus(error.response?.status, error.config?.method),
        ...(delay === 'exponential' ? { retryDelay: (count, error) => retry.exponentialDelay(count, error) } : {}),
      });
      return fetchOfAxios(instance);
    },
});

/** What its documentation proposes for rate limits: 429 as well, still not for POST. */
function isRetriedStatus(status: number | undefined, method: string | undefined): boolean {
  return status === 429 && method?.toLowerCase() !== 'post';
}
