import { fetchOfAxios, underAxios } from '../bridges/axios.ts';
import { defineLibrary } from './library.ts';

/** Does what a 429 says, as often as it says so. */
export const axiosRetryAfter = defineLibrary({
  name: 'axios-retry-after',
  title: 'axios-retry-after',
  family: 'reacts',
  packages: ['axios-retry-after', 'axios'],
  what: 'axios with axios-retry-after: a 429 that has a Retry-After is sent again after it, POST too, without any limit on the attempts; any other refusal is handed on.',
  when: 'Where every 429 tells when to come back. It never gives up, and sends again at once when Retry-After is 0 or malformed.',
  parameters: {},
  references: ['https://github.com/compwright/axios-retry-after'],
  load: async () => ({
    axios: (await import('axios')).default,
    retryAfter: (await import('axios-retry-after')).default,
  }),
  around:
    ({ axios, retryAfter }) =>
    (fetch) => {
      const instance = underAxios(axios.create(), fetch);
      instance.interceptors.response.use(null, retryAfter(instance));
      return fetchOfAxios(instance);
    },
});
