/** How many seeds a verdict needs: at all, and to settle what the present ones leave open. */

/**
 * Fewest paired seeds with which the exact signed-rank test can reach the level at all: its smallest p is 2 / 2^n (1 / 2^n one-sided),
 * and `comparisons` share the level equally.
 *
 * @param comparisons at least 1; fewer count as 1
 * @param level 0.05 unless said
 */
export function minimumSeeds(comparisons: number, level = 0.05, sides: 1 | 2 = 2): number {
  const share = level / Math.max(1, comparisons);
  let n = 1;
  while (sides / 2 ** n > share) n++;
  return n;
}

/** An interval seen with some seeds, on a scale where `margin` is what counts as the same (for example logarithms of ratios). */
export interface SeenInterval {
  readonly seeds: number;
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  readonly margin: number;
  /** Seeds below which no verdict is possible. */
  readonly least: number;
}

/** More seeds than this are not proposed. */
export const proposedSeedsMax = 10_000;

/**
 * About how many seeds in all would settle an open comparison: either the interval leaves zero, or it comes to lie within the margin. An
 * interval shrinks with the square root of the seeds; the present estimate is taken for the truth, so this is a rule of thumb.
 *
 * @returns null when no number up to {@link proposedSeedsMax} would do
 */
export function seedsToSettle(seen: SeenInterval): number | null {
  const half = (seen.high - seen.low) / 2;
  const gap = Math.max(Math.abs(seen.estimate), seen.margin - Math.abs(seen.estimate));
  if (!(gap > 0)) return null;
  const seeds = Math.max(seen.least, seen.seeds + 1, Math.ceil(seen.seeds * (half / gap) ** 2));
  return seeds <= proposedSeedsMax ? seeds : null;
}
