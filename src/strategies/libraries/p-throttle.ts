import { byParameter, keyBy, perText } from '../counted-by.ts';
import { defineLibrary } from './library.ts';
import { perKey } from './per-key.ts';
import { intervalMsParameter, limitParameter } from './rate-parameters.ts';

/** A fixed window that opens with the first call. */
export const pThrottle = defineLibrary({
  name: 'p-throttle',
  title: 'p-throttle',
  titleOf: ({ limit, intervalMs, by }) => `p-throttle (${limit} per ${intervalMs} ms ${perText(by)})`,
  family: 'paces',
  packages: ['p-throttle'],
  what: 'p-throttle: at most so many starts per interval, further calls wait. Reads no answer: what is refused all the same is not tried again.',
  when: 'Inside a retrying layer, where the limit is known and counts in windows.',
  parameters: {
    by: byParameter('org'),
    limit: limitParameter(),
    intervalMs: intervalMsParameter(),
    strict: {
      kind: 'boolean',
      default: false,
      unit: '',
      doc: 'Counts in a sliding interval instead of one window after the other.',
    },
  },
  references: ['https://github.com/sindresorhus/p-throttle'],
  example: 'retry-after+p-throttle:limit=5',
  load: () => import('p-throttle'),
  around: ({ default: makeThrottle }, { by, limit, intervalMs, strict }) =>
    perKey(keyBy(by), (fetch) => makeThrottle({ limit, interval: intervalMs, strict })(fetch)),
});
