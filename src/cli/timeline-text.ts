/** A timeline in characters: one row per lane, the same time axis under all. */
import { formatCount, formatDuration } from '../wording/format.ts';
import type { Timeline } from '../results/results.ts';

const BLOCKS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const ASCII = ['.', ':', '-', '=', '+', '*', '%', '#'];

/** Draws bucket level, admitted, refused, in flight and backlog; several bins may share a column, which then shows the largest (the bucket: the smallest). */
export function timelineText(timeline: Timeline, columns: number, unicode: boolean): string {
  const lanes: [string, readonly number[], Pick][] = [
    ['admitted', timeline.admitted, 'max'],
    ['refused', timeline.rejected, 'max'],
    ['in flight', timeline.inFlight, 'max'],
    ['backlog', timeline.backlog, 'max'],
  ];
  const { bucket } = timeline;
  if (bucket !== null) lanes.unshift([`${bucket.limit} free`, bucket.free, 'min']);
  const label = Math.max(...lanes.map(([name]) => name.length));
  const bins = timeline.admitted.length;
  const width = Math.max(10, Math.min(bins, columns - label - 14));
  const rows = lanes.map(([name, values, pick]) => {
    const shown = squeezed(values, width, pick);
    const top = Math.max(name.endsWith(' free') ? (bucket?.capacity ?? 0) : 0, ...shown);
    return `${name.padEnd(label)}  ${bars(shown, top, unicode)}  max ${formatCount(top)}`;
  });
  const end = formatDuration(bins * timeline.binMs);
  const axis = `${' '.repeat(label + 2)}0${end.padStart(Math.max(1, Math.min(width, bins) - 1))}`;
  const penalties = timeline.penalties.map(
    ({ name, key, fromMs, toMs }) =>
      `${name} ${key}: from ${formatDuration(fromMs - timeline.startsAtMs)} for ${formatDuration(toMs - fromMs)}`,
  );
  return [...rows, axis, ...penalties].map((line) => `${line}\n`).join('');
}

type Pick = 'min' | 'max';

function squeezed(values: readonly number[], width: number, pick: Pick): number[] {
  const columns = Math.min(width, values.length);
  return Array.from({ length: columns }, (_, column) => {
    const from = Math.floor((column * values.length) / columns);
    const to = Math.max(from + 1, Math.floor(((column + 1) * values.length) / columns));
    return Math[pick](...values.slice(from, to));
  });
}

function bars(values: readonly number[], top: number, unicode: boolean): string {
  const glyphs = unicode ? BLOCKS : ASCII;
  return values
    .map((value) =>
      value <= 0 || top <= 0 ? ' ' : glyphs[Math.min(glyphs.length - 1, Math.floor((value / top) * glyphs.length))],
    )
    .join('');
}
