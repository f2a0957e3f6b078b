/** Answers by latency: logarithmic across, square root up, so that a stall of a few answers among thousands is seen. */
import type { Chart, ChartConfiguration } from 'chart.js';
import type { Frame, Kit } from '../charts/kit.ts';

/** What the chart shows. */
export interface LatencyData {
  readonly model: 'open' | 'closed';
  /** Upper ends of the bins, ascending; the last count lies above all. */
  readonly endsMs: readonly number[];
  /** From when requests were due. */
  readonly intended: readonly number[];
  /** From when they were sent. */
  readonly sent: readonly number[];
  readonly p99Ms: number | null;
}

/** The Chart.js configuration. Self-contained: see `kit.ts`. */
export function latencyConfiguration(
  data: LatencyData,
  frame: Frame,
  kit: Kit,
): ChartConfiguration<'line', { x: number; y: number }[]> {
  const { theme } = frame;
  /** Six bins per factor of ten. */
  const ratio = 10 ** (1 / 6);
  const first = (data.endsMs[0] ?? 1) / ratio;
  const last = (data.endsMs.at(-1) ?? 1) * (data.intended.length > data.endsMs.length ? ratio : 1);
  const [from, to] = [Math.log10(first / ratio), Math.log10(last * ratio)];
  const ends = [first, ...data.endsMs];
  const series = (counts: readonly number[]) => [
    { x: from, y: 0 },
    ...ends.map((endMs, index) => ({ x: Math.log10(endMs), y: Math.sqrt(counts[index] ?? 0) })),
    ...(counts.length > data.endsMs.length ? [{ x: Math.log10(last), y: 0 }] : []),
    { x: to, y: 0 },
  ];
  const most = Math.max(1, ...data.intended, ...data.sent);
  const line = { pointRadius: 0, pointHitRadius: 0, stepped: 'before' as const, pointStyle: 'line' as const };
  const text = (ms: number) => (ms < 1 ? `${Number(ms.toPrecision(1))}ms` : kit.format.duration(ms));
  const decades = [-1, 0, 1, 2, 3, 4, 5, 6];
  const finer =
    to - from < 2.5 ? decades.flatMap((power) => [power, power + Math.log10(2), power + Math.log10(5)]) : decades;
  const upTicks = [0, 1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000].filter(
    (count) => count <= most * 1.1 && (count === 0 || Math.sqrt(count / most) > 0.08),
  );

  function marks(chart: Chart): void {
    if (data.p99Ms === null) return;
    const { ctx, chartArea: area } = chart;
    const at = kit.scale(chart, 'x').getPixelForValue(Math.log10(data.p99Ms));
    const left = at < (area.left + area.right) / 2;
    kit.rule(ctx, [at, area.top], [at, area.bottom], theme.ink, [5, 4], 1);
    kit.label(ctx, `p99 ${text(data.p99Ms)}`, left ? at + 6 : at - 6, area.top + 9, {
      colour: theme.ink,
      align: left ? 'left' : 'right',
      weight: 600,
      halo: theme.bg,
    });
  }

  return {
    type: 'line',
    data: {
      datasets: [
        ...(data.model === 'open'
          ? [
              {
                ...line,
                label: 'from when it was due',
                data: series(data.intended),
                borderColor: theme.blueMark,
                backgroundColor: theme.blueSoft,
                fill: 'origin',
                borderWidth: 2,
                order: 2,
              },
            ]
          : []),
        {
          ...line,
          label: 'from when it was sent',
          data: series(data.sent),
          borderColor: data.model === 'open' ? theme.mark1 : theme.blueMark,
          backgroundColor: data.model === 'open' ? theme.mark1 : theme.blueSoft,
          fill: data.model === 'open' ? false : 'origin',
          borderWidth: 2,
          borderDash: data.model === 'open' ? [5, 3] : [],
          order: 1,
        },
      ],
    },
    options: {
      ...kit.base(frame),
      events: [],
      layout: { padding: { top: 8, right: 14 } },
      scales: {
        x: kit.axis(theme, {
          from,
          to,
          at: finer.filter((power) => power >= from && power <= to),
          text: (power) => text(10 ** power),
          title: 'latency, logarithmic scale',
        }),
        y: kit.axis(theme, {
          from: 0,
          to: Math.sqrt(most) * 1.12,
          at: [...upTicks.map(Math.sqrt), Math.sqrt(most)].filter(
            (value, index, all) => index === all.length - 1 || Math.sqrt(most) - value > Math.sqrt(most) * 0.1,
          ),
          text: (value) => kit.format.count(value * value),
          title: 'answers, square-root scale',
        }),
      },
      plugins: {
        legend: {
          position: 'bottom',
          labels: { color: theme.ink2, font: kit.font(12, 400), usePointStyle: true, boxHeight: 8, padding: 14 },
        },
        tooltip: { enabled: false },
      },
    },
    plugins: [{ id: 'latency', afterDatasetsDraw: marks }],
  };
}
