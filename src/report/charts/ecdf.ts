/** Share of jobs done by waiting time, one line per strategy. */
import type { ChartConfiguration, TooltipItem } from 'chart.js';
import type { Frame, Kit, Tone } from './kit.ts';

/** What the plot shows. */
export interface EcdfData {
  readonly curves: readonly {
    readonly title: string;
    readonly tone: Tone;
    /** Quantiles in equal steps of share, from 0 to 100 %. */
    readonly quantilesMs: readonly number[];
  }[];
  /** Right end of the axis. */
  readonly endMs: number;
}

/** The Chart.js configuration. Self-contained: see `kit.ts`. */
export function ecdfConfiguration(
  data: EcdfData,
  frame: Frame,
  kit: Kit,
): ChartConfiguration<'line', { x: number; y: number }[]> {
  const { theme } = frame;
  const weight = (tone: Tone) => (tone === 'lead' ? 2 : tone === 'other' ? 1 : 0);
  const curves = data.curves.toSorted((a, b) => weight(a.tone) - weight(b.tone));
  return {
    type: 'line',
    data: {
      datasets: curves.map(({ title, tone, quantilesMs }) => ({
        label: title,
        data: quantilesMs.map((x, index) => ({ x, y: (index / (quantilesMs.length - 1)) * 100 })),
        borderColor: tone === 'rest' ? theme.mark3 : kit.toneColour(theme, tone, 'mark'),
        borderWidth: tone === 'rest' ? 1 : 2.5,
        borderDash: tone === 'other' ? [6, 3] : [],
        pointRadius: 0,
        pointHitRadius: 6,
        order: -weight(tone),
      })),
    },
    options: {
      ...kit.base(frame),
      layout: { padding: { top: 12, right: 14 } },
      interaction: { mode: 'nearest', intersect: false },
      scales: {
        x: kit.axis(theme, {
          from: 0,
          to: data.endMs,
          at: kit.timeTicks(0, data.endMs * 0.97, frame.width < 420 ? 4 : 6),
          text: (value) => kit.format.duration(value),
          title: 'wait since the intended start',
        }),
        y: kit.axis(theme, { from: 0, to: 100, at: [0, 25, 50, 75, 100], text: (value) => `${value}\u00A0%` }),
      },
      plugins: {
        legend: { display: false },
        tooltip: kit.tooltip<TooltipItem<'line'>>(
          theme,
          ({ dataset }) => dataset.label ?? '',
          ({ parsed }) => `${Math.round(parsed.y ?? 0)}\u00A0% done after ${kit.format.duration(parsed.x)}`,
        ),
      },
    },
  };
}
