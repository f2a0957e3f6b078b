/** One run over time in three lanes on one clock: bucket level, calls per second (accepted up, refused down), jobs waiting. */
import type { Chart, ChartConfiguration, Scale } from 'chart.js';
import type { Timeline } from '../../results/results.ts';
import type { Frame, Kit, Tone } from './kit.ts';

/** What the lanes show. */
export interface LaneData {
  readonly tone: Tone;
  readonly binMs: number;
  /** Right end of the clock, the same for both runs of a scenario. */
  readonly endMs: number;
  readonly bucket: Timeline['bucket'];
  /** Per second, by bin. */
  readonly accepted: readonly number[];
  readonly refused: readonly number[];
  /** Jobs, by bin. */
  readonly backlog: readonly number[];
  readonly penalties: Timeline['penalties'];
  /** Ends of the scales, shared by both runs. */
  readonly callsMax: number;
  readonly refusedMax: number;
  readonly backlogMax: number;
}

/** The Chart.js configuration. Self-contained: see `kit.ts`. `cursorMs` is asked at every draw. */
export function lanesConfiguration(
  data: LaneData,
  frame: Frame,
  kit: Kit,
  cursorMs: () => number | null,
): ChartConfiguration<'line', { x: number; y: number }[]> {
  const { theme } = frame;
  const colour = kit.toneColour(theme, data.tone, 'mark');
  const soft = { lead: theme.blueSoft, other: theme.rustSoft, rest: theme.surface2 }[data.tone];
  const series = (values: readonly number[]) => [
    ...values.map((y, index) => ({ x: index * data.binMs, y })),
    { x: values.length * data.binMs, y: values.at(-1) ?? 0 },
  ];
  const compact = (value: number) =>
    Math.abs(value) >= 10_000 ? `${kit.format.count(value / 1000)}k` : kit.format.count(Math.abs(value));
  const below = -Math.max(data.refusedMax, data.callsMax * 0.2);
  const capacity = data.bucket?.capacity ?? 1;
  /** Lanes are stacked scales; a fixed width keeps both runs aligned. */
  const lane = (stackWeight: number, from: number, to: number, at: number[]) => ({
    ...kit.axis(theme, { from, to, at, text: compact }),
    stack: 'lanes',
    stackWeight,
    offset: false,
    position: 'left' as const,
    afterFit: (scale: Scale) => {
      scale.width = 44;
    },
  });
  const line = { pointRadius: 0, pointHitRadius: 0, stepped: 'before' as const };
  const titles = {
    level: data.bucket ? `free in ${data.bucket.limit}` : 'no bucket to show',
    calls: 'calls per second',
    backlog: 'jobs waiting',
  };

  function frames(chart: Chart): void {
    const { ctx, chartArea: area } = chart;
    const [level, calls, backlog] = [kit.scale(chart, 'level'), kit.scale(chart, 'calls'), kit.scale(chart, 'backlog')];
    for (const { name, fromMs, toMs } of data.penalties) {
      const x = kit.scale(chart, 'x');
      const [from, to] = [x.getPixelForValue(Math.max(0, fromMs)), x.getPixelForValue(toMs)];
      ctx.fillStyle = theme.rustSoft;
      ctx.fillRect(from, calls.top, Math.max(2, to - from), calls.bottom - calls.top);
      kit.rule(ctx, [from, calls.top], [from, calls.bottom], theme.rustMark, [3, 3], 1);
      kit.label(ctx, name, from + 4, calls.bottom - 8, { colour: theme.rust, size: 11, weight: 500 });
    }
    if (data.bucket)
      kit.rule(
        ctx,
        [area.left, level.getPixelForValue(capacity)],
        [area.right, level.getPixelForValue(capacity)],
        theme.ink,
        [5, 4],
        1,
      );
    kit.rule(ctx, [area.left, calls.getPixelForValue(0)], [area.right, calls.getPixelForValue(0)], theme.mark2, [], 1);
    for (const [scale, text] of [
      [level, titles.level],
      [calls, titles.calls],
      [backlog, titles.backlog],
    ] as const) {
      kit.label(ctx, text, area.left, scale.top + 9, { colour: theme.ink2, size: 12, halo: theme.bg });
    }
  }

  /** Numbers of clipped bars, and the cursor. */
  function marks(chart: Chart): void {
    const { ctx, chartArea: area } = chart;
    const [x, calls] = [kit.scale(chart, 'x'), kit.scale(chart, 'calls')];
    let written = -Infinity;
    for (const [index, value] of data.refused.entries()) {
      const left = x.getPixelForValue(index * data.binMs);
      if (value <= data.refusedMax * 1.001 || left - written < 44) continue;
      written = left;
      kit.label(ctx, `${compact(value)}/s`, left + 7, calls.bottom - 8, {
        colour: theme.rust,
        weight: 600,
        size: 11.5,
        halo: theme.bg,
      });
    }
    const at = cursorMs();
    if (at !== null)
      kit.rule(ctx, [x.getPixelForValue(at), area.top], [x.getPixelForValue(at), area.bottom], theme.ink, [], 1);
  }

  return {
    type: 'line',
    data: {
      datasets: [
        {
          ...line,
          yAxisID: 'level',
          data: data.bucket ? series(data.bucket.free) : [],
          borderColor: theme.mark1,
          backgroundColor: theme.surface2,
          fill: 'origin',
          borderWidth: 1.5,
        },
        {
          ...line,
          yAxisID: 'calls',
          data: series(data.accepted),
          borderColor: theme.mark3,
          backgroundColor: theme.mark3,
          fill: 'origin',
          borderWidth: 0.5,
        },
        {
          ...line,
          yAxisID: 'calls',
          data: series(data.refused.map((value) => -Math.min(value, data.refusedMax))),
          borderColor: theme.rustMark,
          backgroundColor: theme.rustMark,
          fill: 'origin',
          borderWidth: 0.5,
        },
        {
          ...line,
          stepped: false,
          yAxisID: 'backlog',
          data: series(data.backlog),
          borderColor: colour,
          backgroundColor: soft,
          fill: 'origin',
          borderWidth: 2,
        },
      ],
    },
    options: {
      ...kit.base(frame),
      events: [],
      layout: { padding: { top: 2, right: 6 } },
      scales: {
        x: kit.axis(theme, {
          from: 0,
          to: data.endMs,
          at: kit.timeTicks(0, data.endMs * 0.97, frame.width < 420 ? 4 : 6),
          text: (value) => kit.format.duration(value),
          grid: false,
        }),
        backlog: lane(3, 0, data.backlogMax * 1.5, [0, data.backlogMax]),
        calls: lane(
          5,
          below,
          data.callsMax * 1.5,
          data.refusedMax >= data.callsMax * 0.3 ? [-data.refusedMax, 0, data.callsMax] : [0, data.callsMax],
        ),
        level: lane(3, 0, capacity * 1.5, [0, capacity]),
      },
      plugins: { legend: { display: false }, tooltip: { enabled: false } },
    },
    plugins: [{ id: 'lanes', beforeDatasetsDraw: frames, afterDatasetsDraw: marks }],
  };
}
