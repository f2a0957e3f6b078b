import { terminates } from '../../../src/laws/index.ts';
import { customStrategy } from '../../../src/strategies/index.ts';
import { sleep } from '../../../src/time/clock.ts';
import { type Bug, QUIET } from '../exhibit.ts';

const LIMIT = 5;
const WINDOW_MS = 600_000;

/** The mechanism of rolling-rate-limiter before 0.2, for a caller that asks again. */
export const rejectedCounted: Bug = {
  name: 'rolling-rate-limiter 0.1: who asks again and again is never let through',
  what: 'With ten allowed in ten minutes and two asked for each minute, all were blocked instead of every second one.',
  reported: { at: 'https://github.com/peterkhayes/rolling-rate-limiter/issues/9', on: '2016-02-11' },
  mechanism:
    'A call that is turned away is added to the set of calls all the same. Callers that ask again before the window is over keep it full themselves, and nobody is ever let through.',
  made: 'reproduction',
  breaks: 'terminates',
  promises: [terminates],
  where: QUIET,
  strategy: customStrategy('rejected-counted', (fetch, { clock }) => {
    let asked: number[] = [];
    const isBlocked = (nowMs: number) => {
      asked = asked.filter((atMs) => atMs > nowMs - WINDOW_MS);
      const blocked = asked.length >= LIMIT;
      asked.push(nowMs);
      return blocked;
    };
    return async (input, init) => {
      while (isBlocked(clock.now())) await sleep(clock, WINDOW_MS / 10);
      return fetch(input, init);
    };
  }),
};
