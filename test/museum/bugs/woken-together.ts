import { neverMoreThan } from '../../../src/laws/index.ts';
import { customStrategy } from '../../../src/strategies/index.ts';
import { sleep } from '../../../src/time/clock.ts';
import { type Bug, QUIET } from '../exhibit.ts';

const RATE_PER_SECOND = 5;

/** The mechanism of `acquireTokenBucket` in @smithy/util-retry before 4.3.5, with the rate held still. */
export const wokenTogether: Bug = {
  name: 'AWS SDK for JavaScript, adaptive mode: requests proceed with insufficient tokens',
  what: 'The rate limiter "could under or over-throttle": calls that waited went out together, faster than the rate it had found.',
  reported: { at: 'https://github.com/smithy-lang/smithy-typescript/pull/1973', on: '2026-04-27' },
  mechanism:
    'A call that finds too few tokens sleeps until its own would be there, then takes it without looking again. All that ask at one moment read the same number of tokens, sleep equally long and go out together.',
  made: 'reproduction',
  breaks: 'neverMoreThan',
  // A bucket of one token: one at once, then five a second.
  promises: [neverMoreThan({ limit: 1 + RATE_PER_SECOND, windowMs: 1000 })],
  where: QUIET,
  strategy: customStrategy('woken-together', (fetch, { clock }) => {
    let tokens = 1;
    let refilledAtMs = clock.now();
    const refill = () => {
      tokens = Math.min(1, tokens + ((clock.now() - refilledAtMs) / 1000) * RATE_PER_SECOND);
      refilledAtMs = clock.now();
    };
    return async (input, init) => {
      refill();
      if (tokens < 1) await sleep(clock, ((1 - tokens) / RATE_PER_SECOND) * 1000);
      tokens -= 1;
      return fetch(input, init);
    };
  }),
};
