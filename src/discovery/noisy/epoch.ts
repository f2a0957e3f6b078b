/** Windows that follow each other from the epoch: a phase that was found must be that of a whole number of milliseconds. */
import type { Batch } from './batches.ts';
import type { Fit } from './fit.ts';
import { settle } from './fit.ts';

/** Most whole windows tried. */
const TRIED_MAX = 400_000;
const KEPT_MAX = 60;

/**
 * The windows from the epoch that agree with a fit of free phase, best first; none: the fit is no epoch window. `lowMs` to `highMs`: where the window may
 * lie. `slackMs`: how far off the border may be.
 */
export function alignedFits(
  batches: readonly Batch[],
  fit: Fit,
  lowMs: number,
  highMs: number,
  slackMs: number,
  size: number,
): Fit[] {
  const { belief, counts, surroundings } = fit.supposition;
  if (!('phaseMs' in belief)) return [];
  const middleMs = batches[Math.floor(batches.length / 2)]?.sentMs ?? 0;
  const border = belief.phaseMs + Math.round((middleMs - belief.phaseMs) / belief.windowMs) * belief.windowMs;
  const aligned: { windowMs: number; off: number }[] = [];
  const from = Math.max(1, Math.floor(lowMs));
  const to = Math.min(Math.ceil(highMs), from + TRIED_MAX);
  for (let windowMs = from; windowMs <= to; windowMs++) {
    const past = border % windowMs;
    const off = Math.min(past, windowMs - past);
    if (off <= slackMs) aligned.push({ windowMs, off });
  }
  const fits: Fit[] = [];
  aligned.sort((a, b) => Math.abs(a.windowMs - belief.windowMs) - Math.abs(b.windowMs - belief.windowMs));
  for (const { windowMs } of aligned.slice(0, KEPT_MAX)) {
    const start = { belief: { ...belief, windowMs, phaseMs: 0 }, spread: 0.5 / windowMs, phaseSpreadMs: 0 };
    fits.push(settle(batches, start, counts, surroundings, size));
  }
  return fits.sort((a, b) => b.score - a.score);
}
