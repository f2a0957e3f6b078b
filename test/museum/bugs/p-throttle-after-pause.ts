import { neverMoreThan } from '../../../src/laws/index.ts';
import { type Bug, QUIET } from '../exhibit.ts';
import { libraryStrategy } from '../library-strategy.ts';

/** p-throttle 4.0.0. */
export const pThrottleAfterPause: Bug = {
  name: 'p-throttle 4.0.0: eleven in a window after a pause',
  what: 'Ten calls a second were allowed; the service was called eleven times within 980 ms and refused.',
  reported: { at: 'https://github.com/sindresorhus/p-throttle/issues/26', on: '2021-01-22' },
  mechanism:
    'A window opens with a call and is filled by count, wherever in the window the calls come. The calls at the end of one window and those at the beginning of the next are less than a window apart.',
  made: 'library',
  breaks: 'neverMoreThan',
  promises: [neverMoreThan({ limit: 5, windowMs: 1000 })],
  where: QUIET,
  strategy: libraryStrategy(
    'p-throttle-4',
    () => import('p-throttle-4'),
    ({ default: pThrottle }) =>
      (fetch) =>
        pThrottle({ limit: 5, interval: 1000 })(fetch),
  ),
};
