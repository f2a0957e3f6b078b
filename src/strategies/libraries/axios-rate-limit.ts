import { fetchOfAxios, underAxios } from '../bridges/axios.ts';
import { byParameter, keyBy, perText } from '../counted-by.ts';
import { defineLibrary } from './library.ts';
import { perKey } from './per-key.ts';
import { intervalMsParameter, limitParameter } from './rate-parameters.ts';

/** A window before each request of an axios instance. */
export const axiosRateLimit = defineLibrary({
  name: 'axios-rate-limit',
  title: 'axios-rate-limit',
  titleOf: ({ limit, intervalMs, by }) => `axios-rate-limit (${limit} per ${intervalMs} ms ${perText(by)})`,
  family: 'paces',
  packages: ['axios-rate-limit', 'axios'],
  what: 'axios with axios-rate-limit: at most so many starts per interval, further requests wait. Reads no answer: what is refused all the same is not tried again.',
  when: 'Inside a retrying layer, where the limit is known and counts in windows.',
  parameters: {
    by: byParameter('org'),
    limit: limitParameter('`maxRequests` per interval.'),
    intervalMs: intervalMsParameter('`perMilliseconds`.'),
  },
  references: ['https://github.com/aishek/axios-rate-limit'],
  example: 'retry-after+axios-rate-limit:limit=5',
  load: async () => ({ axios: (await import('axios')).default, limit: (await import('axios-rate-limit')).default }),
  around: ({ axios, limit: limitRate }, { by, limit, intervalMs }) =>
    perKey(keyBy(by), (fetch) =>
      fetchOfAxios(limitRate(underAxios(axios.create(), fetch), { maxRequests: limit, perMilliseconds: intervalMs })),
    ),
});
