import { neverBeforeRetryAfter } from '../../../src/laws/index.ts';
import { customStrategy } from '../../../src/strategies/index.ts';
import { retryAfterMs } from '../../../src/strategies/retry/retry-after-header.ts';
import { sleep } from '../../../src/time/clock.ts';
import { type Bug, REFUSING } from '../exhibit.ts';

/** The mechanism of the Azure Monitor exporter before the header was clamped; six of the libraries in the table share it. */
export const timerOverflow: Bug = {
  name: 'Azure Monitor exporter: a long Retry-After is waited out for 1 ms',
  what: 'A Retry-After above 24.8 days made the retry come back almost immediately, the opposite of a backoff.',
  reported: { at: 'https://github.com/Azure/azure-sdk-for-js/pull/39130', on: '2026-06-29' },
  mechanism:
    'The header goes into setTimeout without an upper bound. A delay of more than 2^31 - 1 ms does not fit into the timer, which is then set to 1 ms.',
  made: 'reproduction',
  breaks: 'neverBeforeRetryAfter',
  promises: [neverBeforeRetryAfter()],
  where: { ...REFUSING, retryAfters: ['1', '3000000'] },
  strategy: customStrategy('timer-overflow', (fetch, { clock }) => async (input, init) => {
    let response = await fetch(input, init);
    for (let retries = 0; response.status === 429 && retries < 20; retries++) {
      await sleep(clock, retryAfterMs(response, clock.now()) ?? 1000);
      response = await fetch(input, init);
    }
    return response;
  }),
};
