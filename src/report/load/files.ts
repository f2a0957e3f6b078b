/** The files of a load's report, in memory: `load.html`, `load.md`, `charts/*.png`. */
import type { ChartConfiguration } from 'chart.js';
import type { LoadResults } from '../../results/load-results.ts';
import { reportKit, stillPixelRatio } from '../charts/catalogue.ts';
import type { Frame, Kit } from '../charts/kit.ts';
import { pngFrame, renderChartPng } from '../charts/png.ts';
import { readChartJs, type ReportFile } from '../write-report.ts';
import { latencyConfiguration } from './latency-chart.ts';
import { renderLoadMarkdown } from './markdown.ts';
import { buildLoadReport } from './model.ts';
import { overTimeConfiguration } from './over-time-chart.ts';
import { CHART_HEIGHTS, renderLoadPage } from './page.tsx';
import type { LoadReport } from './shape.ts';

/** Width at which the still images are drawn, CSS pixels. */
const STILL_WIDTH = 760;

/** Everything that the report of a load consists of. */
export async function loadReportFiles(results: LoadResults): Promise<readonly ReportFile[]> {
  const report = buildLoadReport(results);
  const stills = drawStills(report);
  const twins = Object.fromEntries(
    stills.map(([name, png]) => [name, `data:image/png;base64,${png.toString('base64')}`]),
  );
  return [
    { path: 'load.html', content: renderLoadPage(report, { chartJs: await readChartJs(), twins }) },
    { path: 'load.md', content: renderLoadMarkdown(report) },
    ...stills.map(([name, content]) => ({ path: `charts/${name}.png`, content })),
  ];
}

function drawStills({ overTime, latency }: LoadReport): (readonly [name: string, png: Buffer])[] {
  const kit = reportKit();
  const draw = (name: keyof typeof CHART_HEIGHTS, configure: (frame: Frame, kit: Kit) => ChartConfiguration) => {
    const size = { width: STILL_WIDTH, height: CHART_HEIGHTS[name], pixelRatio: stillPixelRatio };
    return [name, renderChartPng(configure(pngFrame(size), kit), kit, size)] as const;
  };
  return [
    draw('over-time', (frame, pieces) => overTimeConfiguration(overTime.data, frame, pieces)),
    draw('latency', (frame, pieces) => latencyConfiguration(latency.data, frame, pieces)),
  ];
}
