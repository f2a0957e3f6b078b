/** Draws chart configurations to PNG with chartjs-node-canvas: for Markdown, and for readers without scripts. */
import { GlobalFonts } from '@napi-rs/canvas';
import type { ChartConfiguration } from 'chart.js';
import { ChartJSNodeCanvas } from 'chartjs-node-canvas';
import { fontFaces } from '../fonts.ts';
import { themes } from '../theme.ts';
import type { Frame, Kit } from './kit.ts';

/** Size of a PNG in CSS pixels; the file has `pixelRatio` times as many each way. */
export interface PngSize {
  readonly width: number;
  readonly height: number;
  readonly pixelRatio: number;
}

/** Where a PNG is drawn: light theme, no pointer. */
export function pngFrame({ width, pixelRatio }: PngSize): Frame {
  return { width, theme: themes.light, pixelRatio, live: false };
}

/** Draws one configuration on the light background. Deterministic on one machine. */
export function renderChartPng(configuration: ChartConfiguration, kit: Kit, size: PngSize): Buffer {
  registerFonts();
  const painted = { ...configuration, plugins: [kit.backdrop(themes.light.bg), ...(configuration.plugins ?? [])] };
  return rendererFor(size).renderToBufferSync(painted as ChartConfiguration, 'image/png');
}

/** One renderer per size: each carries a whole Chart.js of its own. */
const renderers = new Map<string, ChartJSNodeCanvas>();

function rendererFor({ width, height }: PngSize): ChartJSNodeCanvas {
  const key = `${width}x${height}`;
  const known = renderers.get(key);
  if (known) return known;
  const renderer = new ChartJSNodeCanvas({ width, height });
  renderers.set(key, renderer);
  return renderer;
}

let registered = false;

/** The report's own faces, so that PNGs have text on machines without fonts. */
function registerFonts(): void {
  if (registered) return;
  for (const { family, base64 } of fontFaces) GlobalFonts.register(Buffer.from(base64, 'base64'), family);
  registered = true;
}
