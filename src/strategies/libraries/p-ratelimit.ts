import { byParameter, keyBy, perText } from '../counted-by.ts';
import { defineLibrary } from './library.ts';
import { perKey } from './per-key.ts';
import { atOnceParameter, intervalMsParameter, limitParameter } from './rate-parameters.ts';

/** A sliding window that is looked at each 100 ms. */
export const pRatelimit = defineLibrary({
  name: 'p-ratelimit',
  title: 'p-ratelimit',
  titleOf: ({ limit, intervalMs, by }) => `p-ratelimit (${limit} per ${intervalMs} ms ${perText(by)})`,
  family: 'paces',
  packages: ['p-ratelimit'],
  what: 'p-ratelimit: at most so many starts in a sliding interval. Whether a waiting call may start is asked each 100 ms or when another ends, so that some time is lost. Reads no answer.',
  when: 'Inside a retrying layer, where the limit is known and counts in a sliding window.',
  parameters: {
    by: byParameter('org'),
    limit: limitParameter(),
    intervalMs: intervalMsParameter(),
    concurrency: atOnceParameter,
  },
  references: ['https://github.com/natesilva/p-ratelimit'],
  example: 'retry-after+p-ratelimit:limit=5',
  load: () => import('p-ratelimit'),
  around: ({ pRateLimit: makeLimit }, { by, limit, intervalMs, concurrency }) =>
    perKey(keyBy(by), (fetch) => {
      const turn = makeLimit({ rate: limit, interval: intervalMs, ...(concurrency === 0 ? {} : { concurrency }) });
      return (input, init) => turn(() => fetch(input, init));
    }),
});
