/** Refusals by organization and time as SVG: one path per colour, so that a thousand cells stay small. */
import { formatDuration } from '../../wording/format.ts';
import { reportKit } from '../charts/catalogue.ts';
import type { Heat } from '../shape.ts';

/** Which of the five colours to use for so many classes: few classes must not be faint. */
export function heatColour(index: number, classes: number): number {
  return ([[4], [3, 5], [2, 4, 5], [2, 3, 4, 5]][classes - 1] ?? [1, 2, 3, 4, 5])[index] ?? 5;
}

const left = 96;
const width = 472;
const rowHeight = 17;

/** The map of one run. */
export function HeatMap({
  run,
  steps,
  endMs,
}: {
  readonly run: Heat['runs'][number];
  readonly steps: readonly number[];
  readonly endMs: number;
}) {
  const plot = width - left - 4;
  const height = run.rows.length * rowHeight;
  const x = (ms: number) => left + (ms / endMs) * plot;
  const label = run.rows
    .slice(0, 3)
    .map(({ org, total }) => `${org} ${total}`)
    .join(', ');
  return (
    <svg
      class="heat"
      viewBox={`0 0 ${width} ${height + 22}`}
      role="img"
      aria-label={`Refusals by organization and time with ${run.title}; most: ${label}`}
    >
      {run.rows.map((_, index) => (
        <rect class="bg" x={left} y={index * rowHeight} width={plot} height={rowHeight - 1.5} />
      ))}
      {run.rows.map(({ org }, index) => (
        <text x={left - 8} y={index * rowHeight + 11.5} text-anchor="end">
          {org.length > 13 ? `${org.slice(0, 12)}…` : org}
        </text>
      ))}
      {steps.map((step, index) => (
        <path
          class={`h${heatColour(index, steps.length)}`}
          stroke-width={rowHeight - 1.5}
          d={cells(run.rows, steps[index - 1] ?? 0, step, x, run.binMs)}
        />
      ))}
      {reportKit()
        .timeTicks(0, endMs * 0.95, 4)
        .map((ms) => (
          <text x={x(ms)} y={height + 15} text-anchor={ms === 0 ? 'start' : 'middle'}>
            {formatDuration(ms)}
          </text>
        ))}
    </svg>
  );
}

/** The cells whose count lies in (above, upTo], as one path of strokes: neighbours of one colour join. */
function cells(
  rows: Heat['runs'][number]['rows'],
  above: number,
  upTo: number,
  x: (ms: number) => number,
  binMs: number,
): string {
  const inside = (count: number | undefined) => count !== undefined && count > above && count <= upTo;
  const short = (value: number) => String(Number(value.toFixed(1)));
  return rows
    .flatMap(({ counts }, row) =>
      counts.flatMap((count, column) => {
        if (!inside(count) || inside(counts[column - 1])) return [];
        const end = counts.findIndex((other, index) => index > column && !inside(other));
        return [
          `M${short(x(column * binMs))} ${short((row + 0.5) * rowHeight - 0.75)}H${short(x((end < 0 ? counts.length : end) * binMs) - 0.5)}`,
        ];
      }),
    )
    .join('');
}
