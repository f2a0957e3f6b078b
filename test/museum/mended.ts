/** Bugs of the museum, mended: the same few lines with the one thing changed. */
import { everyJobDone, neverBeforeRetryAfter, neverMoreThan, terminates, usesItsQuota } from '../../src/laws/index.ts';
import { fetchOfAxios, underAxios } from '../../src/strategies/bridges/axios.ts';
import { customStrategy } from '../../src/strategies/index.ts';
import { retryAfterMs } from '../../src/strategies/retry/retry-after-header.ts';
import { retrying } from '../../src/strategies/retry/retrying.ts';
import { sleep } from '../../src/time/clock.ts';
import { type Limiter, QUIET, REFUSING } from './exhibit.ts';
import { libraryStrategy } from './library-strategy.ts';

const RATE_PER_SECOND = 5;

/** Whole seconds, rounded up. */
const wholeSeconds: Limiter = {
  name: 'mended: the seconds that are left are rounded up',
  promises: [neverBeforeRetryAfter(), terminates],
  where: REFUSING,
  strategy: customStrategy(
    'rounded-up-seconds',
    retrying(() => ({
      delayMs: ({ response, refusals, nowMs }) =>
        refusals > 20 ? null : Math.ceil((retryAfterMs(response, nowMs) ?? 1000) / 1000) * 1000,
    })),
  ),
};

/** A call that is turned away is not counted. */
const refusedNotCounted: Limiter = {
  name: 'mended: who is turned away is not counted',
  promises: [terminates, everyJobDone, neverMoreThan({ limit: 5, windowMs: 1000 })],
  where: QUIET,
  strategy: customStrategy('refused-not-counted', (fetch, { clock }) => {
    let started: number[] = [];
    const isBlocked = (nowMs: number) => {
      started = started.filter((atMs) => atMs > nowMs - 1000);
      if (started.length >= 5) return true;
      started.push(nowMs);
      return false;
    };
    return async (input, init) => {
      while (isBlocked(clock.now())) await sleep(clock, 100);
      return fetch(input, init);
    };
  }),
};

/** Tokens are looked at again after the wait, and taken only when they are there: the mended form of both AWS bugs. */
const looksAgain: Limiter = {
  name: 'mended: a token is taken only when it is there',
  promises: [
    neverMoreThan({ limit: 1 + RATE_PER_SECOND, windowMs: 1000 }),
    usesItsQuota({ limit: 1, windowMs: 200 }),
    everyJobDone,
  ],
  where: QUIET,
  strategy: customStrategy('looks-again', (fetch, { clock }) => {
    let tokens = 1;
    let refilledAtMs = clock.now();
    /** Ms until it is worth asking again; 0: go. */
    const acquire = () => {
      tokens = Math.min(1, tokens + ((clock.now() - refilledAtMs) / 1000) * RATE_PER_SECOND);
      refilledAtMs = clock.now();
      if (tokens < 1 - 1e-9) return Math.ceil(((1 - tokens) / RATE_PER_SECOND) * 1000 - 1e-6);
      tokens -= 1;
      return 0;
    };
    return async (input, init) => {
      for (let waitMs = acquire(); waitMs > 0; waitMs = acquire()) await sleep(clock, waitMs);
      return fetch(input, init);
    };
  }),
};

/** The option that its users are told to set. */
const timeoutReset: Limiter = {
  name: 'mended: axios-retry with shouldResetTimeout',
  promises: [everyJobDone, neverBeforeRetryAfter()],
  where: REFUSING,
  strategy: libraryStrategy(
    'axios-retry',
    async () => ({ axios: (await import('axios')).default, retry: (await import('axios-retry')).default }),
    ({ axios, retry }) =>
      (fetch) => {
        const instance = underAxios(axios.create({ timeout: 3000 }), fetch);
        retry(instance, {
          retries: 1000,
          retryCondition: (error) => error.response?.status === 429,
          shouldResetTimeout: true,
        });
        return fetchOfAxios(instance);
      },
  ),
};

/** The limiters of the documented bugs without them. */
export const mended: readonly Limiter[] = [wholeSeconds, refusedNotCounted, looksAgain, timeoutReset];
