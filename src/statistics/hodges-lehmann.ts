/**
 * The Hodges-Lehmann estimate of a paired difference, with exact intervals.
 *
 * The estimate is the median of the Walsh averages (d_i + d_j) / 2, i <= j. As many Walsh averages exceed a centre as the signed-rank
 * statistic counts there, so order statistics of the Walsh averages bound the centre with the exact Wilcoxon distribution:
 *
 * ```
 * Walsh averages  w1 <= w2 <= ... [w(c+1) ............ w(N-c)] ... <= wN     P(rank sum <= c) <= (1 - confidence) / 2
 * ```
 * c is the largest such number, so the true level is at least the nominal one; with ties it only grows. The differences need a symmetric
 * distribution, which logarithms of ratios of like quantities have or nearly have.
 *
 * Source: Hodges and Lehmann 1963; Hollander, Wolfe, Chicken, *Nonparametric Statistical Methods*, 3.2 and 3.3.
 */
import { checkDifferences, signedRankCumulative } from './signed-rank.ts';

/** An interval and the exact confidence it has (at least what was asked). */
export interface Interval {
  readonly low: number;
  readonly high: number;
  readonly confidence: number;
}

/** Estimate of the centre. NaN for no differences. */
export function hodgesLehmann(differences: readonly number[]): number {
  const walsh = walshAverages(differences);
  const middle = walsh.length >> 1;
  if (walsh.length === 0) return Number.NaN;
  return walsh.length % 2 === 1 ? walsh[middle]! : (walsh[middle - 1]! + walsh[middle]!) / 2;
}

/** Two-sided interval of at least `confidence` (0.95 unless said); null when there are too few differences for any. */
export function hodgesLehmannInterval(differences: readonly number[], confidence = 0.95): Interval | null {
  const walsh = walshAverages(differences);
  const cut = cutOff(differences.length, (1 - confidence) / 2);
  if (cut === null) return null;
  return { low: walsh[cut.skipped]!, high: walsh[walsh.length - 1 - cut.skipped]!, confidence: 1 - 2 * cut.chance };
}

/** One-sided bound: the centre is at least `low` with at least `confidence`; null when there are too few differences. */
export function hodgesLehmannLower(
  differences: readonly number[],
  confidence = 0.95,
): { readonly low: number; readonly confidence: number } | null {
  const cut = cutOff(differences.length, 1 - confidence);
  return cut === null ? null : { low: walshAverages(differences)[cut.skipped]!, confidence: 1 - cut.chance };
}

/** One-sided bound: the centre is at most `high` with at least `confidence`; null when there are too few differences. */
export function hodgesLehmannUpper(
  differences: readonly number[],
  confidence = 0.95,
): { readonly high: number; readonly confidence: number } | null {
  const cut = cutOff(differences.length, 1 - confidence);
  if (cut === null) return null;
  const walsh = walshAverages(differences);
  return { high: walsh[walsh.length - 1 - cut.skipped]!, confidence: 1 - cut.chance };
}

/** How many Walsh averages may be cut off one end at this error, and the error that really makes. */
function cutOff(n: number, error: number): { readonly skipped: number; readonly chance: number } | null {
  if (n === 0) return null;
  const cumulative = signedRankCumulative(n);
  // Forgives the last bits of `1 - confidence`: 2 / 2^n itself must count as reached.
  const allowed = error * (1 + 1e-9);
  if (cumulative[0]! > allowed) return null;
  let skipped = 0;
  while (cumulative[skipped + 1]! <= allowed) skipped++;
  return { skipped, chance: cumulative[skipped]! };
}

function walshAverages(differences: readonly number[]): Float64Array {
  checkDifferences(differences);
  const n = differences.length;
  const walsh = new Float64Array((n * (n + 1)) / 2);
  let at = 0;
  for (let i = 0; i < n; i++) for (let j = i; j < n; j++) walsh[at++] = (differences[i]! + differences[j]!) / 2;
  return walsh.sort();
}
