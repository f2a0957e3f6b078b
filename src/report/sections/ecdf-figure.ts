/** What jobs feel: how much of the work is done after how long. */
import type { EcdfData } from '../charts/ecdf.ts';
import type { ScenarioResults } from '../../results/results.ts';
import type { CellVerdict, ScenarioVerdict } from '../../verdicts/verdict.ts';
import { formatDuration } from '../../wording/format.ts';
import type { Figure } from '../shape.ts';
import { type Focus, toneOf } from './focus.ts';

/** The figure: for each strategy the trial with the median makespan, so that no curve is an average of runs. */
export function ecdfFigure(results: ScenarioResults, verdict: ScenarioVerdict, focus: Focus): Figure<EcdfData> {
  const curves = verdict.cells.flatMap((cell) => {
    const cellResults = results.cells.find(({ strategy, variant }) => strategy === cell.strategy && variant === '');
    const trial = cellResults?.trials.find(({ seed }) => seed === cell.medianSeed);
    const quantilesMs = (trial?.metrics?.waitQuantilesMs ?? []).map((ms) => Number(ms.toPrecision(4)));
    return cell.standing === 'loses jobs' || quantilesMs.length === 0
      ? []
      : [{ cell, curve: { title: cell.title, tone: toneOf(focus, cell.strategy), quantilesMs } }];
  });
  const ends = curves.map(({ curve }) => curve.quantilesMs.at(-1) ?? 0);
  const focused = curves.filter(({ curve }) => curve.tone !== 'rest').map(({ curve }) => curve.quantilesMs.at(-1) ?? 0);
  const endMs = Math.min(Math.max(1, ...ends), Math.max(1, ...focused) * 2);
  const beyond = ends.filter((end) => end > endMs * 1.001).length;
  return {
    heading: heading(focus),
    note: `Share of jobs done by waiting time, counted from the intended start; each strategy’s run with the median makespan.${beyond > 0 ? ` ${beyond === 1 ? 'One curve runs' : `${beyond} curves run`} on to the right.` : ''}`,
    data: { curves: curves.map(({ curve }) => curve), endMs },
    table: {
      columns: ['Strategy', 'Half', '95\u00A0%', '99\u00A0%'],
      rows: curves.map(({ cell }) => [
        cell.title,
        ...[cell.waitMsP50, cell.waitMsP95, cell.waitMsP99].map((ms) => formatDuration(ms)),
      ]),
    },
  };
}

function heading({ lead, other }: Focus): string {
  if (!lead || lead.waitMsP50 === null) return 'No job was done, so nothing was waited for';
  const own = `half of the jobs are done after ${formatDuration(lead.waitMsP50)}${lead.waitMsP95 === null ? '' : ` and 95\u00A0% after ${formatDuration(lead.waitMsP95)}`}`;
  if (!other || other.waitMsP50 === null || other.standing === 'loses jobs') return `With ${lead.title} ${own}`;
  if (pair(lead) === pair(other)) return `With ${lead.title} and with ${other.title} alike, ${own}`;
  return `With ${lead.title} ${own}; with ${other.title}, ${pair(other)}`;
}

function pair(cell: CellVerdict): string {
  return `${formatDuration(cell.waitMsP50)}${cell.waitMsP95 === null ? '' : ` and ${formatDuration(cell.waitMsP95)}`}`;
}
