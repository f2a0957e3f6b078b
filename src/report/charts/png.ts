/** Draws chart configurations to PNG with chartjs-node-canvas: for Markdown, and for readers without scripts. */
import { GlobalFonts } from '@napi-rs/canvas';
import type { ChartConfiguration, Plugin } from 'chart.js';
import { ChartJSNodeCanvas } from 'chartjs-node-canvas';
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
  let png: Buffer | null = null;
  // The pixels are taken as drawn and encoded with a palette: the renderer's own encoder writes true colour, four times the bytes.
  const capture: Plugin = {
    id: 'capture',
    afterRender({ ctx, canvas }) {
      const { width, height } = canvas;
      png = encodeIndexedPng(ctx.getImageData(0, 0, width, height).data, width, height);
      // Leaves the renderer one pixel to encode.
      canvas.width = 1;
      canvas.height = 1;
    },
  };
  const plugins = [kit.backdrop(themes.light.bg), ...(configuration.plugins ?? []), capture];
  const trueColour = rendererFor(size).renderToBufferSync({ ...configuration, plugins }, 'image/png');
  return png ?? trueColour;
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
