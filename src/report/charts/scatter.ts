/** Makespan against refused calls: square-root y, stepped frontier, direct labels. */
import type { Chart, ChartConfiguration } from 'chart.js';
import type { Frame, Kit, Tone } from './kit.ts';

/** One strategy. */
export interface ScatterPoint {
  readonly title: string;
  readonly tone: Tone;
  readonly family: string;
  readonly makespanMs: number;
  /** Share of calls refused. */
  readonly refused: number;
  /** Nothing is both faster and less wasteful. */
  readonly frontier: boolean;
}

/** What the plot shows. */
export interface ScatterData {
  readonly points: readonly ScatterPoint[];
  /** Most share of refused calls for a strategy to be eligible. */
  readonly budget: number;
  readonly seeds: number;
}

/** The Chart.js configuration. Self-contained: see `kit.ts`. */
export function scatterConfiguration(
  data: ScatterData,
  frame: Frame,
  kit: Kit,
): ChartConfiguration<'scatter' | 'line'> {
  const { points, budget } = data;
  const { theme } = frame;
  const narrow = frame.width < 420;
  const times = points.map(({ makespanMs }) => makespanMs);
  const [shortest, longest] = [Math.min(...times), Math.max(...times)];
  // A logarithmic axis where one strategy takes several times as long as another; said on the axis.
  const logarithmic = longest > shortest * 4;
  const along = (ms: number) => (logarithmic ? Math.log2(ms) : ms);
  const back = (value: number) => (logarithmic ? 2 ** value : value);
  const span = Math.max(along(longest) - along(shortest), along(longest) * 0.01, 1e-6);
  const [from, to] = [along(shortest) - span * 0.1, along(longest) + span * 0.24];
  const up = (share: number) => Math.sqrt(share * 100);
  const mark = ({ tone }: ScatterPoint) => kit.toneColour(theme, tone, 'mark');

  const frontier = points.filter((point) => point.frontier).sort((a, b) => a.makespanMs - b.makespanMs);
  const steps = frontier.flatMap((point, index) => {
    const corner = { x: along(point.makespanMs), y: up(frontier[index - 1]?.refused ?? point.refused) };
    return index === 0 ? [{ x: corner.x, y: up(point.refused) }] : [corner, { x: corner.x, y: up(point.refused) }];
  });
  const timeAt = logarithmic
    ? [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400, 28_800, 57_600, 115_200]
        .map((s) => s * 1000)
        .filter((ms) => ms >= back(from) && ms <= back(to))
    : kit.timeTicks(from, to, narrow ? 3 : 5);
  const spaced = timeAt.filter((_, index) => index % Math.ceil(timeAt.length / (narrow ? 4 : 6)) === 0).map(along);

  type Box = readonly [left: number, top: number, right: number, bottom: number];
  const overlap = (a: Box, b: Box) => a[0] < b[2] && a[2] > b[0] && a[1] < b[3] && a[3] > b[1];

  /** Tries places around each point, nearest first, and takes the one that covers least. Focused strategies choose first. */
  function labels(chart: Chart): void {
    const { ctx, chartArea: area } = chart;
    const [x, y] = [kit.scale(chart, 'x'), kit.scale(chart, 'y')];
    const place = (point: ScatterPoint) =>
      [x.getPixelForValue(along(point.makespanMs)), y.getPixelForValue(up(point.refused))] as const;
    const line = y.getPixelForValue(up(budget));
    const drawn: Box[] = [];
    const taken: Box[] = points.map((point) => [
      place(point)[0] - 7,
      place(point)[1] - 7,
      place(point)[0] + 7,
      place(point)[1] + 7,
    ]);
    taken.push([area.right - 132, line - 17, area.right + 8, line]);
    for (const [index, step] of steps.entries()) {
      const last = steps[index - 1];
      if (last)
        drawn.push([
          x.getPixelForValue(Math.min(last.x, step.x)) - 2,
          y.getPixelForValue(Math.max(last.y, step.y)) - 2,
          x.getPixelForValue(Math.max(last.x, step.x)) + 2,
          y.getPixelForValue(Math.min(last.y, step.y)) + 2,
        ]);
    }
    const offsets = [1, 2, 3.1, 4.2, 5.4, 6.6].flatMap((ring) =>
      [0, -1, 1, -0.5, 0.5].flatMap((turn) => [
        [1, turn * ring * 13, ring] as const,
        [-1, turn * ring * 13, ring] as const,
      ]),
    );
    const bestPlace = ([px, py]: readonly [number, number], width: number) =>
      offsets
        .map(([side, dy, ring]) => {
          const leftEdge = side > 0 ? px + 10 : px - 10 - width;
          const box: Box = [leftEdge, py + dy - 7, leftEdge + width, py + dy + 7];
          const outside =
            box[0] < area.left || box[2] > area.right + 10 || box[1] < area.top - 8 || box[3] > area.bottom;
          const crosses = box[1] < line && box[3] > line ? 4 : 0;
          const covered =
            taken.filter((other) => overlap(box, other)).length * 20 +
            drawn.filter((other) => overlap(box, other)).length * 7;
          const cost = ring * 2.5 + (side < 0 ? 1 : 0) + crosses + (outside ? 90 : 0) + covered;
          return { box, dy, outside, cost };
        })
        .reduce((least, candidate) => (candidate.cost < least.cost ? candidate : least));
    for (const { at, write, point } of named(place)) {
      const [px, py] = at;
      const weight = point.tone === 'rest' ? 400 : 600;
      ctx.font = `${weight} 12px ${kit.font(12, 400).family}`;
      // A name that fits nowhere is cut until it does.
      const placed = (text: string) => ({ text, ...bestPlace(at, ctx.measureText(text).width + 4) });
      const [longest, ...shorter] = narrow ? [16, 12] : [34, 26, 20, 14];
      let best = placed(write(longest));
      for (const most of shorter) if (best.outside) best = placed(write(most));
      taken.push(best.box);
      if (Math.abs(best.dy) > 14)
        kit.rule(
          ctx,
          [px, py + Math.sign(best.dy) * 6],
          [best.box[0] < px ? best.box[2] + 1 : best.box[0] - 1, py + best.dy],
          theme.line2,
          [],
          1,
        );
      kit.label(ctx, best.text, best.box[0] + 2, py + best.dy, {
        colour: kit.toneColour(theme, point.tone, 'text'),
        weight,
        halo: theme.bg,
      });
    }
  }

  /** What to write where: points that coincide share a label, except that the focused two are always named. */
  function named(place: (point: ScatterPoint) => readonly [number, number]) {
    const order = points.toSorted(
      (a, b) =>
        Number(b.tone !== 'rest') - Number(a.tone !== 'rest') ||
        Number(b.frontier) - Number(a.frontier) ||
        a.refused - b.refused,
    );
    const groups: { at: readonly [number, number]; members: ScatterPoint[] }[] = [];
    for (const point of order) {
      const at = place(point);
      const near = groups.find((group) => Math.hypot(group.at[0] - at[0], group.at[1] - at[1]) < 9);
      if (near) near.members.push(point);
      else groups.push({ at, members: [point] });
    }
    return groups.flatMap(({ at, members }) => {
      const focused = members.filter(({ tone }) => tone !== 'rest');
      const own = focused.length > 0 ? focused : members.slice(0, 1);
      const more = members.length - own.length;
      return own.map((point, index) => ({
        at,
        point,
        /** The label, its name cut to at most so many characters. */
        write: (most: number) =>
          `${kit.short(point.title, most)}${more > 0 && index === own.length - 1 ? ` and ${more} more` : ''}`,
      }));
    });
  }

  return {
    type: 'scatter',
    data: {
      datasets: [
        {
          type: 'scatter',
          data: points.map((point) => ({ x: along(point.makespanMs), y: up(point.refused) })),
          pointRadius: 6,
          pointHoverRadius: 8,
          pointStyle: points.map(({ family }) => kit.shape(family)),
          pointBackgroundColor: points.map((point) => (point.frontier ? mark(point) : theme.bg)),
          pointBorderColor: points.map(mark),
          pointBorderWidth: 2,
        },
        { type: 'line', data: steps, borderColor: theme.mark1, borderWidth: 1.25, pointRadius: 0, pointHitRadius: 0 },
      ],
    },
    options: {
      ...kit.base(frame),
      layout: { padding: { top: 10, right: 14 } },
      scales: {
        x: kit.axis(theme, {
          from,
          to,
          at: spaced,
          text: (value) => kit.format.duration(back(value)),
          title: `makespan, median of ${data.seeds} seeds${logarithmic ? ', logarithmic scale' : ''}`,
          grid: false,
        }),
        y: kit.axis(theme, {
          from: -0.45,
          to: 10.1,
          at: [0, 1, 5, 10, 20, 40, 80].map((percent) => Math.sqrt(percent)),
          text: (value) => `${Math.round(value * value)}\u00A0%`,
          title: 'calls refused, square-root scale',
        }),
      },
      plugins: {
        legend: { display: false },
        tooltip: {
          ...kit.tooltip<{ dataIndex: number; datasetIndex: number }>(
            theme,
            () => '',
            ({ dataIndex }) =>
              `${points[dataIndex]?.title}: ${kit.format.duration(points[dataIndex]?.makespanMs ?? null)}, ${kit.format.share(points[dataIndex]?.refused ?? null)} refused`,
          ),
          filter: ({ datasetIndex }: { datasetIndex: number }) => datasetIndex === 0,
        },
      },
    },
    plugins: [
      {
        id: 'scatter',
        beforeDatasetsDraw(chart) {
          const { ctx, chartArea: area } = chart;
          const line = kit.scale(chart, 'y').getPixelForValue(up(budget));
          kit.rule(ctx, [area.left, line], [area.right, line], theme.rust, [5, 4], 1);
          kit.label(ctx, `budget: ${kit.format.share(budget).replace('.0', '')} refused`, area.right, line - 9, {
            colour: theme.rust,
            align: 'right',
            weight: 500,
            size: 11.5,
          });
        },
        afterDatasetsDraw: labels,
      },
    ],
  };
}
