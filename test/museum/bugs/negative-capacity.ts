import { terminates } from '../../../src/laws/index.ts';
import { customStrategy } from '../../../src/strategies/index.ts';
import { sleep } from '../../../src/time/clock.ts';
import { type Bug, QUIET } from '../exhibit.ts';

/** Slow, so that hours of asking in vain are few events. */
const RATE_PER_SECOND = 0.1;

/** The mechanism of `acquire_permission_to_send_a_request` in smithy-rs, with the rate held still. */
export const negativeCapacity: Bug = {
  name: 'AWS SDK for Rust, adaptive mode: capacity goes below zero',
  what: 'With many tasks at once some slept for a hundred seconds, and rates near zero never recovered.',
  reported: { at: 'https://github.com/smithy-lang/smithy-rs/pull/4632', on: '2026-04-27' },
  mechanism:
    'The cost of a request is taken from the capacity also when the answer is that it must wait; then it asks again and is charged again. Each that waits puts the others back, so that the more wait the less is sent.',
  made: 'reproduction',
  breaks: 'terminates',
  promises: [terminates],
  where: { ...QUIET, promise: { limit: 1, windowMs: 10_000 } },
  strategy: customStrategy('negative-capacity', (fetch, { clock }) => {
    let capacity = 1;
    let refilledAtMs = clock.now();
    /** Ms to wait; 0: go. */
    const acquire = () => {
      capacity = Math.min(1, capacity + ((clock.now() - refilledAtMs) / 1000) * RATE_PER_SECOND);
      refilledAtMs = clock.now();
      const waitMs = capacity >= 1 ? 0 : ((1 - capacity) / RATE_PER_SECOND) * 1000;
      capacity -= 1;
      return waitMs;
    };
    return async (input, init) => {
      for (let waitMs = acquire(); waitMs > 0; waitMs = acquire()) await sleep(clock, waitMs);
      return fetch(input, init);
    };
  }),
};
