import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { median, printableQuantile, quantile } from './quantiles.ts';

const hundred = Array.from({ length: 100 }, (_, index) => index + 1);

test('quantile is the nearest rank, a value that occurred', () => {
  expect([0, 0.005, 0.5, 0.501, 0.95, 1].map((p) => quantile(hundred, p))).toEqual([1, 1, 50, 51, 95, 100]);
  expect(quantile(hundred, 0.07)).toBe(7); // 100 x 0.07 is 7.000000000000001
});

test('quantile has at least a share p of the values at or below it, and less below', () => {
  const values = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(values, fc.integer({ min: 1, max: 40 }), (unsorted, fortieth) => {
      const sorted = unsorted.toSorted((a, b) => a - b);
      const value = quantile(sorted, fortieth / 40);
      const atMost = sorted.filter((other) => other <= value).length;
      const below = sorted.filter((other) => other < value).length;
      expect(atMost * 40).toBeGreaterThanOrEqual(fortieth * sorted.length);
      expect(below * 40).toBeLessThan(fortieth * sorted.length);
    }),
    { seed: 42, numRuns: 500 },
  );
});

test('printableQuantile needs five values beyond it', () => {
  expect(printableQuantile(hundred, 0.95)).toBe(95);
  expect(printableQuantile(hundred.slice(0, 99), 0.95)).toBeNull();
  expect(printableQuantile(hundred, 0.99)).toBeNull();
  expect(printableQuantile(hundred.slice(0, 10), 0.5)).toBe(5);
  expect(printableQuantile([], 0.5)).toBeNull();
});

test('median is the lower middle of unsorted values, null for none', () => {
  expect(median([9, 1, 5, 3])).toBe(3);
  expect(median([9, 10, 1])).toBe(9);
  expect(median([])).toBeNull();
});

test('quantile names a share outside [0, 1] and an empty list', () => {
  expect(() => quantile([1], 1.5)).toThrow('p must be in [0, 1], current value is 1.5');
  expect(() => quantile([1], Number.NaN)).toThrow('current value is NaN');
  expect(() => quantile([], 0.5)).toThrow('at least one value');
});
