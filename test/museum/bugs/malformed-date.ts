import { neverMoreThan } from '../../../src/laws/index.ts';
import { customStrategy } from '../../../src/strategies/index.ts';
import { sleep } from '../../../src/time/clock.ts';
import { type Bug, REFUSING } from '../exhibit.ts';

/** The mechanism of `getRetryDelayMs` in pi. */
export const malformedDate: Bug = {
  name: 'pi: a malformed Retry-After is retried in a tight loop',
  what: 'A 429 whose Retry-After was neither a number nor a date was retried with no backoff at all.',
  reported: { at: 'https://github.com/earendil-works/pi/issues/9571', on: '2026-09-14' },
  mechanism:
    'What is no number is taken for a date, and Date.parse makes NaN of it. NaN passes the check against the longest delay, since every comparison with it is false, and a timer of NaN ms fires at once.',
  made: 'reproduction',
  breaks: 'neverMoreThan',
  // Its backoff begins with half a second: never more than two attempts of one call in 400 ms.
  promises: [neverMoreThan({ limit: 1, windowMs: 400, by: 'job' })],
  where: { ...REFUSING, outages: true, retryAfters: ['1', 'soon'] },
  strategy: customStrategy('malformed-date', (fetch, { clock }) => {
    const delayMs = (header: string | null, retries: number) => {
      if (header === null) return 500 * 2 ** retries;
      const seconds = Number(header);
      return Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - clock.now();
    };
    return async (input, init) => {
      let response = await fetch(input, init);
      for (let retries = 0; !response.ok && retries < 20; retries++) {
        const waitMs = delayMs(response.headers.get('retry-after'), retries);
        if (waitMs > 60_000) return response;
        await sleep(clock, Math.max(0, waitMs));
        response = await fetch(input, init);
      }
      return response;
    };
  }),
};
