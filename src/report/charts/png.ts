/** Draws chart configurations to PNG, with Chart.js on a canvas without a browser: for Markdown, and for readers without scripts. */
import { createCanvas, GlobalFonts } from '@napi-rs/canvas';
import type { ChartConfiguration, ChartItem } from 'chart.js';
import { Chart } from 'chart.js/auto';
import { fontFaces } from '../fonts.ts';
import { encodeIndexedPng } from './indexed-png.ts';
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
  const canvas = createCanvas(size.width, size.height);
  // Chart.js reads and writes the style of the element that it draws on.
  const element = Object.assign(canvas, { style: {} }) as unknown as ChartItem;
  const plugins = [kit.backdrop(themes.light.bg), ...(configuration.plugins ?? [])];
  const chart = new Chart(element, { ...configuration, plugins });
  const { width, height } = canvas;
  // The pixels are encoded with a palette: the canvas's own encoder writes true colour, four times the bytes.
  const png = encodeIndexedPng(canvas.getContext('2d').getImageData(0, 0, width, height).data, width, height);
  chart.destroy();
  return png;
}

let registered = false;

/** The report's own faces, so that PNGs have text on machines without fonts. */
function registerFonts(): void {
  if (registered) return;
  for (const { family, base64 } of fontFaces) GlobalFonts.register(Buffer.from(base64, 'base64'), family);
  registered = true;
}
