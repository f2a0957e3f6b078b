/** Writes a report to a folder: `report.html`, `report.md`, `charts/*.png`. Nothing is left half written. */
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import type { SuiteResults } from '../results/results.ts';
import { allCharts, configurationOf, reportKit, stillPixelRatio } from './charts/catalogue.ts';
import { pngFrame, renderChartPng } from './charts/png.ts';
import { renderHtml } from './html/document.tsx';
import { renderMarkdown } from './markdown.ts';
import { buildReport } from './model.ts';
import type { ReportModel } from './shape.ts';

/** A file of a report: path inside its folder, and content. */
export interface ReportFile {
  readonly path: string;
  readonly content: string | Uint8Array;
}

/**
 * Writes the report of `results` into `directory`, which is made when absent, and returns the model it was written from. Every file is
 * written under a temporary name first; only when all are complete do they take their places.
 * Throws *Cannot write report to ...* when the folder cannot be written.
 */
export async function writeReport(results: SuiteResults, directory: string): Promise<ReportModel> {
  const model = buildReport(results);
  await writeReportFiles(await reportFiles(model), directory);
  return model;
}

/** Writes the files of any report, all or none: see {@link writeReport}. */
export async function writeReportFiles(files: readonly ReportFile[], directory: string): Promise<void> {
  const written: string[] = [];
  try {
    await mkdir(join(directory, 'charts'), { recursive: true });
    for (const { path, content } of files) {
      const target = join(directory, path);
      written.push(temporary(target));
      await writeFile(temporary(target), content);
    }
    for (const { path } of files) await rename(temporary(join(directory, path)), join(directory, path));
  } catch (error) {
    await Promise.all(written.map((path) => rm(path, { force: true }).catch(() => undefined)));
    throw new Error(
      `Cannot write report to ${directory}: the folder must be writable, current value is ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
}

const temporary = (path: string) => join(dirname(path), `.${basename(path)}.partial`);

/** Everything a report consists of, in memory. */
export async function reportFiles(model: ReportModel): Promise<readonly ReportFile[]> {
  const stills = drawStills(model);
  const twins = Object.fromEntries(
    [...stills].map(([name, png]) => [name, `data:image/png;base64,${Buffer.from(png).toString('base64')}`]),
  );
  return [
    { path: 'report.html', content: renderHtml(model, { chartJs: await readChartJs(), twins }) },
    { path: 'report.md', content: renderMarkdown(model) },
    ...[...stills].map(([name, content]) => ({ path: `charts/${name}.png`, content })),
  ];
}

/** PNGs by `<scenario>-<chart>`. */
export function drawStills(model: ReportModel): Map<string, Uint8Array> {
  const kit = reportKit();
  return new Map(
    allCharts(model).map((chart) => {
      const size = { width: chart.width, height: chart.height, pixelRatio: stillPixelRatio };
      return [
        `${chart.scenario}-${chart.name}`,
        renderChartPng(configurationOf(chart, pngFrame(size), kit), kit, size),
      ] as const;
    }),
  );
}

/** Chart.js's browser build, from the installed package. */
export async function readChartJs(): Promise<string> {
  const entry = createRequire(import.meta.url).resolve('chart.js');
  return await readFile(join(dirname(entry), 'chart.umd.min.js'), 'utf8');
}
