/** Intervals from the likelihood: all numbers that make the record not much less likely than the best do. */
import type { Range } from '../stream.ts';
import type { Batch } from './batches.ts';
import { type Fit, moved } from './fit.ts';
import { logLikelihood, type Supposition } from './score.ts';

/** Half the 95 % point of chi-square with one degree of freedom (Wilks). */
const DROP = 1.92;

/** Relative range of the window or rate of a fit: factors on its number. */
export function scaleRange(batches: readonly Batch[], fit: Fit): Range {
  const { belief } = fit.supposition;
  if ('phaseMs' in belief) {
    const { windowMs } = belief;
    return {
      low: Math.min(windowMs, ...fit.windowsMs) / windowMs,
      high: Math.max(windowMs, ...fit.windowsMs) / windowMs,
    };
  }
  return { low: edge(batches, fit, -1), high: edge(batches, fit, 1) };
}

function edge(batches: readonly Batch[], fit: Fit, sign: 1 | -1): number {
  const { supposition } = fit;
  const { belief } = supposition;
  if (belief.kind === 'concurrency') return 1;
  const best = logLikelihood(batches, supposition);
  const holds = (by: number): boolean => {
    const tried = moved(belief, Math.exp(sign * by), 0, 1);
    return logLikelihood(batches, { ...supposition, belief: tried }) >= best - DROP;
  };
  let inside = 0;
  let outside = 1e-7;
  while (outside < 0.7 && holds(outside)) {
    inside = outside;
    outside *= 2;
  }
  for (let round = 0; round < 10; round++) {
    const middle = (inside + outside) / 2;
    if (holds(middle)) inside = middle;
    else outside = middle;
  }
  return Math.exp(sign * outside);
}

/** Range of the capacity of a fit. */
export function capacityRange(batches: readonly Batch[], { supposition }: Fit): Range {
  const best = logLikelihood(batches, supposition);
  const holds = (capacity: number) =>
    capacity >= 1 && logLikelihood(batches, withCapacity(supposition, capacity)) >= best - DROP;
  return { low: bound(supposition.capacity, -1, holds), high: bound(supposition.capacity, 1, holds) };
}

function withCapacity(supposition: Supposition, capacity: number): Supposition {
  return { ...supposition, capacity };
}

/** The last whole number from `from` on that holds, in steps that double and halve. */
function bound(from: number, sign: 1 | -1, holds: (capacity: number) => boolean): number {
  let inside = 0;
  let outside = 1;
  while (outside <= from && holds(from + sign * outside)) {
    inside = outside;
    outside *= 2;
  }
  while (outside - inside > 1) {
    const middle = (inside + outside) >> 1;
    if (holds(from + sign * middle)) inside = middle;
    else outside = middle;
  }
  return from + sign * inside;
}

const STEPS_AROUND = 5;

/** Ranges of rate (as factors) and step of stepwise refill: whole steps near the best, each with the rates that go with it. */
export function steppedRanges(batches: readonly Batch[], fit: Fit): { readonly scale: Range; readonly stepMs: Range } {
  const { belief } = fit.supposition;
  if (belief.kind !== 'token-bucket') return { scale: { low: 1, high: 1 }, stepMs: { low: 0, high: 0 } };
  const best = logLikelihood(batches, fit.supposition);
  const scale = { ...scaleRange(batches, fit) };
  const stepMs = { low: Math.floor(belief.stepMs), high: Math.ceil(belief.stepMs) };
  for (let step = Math.round(belief.stepMs) - STEPS_AROUND; step <= belief.stepMs + STEPS_AROUND; step++) {
    // As much in each step, or as much in the long run.
    for (const perMs of [belief.perMs, (belief.perMs * belief.stepMs) / step]) {
      for (const by of [0, -1e-4, 1e-4, -4e-4, 4e-4, -1e-3, 1e-3]) {
        const tried: Fit = {
          ...fit,
          supposition: { ...fit.supposition, belief: { ...belief, perMs: perMs * (1 + by), stepMs: step } },
        };
        if (logLikelihood(batches, tried.supposition) < best - DROP) continue;
        const factor = (perMs * (1 + by)) / belief.perMs;
        const around = scaleRange(batches, tried);
        scale.low = Math.min(scale.low, around.low * factor);
        scale.high = Math.max(scale.high, around.high * factor);
        stepMs.low = Math.min(stepMs.low, step);
        stepMs.high = Math.max(stepMs.high, step);
        break;
      }
    }
  }
  return { scale, stepMs };
}
