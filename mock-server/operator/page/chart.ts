/** The chart: decisions per second of gateway time, the admitted below, what each cause rejected above. */
import type { Second } from '../telemetry.ts';
import type { Kit } from './kit.ts';

/** What the chart shows. */
export interface ChartData {
  readonly seconds: readonly Second[];
  /** Epoch ms at the right edge. */
  readonly nowMs: number;
  /** Colour number per cause, in the order of stacking. */
  readonly colours: ReadonlyMap<string, number>;
  /** Epoch seconds of the second that is read; null: none. */
  readonly read: number | null;
}

/** Draws the chart into `place`, as wide as that is. */
export function drawChart(kit: Kit, place: HTMLElement, { seconds, nowMs, colours, read }: ChartData): void {
  const width = Math.max(200, place.clientWidth);
  const height = 210;
  const frame = { left: 40, right: width - 4, top: 10, bottom: height - 24 };
  const shown = 300;
  const last = Math.floor(nowMs / 1000);
  const step = (frame.right - frame.left) / shown;
  const sum = (second: Second) => Object.values(second.rejected).reduce((all, count) => all + count, second.admitted);
  const most = seconds.reduce((all, second) => Math.max(all, sum(second)), 0);
  const nice = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000];
  const tick = nice.find((each) => most <= each * 4) ?? 200_000;
  const top = Math.max(tick, Math.ceil(most / tick) * tick);
  const x = (second: number) => frame.right - (last - second + 1) * step;
  const y = (count: number) => frame.bottom - (count / top) * (frame.bottom - frame.top);
  const drawing = kit.svg('svg', {
    viewBox: `0 0 ${width} ${height}`,
    width: String(width),
    height: String(height),
    'aria-hidden': 'true',
  });
  const line = (name: string, x1: number, y1: number, x2: number, y2: number) =>
    drawing.append(kit.svg('line', { class: name, x1: `${x1}`, y1: `${y1}`, x2: `${x2}`, y2: `${y2}` }));
  const label = (text: string, atX: number, atY: number, anchor: string) =>
    drawing.append(kit.svg('text', { x: `${atX}`, y: `${atY}`, 'text-anchor': anchor }, text));
  for (let count = 0; count <= top; count += tick) {
    line(count === 0 ? 'axis' : 'grid', frame.left, y(count), frame.right, y(count));
    label(kit.count(count), frame.left - 6, y(count) + 4, 'end');
  }
  for (let minute = 0; minute <= 5; minute += width < 420 ? 5 : 1) {
    const anchor = minute === 0 ? 'end' : minute === 5 ? 'start' : 'middle';
    const text = minute === 0 ? 'now' : `\u2212${minute} min`;
    label(text, frame.right - minute * 60 * step, height - 6, anchor);
  }
  const paths = new Map<number, string>();
  const column = (colour: number, second: number, from: number, to: number) => {
    const gap = step > 3 ? 0.6 : 0;
    const box = `M${x(second).toFixed(2)} ${y(from).toFixed(2)}h${(step - gap).toFixed(2)}V${y(to).toFixed(2)}h-${(step - gap).toFixed(2)}z`;
    paths.set(colour, (paths.get(colour) ?? '') + box);
  };
  for (const each of seconds) {
    const second = each.atMs / 1000;
    let height = each.admitted;
    if (height > 0) column(0, second, 0, height);
    for (const [cause, colour] of colours) {
      const count = each.rejected[cause] ?? 0;
      if (count > 0) column(colour, second, height, height + count);
      height += count;
    }
  }
  for (const [colour, path] of paths) drawing.append(kit.svg('path', { class: `c${colour}`, d: path }));
  if (read !== null) line('read', x(read) + step / 2, frame.top, x(read) + step / 2, frame.bottom);
  place.replaceChildren(drawing);
}
