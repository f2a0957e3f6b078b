/** Whether one class of hypotheses is clearly ahead, and its numbers sharp. */
import type { Batch } from './batches.ts';
import type { Fit } from './fit.ts';
import { scaleRange } from './ranges.ts';

/** By how much the best must be ahead, in log-likelihood: about 1 in 1000, with room for the model's own simplicity. */
export const MARGIN = 7;

/** What is known so far. */
export interface Verdict {
  readonly clear: boolean;
  readonly sharp: boolean;
}

/** Judges ranked fits. */
export function judge(fits: readonly Fit[], batches: readonly Batch[]): Verdict {
  const best = fits[0];
  if (best === undefined) return { clear: false, sharp: false };
  const rivals = rivalsOf(fits);
  const { low, high } = scaleRange(batches, best);
  return { clear: rivals.length === 0, sharp: high - low < 0.01 };
}

/** Fits of other families that are not clearly behind; how rejected requests count is told apart elsewhere. */
export function rivalsOf(fits: readonly Fit[]): Fit[] {
  const best = fits[0];
  if (best === undefined) return [];
  return fits.filter(
    (fit) => fit.score > best.score - MARGIN && familyOf(fit) !== familyOf(best) && !nested(best, fit),
  );
}

/** Steps of a token or less only round the times at which tokens come: continuous, as far as can be told. */
function nested(best: Fit, other: Fit): boolean {
  const grains = ['token-bucket continuous', 'token-bucket fine'];
  return grains.includes(familyOf(best)) && grains.includes(familyOf(other));
}

/** The name of a fit without how rejected requests count. */
export function familyOf({ name }: Fit): string {
  return name.slice(0, name.lastIndexOf(' '));
}
