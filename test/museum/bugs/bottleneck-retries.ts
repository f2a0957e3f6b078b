import { neverMoreThan } from '../../../src/laws/index.ts';
import { Refused, responseOf, sendOrRefuse } from '../../../src/strategies/libraries/refused.ts';
import { type Bug, QUIET } from '../exhibit.ts';
import { libraryStrategy } from '../library-strategy.ts';

/** bottleneck 2.19.5. */
export const bottleneckRetries: Bug = {
  name: 'bottleneck 2.19.5: retries bypass the limit',
  what: 'Jobs that fail are run again "immediately and bypass almost every limiter setting", so that the retries are refused as well.',
  reported: { at: 'https://github.com/SGrondin/bottleneck/issues/223', on: '2024-02-21' },
  mechanism:
    'A job whose `failed` listener returns a number of milliseconds is run again by a timer of its own, still in the state EXECUTING. It never goes back to the queue, where the least time between starts is kept.',
  made: 'library',
  breaks: 'neverMoreThan',
  // 200 ms apart: at most five starts in any 800 ms and a bit, whatever its three 0 ms timers add.
  promises: [neverMoreThan({ limit: 5, windowMs: 800 })],
  where: { ...QUIET, refusals: true, outages: true, retryAfters: ['1'] },
  strategy: libraryStrategy(
    'bottleneck',
    () => import('bottleneck'),
    ({ default: Bottleneck }) =>
      (fetch) => {
        const limiter = new Bottleneck({ minTime: 200 });
        limiter.on('failed', (error: unknown, { retryCount }) =>
          error instanceof Refused && retryCount < 20 ? 1000 : undefined,
        );
        return (input, init) => limiter.schedule(() => sendOrRefuse(fetch, input, init)).catch(responseOf);
      },
  ),
};
