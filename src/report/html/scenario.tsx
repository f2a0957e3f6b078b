/** Scenario tabs: what the thread says, the modelled rules, the ranking, then the figures. */
import type { Held, ReportModel, ScenarioSection } from '../shape.ts';
import { CausesFigure, EcdfFigure, ForestFigure, ScatterFigure, TimeFigure } from './figures.tsx';
import { ClaimIcon, QuestionIcon } from './icons.tsx';
import { anchorOf } from './links.ts';
import { Policy } from './policy.tsx';
import { Rank } from './rank.tsx';
import { NumberTable } from './number-table.tsx';
import { HeatFigure, LanesFigure } from './timeline-figures.tsx';

/** Still images by `<scenario>-<chart>`, as data URIs. */
export type Twins = Readonly<Record<string, string>>;

/** The third section. */
export function ScenariosSection({ model, twins }: { readonly model: ReportModel; readonly twins: Twins }) {
  const count = model.scenarios.length;
  return (
    <section class="block" id="scenarios">
      <p class="eyebrow">Scenarios</p>
      <h2>{count === 1 ? 'One thread, replayed call by call.' : 'The threads, replayed call by call.'}</h2>
      <div class="tabs">
        {model.scenarios.map(({ name }, index) => (
          <input
            type="radio"
            name="scenario"
            id={`tab-${index}`}
            value={anchorOf(name)}
            checked={name === model.opens}
            aria-label={name}
          />
        ))}
        <div class="tablist">
          {model.scenarios.map(({ name }, index) => (
            <label for={`tab-${index}`}>{name}</label>
          ))}
        </div>
        <div class="panels">
          {model.scenarios.map((scenario, index) => (
            <Panel scenario={scenario} index={index} twins={twins} />
          ))}
        </div>
      </div>
    </section>
  );
}

function Panel({
  scenario,
  index,
  twins,
}: {
  readonly scenario: ScenarioSection;
  readonly index: number;
  readonly twins: Twins;
}) {
  const anchor = anchorOf(scenario.name);
  const figure = { scenario, index, twins };
  return (
    <section class={`panel panel-${index}`} id={anchor} data-index={index} aria-labelledby={`h-${anchor}`}>
      <div class="brief">
        <Brief scenario={scenario} heading={`h-${anchor}`} />
        <Policy tree={scenario.policy} />
      </div>
      <div class="fig">
        <h3>{scenario.ranking.heading}</h3>
        <p class="note">{scenario.ranking.note}</p>
        <Rank ranking={scenario.ranking} name={scenario.name} />
        {scenario.open.length > 0 && (
          <ul class="open">
            {scenario.open.map(({ text, command }) => (
              <li>
                <QuestionIcon />
                <span>
                  {text} {command !== '' && <code>{command}</code>}
                </span>
              </li>
            ))}
          </ul>
        )}
      </div>
      {scenario.held && <HeldAgainst held={scenario.held} />}
      <ForestFigure {...figure} />
      <div class="grid2">
        <ScatterFigure {...figure} />
        <EcdfFigure {...figure} />
      </div>
      <TimeFigure time={scenario.time} />
      <LanesFigure {...figure} />
      <HeatFigure heat={scenario.heat} />
      <CausesFigure causes={scenario.causes} />
      {scenario.parameters.rows.length > 0 && (
        <div class="fig">
          <NumberTable
            summary="Parameters of this scenario, and where each comes from"
            table={scenario.parameters}
            text
          />
        </div>
      )}
    </section>
  );
}

/** Published figures beside measured ones. */
function HeldAgainst({ held }: { readonly held: Held }) {
  return (
    <div class="fig">
      <h3>{held.heading}</h3>
      <p class="note">{held.note}</p>
      <NumberTable summary="Published and measured" table={held.table} open />
      {held.remarks.map(({ label, value }) => (
        <p class="note under">
          <b>{label}:</b> {value}
        </p>
      ))}
      <p class="note under">Source: {held.source}</p>
    </div>
  );
}

function Brief({ scenario, heading }: { readonly scenario: ScenarioSection; readonly heading: string }) {
  return (
    <div>
      <p class="eyebrow">
        <code>{scenario.name}</code>
      </p>
      <h3 id={heading}>{scenario.title}</h3>
      <p class="facts">
        {[...scenario.facts, scenario.lowerBound].map((fact) => (
          <span>{fact}</span>
        ))}
      </p>
      <dl class="thread">
        <dt>The thread says</dt>
        <dd>
          {scenario.says.map((text) => (
            <p>{text}</p>
          ))}
        </dd>
        {scenario.advice.length > 0 && <dt>and advises</dt>}
        {scenario.advice.length > 0 && (
          <dd>
            <ul>
              {scenario.advice.map((text) => (
                <li>{text}</li>
              ))}
            </ul>
          </dd>
        )}
      </dl>
      {scenario.claims.length > 0 && (
        <div class="tested">
          <p>Its claims, tested</p>
          <ul>
            {scenario.claims.map((claim) => (
              <li>
                <a href={`#${claim.anchor}`}>
                  <span class={`is-${claim.verdict.replace(' ', '-')}`}>
                    <ClaimIcon of={claim.verdict} />
                  </span>
                  <b class={`is-${claim.verdict.replace(' ', '-')}`}>{claim.word}</b>
                  <span>{claim.says}</span>
                </a>
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}
