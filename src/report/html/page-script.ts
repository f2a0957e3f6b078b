/**
 * What the page does with scripts: draws the charts, follows the theme, moves one cursor over both runs, copies commands. The functions
 * are written and checked as TypeScript, and the page carries their source; each refers to nothing but its arguments.
 */
import type { Chart as ChartType, ChartConfiguration } from 'chart.js';
import { ecdfConfiguration } from '../charts/ecdf.ts';
import { forestConfiguration } from '../charts/forest.ts';
import { drawingKit, type Frame, type Kit } from '../charts/kit.ts';
import { type LaneData, lanesConfiguration } from '../charts/lanes.ts';
import { scatterConfiguration } from '../charts/scatter.ts';
import { formatCount, formatDifference, formatDuration, formatShare } from '../../wording/format.ts';
import { type Theme, themes } from '../theme.ts';

/** What {@link runPage} is given; assembled in the page from the sources of the functions. */
interface Parts {
  readonly Chart: typeof ChartType;
  readonly themes: Readonly<Record<'light' | 'dark', Theme>>;
  readonly kit: Kit;
  readonly configure: Readonly<
    Record<string, (data: never, frame: Frame, kit: Kit, cursorMs: () => number | null) => ChartConfiguration>
  >;
}

/** Runs before the body is parsed: scripts work here, and the reader's choice of theme holds from the first paint. */
export function headScript(): string {
  return `document.documentElement.classList.add('js');try{var t=localStorage.getItem('ratelab-theme');if(t==='light'||t==='dark')document.documentElement.dataset.theme=t}catch(e){}`;
}

/** What draws the charts of a page, by kind; each function refers to nothing but its arguments. */
export type ChartBuilders = Readonly<Record<string, (data: never, frame: Frame, kit: Kit, cursorMs: never) => unknown>>;

const suiteCharts: ChartBuilders = {
  forest: forestConfiguration,
  scatter: scatterConfiguration,
  ecdf: ecdfConfiguration,
  lanes: lanesConfiguration,
};

/** The page's script; Chart.js must have run before it. `charts`: default those of a suite's report. */
export function pageScript(charts: ChartBuilders = suiteCharts): string {
  const format = `{duration:${String(formatDuration)},share:${String(formatShare)},difference:${String(formatDifference)},count:${String(formatCount)}}`;
  const builders = Object.entries(charts).map(([kind, build]) => `${kind}:${String(build)}`);
  const configure = `{${builders.join(',')}}`;
  const drawing = `if(typeof Chart!=='undefined')(${String(runCharts)})({Chart:Chart,themes:${JSON.stringify(themes)},kit:(${String(drawingKit)})(${format}),configure:${configure}});`;
  // Indentation is a fifth of the script; no function here holds a text over several lines.
  return `(()=>{'use strict';(${String(runTabs)})();(${String(runCopying)})();${drawing}})();`.replace(/^\s+/gm, '');
}

/** Tabs reached by links, the marked section in the contents. Every change of place is announced as `ratelab:shown`. */
function runTabs(): void {
  const shown = () => document.dispatchEvent(new CustomEvent('ratelab:shown'));
  const open = (id: string): boolean => {
    const input = [...document.querySelectorAll<HTMLInputElement>('.tabs>input')].find(({ value }) => value === id);
    if (!input) return false;
    input.checked = true;
    shown();
    return true;
  };
  const follow = () => {
    const id = decodeURIComponent(location.hash.slice(1));
    if (open(id)) document.getElementById('scenarios')?.scrollIntoView();
    const claim = document.getElementById(id);
    const all = document.getElementById('claims-all');
    if (claim?.matches('.claims tr') && all instanceof HTMLInputElement && claim.offsetParent === null) {
      all.checked = true;
      claim.scrollIntoView();
    }
  };
  for (const input of document.querySelectorAll<HTMLInputElement>('.tabs>input')) {
    input.addEventListener('change', () => {
      history.replaceState(null, '', `#${input.value}`);
      document.querySelector(`label[for="${input.id}"]`)?.scrollIntoView({ block: 'nearest', inline: 'center' });
      shown();
    });
  }
  addEventListener('hashchange', follow);
  // A second click on a link whose hash is already set changes no hash.
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a[href^="#"]') : null;
    if (link && link.getAttribute('href') === location.hash) follow();
  });
  const links = [...document.querySelectorAll<HTMLAnchorElement>('.toc a')];
  const spy = new IntersectionObserver(
    (entries) => {
      const entered = entries.find(({ isIntersecting }) => isIntersecting);
      if (entered) for (const link of links) link.classList.toggle('on', link.hash === `#${entered.target.id}`);
    },
    { rootMargin: '-15% 0px -75% 0px' },
  );
  for (const section of document.querySelectorAll('section.block')) spy.observe(section);
  if (location.hash !== '') follow();
}

/** Copy buttons beside commands. */
function runCopying(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-copy]')) {
    if (!navigator.clipboard) continue;
    button.hidden = false;
    const name = (text: string) => () => {
      button.textContent = text;
    };
    button.addEventListener('click', () => {
      const command = button.previousElementSibling?.textContent ?? '';
      void navigator.clipboard.writeText(command).then(name('Copied'), name('Select and copy by hand'));
    });
    button.addEventListener('blur', name('Copy'));
    button.addEventListener('pointerleave', name('Copy'));
  }
}

/** Draws the charts of the shown panels, again at every change of theme, and moves the cursor over a scenario's runs. */
function runCharts({ Chart, themes, kit, configure }: Parts): void {
  const root = document.documentElement;
  const dark = matchMedia('(prefers-color-scheme:dark)');
  const data = JSON.parse(document.getElementById('chart-data')?.textContent ?? '{}') as Record<
    string,
    { kind: string; data: unknown }
  >;
  const live = new Map<HTMLCanvasElement, ChartType>();
  const followed = new Set<HTMLCanvasElement>();
  const cursors = new Map<string, number | null>();
  const isDark = () => (root.dataset['theme'] ? root.dataset['theme'] === 'dark' : dark.matches);
  const scenarioOf = (key: string) => key.split('/')[0] ?? '';

  function draw(canvas: HTMLCanvasElement): void {
    const key = canvas.dataset['chart'] ?? '';
    const chart = data[key];
    const build = chart && configure[chart.kind];
    if (!build || live.has(canvas)) return;
    const frame: Frame = {
      width: canvas.parentElement?.clientWidth ?? 400,
      theme: themes[isDark() ? 'dark' : 'light'],
      pixelRatio: Math.max(2, devicePixelRatio || 1),
      live: true,
    };
    live.set(
      canvas,
      new Chart(
        canvas,
        build(chart.data as never, frame, kit, () => cursors.get(scenarioOf(key)) ?? null),
      ),
    );
    if (chart.kind === 'lanes' && !followed.has(canvas)) follow(canvas, key, chart.data as LaneData);
  }

  /** The pointer over one run moves the cursor of both. */
  function follow(canvas: HTMLCanvasElement, key: string, lanes: LaneData): void {
    followed.add(canvas);
    const moved = (event: PointerEvent) => {
      const x = live.get(canvas)?.scales['x'];
      if (!x) return;
      const at = x.getValueForPixel(event.offsetX) ?? 0;
      move(scenarioOf(key), Math.min(Math.max(0, at), lanes.endMs));
    };
    canvas.addEventListener('pointermove', moved);
    canvas.addEventListener('pointerdown', moved);
    canvas.addEventListener('pointerleave', () => move(scenarioOf(key), null));
  }

  function move(scenario: string, atMs: number | null): void {
    if (cursors.get(scenario) === atMs) return;
    cursors.set(scenario, atMs);
    for (const [canvas, chart] of live) if (canvas.dataset['chart']?.startsWith(`${scenario}/lanes`)) chart.draw();
    for (const output of document.querySelectorAll<HTMLElement>(`[data-read^="${scenario}/lanes"]`)) {
      const chart = data[output.dataset['read'] ?? ''];
      output.textContent = chart && atMs !== null ? readout(chart.data as LaneData, atMs) : '';
    }
  }

  function readout(lanes: LaneData, atMs: number): string {
    const bin = Math.floor(atMs / lanes.binMs);
    const level = lanes.bucket ? `free ${kit.format.count(lanes.bucket.free[bin] ?? lanes.bucket.capacity)}, ` : '';
    return `${kit.format.duration(atMs)}: ${level}accepted ${kit.format.count(lanes.accepted[bin] ?? 0)}/s, refused ${kit.format.count(lanes.refused[bin] ?? 0)}/s, waiting ${kit.format.count(lanes.backlog[bin] ?? 0)}`;
  }

  function drawShown(): void {
    for (const canvas of document.querySelectorAll<HTMLCanvasElement>('canvas[data-chart]'))
      if (canvas.offsetParent !== null) draw(canvas);
  }

  function redraw(): void {
    for (const chart of live.values()) chart.destroy();
    live.clear();
    drawShown();
  }

  const button = document.getElementById('theme');
  const label = () => {
    button?.setAttribute('aria-pressed', String(isDark()));
    const text = button?.querySelector('span');
    if (text) text.textContent = isDark() ? 'Light' : 'Dark';
  };
  if (button) {
    button.hidden = false;
    button.addEventListener('click', () => {
      root.dataset['theme'] = isDark() ? 'light' : 'dark';
      try {
        localStorage.setItem('ratelab-theme', root.dataset['theme']);
      } catch {
        // A page opened from a file may have no storage; the theme then lasts as long as the page.
      }
      label();
      redraw();
    });
  }
  dark.addEventListener('change', () => {
    label();
    redraw();
  });
  for (const slider of document.querySelectorAll<HTMLInputElement>('[data-cursor]')) {
    slider.addEventListener('input', () => {
      const scenario = slider.dataset['cursor'] ?? '';
      const lanes = Object.entries(data).find(([key]) => key.startsWith(`${scenario}/lanes`))?.[1].data as
        | LaneData
        | undefined;
      if (lanes) move(scenario, (Number(slider.value) / 1000) * lanes.endMs);
    });
  }
  document.addEventListener('ratelab:shown', drawShown);
  label();
  void (document.fonts?.ready ?? Promise.resolve()).then(drawShown);
}
