/** Two runs side by side: lanes with one cursor, and refusals by organization. */
import type { Heat } from '../shape.ts';
import { ChartBox, type Of } from './chart-box.tsx';
import { HeatMap, heatColour } from './heat-map.tsx';
import { NumberTable } from './number-table.tsx';

/** What happened, and when. */
export function LanesFigure(of: Of) {
  const { lanes, name } = of.scenario;
  if (!lanes) return null;
  return (
    <figure class="fig">
      <h3>{lanes.heading}</h3>
      <p class="note">{lanes.note}</p>
      <div class="lanes">
        {lanes.runs.map((run, index) => (
          <div>
            <p class="lanehead">
              <b class={`is-${run.data.tone}`}>{run.title}</b>
              <span>{run.note}</span>
            </p>
            <ChartBox of={of} name={`lanes-${index + 1}`} />
            <p class="read" data-read={`${of.index}/lanes-${index + 1}`} aria-live="polite" />
          </div>
        ))}
      </div>
      <div class="cursor">
        <label for={`cursor-${of.index}`}>Move the cursor, or point at a chart, to read both runs at one moment</label>
        <input
          type="range"
          id={`cursor-${of.index}`}
          min="0"
          max="1000"
          value="0"
          data-cursor={of.index}
          aria-describedby={`note-${of.index}`}
        />
        <span class="vh" id={`note-${of.index}`}>{`Moment of the runs of ${name}`}</span>
      </div>
      <NumberTable summary="Timeline as a table" table={lanes.table} />
    </figure>
  );
}

/** Who suffers, and when. */
export function HeatFigure({ heat }: { readonly heat: Heat | null }) {
  if (!heat) return null;
  return (
    <figure class="fig">
      <h3>{heat.heading}</h3>
      <p class="note">{heat.note}</p>
      <div class="lanes">
        {heat.runs.map((run) => (
          <div>
            <p class="lanehead">
              <b>{run.title}</b>
              <span>{run.note}</span>
            </p>
            <HeatMap run={run} steps={heat.steps} endMs={heat.endMs} />
          </div>
        ))}
      </div>
      <p class="ramp">
        <span>refused per cell</span>
        {heat.steps.map((step, index) => [
          <i class={`ramp-${heatColour(index, heat.steps.length)}`} />,
          <span>
            {index === 0
              ? step === 1
                ? '1'
                : `1–${step}`
              : step === (heat.steps[index - 1] ?? 0) + 1
                ? step
                : `${(heat.steps[index - 1] ?? 0) + 1}–${step}`}
          </span>,
        ])}
      </p>
      <NumberTable
        summary="Refusals by organization as a table"
        table={{ columns: ['Organization', ...heat.runs.map(({ title }) => title)], rows: heatRows(heat) }}
      />
    </figure>
  );
}

function heatRows(heat: Heat): string[][] {
  const orgs = [...new Set(heat.runs.flatMap(({ rows }) => rows.map(({ org }) => org)))];
  return orgs.map((org) => [
    org,
    ...heat.runs.map(({ rows }) => String(rows.find((row) => row.org === org)?.total ?? '–')),
  ]);
}
