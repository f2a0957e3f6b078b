/** Scenario tabs: what the thread says, the modelled rules, the ranking, then the figures. */
import type { PolicyNode, PolicyTree, Ranking, ReportModel, ScenarioSection } from '../shape.ts';
import {
  CausesFigure,
  EcdfFigure,
  ForestFigure,
  HeatFigure,
  LanesFigure,
  ScatterFigure,
  TimeFigure,
} from './figures.tsx';
import { ClaimIcon, QuestionIcon, SourceTag, VerdictIcon } from './icons.tsx';
import { anchorOf } from './links.ts';
import { NumberTable } from './number-table.tsx';

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

function Policy({ tree }: { readonly tree: PolicyTree }) {
  return (
    <div class="policy">
      <p>Limits in this model, and where each comes from</p>
      <p class="about">
        {tree.title}. {tree.description}
      </p>
      <div class="tree">
        <div class="node">
          <b>Gateway</b>
        </div>
        <Nodes nodes={tree.nodes} />
      </div>
    </div>
  );
}

function Nodes({ nodes }: { readonly nodes: readonly PolicyNode[] }) {
  return (
    <ul>
      {nodes.map((node) => (
        <li>
          <div class="node">
            <span>
              <b>{node.name}</b> {node.binds && <span class="binds">binds</span>}
              {node.details.map((detail) => (
                <span class="d">{detail}</span>
              ))}
            </span>
            <SourceTag source={node.source} />
          </div>
          {node.children.length > 0 && <Nodes nodes={node.children} />}
        </li>
      ))}
    </ul>
  );
}

const rankHeads = [
  'Strategy',
  'Makespan',
  'Against lowest [95\u00A0%]',
  '× bound',
  '429s',
  'Refused',
  'p95 wait',
  'Worst org',
];

function Rank({ ranking, name }: { readonly ranking: Ranking; readonly name: string }) {
  return (
    <div class="rankwrap">
      <div class="scroll" tabIndex={0} role="region" aria-label={`Ranking for ${name}, scrolls sideways`}>
        <table class="rank">
          <thead>
            <tr>
              {rankHeads.map((head) => (
                <th scope="col">{head}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {ranking.groups.map(({ label, rows }) => [
              <tr class="group">
                <th colSpan={rankHeads.length} scope="colgroup">
                  <span class="gl">{label}</span>
                </th>
              </tr>,
              ...rows.map((row) => (
                <tr
                  class={[
                    row.standing === 'eligible' ? '' : row.standing === 'over budget' ? 'over' : 'failed',
                    row.isPick ? 'win' : '',
                  ]
                    .filter(Boolean)
                    .join(' ')}
                >
                  <th scope="row" title={row.strategy}>
                    <span class={`v-${row.class}`}>
                      <VerdictIcon of={row.class} label={row.word} />
                    </span>
                    {row.title}
                    {row.isProposal && <span class="proposal">the thread’s own</span>}
                  </th>
                  <td>{row.makespan}</td>
                  <td {...(row.seeds === '' ? {} : { title: `sooner, level, later by seed: ${row.seeds}` })}>
                    {row.difference}
                    {row.interval !== '' && <span class="ci">{row.interval}</span>}
                  </td>
                  <td>{row.boundRatio}</td>
                  <td>{row.rejected}</td>
                  <td>
                    <span class="wbar">
                      <span>{row.refused}</span>
                      <i style={{ width: `${Math.round(row.refusedBar * 100)}%` }} />
                    </span>
                  </td>
                  <td>{row.waitP95}</td>
                  <td>{row.worstOrg}</td>
                </tr>
              )),
            ])}
          </tbody>
        </table>
      </div>
    </div>
  );
}
