/** Choosing the best of several, with an honest account of what cannot be told apart. */
import { signedRankTest } from './signed-rank.ts';

/**
 * The set not told apart from the best: a candidate is dropped when some other beats it one-sided at level / (candidates - 1). The true
 * best is kept with a chance of at least 1 - level, whichever it is, since only its own comparisons can drop it (subset selection in the
 * manner of Gupta and of Hsu's multiple comparisons with the best).
 *
 * @param values one row per candidate, lower is better, columns paired (for example logarithms of makespans by seed); NaN where missing
 * @returns for each candidate the index of a candidate that beats it (the surest; ties to the first), or -1 when it stays
 */
export function beatenBy(values: readonly (readonly number[])[], level = 0.05): number[] {
  const share = level / Math.max(1, values.length - 1);
  return values.map((own, index) => {
    let surest = -1;
    let least = share;
    for (const [other, rival] of values.entries()) {
      if (other === index) continue;
      const { greater } = signedRankTest(pairedDifferences(own, rival));
      if (greater <= share && (surest < 0 || greater < least)) {
        surest = other;
        least = greater;
      }
    }
    return surest;
  });
}

/** Own minus rival, where both are known. */
export function pairedDifferences(own: readonly number[], rival: readonly number[]): number[] {
  const differences: number[] = [];
  for (const [index, value] of own.entries()) {
    const difference = value - (rival[index] ?? Number.NaN);
    if (!Number.isNaN(difference)) differences.push(difference);
  }
  return differences;
}
