/** How much better, how sure: the forest plot's finding and data. */
import type { ForestData, ForestRow } from '../charts/forest.ts';
import type { CellVerdict, ScenarioVerdict } from '../../verdicts/verdict.ts';
import { countOf, formatDifference, formatDuration, formatInterval, formatShare } from '../../wording/format.ts';
import type { Figure } from '../shape.ts';
import { differenceText } from './answer.ts';
import { type Focus, toneOf } from './focus.ts';

/** The figure; strategies that lose jobs have no makespan to compare and are left out. */
export function forestFigure(verdict: ScenarioVerdict, focus: Focus): Figure<ForestData> {
  const cells = verdict.cells.filter((cell) => cell.standing !== 'loses jobs' && (cell.lowest || cell.comparison));
  const rows = cells.map((cell) => forestRow(cell, focus));
  const left = verdict.cells.filter(({ standing }) => standing === 'loses jobs').length;
  return {
    heading: heading(verdict),
    note: `Dot: estimate. Bar: 95\u00A0% interval. Shaded: within ${formatShare(verdict.margin).replace('.0', '')} of the lowest. Hollow: over budget.${left > 0 ? ` Not drawn: ${countOf(left, 'strategy', 'strategies')} that lose${left === 1 ? 's' : ''} jobs.` : ''}`,
    data: { rows, margin: verdict.margin },
    table: null,
  };
}

function forestRow(cell: CellVerdict, focus: Focus): ForestRow {
  const estimate = cell.lowest ? 0 : (cell.comparison?.estimate ?? 0);
  const interval = cell.lowest ? null : (cell.comparison?.interval ?? null);
  return {
    title: cell.title,
    tone: toneOf(focus, cell.strategy),
    family: cell.family,
    hollow: cell.standing !== 'eligible',
    lowest: cell.lowest,
    estimate: drawn(estimate),
    low: drawn(interval && Number.isFinite(interval.low) ? interval.low : estimate),
    high: drawn(interval && Number.isFinite(interval.high) ? interval.high : estimate),
    text: `${differenceText(cell)}${interval ? ` ${formatInterval(interval.low, interval.high)}` : ''}`,
    makespan: formatDuration(cell.makespanMs?.median ?? null),
  };
}

/** As exact as a chart can show. */
const drawn = (ratio: number) => Number(ratio.toFixed(5));

function heading({ cells, finding, seeds, margin }: ScenarioVerdict): string {
  const lowest = cells.find(({ strategy }) => strategy === finding.lowest);
  const rival = cells.find(({ strategy }) => strategy === finding.runnerUp);
  if (!lowest) return 'No eligible strategy to compare with';
  if (!rival?.comparison) return `Nothing else is eligible beside ${lowest.title}`;
  const difference = formatDifference(rival.comparison.estimate);
  const within = formatShare(margin).replace('.0', '');
  if (finding.kind === 'few seeds')
    return `${rival.title} is ${difference} from ${lowest.title}, on too few seeds to tell`;
  switch (rival.class) {
    case 'tied':
      return `${rival.title} cannot be told apart from ${lowest.title}: ${difference}, within ${within}`;
    case 'same':
      return `${rival.title} is ${difference} from ${lowest.title}: measurable, and within ${within}`;
    case 'unsure':
      return `${countOf(seeds, 'seed').replace(/^./, (first) => first.toUpperCase())} cannot tell ${rival.title} from ${lowest.title}: ${difference}`;
    default:
      return `The nearest rival in budget, ${rival.title}, is ${formatShare(rival.comparison.estimate)} slower`;
  }
}
