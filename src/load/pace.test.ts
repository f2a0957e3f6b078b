import { assert, double, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { paceOf } from './pace.ts';

describe('paceOf', () => {
  it('paceOf spaces a constant rate evenly from the start', () => {
    const pace = paceOf({ fromPerSecond: 4, toPerSecond: 4, steps: 1 }, 2000);
    expect(pace.total).toBe(8);
    expect([0, 1, 2, 7].map((number) => pace.dueMs(number))).toEqual([0, 250, 500, 1750]);
  });

  it('paceOf climbs in equal steps of time', () => {
    const pace = paceOf({ fromPerSecond: 10, toPerSecond: 30, steps: 3 }, 3000);
    expect(pace.total).toBe(60);
    expect([0, 9, 10, 29, 30, 59].map((number) => Math.round(pace.dueMs(number)))).toEqual([
      0, 900, 1000, 1950, 2000, 2967,
    ]);
    expect([0, 999, 1000, 2000, 3500].map((atMs) => pace.ratePerSecond(atMs))).toEqual([10, 10, 20, 30, 30]);
  });

  it('paceOf never goes back, and nothing of it is due after the end', () => {
    const rate = double({ min: 0.1, max: 500, noNaN: true });
    assert(
      property(rate, rate, integer({ min: 1, max: 20 }), (fromPerSecond, toPerSecond, steps) => {
        const pace = paceOf({ fromPerSecond, toPerSecond, steps }, 3000);
        const due = Array.from({ length: pace.total }, (_, number) => pace.dueMs(number));
        expect(due.every((dueMs, index) => dueMs >= (due[index - 1] ?? 0) && dueMs < 3000)).toBe(true);
        expect(pace.dueMs(pace.total)).toBeGreaterThan(3000 - 1e-6);
      }),
    );
  });
});
