/** Libraries as published run in virtual time, and take exactly the time that theory gives. */
import pRetry from 'p-retry';
import pThrottle from 'p-throttle';
import { describe, expect, test } from 'vitest';
import { createRandomSource } from '../random/keyed-random.ts';
import { createVirtualTime } from './virtual-time.ts';

const START_MS = Date.UTC(2025, 0, 6);
const LATENCY_MS = 50;

/** A request that takes {@link LATENCY_MS}. */
const request = () => new Promise<void>((resolve) => setTimeout(resolve, LATENCY_MS));

async function elapsedMsOf(main: () => Promise<unknown>): Promise<number> {
  const time = createVirtualTime({
    startsAtMs: START_MS,
    deadlineMs: START_MS + 1e8,
    ambient: true,
    random: createRandomSource(1),
  });
  const outcome = await time.run(main);
  if (outcome.kind === 'failed') throw new Error(`${outcome.reason}: ${outcome.detail}`);
  return time.nowMs - START_MS;
}

describe('p-retry in virtual time', () => {
  test('255 clients that fail 49 times, a second apart, take 49 pauses and 50 requests', async () => {
    let attempts = 0;
    const client = () =>
      pRetry(
        async (attempt) => {
          attempts += 1;
          await request();
          if (attempt < 50) throw new Error('429');
        },
        { retries: 49, factor: 1, minTimeout: 1000, maxTimeout: 1000 },
      );
    const elapsedMs = await elapsedMsOf(() => Promise.all(Array.from({ length: 255 }, client)));
    expect(attempts).toBe(12_750);
    expect(elapsedMs).toBe(49 * 1000 + 50 * LATENCY_MS); // 51,500
  });

  test('doubles its pauses', async () => {
    const elapsedMs = await elapsedMsOf(() =>
      pRetry(
        async (attempt) => {
          await request();
          if (attempt <= 10) throw new Error('429');
        },
        { retries: 10, factor: 2, minTimeout: 1000 },
      ),
    );
    expect(elapsedMs).toBe((2 ** 10 - 1) * 1000 + 11 * LATENCY_MS);
  });
});

describe('p-throttle in virtual time', () => {
  test('20,000 calls at 10 a second take 1,999 further seconds', async () => {
    const throttled = pThrottle({ limit: 10, interval: 1000 })(request);
    const elapsedMs = await elapsedMsOf(() => Promise.all(Array.from({ length: 20_000 }, () => throttled())));
    expect(elapsedMs).toBe(1_999_000 + LATENCY_MS);
  });
});
