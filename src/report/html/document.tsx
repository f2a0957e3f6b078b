/** The whole page: one self-contained file, readable with scripts blocked. */
import { createHash } from 'node:crypto';
import type { VNode } from 'preact';
import { render } from 'preact-render-to-string';
import { allCharts } from '../charts/catalogue.ts';
import type { ReportModel } from '../shape.ts';
import { AnswerSection } from './answer.tsx';
import { ClaimsSection } from './claims.tsx';
import { Icon, IconShapes } from './icons.tsx';
import { anchorOf } from './links.ts';
import { MethodSection } from './method.tsx';
import { type ChartBuilders, headScript, pageScript } from './page-script.ts';
import { ScenariosSection, type Twins } from './scenario.tsx';
import { pageCss } from './styles.ts';

/** What a page is made of beside its model. */
export interface PageAssets {
  /** Chart.js's browser build. */
  readonly chartJs: string;
  /** Still images by `<scenario>-<chart>`, as data URIs; a chart without one has none for readers without scripts. */
  readonly twins: Twins;
}

/** A page of any kind: one self-contained file that loads nothing. */
export interface Page {
  readonly title: string;
  /** Scenario tabs. */
  readonly tabs: number;
  readonly body: VNode;
  /** Data of every chart by its key. */
  readonly charts: Readonly<Record<string, { readonly kind: string; readonly data: unknown }>>;
  /** Chart.js's browser build. */
  readonly chartJs: string;
  /** What draws the charts; default: what a suite's report has. */
  readonly builders?: ChartBuilders;
}

/** Renders the page. Pure: the same model and assets give the same bytes. */
export function renderHtml(model: ReportModel, assets: PageAssets): string {
  return renderPage({
    title: model.title,
    tabs: model.scenarios.length,
    body: <Body model={model} twins={assets.twins} />,
    charts: chartData(model),
    chartJs: assets.chartJs,
  });
}

/** Renders any page: styles, scripts by their hashes and nothing else, the body, the charts' data. */
export function renderPage({ title, tabs, body, charts, chartJs: library, builders }: Page): string {
  const scripts = [headScript(), library.replace(/\n?\/\/# sourceMappingURL=.*\s*$/, ''), pageScript(builders)].map(
    inlineScript,
  );
  const policy = [
    "default-src 'none'",
    'img-src data:',
    'font-src data:',
    "style-src 'unsafe-inline'",
    `script-src ${scripts.map(({ hash }) => `'sha256-${hash}'`).join(' ')}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const [early, chartJs, page] = scripts.map(({ tag }) => tag);
  return [
    '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width,initial-scale=1">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    render(<title>{title}</title>),
    `<style>${pageCss(tabs)}</style>`,
    `${early}\n</head>\n<body>`,
    render(body),
    `<script type="application/json" id="chart-data">${jsonIsland(charts)}</script>`,
    `${chartJs}\n${page}\n</body>\n</html>\n`,
  ].join('\n');
}

/** JSON that can stand inside a script element: nothing in it can close the element or end a line. */
export function jsonIsland(value: unknown): string {
  return JSON.stringify(value)
    .replace(/</g, '\\u003c')
    .replace(/\u2028/g, '\\u2028')
    .replace(/\u2029/g, '\\u2029');
}

/** Data of every chart by `<scenario index>/<name>`. */
function chartData(model: ReportModel): Record<string, { kind: string; data: unknown }> {
  const indexOf = (name: string) => model.scenarios.findIndex((scenario) => scenario.name === name);
  return Object.fromEntries(
    allCharts(model).map(({ scenario, name, kind, data }) => [`${indexOf(scenario)}/${name}`, { kind, data }]),
  );
}

function inlineScript(source: string): { readonly tag: string; readonly hash: string } {
  if (/<\/script|<!--/i.test(source)) throw new Error('Cannot inline a script that would close its own element');
  return { tag: `<script>${source}</script>`, hash: createHash('sha256').update(source).digest('base64') };
}

function Body({ model, twins }: { readonly model: ReportModel; readonly twins: Twins }) {
  return (
    <>
      <a class="skip" href="#answer">
        Skip to the answer
      </a>
      <IconShapes />
      <Bar what="Comparative report" />
      <div class="page">
        <Contents model={model} />
        <main>
          <AnswerSection masthead={model.masthead} answer={model.answer} />
          <ClaimsSection claims={model.claims} />
          <ScenariosSection model={model} twins={twins} />
          <MethodSection method={model.method} />
        </main>
      </div>
    </>
  );
}

/** The head of every page: the mark, what the page is, the choice of theme. */
export function Bar({ what }: { readonly what: string }) {
  return (
    <header class="bar">
      <span class="mark">
        <svg viewBox="0 0 22 22" aria-hidden="true">
          <path d="M2 5.5h18" class="m-ink" stroke-width="1.6" stroke-dasharray="2.6 2.2" fill="none" />
          <rect x="2.5" y="13" width="4" height="6.5" rx="1" class="m-grey" />
          <rect x="9" y="10" width="4" height="9.5" rx="1" class="m-grey" />
          <rect x="15.5" y="7.5" width="4" height="12" rx="1" class="m-blue" />
        </svg>
        ratelab
      </span>
      <span class="what">{what}</span>
      <span class="grow" />
      <button class="btn" id="theme" type="button" hidden aria-pressed="false">
        <Icon>
          <path d="M13 9.6A5.6 5.6 0 0 1 6.4 3 5.6 5.6 0 1 0 13 9.6z" />
        </Icon>
        <span>Dark</span>
      </button>
    </header>
  );
}

function Contents({ model }: { readonly model: ReportModel }) {
  return (
    <nav class="toc" aria-label="Sections">
      <a href="#answer">The answer</a>
      <a href="#claims">What the threads say</a>
      <a href="#scenarios">Scenarios</a>
      {model.scenarios.map(({ name }) => (
        <a class="sub" href={`#${anchorOf(name)}`}>
          {name}
        </a>
      ))}
      <a href="#method">Method and replay</a>
    </nav>
  );
}
