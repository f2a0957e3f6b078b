/** Every chart of a report by name, with its size: one list for the page, the PNGs and Markdown. */
import type { ChartConfiguration } from 'chart.js';
import { formatCount, formatDifference, formatDuration, formatShare } from '../../wording/format.ts';
import type { ReportModel, ScenarioSection } from '../shape.ts';
import { type EcdfData, ecdfConfiguration } from './ecdf.ts';
import { type ForestData, forestConfiguration, forestHeight } from './forest.ts';
import { drawingKit, type Frame, type Kit } from './kit.ts';
import { type LaneData, lanesConfiguration } from './lanes.ts';
import { type ScatterData, scatterConfiguration } from './scatter.ts';

/** One chart: what it is, its data, the size of its still image in CSS pixels (the page stretches the width). */
export type ChartEntry = {
  readonly scenario: string;
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly heading: string;
} & (
  | { readonly kind: 'forest'; readonly data: ForestData }
  | { readonly kind: 'scatter'; readonly data: ScatterData }
  | { readonly kind: 'ecdf'; readonly data: EcdfData }
  | { readonly kind: 'lanes'; readonly data: LaneData }
);

/** Width at which the still images are drawn, CSS pixels: about that of half the page. */
export const stillWidth = 440;

/** Width of the forest plot's still image: it fills the page, so that long names fit. */
export const forestWidth = 600;

/** Still images' pixels per CSS pixel: sharp enough for print, small enough for a page under a megabyte. */
export const stillPixelRatio = 1.35;

/** The charts of one scenario, in the page's order. Names end the PNG's: `<scenario>-<name>.png`. */
export function chartsOf(scenario: ScenarioSection): readonly ChartEntry[] {
  const { forest, scatter, ecdf, lanes } = scenario;
  const entry = { scenario: scenario.name, width: stillWidth };
  return [
    ...(forest.data.rows.length > 0
      ? [
          {
            ...entry,
            name: 'forest',
            kind: 'forest' as const,
            width: forestWidth,
            height: forestHeight(forest.data.rows.length),
            heading: forest.heading,
            data: forest.data,
          },
        ]
      : []),
    ...(scatter.data.points.length > 0
      ? [
          {
            ...entry,
            name: 'scatter',
            kind: 'scatter' as const,
            height: 360,
            heading: scatter.heading,
            data: scatter.data,
          },
        ]
      : []),
    ...(ecdf.data.curves.length > 0
      ? [{ ...entry, name: 'ecdf', kind: 'ecdf' as const, height: 360, heading: ecdf.heading, data: ecdf.data }]
      : []),
    ...(lanes?.runs ?? []).map((run, index) => ({
      ...entry,
      name: `lanes-${index + 1}`,
      kind: 'lanes' as const,
      height: 380,
      heading: `${run.title} over time: ${run.note}`,
      data: run.data,
    })),
  ];
}

/** All charts of a report. */
export function allCharts(model: ReportModel): readonly ChartEntry[] {
  return model.scenarios.flatMap(chartsOf);
}

/** The kit with the report's formatters. */
export function reportKit(): Kit {
  return drawingKit({ duration: formatDuration, share: formatShare, difference: formatDifference, count: formatCount });
}

/** The Chart.js configuration of one chart, without a cursor. */
export function configurationOf(chart: ChartEntry, frame: Frame, kit: Kit): ChartConfiguration {
  switch (chart.kind) {
    case 'forest':
      return forestConfiguration(chart.data, frame, kit);
    case 'scatter':
      return scatterConfiguration(chart.data, frame, kit);
    case 'ecdf':
      return ecdfConfiguration(chart.data, frame, kit);
    default:
      return lanesConfiguration(chart.data, frame, kit, () => null);
  }
}
