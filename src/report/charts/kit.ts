/**
 * The pieces every chart is drawn with. One code unit for the page and for PNGs: the page carries the source of these functions, so they
 * refer to nothing but their arguments and what stands inside them.
 */
import type { Chart, Plugin, Scale } from 'chart.js';
import type { Theme } from '../theme.ts';

/** The formatters that charts print with; those of `format.ts`. */
export interface Formats {
  readonly duration: (ms: number | null) => string;
  readonly share: (share: number | null) => string;
  readonly difference: (ratio: number) => string;
  readonly count: (value: number | null) => string;
}

/** The surface a chart is drawn on. */
export interface Frame {
  readonly width: number;
  readonly theme: Theme;
  /** Canvas pixels per CSS pixel. */
  readonly pixelRatio: number;
  /** True in the page: follows its container and answers the pointer. */
  readonly live: boolean;
}

/** `lead`: the pick, blue. `other`: the thread's proposal, rust. `rest`: grey. */
export type Tone = 'lead' | 'other' | 'rest';

/** How text is set on a canvas. */
export interface LabelStyle {
  readonly colour: string;
  readonly align?: CanvasTextAlign;
  readonly weight?: number;
  readonly size?: number;
  /** Colour of an outline that keeps the text legible over lines. */
  readonly halo?: string;
}

/** Made by {@link drawingKit}. */
export type Kit = ReturnType<typeof drawingKit>;

/** The kit. */
export function drawingKit(format: Formats) {
  const family = '"Inter RL", Inter, system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif';
  const font = (size: number, weight: number) => ({ family, size, weight });

  /** Writes a label, vertically centred on `y`. */
  function label(context: CanvasRenderingContext2D, text: string, x: number, y: number, style: LabelStyle): void {
    context.save();
    context.font = `${style.weight ?? 400} ${style.size ?? 12}px ${family}`;
    context.textAlign = style.align ?? 'left';
    context.textBaseline = 'middle';
    if (style.halo) {
      context.lineJoin = 'round';
      context.lineWidth = 4;
      context.strokeStyle = style.halo;
      context.strokeText(text, x, y);
    }
    context.fillStyle = style.colour;
    context.fillText(text, x, y);
    context.restore();
  }

  /** Draws a straight line. */
  function rule(
    context: CanvasRenderingContext2D,
    from: readonly [number, number],
    to: readonly [number, number],
    colour: string,
    dash: number[],
    width: number,
  ): void {
    context.save();
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.setLineDash(dash);
    context.beginPath();
    context.moveTo(from[0], from[1]);
    context.lineTo(to[0], to[1]);
    context.stroke();
    context.restore();
  }

  /** Options of a quiet axis: no border, 12 px labels, ticks exactly at `at`. */
  function axis(
    theme: Theme,
    options: {
      from: number;
      to: number;
      at: readonly number[];
      text: (value: number) => string;
      title?: string;
      grid?: boolean;
      colours?: readonly string[];
    },
  ) {
    return {
      type: 'linear' as const,
      min: options.from,
      max: options.to,
      border: { display: false },
      grid: { display: options.grid ?? true, color: theme.grid, drawTicks: false },
      title: {
        display: options.title !== undefined,
        text: options.title ?? '',
        color: theme.ink3,
        font: font(12, 400),
        padding: { top: 6, bottom: 0 },
      },
      ticks: {
        color: options.colours ? [...options.colours] : theme.ink3,
        font: font(12, 400),
        padding: 8,
        maxRotation: 0,
        autoSkip: false,
        callback: (value: string | number) => options.text(Number(value)),
      },
      afterBuildTicks: (scale: Scale) => {
        scale.ticks = options.at.map((value) => ({ value }));
      },
    };
  }

  /** Round values in [from, to], at most `most` steps apart. `sizes`: the step sizes to choose from; without, 1, 2, 5 times a power of ten. */
  function roundTicks(from: number, to: number, most: number, sizes?: readonly number[]): number[] {
    const power = 10 ** Math.floor(Math.log10(Math.max(to - from, 1e-9) / most));
    const candidates = sizes ?? [1, 2, 5, 10, 20].map((factor) => factor * power);
    const step =
      candidates.find((size) => (to - from) / size <= most) ??
      (candidates.at(-1) as number) * Math.ceil((to - from) / (candidates.at(-1) as number) / most);
    const first = Math.ceil(from / step - 1e-9);
    return Array.from({ length: Math.max(0, Math.floor(to / step + 1e-9) - first + 1) }, (_, index) =>
      Number(((first + index) * step).toPrecision(12)),
    );
  }

  /** Round durations in [fromMs, toMs]. */
  function timeTicks(fromMs: number, toMs: number, most: number): number[] {
    const seconds = [
      0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600, 7200, 10_800, 21_600,
      43_200, 86_400,
    ];
    return roundTicks(
      fromMs,
      toMs,
      most,
      seconds.map((value) => value * 1000),
    );
  }

  /** Colour of a mark, or of the text that names it. */
  function toneColour(theme: Theme, tone: Tone, use: 'mark' | 'text'): string {
    if (tone === 'lead') return use === 'mark' ? theme.blueMark : theme.blue;
    if (tone === 'other') return use === 'mark' ? theme.rustMark : theme.rust;
    return use === 'mark' ? theme.mark2 : theme.ink2;
  }

  /** The family's shape: circle reacts, square paces, triangle adapts, diamond plans. */
  function shape(of: string): 'circle' | 'rect' | 'triangle' | 'rectRot' {
    if (of === 'paces') return 'rect';
    if (of === 'adapts') return 'triangle';
    return of === 'plans' ? 'rectRot' : 'circle';
  }

  /** Options that every chart shares. */
  function base(frame: Frame) {
    return {
      animation: false as const,
      responsive: frame.live,
      maintainAspectRatio: false,
      devicePixelRatio: frame.pixelRatio,
    };
  }

  /** Options of a plain tooltip with a title and one line. */
  function tooltip<Item>(theme: Theme, title: (item: Item) => string, line: (item: Item) => string) {
    return {
      backgroundColor: theme.ink,
      titleColor: theme.bg,
      bodyColor: theme.bg,
      padding: 10,
      cornerRadius: 6,
      displayColors: false,
      titleFont: font(12, 600),
      bodyFont: font(12, 400),
      callbacks: {
        title: (items: Item[]) => (items[0] === undefined ? '' : title(items[0])),
        label: (item: Item) => line(item),
      },
    };
  }

  /** A plugin that paints the background, so that a PNG has one. */
  function backdrop(colour: string): Plugin {
    return {
      id: 'backdrop',
      beforeDraw(chart: Chart) {
        chart.ctx.save();
        chart.ctx.fillStyle = colour;
        chart.ctx.fillRect(0, 0, chart.width, chart.height);
        chart.ctx.restore();
      },
    };
  }

  /** Cuts a name that would not fit. */
  const short = (text: string, most: number) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);
  /** A scale that is known to exist. */
  const scale = (chart: Chart, id: string) => chart.scales[id] as Scale;

  return {
    format,
    font,
    label,
    rule,
    axis,
    roundTicks,
    timeTicks,
    toneColour,
    shape,
    base,
    tooltip,
    backdrop,
    short,
    scale,
  };
}
