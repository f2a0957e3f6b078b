/** Figures: a finding, how to read the chart, the chart with its still twin, and the same numbers as a table. */
import type { ComponentChildren } from 'preact';
import type { Causes, Figure, TimeSplit } from '../shape.ts';
import { ChartBox, type Of } from './chart-box.tsx';
import { NumberTable } from './number-table.tsx';

function Finding({
  figure,
  summary,
  wide,
  children,
}: {
  readonly figure: Figure<unknown>;
  readonly summary: string;
  readonly wide?: boolean;
  readonly children: ComponentChildren;
}) {
  return (
    <figure class="fig">
      {wide ? <h3>{figure.heading}</h3> : <h4>{figure.heading}</h4>}
      <p class="note">{figure.note}</p>
      {children}
      {figure.table && <NumberTable summary={summary} table={figure.table} />}
    </figure>
  );
}

/** How much better, how sure. */
export function ForestFigure(of: Of) {
  return (
    <Finding figure={of.scenario.forest} summary="" wide>
      <ChartBox of={of} name="forest" />
    </Finding>
  );
}

/** What speed costs. */
export function ScatterFigure(of: Of) {
  return (
    <Finding figure={of.scenario.scatter} summary="">
      <ChartBox of={of} name="scatter" />
      <Families />
    </Finding>
  );
}

function Families() {
  const outline = { fill: 'none', stroke: 'currentColor', 'stroke-width': '1.8' };
  const shapes = [
    ['reacts to a refusal', <circle cx="6" cy="6" r="4.4" {...outline} />],
    ['paces in advance', <rect x="2" y="2" width="8" height="8" {...outline} />],
    ['adapts its pace', <path d="M6 1.4l5 9H1z" {...outline} />],
    ['plans the work', <path d="M6 .8L11.2 6 6 11.2.8 6z" {...outline} />],
  ] as const;
  return (
    <ul class="keys">
      {shapes.map(([name, shape]) => (
        <li>
          <svg viewBox="0 0 12 12" class="shape" aria-hidden="true">
            {shape}
          </svg>
          {name}
        </li>
      ))}
    </ul>
  );
}

/** What jobs feel. */
export function EcdfFigure(of: Of) {
  const { curves } = of.scenario.ecdf.data;
  const lead = curves.find(({ tone }) => tone === 'lead');
  const other = curves.find(({ tone }) => tone === 'other');
  return (
    <Finding figure={of.scenario.ecdf} summary="Waits as a table, medians over the seeds">
      <ChartBox of={of} name="ecdf" />
      <ul class="keys">
        {lead && <LineKey class="k-lead" text={lead.title} width="2.6" dash="" />}
        {other && <LineKey class="k-other" text={other.title} width="2.6" dash="6 3" />}
        <LineKey class="k-rest" text="other strategies" width="1" dash="" />
      </ul>
    </Finding>
  );
}

function LineKey({
  class: style,
  text,
  width,
  dash,
}: {
  readonly class: string;
  readonly text: string;
  readonly width: string;
  readonly dash: string;
}) {
  return (
    <li>
      <svg viewBox="0 0 26 10" class={style} aria-hidden="true">
        <path d="M0 5h26" stroke="currentColor" stroke-width={width} stroke-dasharray={dash} />
      </svg>
      {text}
    </li>
  );
}

/** Where a job's time goes. */
export function TimeFigure({ time }: { readonly time: TimeSplit }) {
  return (
    <figure class="fig">
      <h3>{time.heading}</h3>
      <p class="note">{time.note}</p>
      <ul class="legend-inline">
        {time.parts.map((part, index) => (
          <li>
            <span class={`sw t-${index}`} />
            {part}
          </li>
        ))}
      </ul>
      <div class="time">
        {time.rows.map((row) => (
          <div class={`row ${row.isPick ? 'lead' : row.isProposal ? 'other' : ''}`}>
            <span>{row.title}</span>
            <div
              class="stack"
              role="img"
              aria-label={time.parts.map((part, index) => `${part} ${row.texts[index]}`).join(', ')}
            >
              {row.shares.map(
                (share, index) => share > 0.001 && <i class={`t-${index}`} style={{ flex: share.toFixed(4) }} />,
              )}
            </div>
            <b>{row.total}</b>
          </div>
        ))}
      </div>
      <NumberTable
        summary="Times as a table"
        table={{
          columns: ['Strategy', 'Mean wait', ...time.parts],
          rows: time.rows.map((row) => [row.title, row.total, ...row.texts]),
        }}
      />
    </figure>
  );
}

/** Why each call was refused. */
export function CausesFigure({ causes }: { readonly causes: Causes }) {
  return (
    <figure class="fig">
      <h3>{causes.heading}</h3>
      <p class="note">{causes.note}</p>
      {causes.causes.length > 0 && (
        <div class="cause">
          <div class="grid2 rows">
            {causes.rows.map((row) => (
              <div class="row">
                <p>
                  <b>{row.title}</b>
                  <span>{row.total}</span>
                </p>
                {row.shares.every((share) => share === 0) && <p class="none">Nothing refused.</p>}
                <div
                  class="stack"
                  role="img"
                  aria-label={causes.causes.map(({ name }, index) => `${name} ${row.texts[index]}`).join(', ')}
                >
                  {row.shares.map(
                    (share, index) =>
                      share > 0.001 && (
                        <i class={`k-${index}`} style={{ flex: share.toFixed(4) }}>
                          {share > 0.12 && [0, 1, 3].includes(index) && <span>{Math.round(share * 100)}&nbsp;%</span>}
                        </i>
                      ),
                  )}
                </div>
              </div>
            ))}
          </div>
          <CauseTable causes={causes} />
        </div>
      )}
    </figure>
  );
}

function CauseTable({ causes }: { readonly causes: Causes }) {
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">Cause</th>
          <th scope="col">Source</th>
          {causes.rows.map(({ title }) => (
            <th scope="col">{title}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {causes.causes.map((cause, index) => (
          <tr>
            <th scope="row">
              <span class={`sw k-${index}`} />
              {cause.name}
            </th>
            <td>{cause.source === '' ? '–' : cause.source}</td>
            {causes.rows.map((row) => (
              <td>{row.texts[index]}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
