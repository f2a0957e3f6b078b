import type { RateLimiterRes } from 'rate-limiter-flexible';
import { usesItsQuota } from '../../../src/laws/index.ts';
import { sleep } from '../../../src/time/clock.ts';
import { type Bug, QUIET } from '../exhibit.ts';
import { libraryStrategy } from '../library-strategy.ts';

/** rate-limiter-flexible 11.4.0. */
export const unionCharges: Bug = {
  name: 'rate-limiter-flexible 11.4.0: the union charges every limiter also when one refuses',
  what: 'With 10 a second and 100 a minute together, points of the minute were used up by calls that the second had refused.',
  reported: { at: 'https://github.com/animir/node-rate-limiter-flexible/issues/280', on: '2024-10-18' },
  mechanism:
    'RateLimiterUnion.consume takes a point of each of its limiters and rejects when one of them did. The points that the others gave are not returned, so that calls which were never made use up the longer limit.',
  made: 'library',
  breaks: 'usesItsQuota',
  // The minute allows no less than the second does: it must never be felt.
  promises: [usesItsQuota({ limit: 1, windowMs: 1000, share: 0.5 })],
  where: { ...QUIET, promise: { limit: 1, windowMs: 1000 } },
  strategy: libraryStrategy(
    'rate-limiter-flexible',
    () => import('rate-limiter-flexible'),
    ({ RateLimiterMemory, RateLimiterUnion }) =>
      (fetch, { clock }) => {
        const union = new RateLimiterUnion(
          new RateLimiterMemory({ keyPrefix: 'second', points: 1, duration: 1 }),
          new RateLimiterMemory({ keyPrefix: 'minute', points: 60, duration: 60 }),
        );
        const waitMs = async () => {
          try {
            await union.consume('api');
            return 0;
          } catch (refused) {
            return Math.max(...Object.values(refused as Record<string, RateLimiterRes>).map((one) => one.msBeforeNext));
          }
        };
        return async (input, init) => {
          for (let ms = await waitMs(); ms > 0; ms = await waitMs()) await sleep(clock, ms);
          return fetch(input, init);
        };
      },
  ),
};
