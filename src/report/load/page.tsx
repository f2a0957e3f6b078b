/** The report of a load as one self-contained page, readable with scripts blocked. */
import { Bar, renderPage } from '../html/document.tsx';
import { IconShapes } from '../html/icons.tsx';
import { NumberTable } from '../html/number-table.tsx';
import { HowSection, Provenance } from '../html/plain-sections.tsx';
import { latencyConfiguration } from './latency-chart.ts';
import { overTimeConfiguration } from './over-time-chart.ts';
import type { LoadFigure, LoadReport } from './shape.ts';

/** What a page is made of beside its model. */
export interface LoadPageAssets {
  /** Chart.js's browser build. */
  readonly chartJs: string;
  /** Still images by chart, as data URIs. */
  readonly twins: Readonly<Record<string, string>>;
}

/** Heights of the charts, CSS pixels. */
export const CHART_HEIGHTS = { 'over-time': 420, latency: 360 } as const;

type ChartName = keyof typeof CHART_HEIGHTS;

/** Renders the page. Pure: the same model and assets give the same bytes. */
export function renderLoadPage(report: LoadReport, { chartJs, twins }: LoadPageAssets): string {
  return renderPage({
    title: report.title,
    tabs: 0,
    body: <Body report={report} twins={twins} />,
    charts: {
      '0/over-time': { kind: 'overTime', data: report.overTime.data },
      '0/latency': { kind: 'latency', data: report.latency.data },
    },
    chartJs,
    builders: { overTime: overTimeConfiguration, latency: latencyConfiguration },
  });
}

function Body({ report, twins }: { readonly report: LoadReport; readonly twins: LoadPageAssets['twins'] }) {
  return (
    <>
      <a class="skip" href="#answer">
        Skip to the answer
      </a>
      <IconShapes />
      <Bar what="Load report" />
      <div class="page">
        <nav class="toc" aria-label="Sections">
          <a href="#answer">The answer</a>
          <a href="#over-time">Over time</a>
          <a href="#latency">Latency</a>
          <a href="#causes">Causes</a>
          {report.senders && <a href="#senders">Senders</a>}
          <a href="#method">Method</a>
        </nav>
        {/* Names come from strangers, and may be one long word. */}
        <main style={{ overflowWrap: 'anywhere' }}>
          <Answer report={report} />
          <Figure name="over-time" figure={report.overTime} twin={twins['over-time']} summary="Seconds as a table" />
          <Figure name="latency" figure={report.latency} twin={twins['latency']} summary="Latencies as a table" open />
          <section class="block" id="causes">
            <p class="eyebrow">Causes</p>
            <h2>{report.causes.heading}</h2>
            {report.causes.table.rows.length > 0 && (
              <NumberTable summary="Rejections by cause" table={report.causes.table} open />
            )}
          </section>
          {report.senders && (
            <section class="block" id="senders">
              <p class="eyebrow">Senders</p>
              <h2>{report.senders.heading}</h2>
              <NumberTable summary="Senders as a table" table={report.senders.table} />
            </section>
          )}
          <HowSection heading="How it was measured" texts={report.method} />
        </main>
      </div>
    </>
  );
}

function Answer({ report }: { readonly report: LoadReport }) {
  return (
    <section class="block" id="answer">
      <Provenance facts={report.provenance} warnings={report.warnings} />
      <div class="hero">
        <div>
          <h1>
            {report.headline} <span class="sub">{report.subline}</span>
          </h1>
          {report.lede.map((text) => (
            <p class="lede">{text}</p>
          ))}
        </div>
        <div class="pick">
          <dl>
            {report.facts.map(({ label, value }) => (
              <div>
                <dt>{label}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        </div>
      </div>
    </section>
  );
}

function Figure({
  name,
  figure: { heading, note, table },
  twin,
  summary,
  open,
}: {
  readonly name: ChartName;
  readonly figure: LoadFigure<unknown>;
  readonly twin: string | undefined;
  readonly summary: string;
  readonly open?: boolean;
}) {
  return (
    <section class="block fig" id={name} style={{ marginTop: 0 }}>
      <h2>{heading}</h2>
      <p class="note">{note}</p>
      <div class="chart" style={{ height: `${CHART_HEIGHTS[name]}px` }}>
        <canvas data-chart={`0/${name}`} role="img" aria-label={heading} />
        {twin !== undefined && <img class="twin" alt={heading} src={twin} />}
      </div>
      <NumberTable summary={summary} table={table} open={open === true} />
    </section>
  );
}
