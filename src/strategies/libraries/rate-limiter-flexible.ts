import { byParameter, keyBy, perText } from '../counted-by.ts';
import { defineLibrary } from './library.ts';
import { perKey } from './per-key.ts';
import { limitParameter } from './rate-parameters.ts';

/** A counter for servers, with its queue around it for clients. */
export const rateLimiterFlexible = defineLibrary({
  name: 'rate-limiter-flexible',
  title: 'rate-limiter-flexible',
  titleOf: ({ limit, intervalSeconds, by }) =>
    `rate-limiter-flexible queue (${limit} per ${intervalSeconds} s ${perText(by)})`,
  family: 'paces',
  packages: ['rate-limiter-flexible'],
  what: 'rate-limiter-flexible: RateLimiterQueue over RateLimiterMemory. A window of whole seconds opens with the first call; further calls wait for the next. Reads no answer.',
  when: 'Inside a retrying layer, where the limit is known and counts in windows of whole seconds.',
  parameters: {
    by: byParameter('org'),
    limit: limitParameter('Points per window.'),
    intervalSeconds: {
      kind: 'integer',
      default: 1,
      unit: 's',
      min: 1,
      max: 86_400,
      doc: 'The window; it knows whole seconds only.',
    },
  },
  references: ['https://github.com/animir/node-rate-limiter-flexible/wiki/RateLimiterQueue'],
  example: 'retry-after+rate-limiter-flexible:limit=5',
  load: () => import('rate-limiter-flexible'),
  around: ({ RateLimiterMemory, RateLimiterQueue }, { by, limit, intervalSeconds }) =>
    perKey(keyBy(by), (fetch) => {
      const queue = new RateLimiterQueue(new RateLimiterMemory({ points: limit, duration: intervalSeconds }));
      return async (input, init) => {
        await queue.removeTokens(1);
        return fetch(input, init);
      };
    }),
});
