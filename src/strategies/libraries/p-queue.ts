import { byParameter, keyBy, perText } from '../counted-by.ts';
import { defineLibrary } from './library.ts';
import { perKey } from './per-key.ts';
import { atOnceParameter, intervalMsParameter, limitParameter } from './rate-parameters.ts';

/** A queue with an interval cap, and a concurrency where one is set. */
export const pQueue = defineLibrary({
  name: 'p-queue',
  title: 'p-queue',
  titleOf: ({ limit, intervalMs, by }) => `p-queue (${limit} per ${intervalMs} ms ${perText(by)})`,
  family: 'paces',
  packages: ['p-queue'],
  what: 'p-queue: at most `intervalCap` starts per interval, further calls wait in a queue. Reads no answer: what is refused all the same is not tried again.',
  when: 'Inside a retrying layer, where the limit is known and counts in windows.',
  parameters: {
    by: byParameter('org'),
    limit: limitParameter(),
    intervalMs: intervalMsParameter(),
    concurrency: atOnceParameter,
    strict: {
      kind: 'boolean',
      default: false,
      unit: '',
      doc: 'Counts in a sliding interval instead of one window after the other.',
    },
  },
  references: ['https://github.com/sindresorhus/p-queue'],
  example: 'retry-after+p-queue:limit=5',
  load: () => import('p-queue'),
  around: ({ default: Queue }, { by, limit, intervalMs, concurrency, strict }) =>
    perKey(keyBy(by), (fetch) => {
      const queue = new Queue({
        intervalCap: limit,
        interval: intervalMs,
        strict,
        ...(concurrency === 0 ? {} : { concurrency }),
      });
      return (input, init) => queue.add(() => fetch(input, init));
    }),
});
