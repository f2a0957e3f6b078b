/** Where a job's time goes, and why calls were refused. */
import type { ScenarioResults } from '../../results/results.ts';
import type { CellVerdict, ScenarioVerdict } from '../../verdicts/verdict.ts';
import { formatCount, formatDuration, formatShare } from '../../wording/format.ts';
import type { Causes, TimeSplit } from '../shape.ts';
import { type Focus, toneOf } from './focus.ts';

const parts = ['queued', 'held', 'backingOff', 'inService'] as const;
const partNames = ['queued', 'held by the strategy', 'backing off', 'in service'];

type TimeMs = NonNullable<CellVerdict['timeMs']>;
const sum = (timeMs: TimeMs) => parts.reduce((total, part) => total + timeMs[part], 0);

/** One row per strategy that did any job without losing others. */
export function timeSplit(verdict: ScenarioVerdict, focus: Focus): TimeSplit {
  const cells = verdict.cells.filter(
    (cell) => cell.standing !== 'loses jobs' && cell.timeMs !== null && sum(cell.timeMs) > 0,
  );
  return {
    heading: timeHeading(focus),
    note: 'Mean wait of a job from its intended start, split by what it waited for. Tells which knob to turn.',
    parts: partNames,
    rows: cells.map((cell) => {
      const timeMs = cell.timeMs as TimeMs;
      const total = sum(timeMs);
      return {
        title: cell.title,
        isPick: toneOf(focus, cell.strategy) === 'lead',
        isProposal: toneOf(focus, cell.strategy) === 'other',
        total: formatDuration(total),
        shares: parts.map((part) => timeMs[part] / total),
        texts: parts.map((part) => formatDuration(timeMs[part])),
      };
    }),
  };
}

function timeHeading({ lead, other }: Focus): string {
  const cells = [lead, other].flatMap((cell) => {
    const timeMs = cell?.standing === 'loses jobs' ? null : cell?.timeMs;
    return cell && timeMs && sum(timeMs) > 0 ? [{ title: cell.title, said: largestPart(timeMs) }] : [];
  });
  const [first, second] = cells;
  if (!first) return 'No job was done';
  if (!second) return `With ${first.title} ${first.said}`;
  if (first.said === second.said) return `With ${first.title} and with ${second.title} alike, ${first.said}`;
  return `With ${first.title} ${first.said}; with ${second.title} ${second.said}`;
}

function largestPart(timeMs: TimeMs): string {
  const largest = parts.reduce((best, part) => (timeMs[part] > timeMs[best] ? part : best));
  const words = {
    queued: 'queued behind others',
    held: 'held back by the strategy',
    backingOff: 'backing off after a refusal',
    inService: 'in service',
  };
  return `${formatShare(timeMs[largest] / sum(timeMs))} of the wait is ${words[largest]}`;
}

/** Causes of the refused calls of the two strategies in focus; a sixth and later cause are summed as `other causes`. */
export function causesOf(results: ScenarioResults, { lead, other }: Focus): Causes {
  const cells = [other, lead].flatMap((cell) => (cell ? [cell] : []));
  const totals = new Map<string, number>();
  for (const { cause, count } of cells.flatMap((cell) => cell.rejectionsByCause))
    if (count > 0) totals.set(cause, (totals.get(cause) ?? 0) + count);
  const ordered = [...totals].toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([name]) => name);
  const shown = ordered.length > 5 ? ordered.slice(0, 4) : ordered;
  const names = ordered.length > 5 ? [...shown, 'other causes'] : shown;
  const rows = cells.map((cell) => {
    const share = (name: string) =>
      cell.rejectionsByCause
        .filter(({ cause }) => (name === 'other causes' ? !shown.includes(cause) : cause === name))
        .reduce((total, entry) => total + entry.share, 0);
    const shares = names.map(share);
    return {
      title: cell.title,
      total: `${formatCount(cell.rejectedMean)} refused, mean of a run`,
      shares,
      texts: shares.map((value) => formatCount(value * cell.rejectedMean)),
    };
  });
  return {
    heading: causeHeading(cells),
    note: 'Each refusal has one cause, taken from the gateway’s own record; a client is not told.',
    causes: names.map((name) => ({ name, source: sourceOf(results, name) })),
    rows,
  };
}

function sourceOf({ policy }: ScenarioResults, cause: string): string {
  const rule =
    policy.limits.find(({ name }) => name === cause) ??
    policy.penalties.find((penalty) => penalty.name === cause || penalty.stages.some(({ name }) => name === cause));
  return rule?.source ?? '';
}

function causeHeading(cells: readonly CellVerdict[]): string {
  const refused = cells.find(({ rejectedMean }) => rejectedMean > 0);
  const top = refused?.rejectionsByCause[0];
  if (!refused || !top) return `Nothing is refused with ${cells.map(({ title }) => title).join(' or ')}`;
  const rest = cells.find((cell) => cell !== refused);
  const also = rest && rest.rejectedMean === 0 ? `; with ${rest.title} nothing is refused` : '';
  return `${top.share > 0.9995 ? 'All' : formatShare(top.share)} of the refusals with ${refused.title} come from ${top.cause}${also}`;
}
