import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { signedRankCumulative, signedRankTest } from './signed-rank.ts';

describe('signedRankTest', () => {
  test("gives scipy's documented result for Darwin's maize (n = 15)", () => {
    const heights = [6, 8, 14, 16, 23, 24, 28, 29, 41, -48, 49, 56, 60, -67, 75];
    const result = signedRankTest(heights);
    expect(result.rankSum).toBe(96);
    expect(result.twoSided).toBe(0.041259765625);
    expect(result.greater).toBe(0.0206298828125);
  });

  test("gives R's documented result for the depression scores of Hollander and Wolfe (n = 9)", () => {
    const before = [1.83, 0.5, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.3];
    const after = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29];
    const result = signedRankTest(before.map((value, index) => value - after[index]!));
    expect(result.rankSum).toBe(40);
    expect(result.greater).toBe(10 / 512);
  });

  test('agrees with all 2^n sign patterns, ties and zeros included', () => {
    const differences = fc.array(fc.integer({ min: -4, max: 4 }), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(differences, (values) => {
        const result = signedRankTest(values);
        const oracle = everyPattern(values);
        expect(result.less).toBeCloseTo(oracle.less, 12);
        expect(result.greater).toBeCloseTo(oracle.greater, 12);
      }),
      { seed: 42, numRuns: 300 },
    );
  });

  test('says nothing about differences that are all zero, or none', () => {
    expect(signedRankTest([0, 0, 0])).toEqual({ n: 0, rankSum: 0, less: 1, greater: 1, twoSided: 1 });
    expect(signedRankTest([]).twoSided).toBe(1);
  });

  test('reaches its floor 2 / 2^n when all have one sign', () => {
    for (const n of [1, 5, 6, 20, 53, 60]) {
      expect(signedRankTest(Array.from({ length: n }, (_, index) => index + 1)).twoSided).toBe(2 / 2 ** n);
    }
  });

  test('names a difference that is not finite, and too many of them', () => {
    expect(() => signedRankTest([1, Number.NaN])).toThrow('differences[1] must be finite, current value is NaN');
    expect(() => signedRankTest(Array.from({ length: 1001 }, () => 1))).toThrow('at most 1000, current value is 1001');
  });
});

describe('signedRankCumulative', () => {
  // Critical values of the two-sided 5 % test: the largest c with P(T <= c) <= 0.025, as printed in every table.
  test.each([
    [6, 0],
    [7, 2],
    [8, 3],
    [9, 5],
    [10, 8],
    [11, 10],
    [12, 13],
    [13, 17],
    [14, 21],
    [15, 25],
    [20, 52],
    [25, 89],
  ])('has the tabled critical value for n = %i', (n, critical) => {
    const cumulative = signedRankCumulative(n);
    expect(cumulative[critical]).toBeLessThanOrEqual(0.025);
    expect(cumulative[critical + 1]).toBeGreaterThan(0.025);
  });

  test('ends at 1 and is symmetric', () => {
    const cumulative = signedRankCumulative(20);
    expect(cumulative).toHaveLength(211);
    expect(cumulative[210]).toBe(1);
    expect(cumulative[104]! + cumulative[105]!).toBeCloseTo(1, 14);
  });
});

/** The oracle: every assignment of signs, with midranks found by counting. */
function everyPattern(values: readonly number[]): { less: number; greater: number } {
  const sizes = values.filter((value) => value !== 0).map(Math.abs);
  const ranks = sizes.map((size) => {
    const below = sizes.filter((other) => other < size).length;
    const equal = sizes.filter((other) => other === size).length;
    return below + (equal + 1) / 2;
  });
  const seen = values
    .filter((value) => value !== 0)
    .reduce((sum, value, index) => sum + (value > 0 ? ranks[index]! : 0), 0);
  let less = 0;
  let greater = 0;
  for (let pattern = 0; pattern < 2 ** ranks.length; pattern++) {
    const sum = ranks.reduce((total, rank, index) => total + ((pattern >> index) & 1 ? rank : 0), 0);
    if (sum <= seen) less++;
    if (sum >= seen) greater++;
  }
  return { less: less / 2 ** ranks.length, greater: greater / 2 ** ranks.length };
}
