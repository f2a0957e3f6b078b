import { createCanvas, loadImage } from '@napi-rs/canvas';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildReport } from '../model.ts';
import type { ReportModel } from '../shape.ts';
import { fixtureResults } from '../testing/fixture.ts';
import { allCharts, configurationOf, reportKit } from './catalogue.ts';
import { pngFrame, renderChartPng } from './png.ts';

let model: ReportModel;
beforeAll(() => {
  model = buildReport(fixtureResults({ seeds: 12, scenarios: 1 }));
});

const draw = (chart: ReturnType<typeof allCharts>[number]) => {
  const size = { width: chart.width, height: chart.height, pixelRatio: 1 };
  const kit = reportKit();
  return renderChartPng(configurationOf(chart, pngFrame(size), kit), kit, size);
};

describe('renderChartPng', () => {
  it.each([0, 1, 2, 3, 4])('renderChartPng draws chart %d of a scenario, the same bytes each time', async (index) => {
    const chart = allCharts(model)[index];
    if (!chart) throw new Error(`there is no chart ${index}`);
    const png = draw(chart);
    expect(draw(chart).equals(png)).toBe(true);
    const image = await loadImage(png);
    expect([image.width, image.height]).toEqual([chart.width, chart.height]);
    const context = createCanvas(image.width, image.height).getContext('2d');
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, image.width, image.height);
    const background = data.slice(0, 3).join();
    const drawn = Array.from({ length: data.length / 4 }, (_, at) => data.slice(at * 4, at * 4 + 3).join()).filter(
      (colour) => colour !== background,
    ).length;
    expect(drawn).toBeGreaterThan((data.length / 4) * 0.01);
  });

  it('allCharts names five charts a scenario', () => {
    expect(allCharts(model).map(({ name }) => name)).toEqual(['forest', 'scatter', 'ecdf', 'lanes-1', 'lanes-2']);
  });
});
