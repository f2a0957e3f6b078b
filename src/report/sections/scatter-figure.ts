/** What speed costs: makespan against refused calls. */
import type { ScatterData } from '../charts/scatter.ts';
import type { ScenarioVerdict } from '../../verdicts/verdict.ts';
import { formatShare } from '../../wording/format.ts';
import type { Figure } from '../shape.ts';
import { type Focus, toneOf } from './focus.ts';

/** The figure; strategies that lose jobs have no makespan and are left out. */
export function scatterFigure(verdict: ScenarioVerdict, focus: Focus): Figure<ScatterData> {
  const drawn = verdict.cells.filter((cell) => cell.standing !== 'loses jobs' && cell.makespanMs !== null);
  const points = drawn.map((cell) => ({
    title: cell.title,
    tone: toneOf(focus, cell.strategy),
    family: cell.family,
    makespanMs: Number((cell.makespanMs?.median ?? 0).toPrecision(6)),
    refused: Number(cell.refusedShare.toFixed(6)),
  }));
  const data = points.map((point) => ({ ...point, frontier: !points.some((other) => dominates(other, point)) }));
  return {
    heading: verdict.overBudgetWinner?.sentence ?? stillFastest(verdict),
    note: 'Lower left is better. Line: nothing is both faster and less wasteful. Hollow: something is.',
    data: { points: data, budget: verdict.refusedShareMax, seeds: verdict.seeds },
    table: null,
  };
}

interface Cost {
  readonly makespanMs: number;
  readonly refused: number;
}

/** Neither slower nor more wasteful, and better in one. */
function dominates(a: Cost, b: Cost): boolean {
  return (
    a.makespanMs <= b.makespanMs && a.refused <= b.refused && (a.makespanMs < b.makespanMs || a.refused < b.refused)
  );
}

function stillFastest({ cells, finding }: ScenarioVerdict): string {
  const lowest = cells.find(({ strategy }) => strategy === finding.lowest);
  if (!lowest) return 'No strategy finishes within the budget';
  return `Hammering buys nothing here: ${lowest.title} is the fastest, with ${formatShare(lowest.refusedShare)} of its calls refused`;
}
