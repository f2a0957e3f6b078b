import { neverMoreThan } from '../../../src/laws/index.ts';
import { parseStrategy } from '../../../src/strategies/index.ts';
import { type Bug, QUIET } from '../exhibit.ts';

/** p-queue 9.3.5, the latest for Node 20. */
export const pQueueCounts: Bug = {
  name: 'p-queue 9.3.5: a sixth start 1 ms after five',
  what: 'With five a second: a call at 0, ten at 67 ms; five start at 1,000 ms and one at 1,001 ms. On the real clock 73 of 150 such runs did so.',
  reported: null,
  mechanism:
    'When the timer of a window’s end fires in the very millisecond of that end, the check `end - now < 0` does not hold: a second timer, of 0 ms, is set while five tasks start. It sets the count back to zero 1 ms later, and up to five more start.',
  made: 'library',
  breaks: 'neverMoreThan',
  // What windows that open with a call can do at worst: the last five of one and the first five of the next, less the one that opened it.
  promises: [neverMoreThan({ limit: 9, windowMs: 1000 })],
  where: QUIET,
  strategy: parseStrategy('p-queue:by=all,limit=5'),
};
