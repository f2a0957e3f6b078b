/**
 * The exact Wilcoxon signed-rank test, for paired differences: one value per seed.
 *
 * Under the null hypothesis every difference is as likely positive as negative, so each of the 2^n sign patterns has the same chance. The
 * distribution of the rank sum over all of them is computed exactly, ties included: midranks are multiples of one half, so doubled ranks are
 * whole numbers, and one convolution per difference gives the whole distribution. No pattern is enumerated and none is drawn by chance.
 *
 * Source: Wilcoxon 1945; Hollander, Wolfe, Chicken, *Nonparametric Statistical Methods*, chapter 3 (zeros dropped, midranks).
 */

/** Most differences handled: the exact distribution takes n^3 steps. */
export const differencesMax = 1000;

/** Result of {@link signedRankTest}. */
export interface SignedRank {
  /** Differences that are not zero. */
  readonly n: number;
  /** Sum of the (mid)ranks of the positive differences. */
  readonly rankSum: number;
  /** Chance of a rank sum at most, and at least, this large when signs are random; and twice the smaller, at most 1. */
  readonly less: number;
  readonly greater: number;
  readonly twoSided: number;
}

/**
 * Tests whether differences are centred at zero. Zeros are dropped; all-zero differences give 1 everywhere.
 *
 * @throws RangeError when a difference is not finite, or there are more than {@link differencesMax}
 */
export function signedRankTest(differences: readonly number[]): SignedRank {
  checkDifferences(differences);
  const moved = differences.filter((difference) => difference !== 0);
  const doubled = doubledMidranks(moved.map(Math.abs));
  let rankSum = 0;
  for (let index = 0; index < moved.length; index++) if (moved[index]! > 0) rankSum += doubled[index]! / 2;
  // Whole ranks have a distribution that is kept; midranks need one of their own, in halves.
  const halves = tied(doubled);
  const cumulative = halves ? cumulated(rankSumChances(doubled)) : signedRankCumulative(moved.length);
  const sum = halves ? rankSum * 2 : rankSum;
  const less = Math.min(1, cumulative[sum]!);
  // The distribution is symmetric: a sum at least this large is as likely as one at most the rest.
  const greater = Math.min(1, cumulative[cumulative.length - 1 - sum]!);
  return { n: moved.length, rankSum, less, greater, twoSided: Math.min(1, 2 * Math.min(less, greater)) };
}

/** `cumulative[c]` is the chance that the rank sum of n untied differences is at most c, for c from 0 to n (n + 1) / 2. Cached by n. */
export function signedRankCumulative(n: number): Float64Array {
  const known = cumulatives.get(n);
  if (known !== undefined) return known;
  const cumulative = cumulated(rankSumChances(Array.from({ length: n }, (_, index) => index + 1)));
  cumulatives.set(n, cumulative);
  return cumulative;
}

/** @throws RangeError unless all are finite and there are not too many */
export function checkDifferences(differences: readonly number[]): void {
  if (differences.length > differencesMax) {
    throw new RangeError(
      `Cannot compare pairs: differences.length must be at most ${differencesMax}, current value is ${differences.length}`,
    );
  }
  const bad = differences.findIndex((difference) => !Number.isFinite(difference));
  if (bad >= 0) {
    throw new RangeError(
      `Cannot compare pairs: differences[${bad}] must be finite, current value is ${differences[bad]}`,
    );
  }
}

const cumulatives = new Map<number, Float64Array>();

function cumulated(chances: Float64Array): Float64Array {
  for (let value = 1; value < chances.length; value++) chances[value]! += chances[value - 1]!;
  return chances;
}

/** Untied doubled ranks are 2, 4, .. 2n in some order. */
function tied(doubled: readonly number[]): boolean {
  return new Set(doubled).size < doubled.length;
}

/** Chance of every sum of a random half of the ranks, each taken or not like a coin's toss. */
function rankSumChances(ranks: readonly number[]): Float64Array {
  const chances = new Float64Array(ranks.reduce((sum, rank) => sum + rank, 0) + 1);
  chances[0] = 1;
  let reached = 0;
  for (const rank of ranks) {
    reached += rank;
    for (let value = reached; value >= 0; value--) {
      chances[value] = (chances[value]! + (value >= rank ? chances[value - rank]! : 0)) / 2;
    }
  }
  return chances;
}

/** Twice the ranks, 1-based, equal values sharing the mean of theirs. */
function doubledMidranks(values: readonly number[]): number[] {
  const order = values.map((_, index) => index).toSorted((a, b) => values[a]! - values[b]! || a - b);
  const doubled = Array.from({ length: values.length }, () => 0);
  for (let from = 0; from < order.length;) {
    let to = from;
    while (to + 1 < order.length && values[order[to + 1]!] === values[order[from]!]) to++;
    for (let at = from; at <= to; at++) doubled[order[at]!] = from + to + 2;
    from = to + 1;
  }
  return doubled;
}
