import { byParameter, keyBy, perText } from '../counted-by.ts';
import { defineLibrary } from './library.ts';
import { perKey } from './per-key.ts';

/** So many calls under way at once; no rate. */
export const pLimit = defineLibrary({
  name: 'p-limit',
  title: 'p-limit',
  titleOf: ({ concurrency, by }) => `p-limit (${concurrency} at once ${perText(by)})`,
  family: 'paces',
  packages: ['p-limit'],
  what: 'p-limit: at most so many calls under way at once, further calls wait for one to end. Knows neither time nor answers.',
  when: 'Inside a retrying layer, where calls at once are limited. Its rate is concurrency divided by service time, so that a faster server gets more calls.',
  parameters: {
    by: byParameter('org'),
    concurrency: {
      kind: 'integer',
      default: 10,
      unit: 'calls',
      min: 1,
      max: 1_000_000,
      doc: 'Calls under way at once.',
    },
  },
  references: ['https://github.com/sindresorhus/p-limit'],
  example: 'retry-after+p-limit:concurrency=3',
  load: () => import('p-limit'),
  around: ({ default: makeLimit }, { by, concurrency }) =>
    perKey(keyBy(by), (fetch) => {
      const limit = makeLimit(concurrency);
      return (input, init) => limit(() => fetch(input, init));
    }),
});
