import { byParameter, keyBy, perText } from '../counted-by.ts';
import { defineLibrary } from './library.ts';
import { perKey } from './per-key.ts';
import { intervalMsParameter, limitParameter } from './rate-parameters.ts';

/** Tokens that are waited for before each call. */
export const limiter = defineLibrary({
  name: 'limiter',
  title: 'limiter',
  titleOf: ({ kind, limit, intervalMs, by }) =>
    `limiter (${kind === 'token-bucket' ? 'TokenBucket' : 'RateLimiter'}, ${limit} per ${intervalMs} ms ${perText(by)})`,
  family: 'paces',
  packages: ['limiter'],
  what: 'limiter: waits for a token before each call. RateLimiter starts at most so many per interval; TokenBucket lets a full bucket start at once and refills meanwhile, so that nearly twice as many can start in one interval. Reads no answer.',
  when: 'Inside a retrying layer, where the limit is known. TokenBucket only where the server counts by a token bucket too.',
  parameters: {
    by: byParameter('org'),
    kind: {
      kind: 'choice',
      default: 'rate-limiter',
      unit: '',
      choices: ['rate-limiter', 'token-bucket'],
      doc: 'Which of its two classes.',
    },
    limit: limitParameter('Tokens per interval, and the size of the bucket.'),
    intervalMs: intervalMsParameter(),
    full: {
      kind: 'boolean',
      default: false,
      unit: '',
      doc: 'Starts a token bucket full (`content`), as RateLimiter does with its own. By default a bucket is born empty.',
    },
  },
  references: ['https://github.com/jhurliman/node-rate-limiter'],
  example: 'retry-after+limiter:limit=5',
  load: () => import('limiter'),
  around: ({ RateLimiter, TokenBucket }, { by, kind, limit, intervalMs, full }) =>
    perKey(keyBy(by), (fetch) => {
      const tokens =
        kind === 'token-bucket'
          ? new TokenBucket({ bucketSize: limit, tokensPerInterval: limit, interval: intervalMs })
          : new RateLimiter({ tokensPerInterval: limit, interval: intervalMs });
      if (full && tokens instanceof TokenBucket) tokens.content = limit;
      return async (input, init) => {
        await tokens.removeTokens(1);
        return fetch(input, init);
      };
    }),
});
