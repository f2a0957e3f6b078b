/** Forest plot: each strategy's difference in makespan from the lowest, with its interval, the margin's band and the zero line. */
import type { Chart, ChartConfiguration } from 'chart.js';
import type { Frame, Kit, Tone } from './kit.ts';

/** One strategy. Differences are shares: 0.1 is 10 % slower. */
export interface ForestRow {
  readonly title: string;
  readonly tone: Tone;
  readonly family: string;
  /** Not eligible. */
  readonly hollow: boolean;
  readonly lowest: boolean;
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  /** `+11.7 % [+9.5, +13.9]`. */
  readonly text: string;
  readonly makespan: string;
}

/** What the plot shows, top to bottom. */
export interface ForestData {
  readonly rows: readonly ForestRow[];
  readonly margin: number;
}

/** Height that gives every row room, CSS pixels. */
export function forestHeight(rows: number): number {
  return 78 + rows * 26;
}

/** The Chart.js configuration. Self-contained: see `kit.ts`. */
export function forestConfiguration(data: ForestData, frame: Frame, kit: Kit): ChartConfiguration<'scatter'> {
  const { rows } = data;
  const { theme } = frame;
  const narrow = frame.width < 420;
  // One strategy ten times slower must not squash the others: beyond twice the upper quartile the axis ends, with an arrow and the number.
  const highs = rows.map(({ high }) => high).sort((a, b) => a - b);
  const reach = Math.max(data.margin * 4, (highs[Math.floor((highs.length - 1) * 0.75)] ?? 0) * 2);
  const highest = highs.at(-1) ?? 0;
  const clips = highest > reach * 1.5;
  const right = clips ? reach : Math.max(highest, data.margin * 4);
  const left = Math.max(-1, Math.min(-data.margin * 2, ...rows.map(({ low }) => low)));
  const pad = (right - left) * 0.05;
  const [from, to] = [left - pad, right + pad * (clips ? 3.2 : 1)];
  const at = (value: number) => Math.min(value, right);
  const mark = ({ tone }: ForestRow) => kit.toneColour(theme, tone, 'mark');
  const textColour = (row: ForestRow) =>
    row.tone === 'lead' ? theme.blue : row.tone === 'other' ? theme.rust : row.hollow ? theme.ink3 : theme.ink;

  function whiskers(chart: Chart, row: ForestRow, index: number): void {
    const [x, y] = [kit.scale(chart, 'x'), kit.scale(chart, 'y').getPixelForValue(index)];
    const clipped = row.estimate > right;
    if (clipped) {
      const tip = x.getPixelForValue(right) + 9;
      kit.rule(chart.ctx, [tip - 7, y - 5], [tip, y], mark(row), [], 2);
      kit.rule(chart.ctx, [tip - 7, y + 5], [tip, y], mark(row), [], 2);
      kit.label(chart.ctx, row.text.split(' [')[0] ?? '', x.getPixelForValue(right) - 10, y, {
        colour: theme.ink2,
        align: 'right',
        size: 11.5,
        halo: theme.bg,
      });
      return;
    }
    if (row.low === row.high) return;
    const [low, high] = [x.getPixelForValue(row.low), x.getPixelForValue(at(row.high))];
    kit.rule(chart.ctx, [low, y], [high, y], mark(row), [], 2);
    kit.rule(chart.ctx, [low, y - 4], [low, y + 4], mark(row), [], 2);
    if (row.high <= right) kit.rule(chart.ctx, [high, y - 4], [high, y + 4], mark(row), [], 2);
  }

  return {
    type: 'scatter',
    data: {
      datasets: [
        {
          data: rows.map((row, index) => ({ x: at(row.estimate), y: index })),
          pointRadius: rows.map((row) => (row.estimate > right ? 0 : 5.5)),
          pointHoverRadius: 7,
          pointStyle: rows.map(({ family }) => kit.shape(family)),
          pointBackgroundColor: rows.map((row) => (row.hollow ? theme.bg : mark(row))),
          pointBorderColor: rows.map(mark),
          pointBorderWidth: 2,
        },
      ],
    },
    options: {
      ...kit.base(frame),
      layout: { padding: { right: 10, top: 4 } },
      scales: {
        x: kit.axis(theme, {
          from,
          to,
          at: kit.roundTicks(from, to, narrow ? 4 : 6),
          text: (value) => (value === 0 ? 'lowest' : kit.format.difference(value).replace('.0', '')),
          title: 'makespan against the lowest eligible',
        }),
        y: {
          ...kit.axis(theme, {
            from: -0.6,
            to: rows.length - 0.4,
            at: rows.map((_, index) => index),
            text: (value) =>
              kit.short(rows[value]?.title ?? '', narrow ? 20 : frame.width < 560 ? 34 : frame.width < 720 ? 42 : 60),
            grid: false,
            colours: rows.map(textColour),
          }),
          reverse: true,
        },
      },
      plugins: {
        legend: { display: false },
        tooltip: kit.tooltip<{ dataIndex: number }>(
          theme,
          ({ dataIndex }) => rows[dataIndex]?.title ?? '',
          ({ dataIndex }) => `${rows[dataIndex]?.text}, ${rows[dataIndex]?.makespan}`,
        ),
      },
    },
    plugins: [
      {
        id: 'forest',
        beforeDatasetsDraw(chart) {
          const { ctx, chartArea } = chart;
          const [x, y] = [kit.scale(chart, 'x'), kit.scale(chart, 'y')];
          const band = [x.getPixelForValue(-data.margin), x.getPixelForValue(data.margin)] as const;
          ctx.fillStyle = theme.blueSoft;
          ctx.fillRect(band[0], chartArea.top, band[1] - band[0], chartArea.bottom - chartArea.top);
          kit.rule(
            ctx,
            [x.getPixelForValue(0), chartArea.top],
            [x.getPixelForValue(0), chartArea.bottom],
            theme.mark2,
            [],
            1,
          );
          const first = rows.findIndex(({ hollow }) => hollow);
          if (first > 0) {
            const between = y.getPixelForValue(first - 0.5);
            kit.rule(ctx, [0, between], [chartArea.right, between], theme.line2, [2, 3], 1);
            kit.label(ctx, 'over budget', chartArea.right, between + 9, {
              colour: theme.ink3,
              align: 'right',
              size: 11,
            });
          }
          for (const [index, row] of rows.entries()) whiskers(chart, row, index);
        },
      },
    ],
  };
}
