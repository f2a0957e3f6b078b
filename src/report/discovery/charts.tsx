/** The evidence as inline SVG: drawn with the theme's colours, so that it follows light, dark and print without scripts. */
import type { ComponentChildren } from 'preact';
import { formatCount, formatDuration } from '../../wording/format.ts';
import type { RecoveryData, StaircaseData } from './shape.ts';

/** Units of the drawings; the page scales them to its width. */
const SIZE = { width: 440, height: 210, left: 62, right: 14, top: 14, bottom: 30 };
const INNER = {
  right: SIZE.width - SIZE.right,
  bottom: SIZE.height - SIZE.bottom,
  width: SIZE.width - SIZE.left - SIZE.right,
  height: SIZE.height - SIZE.top - SIZE.bottom,
};

/** Offered (dashed) against admitted (solid), added up over time. */
export function Staircase({ data, label }: { readonly data: StaircaseData; readonly label: string }) {
  const { points } = data;
  const from = points[0]?.atMs ?? 0;
  const end = Math.max(from + 1, ...points.map(({ atMs }) => atMs));
  const most = Math.max(1, ...points.map(({ offered, admitted }) => Math.max(offered, admitted)));
  const x = (atMs: number) => SIZE.left + ((atMs - from) / (end - from)) * INNER.width;
  const y = (count: number) => INNER.bottom - (count / most) * INNER.height;
  const steps = (of: 'offered' | 'admitted') =>
    points
      .map(
        (point, at) =>
          `${at === 0 ? 'M' : `H${x(point.atMs).toFixed(1)}V`}${at === 0 ? `${x(point.atMs).toFixed(1)} ` : ''}${y(point[of]).toFixed(1)}`,
      )
      .join('');
  return (
    <Drawing label={label}>
      {ticks(0, most, 4).map((count) => (
        <g>
          <line x1={SIZE.left} x2={INNER.right} y1={y(count)} y2={y(count)} style={{ stroke: 'var(--grid)' }} />
          <Text x={SIZE.left - 7} y={y(count) + 4} anchor="end" text={formatCount(count)} />
        </g>
      ))}
      {ticks(0, end - from, 5).map((ms) => (
        <Text x={x(from + ms)} y={SIZE.height - 9} anchor="middle" text={formatDuration(ms)} />
      ))}
      <path
        d={steps('offered')}
        style={{ fill: 'none', stroke: 'var(--rust-mark)', strokeWidth: 1.6, strokeDasharray: '5 3' }}
      />
      <path d={steps('admitted')} style={{ fill: 'none', stroke: 'var(--blue-mark)', strokeWidth: 2.2 }} />
    </Drawing>
  );
}

/** Probes after a rejection: what passed above, what was rejected below, time stretched where it spans decades. */
export function Recovery({ data, label }: { readonly data: RecoveryData; readonly label: string }) {
  const times = data.points.map(({ afterMs }) => afterMs);
  const [least, most] = [Math.max(1, Math.min(...times)), Math.max(2, ...times)];
  const isWide = most / least > 30;
  const place = (ms: number) => (isWide ? Math.log(Math.max(1, ms)) : ms);
  const [from, to] = isWide ? [place(least / 1.3), place(most * 1.3)] : [0, most * 1.05];
  const x = (ms: number) => SIZE.left + ((place(ms) - from) / Math.max(1e-9, to - from)) * INNER.width;
  const rows = { admitted: SIZE.top + INNER.height * 0.28, rejected: SIZE.top + INNER.height * 0.72 };
  const marks = isWide ? decades(least, most) : ticks(0, most, 5);
  const first = Math.min(...data.points.filter(({ admitted }) => admitted).map(({ afterMs }) => afterMs));
  return (
    <Drawing label={label}>
      {Object.entries(rows).map(([name, y]) => (
        <g>
          <line x1={SIZE.left} x2={INNER.right} y1={y} y2={y} style={{ stroke: 'var(--grid)' }} />
          <Text x={SIZE.left - 5} y={y + 4} anchor="end" text={name} size={12} />
        </g>
      ))}
      {Number.isFinite(first) && (
        <line
          x1={x(first)}
          x2={x(first)}
          y1={SIZE.top}
          y2={INNER.bottom}
          style={{ stroke: 'var(--ink-3)', strokeDasharray: '3 3' }}
        />
      )}
      {marks.map((ms) => (
        <Text x={x(ms)} y={SIZE.height - 9} anchor="middle" text={formatDuration(ms)} />
      ))}
      {data.points.map(({ afterMs, admitted }) =>
        admitted ? (
          <circle cx={x(afterMs)} cy={rows.admitted} r={4.2} style={{ fill: 'var(--blue-mark)' }} />
        ) : (
          <path
            d={`M${(x(afterMs) - 3.6).toFixed(1)} ${(rows.rejected - 3.6).toFixed(1)}l7.2 7.2m0 -7.2l-7.2 7.2`}
            style={{ stroke: 'var(--rust-mark)', strokeWidth: 2, fill: 'none' }}
          />
        ),
      )}
    </Drawing>
  );
}

function Drawing({ label, children }: { readonly label: string; readonly children: ComponentChildren }) {
  return (
    <svg
      viewBox={`0 0 ${SIZE.width} ${SIZE.height}`}
      role="img"
      aria-label={label}
      style={{ width: '100%', height: 'auto', display: 'block', fontFamily: 'var(--font-sans)' }}
    >
      {children}
    </svg>
  );
}

function Text({
  x,
  y,
  anchor,
  text,
  size = 12.5,
}: {
  readonly x: number;
  readonly y: number;
  readonly anchor: 'end' | 'middle';
  readonly text: string;
  readonly size?: number;
}) {
  return (
    <text
      x={x.toFixed(1)}
      y={y.toFixed(1)}
      text-anchor={anchor}
      style={{ fill: 'var(--ink-3)', fontSize: `${size}px` }}
    >
      {text}
    </text>
  );
}

/** At most `most` round numbers from one to another. */
function ticks(from: number, to: number, most: number): number[] {
  const rough = Math.max(1e-9, (to - from) / most);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
  return Array.from({ length: Math.floor((to - from) / step + 1e-9) + 1 }, (_, at) => from + at * step);
}

/** Powers of ten within, at most seven. */
function decades(least: number, most: number): number[] {
  const [from, to] = [Math.ceil(Math.log10(least) - 1e-9), Math.floor(Math.log10(most) + 1e-9)];
  const every = Math.max(1, Math.ceil((to - from + 1) / 7));
  return Array.from({ length: Math.max(0, Math.floor((to - from) / every) + 1) }, (_, at) => 10 ** (from + at * every));
}
