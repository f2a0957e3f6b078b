import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseStrategy } from '../parse.ts';
import { respond, stubServer, TestClock, testContext } from '../testing-clock.ts';
import { TokenBucket } from './bucket.ts';

async function startsOf(spec: string, calls: readonly { atMs: number; url: string }[], runMs: number) {
  const clock = new TestClock();
  const server = stubServer(clock, () => respond(200));
  const fetch = parseStrategy(spec).pipeline(server.fetch, testContext(clock));
  for (const { atMs, url } of calls) {
    if (atMs === 0) void fetch(url);
    else clock.setTimer(() => void fetch(url), atMs);
  }
  await clock.run(runMs);
  return { arrivals: server.arrivals, pending: clock.pending };
}

const atOnce = (count: number, org = 'a') =>
  Array.from({ length: count }, (_, i) => ({ atMs: 0, url: `https://${org}/${i}` }));

describe('token-bucket', () => {
  test('starts the burst at once and the rest at the rate, in order', async () => {
    const { arrivals, pending } = await startsOf('token-bucket:ratePerSecond=10,burst=3', atOnce(6), 1000);
    expect(arrivals.map(({ atMs }) => atMs)).toEqual([0, 0, 0, 100, 200, 300]);
    expect(arrivals.map(({ url }) => url)).toEqual(atOnce(6).map(({ url }) => url));
    expect(pending).toBe(0);
  });

  test('never comes early, and does not drift while the burst has room for the rest of a millisecond', async () => {
    const two = await startsOf('token-bucket:ratePerSecond=3,burst=2', atOnce(8), 5000);
    expect(two.arrivals.map(({ atMs }) => atMs)).toEqual([0, 0, 334, 667, 1000, 1334, 1667, 2000]);
    const one = await startsOf('token-bucket:ratePerSecond=3,burst=1', atOnce(4), 5000);
    expect(one.arrivals.map(({ atMs }) => atMs)).toEqual([0, 334, 668, 1002]);
  });

  test('keeps a bucket for each organization, or one for all', async () => {
    const calls = [...atOnce(2, 'a'), ...atOnce(2, 'b')];
    const each = await startsOf('token-bucket:ratePerSecond=1,burst=1', calls, 5000);
    expect(each.arrivals.map(({ atMs }) => atMs)).toEqual([0, 0, 1000, 1000]);
    const one = await startsOf('token-bucket:by=all,ratePerSecond=1,burst=1', calls, 5000);
    expect(one.arrivals.map(({ atMs }) => atMs)).toEqual([0, 1000, 2000, 3000]);
  });

  test('takes an aborted request out of the line', async () => {
    const clock = new TestClock();
    const server = stubServer(clock, () => respond(200));
    const fetch = parseStrategy('token-bucket:ratePerSecond=1,burst=1').pipeline(server.fetch, testContext(clock));
    const controller = new AbortController();
    void fetch('https://a/0');
    const second = fetch('https://a/1', { signal: controller.signal });
    void fetch('https://a/2');
    controller.abort(new Error('enough'));
    await expect(second).rejects.toThrow('enough');
    await clock.run(1000);
    expect(server.arrivals.map(({ url, atMs }) => [url, atMs])).toEqual([
      ['https://a/0', 0],
      ['https://a/2', 1000],
    ]);
  });
});

describe('TokenBucket', () => {
  test('never starts more than burst + rate x L in any interval of length L', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.5, max: 50, noNaN: true }),
        fc.integer({ min: 1, max: 20 }),
        fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 200 }),
        (ratePerSecond, burst, gapsMs) => {
          const bucket = new TokenBucket(ratePerSecond, burst);
          const starts: number[] = [];
          let nowMs = 1_750_000_000_000;
          for (const gapMs of gapsMs) {
            nowMs += gapMs;
            if (bucket.take(nowMs) === 0) starts.push(nowMs);
          }
          const excess = starts.flatMap((first, from) =>
            starts.slice(from).map((last, more) => more + 1 - burst - (ratePerSecond * (last - first)) / 1000),
          );
          expect(Math.max(...excess)).toBeLessThanOrEqual(1e-6);
        },
      ),
      { seed: 42, numRuns: 200 },
    );
  });

  test('says exactly how long the next token takes', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.5, max: 50, noNaN: true }), fc.integer({ min: 0, max: 5000 }), (rate, gapMs) => {
        const bucket = new TokenBucket(rate, 1);
        expect(bucket.take(1_750_000_000_000)).toBe(0);
        const nowMs = 1_750_000_000_000 + gapMs;
        const waitMs = bucket.take(nowMs);
        if (waitMs === 0) return;
        expect(new TokenBucket(rate, 1).take(nowMs)).toBe(0);
        expect(bucket.take(nowMs + Math.floor(waitMs) - 1)).toBeGreaterThan(0);
        expect(bucket.take(nowMs + Math.ceil(waitMs))).toBe(0);
      }),
      { seed: 42, numRuns: 200 },
    );
  });
});
