/** Holds what was measured against what others published. Pure. */
import type { PublishedFigure, Scenario } from '../../scenarios/scenario.ts';
import type { CellResult, PublishedComparison } from '../results/results.ts';
import { meanInterval } from '../verdicts/index.ts';
import { canonicalSpec } from './plan.ts';

/** The comparison of a scenario's cells with what was published about it; null when nothing was. */
export function heldAgainst({ published }: Scenario, cells: readonly CellResult[]): PublishedComparison | null {
  if (published === undefined) return null;
  const { source, note, figures } = published;
  return { source, note, figures: figures.map((figure) => compared(figure, cells)) };
}

function compared(figure: PublishedFigure, cells: readonly CellResult[]): PublishedComparison['figures'][number] {
  const { label, quantity, unit, published, publishedText, publishedStandardError, measure, note } = figure;
  const strategy = canonicalSpec(figure.strategy);
  const trials = cells.find((cell) => cell.variant === '' && cell.strategy === strategy)?.trials ?? [];
  const valid = trials.filter(({ failure, metrics }) => failure === null && metrics !== null);
  const interval = meanInterval(valid.map(measure));
  const common = { label, strategy, quantity, unit, published, publishedText, note };
  if (interval === null) return { ...common, measured: null, difference: null, standardErrors: null };
  const { count, mean, low, high, standardError } = interval;
  const bothErrors = Math.sqrt(square(publishedStandardError ?? 0) + square(standardError));
  return {
    ...common,
    measured: { trials: count, mean, low, high },
    difference: published === 0 ? null : mean / published - 1,
    standardErrors:
      publishedStandardError === null || bothErrors === 0 ? null : Math.abs(mean - published) / bothErrors,
  };
}

function square(value: number): number {
  return value * value;
}
