import { byParameter, keyBy, perText } from '../counted-by.ts';
import { defineLibrary } from './library.ts';
import { perKey } from './per-key.ts';
import { intervalMsParameter, limitParameter } from './rate-parameters.ts';

/** A semaphore whose tokens come back after a time. */
export const asyncSema = defineLibrary({
  name: 'async-sema',
  title: 'async-sema',
  titleOf: ({ limit, intervalMs, uniform, by }) =>
    `async-sema RateLimit (${limit} per ${intervalMs} ms${uniform ? ', evenly spaced' : ''} ${perText(by)})`,
  family: 'paces',
  packages: ['async-sema'],
  what: 'async-sema: RateLimit, a semaphore whose tokens come back one interval after they were taken: a sliding window. Reads no answer.',
  when: 'Inside a retrying layer, where the limit is known.',
  parameters: {
    by: byParameter('org'),
    limit: limitParameter(),
    intervalMs: intervalMsParameter('`timeUnit`.'),
    uniform: {
      kind: 'boolean',
      default: false,
      unit: '',
      doc: '`uniformDistribution`: one start after the other, evenly spaced.',
    },
  },
  references: ['https://github.com/vercel/async-sema'],
  example: 'retry-after+async-sema:limit=5',
  load: () => import('async-sema'),
  around: ({ RateLimit }, { by, limit, intervalMs, uniform }) =>
    perKey(keyBy(by), (fetch) => {
      const turn = RateLimit(limit, { timeUnit: intervalMs, uniformDistribution: uniform });
      return async (input, init) => {
        await turn();
        return fetch(input, init);
      };
    }),
});
