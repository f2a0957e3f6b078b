/** Whether one class of hypotheses is clearly ahead, and its numbers sharp. */
import type { Batch } from './batches.ts';
import { alignedFits } from './epoch.ts';
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

/** Binds windows from the epoch to the epoch, and ranks again. */
export function align(batches: readonly Batch[], fits: readonly Fit[], size: number): Fit[] {
  const best = fits[0]?.score ?? 0;
  const aligned = fits.flatMap((fit): Fit[] => {
    const { belief, surroundings } = fit.supposition;
    if (!('phaseMs' in belief) || fit.score < best - 60) return [fit];
    const { low, high } = scaleRange(batches, fit);
    const slackMs = Math.max(40, surroundings.jitterMs * 2, fit.phaseSpreadMs);
    const found = alignedFits(batches, fit, belief.windowMs * low, belief.windowMs * high, slackMs, size)[0];
    if (found === undefined) return [{ ...fit, score: fit.score - 20 }];
    // A phase that is bound to the epoch is no free number.
    return [found];
  });
  return aligned.sort((a, b) => b.score - a.score);
}
