import { everyJobDone } from '../../../src/laws/index.ts';
import { fetchOfAxios, underAxios } from '../../../src/strategies/bridges/axios.ts';
import { type Bug, REFUSING } from '../exhibit.ts';
import { libraryStrategy } from '../library-strategy.ts';

/** axios-retry 4.5.0. */
export const axiosRetryTimeout: Bug = {
  name: 'axios-retry 4.5.0: waiting for a retry uses up the timeout of the request',
  what: 'With a timeout of 3 s the first attempt had its 3 s, and the retries failed immediately.',
  reported: { at: 'https://github.com/softonic/axios-retry/issues/24', on: '2017-09-18' },
  mechanism:
    'Unless shouldResetTimeout is set, each retry gets what is left of the timeout after the attempts before it and the delay that it has just waited, the wait for a Retry-After included. When nothing is left the call is given up, however many retries it has.',
  made: 'library',
  breaks: 'everyJobDone',
  promises: [everyJobDone],
  where: REFUSING,
  strategy: libraryStrategy(
    'axios-retry',
    async () => ({ axios: (await import('axios')).default, retry: (await import('axios-retry')).default }),
    ({ axios, retry }) =>
      (fetch) => {
        const instance = underAxios(axios.create({ timeout: 3000 }), fetch);
        retry(instance, { retries: 1000, retryCondition: (error) => error.response?.status === 429 });
        return fetchOfAxios(instance);
      },
  ),
};
