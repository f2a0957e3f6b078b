import { neverBeforeRetryAfter } from '../../../src/laws/retry-after.ts';
import { customStrategy } from '../../../src/strategies/index.ts';
import { retryAfterMs } from '../../../src/strategies/retry/retry-after-header.ts';
import { retrying } from '../../../src/strategies/retry/retrying.ts';
import { type Bug, REFUSING } from '../exhibit.ts';

/** The mechanism, on the client's side. */
export const truncatedSeconds: Bug = {
  name: 'Dev Proxy: the seconds that are left are cut to an integer',
  what: 'Retry-After counted up to a second too few, and could be 0, so that who obeyed it was refused again.',
  reported: { at: 'https://github.com/dotnet/dev-proxy/tree/2c61640', on: '2026-07-01' },
  mechanism:
    'The time until the window ends is turned into whole seconds by a cast to an integer, which cuts where it should round up. Whoever waits as many seconds is back before the end.',
  made: 'reproduction',
  breaks: 'neverBeforeRetryAfter',
  promises: [neverBeforeRetryAfter()],
  where: REFUSING,
  strategy: customStrategy(
    'truncated-seconds',
    retrying(() => ({
      delayMs: ({ response, refusals, nowMs }) =>
        refusals > 20 ? null : Math.trunc((retryAfterMs(response, nowMs) ?? 1000) / 1000) * 1000,
    })),
  ),
};
