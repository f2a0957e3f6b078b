/** What is left of a limit that was not decided. Pure. */
import type { Hypothesis } from '../hypothesis.ts';
import type { FoundOnStream } from './exploration.ts';

/** An ambiguous stream as a found one whose alternatives are the rest; null: no candidate. */
export function undecided(candidates: readonly Hypothesis[]): FoundOnStream | null {
  const [hypothesis, ...alternatives] = candidates;
  if (hypothesis === undefined) return null;
  const { shape } = hypothesis;
  const span = (values: readonly number[]) => ({ low: Math.min(...values), high: Math.max(...values) });
  const windows = candidates.flatMap((one) => ('windowMs' in one.shape ? [one.shape.windowMs] : []));
  const rates = candidates.flatMap((one) => ('refillPerSecond' in one.shape ? [one.shape.refillPerSecond] : []));
  const steps = candidates.flatMap((one) => ('stepMs' in one.shape ? [one.shape.stepMs] : []));
  return {
    kind: 'found',
    hypothesis,
    alternatives,
    countsKnown: candidates.every(({ counts }) => counts === hypothesis.counts),
    capacity: span(candidates.map(({ capacity }) => capacity)),
    windowMs: 'windowMs' in shape ? span(windows) : null,
    refillPerSecond: 'refillPerSecond' in shape ? span(rates) : null,
    stepMs: 'stepMs' in shape ? span(steps) : null,
  };
}
