/**
 * Checked by simulation: what the intervals and the best set promise, over thousands of simulated studies.
 * Studies are lognormal runs with a spread of 10 %, correlated between strategies by the shared seed.
 */
import { describe, expect, test } from 'vitest';
import { beatenBy, pairedDifferences } from './best-set.ts';
import { hodgesLehmannInterval } from './hodges-lehmann.ts';
import { quantile } from './quantiles.ts';
import { minimumSeeds } from './seeds-needed.ts';

const studies = 2000;

describe('hodgesLehmannInterval at 95 %', () => {
  test.each([6, 10, 20].flatMap((n) => [0, 0.8, 0.95].map((correlation) => [n, correlation] as const)))(
    'covers a true change of -0.05 in at least 0.94 of studies, n = %i, correlation %d',
    (n, correlation) => {
      const draw = normals(1);
      const truth = Math.log(0.95);
      let covered = 0;
      for (let study = 0; study < studies; study++) {
        const [own, rival] = logarithms([truth, 0], n, correlation, draw);
        const interval = hodgesLehmannInterval(pairedDifferences(own!, rival!))!;
        if (interval.low <= truth && truth <= interval.high) covered++;
      }
      expect(covered / studies).toBeGreaterThanOrEqual(0.94);
    },
  );
});

describe('intervals against the lowest of all, shared over all pairs', () => {
  test.each([
    [2, 20, 0.8],
    [6, 12, 0.8],
    [10, 20, 0],
    [10, 20, 0.8],
  ])(
    'cover every true difference at once in at least 0.94 of studies, %i equal strategies, n = %i, correlation %d',
    (strategies, n, correlation) => {
      const draw = normals(2);
      const pairs = (strategies * (strategies - 1)) / 2;
      expect(minimumSeeds(pairs)).toBeLessThanOrEqual(n);
      let covered = 0;
      for (let study = 0; study < studies; study++) {
        const rows = logarithms(
          Array.from({ length: strategies }, () => 0),
          n,
          correlation,
          draw,
        );
        const medians = rows.map((row) =>
          quantile(
            row.toSorted((a, b) => a - b),
            0.5,
          ),
        );
        const lowest = rows[medians.indexOf(Math.min(...medians))]!;
        const all = rows.every((row) => {
          if (row === lowest) return true;
          const interval = hodgesLehmannInterval(pairedDifferences(row, lowest), 1 - 0.05 / pairs)!;
          return interval.low <= 0 && 0 <= interval.high;
        });
        if (all) covered++;
      }
      expect(covered / studies).toBeGreaterThanOrEqual(0.94);
    },
  );
});

describe('beatenBy at 5 %', () => {
  test.each([8, 10, 20])('keeps the true best of six equal strategies in at least 0.95 of studies, n = %i', (n) => {
    const draw = normals(3);
    let kept = 0;
    for (let study = 0; study < studies; study++) {
      if (beatenBy(logarithms([0, 0, 0, 0, 0, 0], n, 0.8, draw))[0] === -1) kept++;
    }
    expect(kept / studies).toBeGreaterThanOrEqual(0.95);
  });

  test('keeps the true best and drops most others that are 5 % slower, n = 20, correlation 0.95', () => {
    const draw = normals(4);
    let kept = 0;
    let size = 0;
    for (let study = 0; study < studies; study++) {
      const beaten = beatenBy(logarithms([0, 0.05, 0.05, 0.05, 0.05, 0.05], 20, 0.95, draw));
      if (beaten[0] === -1) kept++;
      size += beaten.filter((rival) => rival === -1).length;
    }
    expect(kept / studies).toBeGreaterThanOrEqual(0.95);
    expect(size / studies).toBeLessThan(1.1);
  });

  test('drops nobody when no seed is shared, and names the surest rival', () => {
    expect(
      beatenBy([
        [1, Number.NaN],
        [Number.NaN, 9],
      ]),
    ).toEqual([-1, -1]);
    const base = Array.from({ length: 12 }, (_, index) => index);
    const noisy = base.map((value) => value + (value % 4 === 0 ? -0.1 : 1));
    expect(beatenBy([base, base.map((value) => value + 3), noisy])).toEqual([-1, 0, 0]);
  });
});

/** Logarithms of lognormal runs: one row per strategy, seeds shared. */
function logarithms(effects: readonly number[], n: number, correlation: number, draw: () => number): number[][] {
  const shared = Array.from({ length: n }, draw);
  return effects.map((effect) =>
    shared.map((common) => effect + 0.1 * (Math.sqrt(correlation) * common + Math.sqrt(1 - correlation) * draw())),
  );
}

/** Standard normals by Box and Muller over a small congruential generator. */
function normals(seed: number): () => number {
  let state = BigInt(seed);
  const uniform = () => {
    state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
    return (Number(state >> 11n) + 0.5) / 2 ** 53;
  };
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}
