/** Makespans of strategies compared, paired by seed, on logarithms: differences read as per cent. */
import { beatenBy, pairedDifferences } from '../statistics/best-set.ts';
import { firstShares } from '../statistics/first-shares.ts';
import { hodgesLehmann, hodgesLehmannInterval } from '../statistics/hodges-lehmann.ts';
import { holm } from '../statistics/holm.ts';
import { signedRankTest } from '../statistics/signed-rank.ts';
import type { CellVerdict, Comparison, PairVerdict } from './verdict.ts';

/** Error that all comparisons of one scenario share. */
export const level = 0.05;

/** What is compared of a strategy. */
export type Compared = Pick<CellVerdict, 'strategy' | 'makespanBySeed'>;

/** Logarithms of makespans, one row per strategy, one column per seed; NaN where a seed is missing. */
export function logarithms(compared: readonly Compared[]): number[][] {
  const seeds = [...new Set(compared.flatMap(({ makespanBySeed }) => makespanBySeed.map(({ seed }) => seed)))];
  return compared.map(({ makespanBySeed }) => {
    const bySeed = new Map(makespanBySeed.map(({ seed, ms }) => [seed, logarithm(ms)]));
    return seeds.map((seed) => bySeed.get(seed) ?? Number.NaN);
  });
}

/**
 * One strategy against another; null when they share no seed.
 *
 * @param comparisons how many comparisons share the error
 */
export function compare(own: Compared, rival: Compared, comparisons: number): Comparison | null {
  const [ownRow, rivalRow] = logarithms([own, rival]);
  const differences = pairedDifferences(ownRow!, rivalRow!);
  if (differences.length === 0) return null;
  const interval = hodgesLehmannInterval(differences, 1 - level / Math.max(1, comparisons));
  return {
    with: rival.strategy,
    estimate: Math.expm1(hodgesLehmann(differences)),
    interval: interval && { low: Math.expm1(interval.low), high: Math.expm1(interval.high) },
    confidence: interval && interval.confidence,
    wins: differences.filter((difference) => difference < 0).length,
    ties: differences.filter((difference) => difference === 0).length,
    losses: differences.filter((difference) => difference > 0).length,
    seeds: differences.length,
  };
}

/** For each strategy whether nothing beats it: the set not told apart from the best. */
export function bestSet(compared: readonly Compared[]): boolean[] {
  return beatenBy(logarithms(compared), level).map((rival) => rival < 0);
}

/** All pairs, Holm-adjusted, in the order given. */
export function allPairs(compared: readonly Compared[]): PairVerdict[] {
  const rows = logarithms(compared);
  const pairs = compared.flatMap((a, i) =>
    compared.slice(i + 1).map((b, offset) => {
      const differences = pairedDifferences(rows[i]!, rows[i + 1 + offset]!);
      return { a: a.strategy, b: b.strategy, differences };
    }),
  );
  const adjusted = holm(pairs.map(({ differences }) => signedRankTest(differences).twoSided));
  return pairs.map(({ a, b, differences }, index) => ({
    a,
    b,
    estimate: Math.expm1(hodgesLehmann(differences)),
    adjusted: adjusted[index]!,
    toldApart: adjusted[index]! < level,
  }));
}

/** How often each comes first when the seeds are drawn again, over the seeds that all have; null when there is none. */
export function stability(compared: readonly Compared[]): (number | null)[] {
  const rows = logarithms(compared);
  const shared = (rows[0] ?? []).flatMap((_, column) =>
    rows.some((row) => Number.isNaN(row[column])) ? [] : [column],
  );
  if (shared.length === 0) return compared.map(() => null);
  return firstShares(rows.map((row) => shared.map((column) => row[column]!)));
}

/** A makespan of 0 (no work, or served from a cache) still compares: it counts as a millionth of a ms. */
function logarithm(ms: number): number {
  return Math.log(Math.max(ms, 1e-6));
}
