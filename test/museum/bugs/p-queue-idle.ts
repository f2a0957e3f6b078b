import { usesItsQuota } from '../../../src/laws/index.ts';
import { type Bug, QUIET } from '../exhibit.ts';
import { libraryStrategy } from '../library-strategy.ts';

/** p-queue 9.3.2. */
export const pQueueIdle: Bug = {
  name: 'p-queue 9.3.2: held back in a fresh window',
  what: 'A task that came after the window had ended waited 499 ms more, though nothing had started in the new window.',
  reported: { at: 'https://github.com/sindresorhus/p-queue/issues/251', on: '2026-07-21' },
  mechanism:
    'When the queue went idle within a window, the next task waits until one interval after the last start, not until the end of that start’s window. With several calls allowed per interval the quota of the new window stands unused.',
  made: 'library',
  breaks: 'usesItsQuota',
  promises: [usesItsQuota({ limit: 5, windowMs: 1000 })],
  where: QUIET,
  strategy: libraryStrategy(
    'p-queue-9-3-2',
    () => import('p-queue-9-3-2'),
    ({ default: Queue }) =>
      (fetch) => {
        const queue = new Queue({ intervalCap: 5, interval: 1000 });
        return (input, init) => queue.add(() => fetch(input, init));
      },
  ),
};
