/** The report of a discovery as one self-contained page; it needs no script. */
import { Bar, renderPage } from '../html/document.tsx';
import { ClaimIcon, IconShapes } from '../html/icons.tsx';
import { NumberTable } from '../html/number-table.tsx';
import { HowSection, Provenance } from '../html/plain-sections.tsx';
import type { Fact } from '../shape.ts';
import { Recovery, Staircase } from './charts.tsx';
import type { DiscoveryReport, LimitPart } from './shape.ts';

/** Renders the page. Pure: the same model gives the same bytes. */
export function renderDiscoveryPage(report: DiscoveryReport): string {
  return renderPage({
    title: report.title,
    tabs: 0,
    body: <Body report={report} />,
    charts: {},
    // No canvas is on the page; with a Chart of any kind the page's script minds the choice of theme.
    chartJs: 'var Chart=null',
    builders: {},
  });
}

function Body({ report }: { readonly report: DiscoveryReport }) {
  return (
    <>
      <a class="skip" href="#answer">
        Skip to the answer
      </a>
      <IconShapes />
      <Bar what="Limits found" />
      <div class="page">
        <nav class="toc" aria-label="Sections">
          <a href="#answer">The answer</a>
          {report.limits.length > 0 && <a href="#limits">Limits found</a>}
          {report.limits.map(({ anchor, name }) => (
            <a class="sub" href={`#${anchor}`} style={{ overflowWrap: 'anywhere' }}>
              {name}
            </a>
          ))}
          <a href="#unknown">Not known</a>
          <a href="#looked">How far was looked</a>
          <a href="#disturbance">Disturbance</a>
          <a href="#strategies">Strategies</a>
          <a href="#method">Method</a>
        </nav>
        {/* Names come from strangers, and may be one long word. */}
        <main style={{ overflowWrap: 'anywhere' }}>
          <Answer report={report} />
          {report.limits.length > 0 && (
            <section class="block" id="limits">
              <p class="eyebrow">Limits found</p>
              <h2>Each limit, with its evidence</h2>
              {report.limits.map((limit) => (
                <Limit limit={limit} />
              ))}
            </section>
          )}
          <TableSection id="unknown" eyebrow="Not known" {...report.unknown} summary="What is not known" />
          <TableSection
            id="looked"
            eyebrow="How far was looked"
            {...report.exclusions}
            summary="Stretches in which nothing more was found"
          />
          <section class="block" id="disturbance">
            <p class="eyebrow">Disturbance and verification</p>
            <h2>What else was seen</h2>
            <div class="cols">
              <List heading="Disturbance, headers, penalties" items={report.noise} />
              <List heading="Verification" items={report.verification} />
            </div>
          </section>
          <section class="block" id="strategies">
            <p class="eyebrow">Strategies</p>
            <h2>Ready-made for what was found</h2>
            {report.strategies.map(({ title, spec, why }) => (
              <div class="fig" style={{ marginTop: 'var(--s-6)' }}>
                <h3>{title}</h3>
                <p class="note">{why}</p>
                <div class="cmd">
                  <code>{`ratelab run --policy discovered.policy.json --strategy '${spec}'`}</code>
                </div>
              </div>
            ))}
            <details>
              <summary>The policy that was found, as JSON</summary>
              <pre
                tabIndex={0}
                style={{ overflowX: 'auto', fontSize: '12.5px', lineHeight: 1.5, marginTop: 'var(--s-3)' }}
              >
                <code>{report.policy}</code>
              </pre>
            </details>
          </section>
          <HowSection heading="How it was found" texts={report.method} />
        </main>
      </div>
    </>
  );
}

function Answer({ report }: { readonly report: DiscoveryReport }) {
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
          {report.next.length > 0 && (
            <div class="cols" style={{ gridTemplateColumns: 'minmax(0,1fr)', marginTop: 'var(--s-5)' }}>
              <List heading="What to do next" items={report.next} first />
            </div>
          )}
        </div>
        <div class="pick">
          <Facts facts={report.facts} />
        </div>
      </div>
    </section>
  );
}

function Limit({ limit }: { readonly limit: LimitPart }) {
  const { staircase, recovery, interference } = limit;
  return (
    <article class="fig" id={limit.anchor}>
      <p class="eyebrow">
        <Status found={limit.found} /> {limit.name}
      </p>
      <h3>{limit.sentence}</h3>
      {limit.doubt !== '' && <p class="note">{limit.doubt}</p>}
      {limit.alternatives.length > 0 && (
        <div class="cols" style={{ gridTemplateColumns: 'minmax(0,1fr)', marginTop: 'var(--s-4)' }}>
          <List heading="It may as well be" items={limit.alternatives} />
        </div>
      )}
      <div class="grid2" style={{ marginTop: 'var(--s-5)' }}>
        <div class="pick" style={{ boxShadow: 'none' }}>
          <Facts facts={limit.facts} />
        </div>
        <div>
          <NumberTable summary={`Numbers of ${limit.name}`} table={limit.numbers} open />
        </div>
      </div>
      {(staircase !== null || recovery !== null) && (
        <div class="grid2">
          {staircase !== null && (
            <div class="fig" style={{ marginTop: 'var(--s-6)' }}>
              <h4>{staircase.heading}</h4>
              <div class="chart">
                <Staircase data={staircase.data} label={staircase.heading} />
              </div>
              <ul class="keys">
                <li>
                  <Key colour="var(--rust-mark)" dashed /> offered
                </li>
                <li>
                  <Key colour="var(--blue-mark)" /> admitted
                </li>
              </ul>
              <NumberTable summary={`Offered and admitted, ${limit.name}`} table={staircase.table} />
            </div>
          )}
          {recovery !== null && (
            <div class="fig" style={{ marginTop: 'var(--s-6)' }}>
              <h4>{recovery.heading}</h4>
              <div class="chart">
                <Recovery data={recovery.data} label={recovery.heading} />
              </div>
              <NumberTable summary={`Recovery, ${limit.name}`} table={recovery.table} />
            </div>
          )}
        </div>
      )}
      {interference !== null && (
        <div class="fig" style={{ marginTop: 'var(--s-6)' }}>
          <h4>{interference.heading}</h4>
          <NumberTable summary={`Who shares ${limit.name}`} table={interference.table} text open />
        </div>
      )}
    </article>
  );
}

function Status({ found }: { readonly found: boolean }) {
  return (
    <span
      class={`stamp ${found ? 'is-holds' : 'is-depends'}`}
      style={{ height: '24px', fontSize: 'var(--t-12)', marginRight: '8px', padding: '0 10px 0 7px' }}
    >
      <ClaimIcon of={found ? 'holds' : 'depends'} />
      {found ? 'found' : 'ambiguous'}
    </span>
  );
}

/** Values here are sentences, so they wrap. */
function Facts({ facts }: { readonly facts: readonly Fact[] }) {
  return (
    <dl>
      {facts.map(({ label, value }) => (
        <div>
          <dt style={{ whiteSpace: 'nowrap' }}>{label}</dt>
          <dd style={{ whiteSpace: 'normal', textAlign: 'right', minWidth: 0 }}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function TableSection({
  id,
  eyebrow,
  heading,
  table,
  summary,
}: DiscoveryReport['unknown'] & { readonly id: string; readonly eyebrow: string; readonly summary: string }) {
  return (
    <section class="block" id={id}>
      <p class="eyebrow">{eyebrow}</p>
      <h2>{heading}</h2>
      {table.rows.length > 0 && <NumberTable summary={summary} table={table} text open />}
    </section>
  );
}

function List({
  heading,
  items,
  first,
}: {
  readonly heading: string;
  readonly items: readonly string[];
  /** Directly below the page's title. */
  readonly first?: boolean;
}) {
  const size = { fontSize: 'var(--t-16)', marginBottom: '8px', letterSpacing: '-.008em' };
  return (
    <div>
      {first ? <h2 style={size}>{heading}</h2> : <h3>{heading}</h3>}
      <ul>
        {items.map((text) => (
          <li>{text}</li>
        ))}
      </ul>
    </div>
  );
}

function Key({ colour, dashed }: { readonly colour: string; readonly dashed?: boolean }) {
  return (
    <svg viewBox="0 0 26 10" aria-hidden="true">
      <path d="M0 5h26" style={{ stroke: colour, strokeWidth: 2, ...(dashed ? { strokeDasharray: '5 3' } : {}) }} />
    </svg>
  );
}
