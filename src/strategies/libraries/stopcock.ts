import { byParameter, keyBy, perText } from '../counted-by.ts';
import { defineLibrary } from './library.ts';
import { perKey } from './per-key.ts';
import { intervalMsParameter, limitParameter } from './rate-parameters.ts';

/** A token bucket around a function. */
export const stopcock = defineLibrary({
  name: 'stopcock',
  title: 'stopcock',
  titleOf: ({ limit, intervalMs, bucketSize, by }) =>
    `stopcock (${limit} per ${intervalMs} ms, bucket of ${bucketSize}, ${perText(by)})`,
  family: 'paces',
  packages: ['stopcock'],
  what: 'stopcock: a token bucket. A full bucket may start at once and is refilled meanwhile, so that bucket and limit together can start in one interval. Reads no answer.',
  when: 'Inside a retrying layer, where the server counts by a token bucket of the same size.',
  parameters: {
    by: byParameter('org'),
    limit: limitParameter('Tokens per interval.'),
    intervalMs: intervalMsParameter(),
    bucketSize: {
      kind: 'integer',
      default: 10,
      unit: 'calls',
      min: 1,
      max: 1_000_000,
      doc: 'Calls that may start at once. Its own default is 40.',
    },
  },
  references: ['https://github.com/lpinca/stopcock'],
  example: 'retry-after+stopcock:limit=5,bucketSize=5',
  load: () => import('stopcock'),
  around: ({ default: makeStopcock }, { by, limit, intervalMs, bucketSize }) =>
    perKey(keyBy(by), (fetch) => makeStopcock(fetch, { limit, interval: intervalMs, bucketSize })),
});
