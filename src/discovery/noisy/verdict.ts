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
  const rivals = rivalsOf(fits, batches);
  const { low, high } = scaleRange(batches, best);
  return { clear: rivals.length === 0, sharp: high - low < (isReal(batches) ? SHARP_REAL : SHARP) };
}

/** Fits of other families that are not clearly behind; how rejected requests count is told apart elsewhere. */
export function rivalsOf(fits: readonly Fit[], batches: readonly Batch[]): Fit[] {
  const best = fits[0];
  if (best === undefined) return [];
  const margin = marginOf(best, batches);
  return fits.filter(
    (fit) => fit.score > best.score - margin && familyOf(fit) !== familyOf(best) && !nested(best, fit),
  );
}

/** Steps of a token or less only round the times at which tokens come: continuous, as far as can be told. */
function nested(best: Fit, other: Fit): boolean {
  return isContinuous(best) && isContinuous(other);
}

/**
 * Where time is real, what the best leaves unexplained are pauses that nobody modelled, and they come together: it must be ahead by a good share of
 * that.
 */
const UNEXPLAINED_SHARE = 0.5;

/** Relative range of a window or rate that is sharp enough; where time is real, no number of rounds gives what its jitter takes. */
const SHARP = 0.01;
const SHARP_REAL = 0.06;

function isReal(batches: readonly Batch[]): boolean {
  return batches.some(({ blurMs }) => blurMs > 0);
}

/** By how much the best must be ahead. */
export function marginOf(best: Fit, batches: readonly Batch[]): number {
  return isReal(batches) ? Math.max(MARGIN, -best.score * UNEXPLAINED_SHARE) : MARGIN;
}

/** Steps of a tenth of a token more are not told from single tokens either, where times are uncertain. */
const STEP_TOKENS = 1.1;

/** Whether a fit is a token bucket whose steps cannot be told from continuous refill. */
export function isContinuous({ supposition: { belief, surroundings } }: Fit): boolean {
  if (belief.kind !== 'token-bucket') return false;
  return belief.perMs * belief.stepMs <= (surroundings.jitterMs > 0 ? STEP_TOKENS : 1.02);
}

/** The name of a fit without how rejected requests count. */
export function familyOf({ name }: Fit): string {
  return name.slice(0, name.lastIndexOf(' '));
}
