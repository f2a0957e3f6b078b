/** A mean with its interval: for holding means against means that others published. */

/** Mean of some values, its standard error, and its two-sided 95 % interval by Student's t. */
export interface MeanInterval {
  readonly count: number;
  readonly mean: number;
  readonly standardError: number;
  readonly low: number;
  readonly high: number;
}

/** The interval of the mean of at least two finite values; null for fewer. */
export function meanInterval(values: readonly number[]): MeanInterval | null {
  const count = values.length;
  if (count < 2) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const squares = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  const standardError = Math.sqrt(squares / (count - 1) / count);
  const half = studentQuantile(count - 1) * standardError;
  return { count, mean, standardError, low: mean - half, high: mean + half };
}

/** 97.5 % quantile of the normal distribution. */
const Z = 1.959963984540054;
/** 97.5 % quantiles of Student's t with 1 to 4 degrees of freedom, where the expansion below is not good enough. */
const FEW = [12.706204736432095, 4.302652729696142, 3.182446305284263, 2.7764451051977987];

/**
 * 97.5 % quantile of Student's t: Cornish and Fisher's expansion in 1 / degrees (Abramowitz and Stegun 26.7.5), relative error below 2e-4
 * from 5 degrees on.
 */
export function studentQuantile(degrees: number): number {
  const few = FEW[degrees - 1];
  if (few !== undefined) return few;
  const z3 = Z * Z * Z;
  const z5 = z3 * Z * Z;
  const z7 = z5 * Z * Z;
  const z9 = z7 * Z * Z;
  return (
    Z +
    (z3 + Z) / 4 / degrees +
    (5 * z5 + 16 * z3 + 3 * Z) / 96 / (degrees * degrees) +
    (3 * z7 + 19 * z5 + 17 * z3 - 15 * Z) / 384 / (degrees * degrees * degrees) +
    (79 * z9 + 776 * z7 + 1482 * z5 - 1920 * z3 - 945 * Z) / 92_160 / (degrees * degrees * degrees * degrees)
  );
}
