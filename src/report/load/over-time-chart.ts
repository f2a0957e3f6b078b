/** A load over time in two lanes on one clock: answers per second, stacked by what became of them; latency p50 and longest. */
import type { Chart, ChartConfiguration, Scale } from 'chart.js';
import type { Frame, Kit } from '../charts/kit.ts';

/** What the chart shows. */
export interface OverTimeData {
  readonly binMs: number;
  /** From the bottom up. */
  readonly bands: readonly {
    readonly kind: 'admitted' | 'rejected' | 'other' | 'lost';
    readonly title: string;
    readonly perSecond: readonly number[];
  }[];
  /** By bin; null: no answers. */
  readonly p50Ms: readonly (number | null)[];
  readonly maxMs: readonly (number | null)[];
  readonly firstRejection: { readonly atMs: number; readonly text: string } | null;
}

/** The Chart.js configuration. Self-contained: see `kit.ts`. */
export function overTimeConfiguration(
  data: OverTimeData,
  frame: Frame,
  kit: Kit,
): ChartConfiguration<'line', { x: number; y: number | null }[]> {
  const { theme } = frame;
  const bins = data.p50Ms.length;
  const endMs = Math.max(1, bins) * data.binMs;
  const series = (values: readonly (number | null)[]) =>
    Array.from({ length: bins + 1 }, (_, index) => ({
      x: index * data.binMs,
      y: values[Math.min(index, bins - 1)] ?? null,
    }));
  /** Each bin from its start to its end, so that one beside a gap is drawn too. */
  const levels = (values: readonly (number | null)[]) =>
    values.flatMap((y, index) => [
      { x: index * data.binMs, y },
      { x: (index + 1) * data.binMs, y },
    ]);
  const rusts = [theme.rustMark, theme.heat2, theme.heat5, theme.heat1];
  let rejections = 0;
  const colourOf = (kind: OverTimeData['bands'][number]['kind']) => {
    if (kind === 'rejected') return rusts[Math.min(rejections++, rusts.length - 1)] as string;
    return { admitted: theme.blueMark, other: theme.violetMark, lost: theme.ink }[kind];
  };
  const line = { pointRadius: 0, pointHitRadius: 0, stepped: 'before' as const };
  const stacked = Array.from({ length: bins }, (_, bin) =>
    data.bands.reduce((all, { perSecond }) => all + (perSecond[bin] ?? 0), 0),
  );
  const most = Math.max(1, ...stacked);
  const slowest = Math.max(1, ...data.maxMs.map((value) => value ?? 0));
  const latency = (value: number) =>
    value > 0 && value < 10 ? `${Number(value.toPrecision(2))}ms` : kit.format.duration(value);
  const lane = (stackWeight: number, to: number, at: readonly number[], text: (value: number) => string) => ({
    ...kit.axis(theme, { from: 0, to, at, text }),
    stack: 'lanes',
    stackWeight,
    offset: false,
    position: 'left' as const,
    afterFit: (scale: Scale) => {
      scale.width = 58;
    },
  });

  function marks(chart: Chart): void {
    const { ctx, chartArea: area } = chart;
    for (const [id, text] of [
      ['answers', 'answers per second'],
      ['latency', 'latency'],
    ] as const)
      kit.label(ctx, text, area.left, kit.scale(chart, id).top + 9, { colour: theme.ink2, halo: theme.bg });
    if (data.firstRejection === null) return;
    const { atMs, text } = data.firstRejection;
    const at = kit.scale(chart, 'x').getPixelForValue(atMs);
    const left = at < (area.left + area.right) / 2;
    kit.rule(ctx, [at, area.top], [at, area.bottom], theme.ink, [5, 4], 1);
    kit.label(ctx, text, left ? at + 6 : at - 6, kit.scale(chart, 'answers').top + 26, {
      colour: theme.rust,
      align: left ? 'left' : 'right',
      weight: 600,
      halo: theme.bg,
    });
  }

  return {
    type: 'line',
    data: {
      datasets: [
        ...data.bands.map(({ kind, title, perSecond }, index) => {
          const colour = colourOf(kind);
          return {
            ...line,
            label: kit.short(title, 40),
            pointStyle: 'rect' as const,
            yAxisID: 'answers',
            stack: 'answers',
            data: series(perSecond),
            borderColor: colour,
            backgroundColor: colour,
            fill: index === 0 ? 'origin' : '-1',
            borderWidth: 0,
          };
        }),
        {
          ...line,
          stepped: false as const,
          label: 'longest latency',
          pointStyle: 'line' as const,
          yAxisID: 'latency',
          data: levels(data.maxMs),
          borderColor: theme.mark1,
          backgroundColor: theme.mark1,
          borderWidth: 2,
        },
        {
          ...line,
          stepped: false as const,
          label: 'half of the answers',
          pointStyle: 'line' as const,
          yAxisID: 'latency',
          data: levels(data.p50Ms),
          borderColor: theme.mark3,
          backgroundColor: theme.mark3,
          borderWidth: 2,
          borderDash: [5, 3],
        },
      ],
    },
    options: {
      ...kit.base(frame),
      events: [],
      layout: { padding: { top: 2, right: 10 } },
      scales: {
        x: kit.axis(theme, {
          from: 0,
          to: endMs,
          at: kit.timeTicks(0, endMs * 0.97, frame.width < 420 ? 4 : 7),
          text: (value) => kit.format.duration(value),
          grid: false,
        }),
        latency: lane(3, slowest * 1.5, [0, slowest], latency),
        answers: {
          ...lane(6, most * 1.25, kit.roundTicks(0, most, 4), (value) => kit.format.count(value)),
          stacked: true,
        },
      },
      plugins: {
        legend: {
          position: 'bottom',
          labels: { color: theme.ink2, font: kit.font(12, 400), usePointStyle: true, boxHeight: 8, padding: 14 },
        },
        tooltip: { enabled: false },
      },
    },
    plugins: [{ id: 'over-time', afterDatasetsDraw: marks }],
  };
}
