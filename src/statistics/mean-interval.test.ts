import { describe, expect, test } from 'vitest';
import { meanInterval, studentQuantile } from './mean-interval.ts';

describe('studentQuantile', () => {
  // Tables: National Institute of Standards and Technology, e-Handbook of Statistical Methods, 1.3.6.7.2.
  test.each([
    [1, 12.706],
    [2, 4.303],
    [3, 3.182],
    [4, 2.776],
    [5, 2.571],
    [9, 2.262],
    [19, 2.093],
    [29, 2.045],
    [99, 1.984],
    [1_000_000, 1.96],
  ])('%i degrees of freedom: %f', (degrees, quantile) => {
    expect(Math.abs(studentQuantile(degrees) - quantile)).toBeLessThan(0.001);
  });
});

describe('meanInterval', () => {
  test('of 1, 2, 3, 4 is 2.5 with a standard error of sqrt(5 / 3 / 4)', () => {
    const found = meanInterval([1, 2, 3, 4])!;
    expect(found.mean).toBe(2.5);
    expect(found.count).toBe(4);
    expect(found.standardError).toBeCloseTo(Math.sqrt(5 / 12), 12);
    expect(found.high - found.mean).toBeCloseTo(3.182446305284263 * Math.sqrt(5 / 12), 12);
    expect(found.mean - found.low).toBeCloseTo(found.high - found.mean, 12);
  });

  test('of equal values has no width', () => {
    expect(meanInterval([7, 7, 7])).toEqual({ count: 3, mean: 7, standardError: 0, low: 7, high: 7 });
  });

  test('of fewer than two values is unknown', () => {
    expect(meanInterval([])).toBeNull();
    expect(meanInterval([1])).toBeNull();
  });
});
