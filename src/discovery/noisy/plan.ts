/** When to look: times at which the hypotheses that are left disagree about what passes again. */
import type { Fit } from './fit.ts';
import { scaleRange } from './ranges.ts';
import type { Batch } from './batches.ts';

/** Where something is expected, and how sure that is. */
interface Expected {
  readonly atMs: number;
  readonly halfMs: number;
}

/** Where around an expected release one looks, in halves of its range. */
const PARTS = [-1.4, -1, -0.7, -0.4, -0.2, 0, 0.2, 0.4, 0.7, 1, 1.4];
/** Most windows from the epoch whose borders are looked for. */
const EPOCH_WATCHED = 6;

/** Most hypotheses whose releases are looked for. */
const WATCHED = 4;

/**
 * Times to scan, ascending: around the releases that the best fits expect after an early charge at `earlyMs` and a filling at `filledMs`,
 * and thinly in between. `spanMs`: how long a whole recovery takes.
 */
export function scanTimes(
  fits: readonly Fit[],
  batches: readonly Batch[],
  earlyMs: number,
  filledMs: number,
  spanMs: number,
  jitterMs: number,
  apartMs: number,
): number[] {
  const times: number[] = [];
  const nowMs = filledMs;
  const endMs = filledMs + spanMs * 1.08;
  for (let part = 0; part < 12; part++) times.push(nowMs + ((part + 0.5) / 12) * (endMs - nowMs));
  const best = fits[0]?.score ?? 0;
  for (const fit of fits.filter(({ score }) => score > best - 40).slice(0, WATCHED)) {
    for (const { atMs, halfMs } of expected(fit, batches, earlyMs, filledMs, jitterMs)) {
      if (atMs - halfMs > endMs + halfMs) continue;
      for (const part of PARTS) times.push(atMs + part * halfMs);
    }
  }
  times.sort((a, b) => a - b);
  const kept: number[] = [];
  for (const atMs of times) {
    if (atMs > nowMs && atMs - (kept.at(-1) ?? nowMs) >= apartMs) kept.push(atMs);
  }
  return kept;
}

function expected(
  fit: Fit,
  batches: readonly Batch[],
  earlyMs: number,
  filledMs: number,
  jitterMs: number,
): Expected[] {
  const { belief } = fit.supposition;
  if (belief.kind === 'concurrency') return [];
  const { low, high } = scaleRange(batches, fit);
  const relative = Math.max(high - 1, 1 - low, 1e-7);
  const leastMs = Math.max(2 * jitterMs, 6);
  if (belief.kind === 'token-bucket') {
    if (belief.stepMs === 0) return [];
    return [1, 2].map((steps) => ({
      atMs: earlyMs + Math.ceil((filledMs - earlyMs) / belief.stepMs + steps - 1) * belief.stepMs,
      halfMs: Math.max(leastMs, belief.stepMs * relative),
    }));
  }
  const halfMs = Math.max(leastMs, belief.windowMs * relative);
  if ('phaseMs' in belief) {
    const windowsMs = fit.windowsMs.length === 0 ? [belief.windowMs] : fit.windowsMs;
    const every = Math.ceil(windowsMs.length / EPOCH_WATCHED);
    const some = windowsMs.filter((_, at) => at % every === 0);
    return some.map((windowMs) => ({ atMs: Math.ceil(filledMs / windowMs) * windowMs, halfMs: leastMs }));
  }
  if (belief.kind === 'sliding-window-log') {
    return [
      { atMs: earlyMs + belief.windowMs, halfMs },
      { atMs: filledMs + belief.windowMs, halfMs },
    ];
  }
  return [{ atMs: earlyMs + belief.windowMs, halfMs }];
}
