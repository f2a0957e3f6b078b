import { expect, test } from 'vitest';
import { firstShares } from './first-shares.ts';

test('firstShares gives everything to one that is always lowest', () => {
  expect(
    firstShares([
      [2, 3, 4],
      [1, 2, 3],
      [9, 9, 9],
    ]),
  ).toEqual([0, expect.closeTo(1, 9), 0]);
});

test('firstShares splits what is equal', () => {
  const shares = firstShares([
    [1, 2, 3],
    [1, 2, 3],
  ]);
  expect(shares[0]).toBeCloseTo(0.5, 9);
  expect(shares[1]).toBeCloseTo(0.5, 9);
});

test('firstShares is the chance of the resample where that can be counted', () => {
  // Of one row lower on 2 of 3 columns, the median is lower when at least 2 of 3 draws hit them: 20 / 27.
  const [first] = firstShares(
    [
      [0, 0, 2],
      [1, 1, 1],
    ],
    20_000,
  );
  expect(Math.abs(first! - 20 / 27)).toBeLessThan(0.01);
});

test('firstShares gives the same shares again, and zeros for no columns', () => {
  const rows = [
    [3, 1, 2, 5],
    [2, 2, 2, 2],
  ];
  expect(firstShares(rows)).toEqual(firstShares(rows));
  expect(firstShares([[], []])).toEqual([0, 0]);
});
