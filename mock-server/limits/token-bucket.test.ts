import { describe, expect, it } from 'vitest';
import { TokenBucket } from './token-bucket.ts';

const START_MS = 1_767_600_000_000;

describe('TokenBucket', () => {
  it.each([3, 5, 7, 100 / 60, 300 / 60, 0.1])(
    'at %f a second does not drift: a million charges later full is exactly full',
    (rate) => {
      const bucket = new TokenBucket(2, rate, 0);
      let nowMs = START_MS;
      for (let at = 0; at < 1_000_000; at++) {
        nowMs += bucket.waitMs(1, nowMs);
        bucket.charge(1, nowMs, true);
      }
      const fullMs = nowMs + Math.ceil(bucket.resetMs(nowMs));
      expect(bucket.free(fullMs)).toBe(2);
      expect(bucket.isIdle(fullMs)).toBe(true);
      // It admitted the capacity, and what arrived since: neither more nor, by a ms for rounding, less.
      const arrived = ((nowMs - START_MS) * rate) / 1000;
      expect(1_000_000).toBeLessThanOrEqual(2 + arrived);
      expect(1_000_000).toBeGreaterThan(1 + arrived - rate / 1000);
    },
  );

  it('in steps gives tokens at the steps only, counted from the charge that found it full', () => {
    const bucket = new TokenBucket(2, 2, 1000);
    bucket.charge(2, START_MS + 300, true);
    expect([1299, 1300].map((ms) => bucket.free(START_MS + ms))).toEqual([0, 2]);
    bucket.charge(2, START_MS + 1450, true);
    expect(bucket.waitMs(1, START_MS + 1450)).toBe(1000);
  });

  it('goes below empty when admitted charges are told late, and makes up for it', () => {
    const bucket = new TokenBucket(3, 1, 0);
    for (let at = 0; at < 5; at++) bucket.charge(1, START_MS, true);
    expect(bucket.free(START_MS)).toBe(0);
    expect(bucket.waitMs(1, START_MS)).toBe(3000);
  });

  it('is not left below empty by rejected charges', () => {
    const bucket = new TokenBucket(3, 1, 0);
    bucket.charge(3, START_MS, true);
    for (let at = 0; at < 10; at++) bucket.charge(2, START_MS + 500, false);
    expect(bucket.waitMs(1, START_MS + 500)).toBe(1000);
  });

  it('rejected whenever, has a whole token exactly when one has arrived', () => {
    for (let afterMs = 1; afterMs < 200; afterMs++) {
      const bucket = new TokenBucket(9, 5, 0);
      bucket.charge(9, START_MS, true);
      bucket.charge(1, START_MS + afterMs, false);
      expect([199, 200].map((ms) => bucket.fits(1, START_MS + afterMs + ms))).toEqual([false, true]);
      expect(bucket.free(START_MS + afterMs + 200)).toBe(1);
    }
  });
});
