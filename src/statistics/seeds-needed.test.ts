import { expect, test } from 'vitest';
import { minimumSeeds, seedsToSettle } from './seeds-needed.ts';
import { signedRankTest } from './signed-rank.ts';

test.each([
  [1, 6],
  [3, 7],
  [5, 8],
  [7, 9],
  [10, 9],
  [15, 10],
  [28, 11],
  [45, 11],
])('minimumSeeds for %i comparisons is %i', (comparisons, seeds) => {
  expect(minimumSeeds(comparisons)).toBe(seeds);
});

test('minimumSeeds is where the exact test first can reach the level', () => {
  for (let comparisons = 1; comparisons <= 60; comparisons++) {
    const n = minimumSeeds(comparisons);
    const floor = (seeds: number) => signedRankTest(Array.from({ length: seeds }, (_, index) => index + 1)).twoSided;
    expect(floor(n)).toBeLessThanOrEqual(0.05 / comparisons);
    expect(floor(n - 1)).toBeGreaterThan(0.05 / comparisons);
  }
});

test('minimumSeeds one-sided is 9 for 20 checks and 11 for 60', () => {
  expect([minimumSeeds(20, 0.05, 1), minimumSeeds(60, 0.05, 1)]).toEqual([9, 11]);
});

test('seedsToSettle scales with the square of half width over gap', () => {
  const seen = { seeds: 20, margin: 0.02, least: 6 };
  expect(seedsToSettle({ ...seen, estimate: 0.05, low: -0.05, high: 0.15 })).toBe(80);
  // An estimate near zero is settled soonest by showing that it lies within the margin.
  expect(seedsToSettle({ ...seen, estimate: 0, low: -0.04, high: 0.04 })).toBe(80);
});

test('seedsToSettle asks at least one seed more, at least the least, and gives up past 10,000', () => {
  expect(seedsToSettle({ seeds: 20, margin: 0.02, least: 6, estimate: 0.1, low: 0.05, high: 0.15 })).toBe(21);
  expect(seedsToSettle({ seeds: 3, margin: 0.02, least: 9, estimate: 0.1, low: 0.05, high: 0.15 })).toBe(9);
  expect(seedsToSettle({ seeds: 20, margin: 0.02, least: 6, estimate: 0.01, low: -1, high: 1 })).toBeNull();
});
