/** A load's seconds as a chart and as a table: merged into fewer, longer bins where there are many. */
import type { LoadResults } from '../../results/load-results.ts';
import { formatCount, formatDuration } from '../../wording/format.ts';
import type { Table } from '../shape.ts';
import type { OverTimeData } from './over-time-chart.ts';
import type { LoadReport } from './shape.ts';
import { formatLatency } from './words.ts';

/** Most bins drawn. */
const BINS_DRAWN = 180;
/** Most rows of the table. */
const ROWS_SHOWN = 60;
/** Causes with a colour of their own. */
const CAUSES_DRAWN = 3;

/** What the chart shows. */
export function overTimeData({ series, firstRejection, rejections }: LoadResults): OverTimeData {
  const factor = Math.max(1, Math.ceil(series.sent.length / BINS_DRAWN));
  const rate = (counts: readonly number[]) =>
    merged(counts, factor, sum).map((count) => (count * 1000) / (series.binMs * factor));
  const causes = byWeight(rejections.byCause);
  const own = causes.slice(0, CAUSES_DRAWN).map(([name]) => name);
  const rest = causes.slice(CAUSES_DRAWN).map(([name]) => series.rejectedByCause[name] ?? []);
  return {
    binMs: series.binMs * factor,
    bands: [
      { kind: 'admitted', title: 'admitted', perSecond: rate(series.admitted) },
      ...own.map((name) => ({
        kind: 'rejected' as const,
        title: `rejected: ${name}`,
        perSecond: rate(series.rejectedByCause[name] ?? []),
      })),
      ...(rest.length === 0
        ? []
        : [{ kind: 'rejected' as const, title: 'rejected: others', perSecond: rate(added(rest)) }]),
      ...(sum(series.other) === 0
        ? []
        : [{ kind: 'other' as const, title: 'other errors', perSecond: rate(series.other) }]),
      ...(sum(series.lost) === 0 ? [] : [{ kind: 'lost' as const, title: 'no answer', perSecond: rate(series.lost) }]),
    ],
    p50Ms: merged(series.p50Ms, factor, longest),
    maxMs: merged(series.maxMs, factor, longest),
    firstRejection:
      firstRejection === null
        ? null
        : { atMs: firstRejection.atMs, text: `first rejection: request ${formatCount(firstRejection.request)}` },
  };
}

/** The same numbers. */
export function secondsTable({ series }: LoadResults): Table {
  const factor = Math.max(1, Math.ceil(series.sent.length / ROWS_SHOWN));
  const counts = [series.sent, series.admitted, series.rejected, series.other, series.lost].map((list) =>
    merged(list, factor, sum),
  );
  const times = [series.p50Ms, series.p99Ms, series.maxMs].map((list) => merged(list, factor, longest));
  return {
    columns: ['From', 'sent', 'admitted', 'rejected', 'other', 'lost', 'p50', 'p99', 'longest'],
    rows: (counts[0] ?? []).map((_, index) => [
      formatDuration(index * factor * series.binMs),
      ...counts.map((list) => formatCount(list[index] ?? 0)),
      ...times.map((list) => formatLatency(list[index] ?? null)),
    ]),
  };
}

/** Rejections by cause. */
export function causesFigure({ rejections }: LoadResults): LoadReport['causes'] {
  const causes = byWeight(rejections.byCause);
  const [first] = causes;
  return {
    heading:
      first === undefined
        ? 'Nothing rejected a request.'
        : `${first[0] === 'unknown' ? 'The answers do not name what' : `\u201C${first[0]}\u201D`} made ${shareOf(first[1], sum(causes.map(([, count]) => count)))}.`,
    table: { columns: ['Cause', 'rejections'], rows: causes.map(([name, count]) => [name, formatCount(count)]) },
  };
}

function shareOf(count: number, all: number): string {
  if (count < all) return `${formatCount(count)} of ${formatCount(all)} rejections`;
  return all === 1 ? 'the only rejection' : `all ${formatCount(all)} rejections`;
}

function byWeight(byCause: Readonly<Record<string, number>>): [string, number][] {
  return Object.entries(byCause).toSorted(([a, few], [b, many]) => many - few || a.localeCompare(b));
}

function merged<Value>(values: readonly Value[], factor: number, merge: (some: readonly Value[]) => Value): Value[] {
  return Array.from({ length: Math.ceil(values.length / factor) }, (_, index) =>
    merge(values.slice(index * factor, (index + 1) * factor)),
  );
}

function added(lists: readonly (readonly number[])[]): number[] {
  const length = Math.max(0, ...lists.map((list) => list.length));
  return Array.from({ length }, (_, index) => sum(lists.map((list) => list[index] ?? 0)));
}

/** A quantile of several seconds cannot be told from theirs: the longest stands for them. */
function longest(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.max(...known);
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}
