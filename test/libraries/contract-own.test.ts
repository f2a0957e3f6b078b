/** What single libraries do that no table of waits shows. */
import { describe, expect, test } from 'vitest';
import { sleep } from '../../src/time/clock.ts';
import { createSystemClock } from '../../src/time/system-clock.ts';
import { gapsOf, refusal, success, withLibrary } from './contract-harness.ts';

const later = (delayMs: number) => sleep(createSystemClock(), delayMs);
const URL_OF_ALL = 'https://api.example.com/api/v2/users';

describe('opossum', () => {
  test('answers 503 by itself for 30 s after a refusal, then lets one call try', async () => {
    const { value, arrivals } = await withLibrary(
      'opossum',
      (index) => (index === 0 ? refusal() : success()),
      async (fetch) => {
        const statuses = [(await fetch(URL_OF_ALL)).status, (await fetch(URL_OF_ALL)).status];
        // Refused after 10 ms, so open until 30,010.
        await later(29_980);
        statuses.push((await fetch(URL_OF_ALL)).status);
        await later(30);
        const trying = fetch(URL_OF_ALL);
        statuses.push((await fetch(URL_OF_ALL)).status, (await trying).status, (await fetch(URL_OF_ALL)).status);
        return statuses;
      },
    );
    expect(value).toEqual([429, 503, 503, 503, 200, 200]);
    expect(arrivals.map(({ atMs }) => atMs)).toEqual([0, 30_020, 30_030]);
  });

  test('makes a retrier around it wait', async () => {
    const { value, arrivals } = await withLibrary(
      'retry-after:absentMs=20000+opossum',
      (index) => (index === 0 ? refusal() : success()),
      (fetch) => fetch(URL_OF_ALL),
    );
    // Refused at 0, told 503 by the breaker at 20 s, let through at 40 s.
    expect(value.status).toBe(200);
    expect(arrivals.map(({ atMs }) => atMs)).toEqual([0, 40_010]);
  });
});

describe('octokit-throttling', () => {
  test('waits until a second after X-RateLimit-Reset, and for Retry-After of secondary limits', async () => {
    const { value, arrivals } = await withLibrary(
      'octokit-throttling',
      (index) => {
        const resetSeconds = Math.ceil(Date.now() / 1000) + 5;
        if (index === 0)
          return refusal({
            'x-ratelimit-remaining': '0',
            'x-ratelimit-reset': String(resetSeconds),
            'retry-after': '60',
          });
        if (index === 2)
          return Response.json(
            { message: 'You have exceeded a secondary rate limit.' },
            { status: 429, headers: { 'retry-after': '7' } },
          );
        return success();
      },
      async (fetch) => [(await fetch(URL_OF_ALL)).status, (await fetch(URL_OF_ALL)).status],
    );
    expect(value).toEqual([200, 200]);
    const [untilReset = 0, , afterSecondary = 0] = gapsOf(arrivals);
    // The reset is 5.99 s away and rounded up to 6 s; then the second, and what its queues take for themselves.
    expect(untilReset).toBeGreaterThanOrEqual(7000);
    expect(untilReset).toBeLessThan(7020);
    expect(afterSecondary).toBeGreaterThanOrEqual(7000);
    expect(afterSecondary).toBeLessThan(7020);
  });
});

describe('smithy-adaptive', () => {
  test('slows all calls of a client down after a refusal', async () => {
    const { arrivals } = await withLibrary(
      'smithy-adaptive',
      (index) => (index === 0 ? refusal() : success()),
      async (fetch) => {
        await fetch(URL_OF_ALL);
        await Promise.all([fetch(URL_OF_ALL), fetch(URL_OF_ALL)]);
      },
    );
    const [, second = 0, third = 0] = gapsOf(arrivals);
    expect(second).toBeGreaterThan(500);
    expect(third).toBeGreaterThan(500);
  });
});
