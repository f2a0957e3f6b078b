/** The evidence for one limit: staircase, recovery, interference. */
import type { FoundLimit } from '../../results/discovery-results.ts';
import { formatCount, formatDuration, formatShare } from '../../wording/format.ts';
import type { Table } from '../shape.ts';
import type { LimitPart } from './shape.ts';
import { exactMs } from './words.ts';

/** Most points that are drawn, rows that are listed, columns of a matrix. */
const SHOWN = { points: 400, rows: 100, columns: 8, matrixRows: 30 };

/** Offered against admitted. */
export function staircaseOf({ evidence: { staircase } }: FoundLimit): LimitPart['staircase'] {
  if (staircase.length < 2) return null;
  const points = thinned(
    staircase.toSorted((a, b) => a.atMs - b.atMs),
    SHOWN.points,
  );
  const last = points.at(-1) as (typeof points)[number];
  return {
    heading: `Of ${formatCount(last.offered)} offered in ${formatDuration(last.atMs)}, ${formatCount(last.admitted)} were admitted${last.offered > 0 ? ` (${formatShare(last.admitted / last.offered)})` : ''}.`,
    data: { points },
    table: {
      columns: ['By', 'offered', 'admitted'],
      rows: thinned(points, SHOWN.rows).map(({ atMs, offered, admitted }) => [
        exactMs(atMs),
        formatCount(offered),
        formatCount(admitted),
      ]),
    },
  };
}

/** When a request passed again. */
export function recoveryOf({ evidence: { recovery } }: FoundLimit): LimitPart['recovery'] {
  if (recovery.length === 0) return null;
  const sorted = recovery.toSorted((a, b) => a.afterMs - b.afterMs);
  const passed = sorted.filter(({ outcome }) => outcome === 'admitted').map(({ afterMs }) => afterMs);
  const failed = sorted.filter(({ outcome }) => outcome === 'rejected').map(({ afterMs }) => afterMs);
  const points = thinned(sorted, SHOWN.points).map(({ afterMs, outcome }) => ({
    afterMs,
    admitted: outcome === 'admitted',
  }));
  return {
    heading: recoveryHeading(passed[0], failed.at(-1)),
    data: { points },
    table: {
      columns: ['After', 'outcome'],
      rows: thinned(sorted, SHOWN.rows).map(({ afterMs, outcome }) => [exactMs(afterMs), outcome]),
    },
  };
}

function recoveryHeading(passed: number | undefined, failed: number | undefined): string {
  if (passed === undefined) return `Nothing passed again within ${exactMs(failed ?? 0)} of a rejection.`;
  if (failed === undefined) return `Requests passed again from ${exactMs(passed)} after a rejection on.`;
  if (failed < passed)
    return `Requests passed again from ${exactMs(passed)} after a rejection on, and not yet at ${exactMs(failed)}.`;
  return `Requests passed again as early as ${exactMs(passed)} after a rejection, and were rejected as late as ${exactMs(failed)}.`;
}

/** Who shares it: a matrix while it is small, else the list of pairs. */
export function interferenceOf({ evidence: { interference } }: FoundLimit): LimitPart['interference'] {
  if (interference.length === 0) return null;
  const count = (outcome: string) => interference.filter((pair) => pair.outcome === outcome).length;
  const [shared, separate, unclear] = [count('shared'), count('separate'), count('unclear')];
  const heading = `Exhausted as one, probed as another: ${formatCount(shared)} found it exhausted, ${formatCount(separate)} did not${unclear > 0 ? `, ${formatCount(unclear)} told nothing` : ''}.`;
  const rows = [...new Set(interference.map(({ exhausted }) => pointText(exhausted)))];
  const columns = [...new Set(interference.map(({ probed }) => pointText(probed)))];
  const isSmall = columns.length <= SHOWN.columns && rows.length <= SHOWN.matrixRows && rows.length > 1;
  return { heading, table: isSmall ? matrix(interference, rows, columns) : pairs(interference) };
}

type Pairs = FoundLimit['evidence']['interference'];

function matrix(interference: Pairs, rows: readonly string[], columns: readonly string[]): Table {
  const cells = new Map<string, string>();
  for (const { exhausted, probed, outcome } of interference)
    cells.set(JSON.stringify([pointText(exhausted), pointText(probed)]), outcome);
  return {
    columns: ['Exhausted as', ...columns],
    rows: rows.map((row) => [row, ...columns.map((column) => cells.get(JSON.stringify([row, column])) ?? '\u2013')]),
  };
}

function pairs(interference: Pairs): Table {
  return {
    columns: ['Exhausted as', 'probed as', 'bucket'],
    rows: interference
      .slice(0, SHOWN.rows)
      .map(({ exhausted, probed, outcome }) => [pointText(exhausted), pointText(probed), outcome]),
  };
}

function pointText({ identity, route }: { readonly identity: string; readonly route: string }): string {
  return `${identity} on ${route}`;
}

/** At most `most` of a list, the first and the last among them. */
function thinned<T>(list: readonly T[], most: number): readonly T[] {
  if (list.length <= most) return list;
  return Array.from({ length: most }, (_, at) => list[Math.round((at * (list.length - 1)) / (most - 1))] as T);
}
