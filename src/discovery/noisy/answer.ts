/** From ranked fits to what is said. */
import type { Hypothesis, Shape } from '../hypothesis.ts';
import type { Noise } from '../noise/noise.ts';
import type { Identified, Range } from '../stream.ts';
import type { Batch } from './batches.ts';
import type { Fit } from './fit.ts';
import { capacityRange, scaleRange, steppedRanges } from './ranges.ts';
import { familyOf, isContinuous, marginOf, rivalsOf } from './verdict.ts';

/** The hypothesis that a fit is. */
export function hypothesisOf(fit: Fit): Hypothesis {
  const { counts, capacity } = fit.supposition;
  return { shape: shapeOf(fit), counts, capacity };
}

function shapeOf(fit: Fit): Shape {
  const { belief } = fit.supposition;
  switch (belief.kind) {
    case 'fixed-window':
      return { kind: belief.kind, windowMs: Math.round(belief.windowMs), anchor: belief.anchor };
    case 'sliding-window-log':
    case 'sliding-window-counter':
      return { kind: belief.kind, windowMs: Math.round(belief.windowMs) };
    case 'token-bucket':
      return {
        kind: belief.kind,
        refillPerSecond: belief.perMs * 1000,
        // Steps of a token or less are not told from continuous refill.
        stepMs: isContinuous(fit) ? 0 : Math.round(belief.stepMs),
      };
    case 'concurrency':
  }
  return { kind: 'concurrency' };
}

/** How long a request lasts at least, as far as concurrency under jitter is concerned. */
const SERVICE_MS = 30;

/** By how much the best must be ahead where others use the limit: their use is only roughly modelled. */
const SHARED_MARGIN = 40;

/**
 * Rivals where others use the limit: they may open windows as well as the epoch does, so anchors are not told apart; and counters are too flexible to be
 * believed.
 */
function sharedRivals(fits: readonly Fit[]): Fit[] {
  const best = fits[0] as Fit;
  const flexible = ['fixed-window', 'sliding-window-counter'].includes(best.supposition.belief.kind);
  const others = fits.filter((fit) => familyOf(fit) !== familyOf(best));
  return others.filter(({ score }, at) => score > best.score - SHARED_MARGIN || (flexible && at === 0));
}

/** Whether a fit leaves no more unexplained than a true hypothesis would: little for each volley that jitter or others' use blurs. */
function explains(batches: readonly Batch[], { score, supposition: { surroundings } }: Fit): boolean {
  const blurred = surroundings.backgroundShare > 0 ? 1.2 : surroundings.jitterMs > 0 ? 0.15 : 0.03;
  return score > -25 - blurred * batches.length;
}

/** The answer: found where the best family is clearly ahead, else ambiguous. */
export function answerOf(batches: readonly Batch[], fits: readonly Fit[], noise: Noise): Identified {
  const best = fits[0];
  if (best === undefined) return { kind: 'ambiguous', candidates: [], reason: 'nothing was fitted' };
  const rivals = best.supposition.surroundings.backgroundShare > 0 ? sharedRivals(fits) : rivalsOf(fits, batches);
  if (rivals.length > 0) {
    return {
      kind: 'ambiguous',
      candidates: [best, ...rivals].map(hypothesisOf),
      reason: `under this noise ${familyOf(best)} is not clearly ahead of ${rivals.map(familyOf).join(', ')}`,
    };
  }
  if (!explains(batches, best)) {
    return {
      kind: 'ambiguous',
      candidates: fits.slice(0, 4).map(hypothesisOf),
      reason: `nothing explains the record well: the best, ${familyOf(best)}, has a log-likelihood of ${best.score.toFixed(0)} over ${batches.length} volleys`,
    };
  }
  const other = fits.find((fit) => fit !== best && familyOf(fit) === familyOf(best));
  const share = best.supposition.surroundings.backgroundShare;
  // What overflows a fixed window has no effect; and others' use hides what rejected requests charge.
  const countsKnown =
    best.supposition.belief.kind !== 'fixed-window' &&
    share === 0 &&
    (other === undefined || other.score < best.score - marginOf(best, batches));
  const { belief } = best.supposition;
  const stepped =
    belief.kind === 'token-bucket' && belief.stepMs > 0 && !isContinuous(best) ? steppedRanges(batches, best) : null;
  const scale = stepped?.scale ?? scaleRange(batches, best);
  const capacity = capacityRange(batches, best);
  // Requests that arrive over as long as they last are not all in service at once.
  const shared = belief.kind === 'concurrency' ? 1 + noise.jitterMs / SERVICE_MS : 1;
  // Where the likelihood is rugged its best point may be missed by a little: intervals are not claimed to be narrower than that.
  const allowed = belief.kind === 'sliding-window-counter' ? 0.05 : 0;
  // Where time is real, pauses that come together pull a rate further than the likelihood tells.
  const isReal = batches.some(({ blurMs }) => blurMs > 0);
  const rateAllowed = isReal ? 0.02 : stepped === null ? 0 : 0.015;
  const lag = noise.enforcementLagMs !== null && noise.enforcementLagMs.high > 0;
  return {
    kind: 'found',
    hypothesis: hypothesisOf(best),
    alternatives: countsKnown || other === undefined ? [] : [hypothesisOf(other)],
    countsKnown,
    capacity: {
      low: lag ? 1 : Math.floor((capacity.low / shared) * (1 - allowed)),
      high: Math.ceil(capacity.high * (1 + allowed + share)),
    },
    windowMs: 'windowMs' in belief ? widened(around(belief.windowMs, scale), allowed + share, noise.jitterMs) : null,
    refillPerSecond:
      belief.kind === 'token-bucket'
        ? widened(times(belief.perMs * 1000, scale), Math.max(rateAllowed, share), 0)
        : null,
    stepMs: belief.kind === 'token-bucket' ? (stepped?.stepMs ?? { low: 0, high: 0 }) : null,
  };
}

function times(value: number, { low, high }: Range): Range {
  return { low: value * low, high: value * high };
}

/** `by`: relative, `ms`: absolute. */
function widened({ low, high }: Range, by: number, ms: number): Range {
  return { low: low * (1 - by) - ms, high: high * (1 + by) + ms };
}

/** A window is a whole number of milliseconds. */
function around(windowMs: number, { low, high }: Range): Range {
  const nearest = Math.round(windowMs);
  return {
    low: Math.min(nearest, Math.floor(windowMs * low)),
    high: Math.max(nearest, Math.ceil(windowMs * high)),
  };
}
