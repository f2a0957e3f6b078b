import { describe, expect, it } from 'vitest';
import type { Algorithm } from '../policy.ts';
import { createBucket } from './algorithms.ts';
import type { Bucket } from './limit.ts';

const START_MS = Date.UTC(2026, 0, 5, 9) + 0.5;

const ALGORITHMS: readonly Algorithm[] = [
  { kind: 'fixed-window', limit: 7, windowMs: 1000, anchor: 'epoch' },
  { kind: 'fixed-window', limit: 7, windowMs: 1000, anchor: 'first-request' },
  { kind: 'sliding-window-log', limit: 7, windowMs: 1000 },
  { kind: 'sliding-window-counter', limit: 7, windowMs: 1000 },
  { kind: 'token-bucket', capacity: 7, refillPerSecond: 100 / 60, stepMs: 0 },
  { kind: 'token-bucket', capacity: 7, refillPerSecond: 7, stepMs: 333 },
];

/** Numbers in [0, 1), always the same: a linear congruential generator. */
function dice(): () => number {
  let state = 42;
  return () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
}

/** All that a bucket answers, now and later. */
function answers(bucket: Bucket, nowMs: number): unknown[] {
  const laterMs = [0, 1, 250, 999, 1000, 1700, 5000].map((afterMs) => nowMs + afterMs);
  return laterMs.map((ms) => [
    bucket.free(ms),
    bucket.resetMs(ms),
    bucket.isIdle(ms),
    ...[1, 3, 7, 8].map((cost) => [bucket.fits(cost, ms), bucket.waitMs(cost, ms)]),
  ]);
}

describe('Bucket', () => {
  it.each(ALGORITHMS)(
    '$kind takes what fits, and given back it answers as if it had never been taken: %o',
    (algorithm) => {
      const next = dice();
      const taking = createBucket(algorithm);
      const charged = createBucket(algorithm);
      const found = { taken: 0, refused: 0 };
      let nowMs = START_MS;
      for (let step = 0; step < 3000; step++) {
        if (next() < 0.6) nowMs += Math.floor(next() ** 3 * 2400);
        const cost = 1 + Math.floor(next() * 3) + (next() < 0.02 ? 5 : 0);
        const before = answers(taking, nowMs);
        expect(before).toEqual(answers(charged, nowMs));
        const fits = charged.fits(cost, nowMs);
        expect(taking.take(cost, nowMs)).toBe(fits);
        found[fits ? 'taken' : 'refused'] += 1;
        if (fits && next() < 0.5) taking.giveBack(cost);
        else if (fits) charged.charge(cost, nowMs, true);
      }
      expect(Math.min(found.taken, found.refused)).toBeGreaterThan(300);
    },
  );
});
