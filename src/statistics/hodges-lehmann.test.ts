import * as fc from 'fast-check';
import { center, centerBounds, Sample } from 'pragmastat';
import { describe, expect, test } from 'vitest';
import { hodgesLehmann, hodgesLehmannInterval, hodgesLehmannLower, hodgesLehmannUpper } from './hodges-lehmann.ts';
import { signedRankCumulative } from './signed-rank.ts';

/** Hollander and Wolfe's depression scores, after minus before. */
const depression = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29].map(
  (after, index) => after - [1.83, 0.5, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.3][index]!,
);

describe('hodgesLehmann', () => {
  test('gives the textbook estimate of the depression scores', () => {
    expect(hodgesLehmann(depression)).toBeCloseTo(-0.46, 12);
  });

  test('is the value itself for one, the middle for two, NaN for none', () => {
    expect(hodgesLehmann([3])).toBe(3);
    expect(hodgesLehmann([1, 2])).toBe(1.5);
    expect(hodgesLehmann([])).toBeNaN();
  });

  test("is pragmastat's centre", () => {
    const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(values, (differences) => {
        expect(hodgesLehmann(differences)).toBeCloseTo(center(Sample.of(differences)).value, 6);
      }),
      { seed: 42, numRuns: 200 },
    );
  });

  test('moves with the data and turns with their sign', () => {
    const values = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 25 });
    fc.assert(
      fc.property(values, fc.integer({ min: -50, max: 50 }), (differences, shift) => {
        const estimate = hodgesLehmann(differences);
        expect(hodgesLehmann(differences.map((value) => value + shift))).toBe(estimate + shift);
        expect(hodgesLehmann(differences.map((value) => -value))).toBe(0 - estimate);
      }),
      { seed: 42, numRuns: 200 },
    );
  });
});

describe('hodgesLehmannInterval', () => {
  test('gives the textbook 96.1 % interval of the depression scores', () => {
    const interval = hodgesLehmannInterval(depression)!;
    expect(interval.low).toBeCloseTo(-0.786, 12);
    expect(interval.high).toBeCloseTo(-0.01, 12);
    expect(interval.confidence).toBe(1 - 2 * (10 / 512));
  });

  test('has at least the level asked, or is null where even the widest has not', () => {
    for (let n = 1; n <= 40; n++) {
      const values = Array.from({ length: n }, (_, index) => 2 ** (index / 3));
      const widest = 1 - 2 / 2 ** n;
      for (const level of [0.9, 0.95, 1 - 0.05 / 45]) {
        const reached = hodgesLehmannInterval(values, level)?.confidence ?? Infinity;
        expect(reached).toBeGreaterThanOrEqual(level);
        expect(reached === Infinity).toBe(widest < level);
      }
    }
  });

  test('is null when even the widest cannot reach the level', () => {
    expect(hodgesLehmannInterval([1, 2, 3, 4, 5])).toBeNull();
    expect(hodgesLehmannInterval([1, 2, 3, 4, 5, 6])).toMatchObject({ low: 1, high: 6, confidence: 1 - 2 / 64 });
    expect(hodgesLehmannInterval([])).toBeNull();
  });

  test("is pragmastat's with one Walsh average more at each end, which its level needs", () => {
    for (let n = 6; n <= 30; n++) {
      const values = Array.from({ length: n }, (_, index) => Math.sin(index * 12.9898) * 10 + index / 7);
      const walsh = values.flatMap((a, i) => values.slice(i).map((b) => (a + b) / 2)).toSorted((a, b) => a - b);
      const own = hodgesLehmannInterval(values)!;
      const theirs = centerBounds(Sample.of(values), 0.05);
      const skipped = walsh.indexOf(own.low);
      expect(theirs.lower).toBeCloseTo(walsh[skipped + 1]!, 9);
      expect(theirs.upper).toBeCloseTo(walsh[walsh.length - 2 - skipped]!, 9);
      expect(1 - 2 * signedRankCumulative(n)[skipped + 1]!).toBeLessThan(0.95);
    }
  });
});

describe('hodgesLehmannLower and hodgesLehmannUpper', () => {
  test('are the ends of the interval with twice the error', () => {
    const interval = hodgesLehmannInterval(depression, 0.9)!;
    expect(hodgesLehmannLower(depression, 0.95)!.low).toBe(interval.low);
    expect(hodgesLehmannUpper(depression, 0.95)!.high).toBe(interval.high);
  });

  test('need one seed fewer than the interval', () => {
    expect(hodgesLehmannLower([1, 2, 3, 4, 5])).toEqual({ low: 1, confidence: 1 - 1 / 32 });
    expect(hodgesLehmannUpper([1, 2, 3, 4, 5])).toEqual({ high: 5, confidence: 1 - 1 / 32 });
    expect(hodgesLehmannLower([1, 2, 3, 4])).toBeNull();
    expect(hodgesLehmannUpper([])).toBeNull();
  });
});
