import { byParameter, keyBy, perText } from '../counted-by.ts';
import { retryAfterMs } from '../retry/retry-after-header.ts';
import { defineLibrary } from './library.ts';
import { perKey } from './per-key.ts';
import { intervalMsParameter, limitParameter } from './rate-parameters.ts';

/** A queue by intervals, which can be told to pause by an error. */
export const throttledQueue = defineLibrary({
  name: 'throttled-queue',
  title: 'throttled-queue',
  titleOf: ({ limit, intervalMs, evenly, retries, by }) =>
    `throttled-queue (${limit} per ${intervalMs} ms${evenly ? ', evenly spaced' : ''} ${perText(by)}${retries === 0 ? '' : `, ${retries} retries`})`,
  family: 'paces',
  packages: ['throttled-queue'],
  what: 'throttled-queue: at most so many starts per interval. With `retries`, a refused call throws its RetryError, which pauses the whole queue for Retry-After and tries again.',
  when: 'Inside a retrying layer, or alone with `retries`, where the limit is known and counts in windows.',
  parameters: {
    by: byParameter('org'),
    limit: limitParameter(),
    intervalMs: intervalMsParameter(),
    evenly: { kind: 'boolean', default: false, unit: '', doc: '`evenlySpaced`: one start after the other.' },
    retries: {
      kind: 'integer',
      default: 0,
      unit: '',
      min: 0,
      max: 1000,
      doc: 'Retries of a refused call, by RetryError with `pauseQueue`, after Retry-After or one interval.',
    },
  },
  references: ['https://github.com/shaunpersad/throttled-queue'],
  example: 'retry-after+throttled-queue:limit=5',
  load: () => import('throttled-queue'),
  around: ({ throttledQueue: makeQueue, RetryError }, { by, limit, intervalMs, evenly, retries }) =>
    perKey(keyBy(by), (fetch, { clock }) => {
      const queue = makeQueue({
        maxPerInterval: limit,
        interval: intervalMs,
        evenlySpaced: evenly,
        maxRetriesWithPauses: retries,
      });
      if (retries === 0) return (input, init) => queue(() => fetch(input, init));
      return async (input, init) => {
        let last: Response | null = null;
        try {
          return await queue(async () => {
            last = await fetch(input, init);
            if (last.status !== 429 && last.status !== 503) return last;
            throw new RetryError({ retryAfter: retryAfterMs(last, clock.now()), pauseQueue: true });
          });
        } catch (error) {
          if (error instanceof RetryError && last !== null) return last;
          throw error;
        }
      };
    }),
});
