/** Everything about one scenario: what the thread says, the modelled rules, the ranking, the figures. */
import type { ScenarioVerdict } from '../../verdicts/verdict.ts';
import { capitalized, countOf, formatDuration, numberWord } from '../../wording/format.ts';
import type { Claims, Material, ScenarioSection, Table } from '../shape.ts';
import { ecdfFigure } from './ecdf-figure.ts';
import { focusOf } from './focus.ts';
import { forestFigure } from './forest-figure.ts';
import { policyTree } from './policy-tree.ts';
import { heldAgainstOthers } from './published.ts';
import { rankingOf } from './ranking.ts';
import { scatterFigure } from './scatter-figure.ts';
import { causesOf, timeSplit } from './spending.ts';
import { heatOf, lanesOf } from './timelines.ts';

/** The section of the scenario with this index. */
export function scenarioSection(material: Material, claims: Claims, index: number): ScenarioSection {
  const results = material.results.scenarios[index];
  const verdict = material.verdict.scenarios[index];
  if (!results || !verdict)
    throw new RangeError(`Cannot report scenario ${index}: the suite has ${material.results.scenarios.length}`);
  const focus = focusOf(results, verdict, material.verdict.pick.strategy);
  const own = ({ scenario }: { readonly scenario: string }) => scenario === results.name;
  return {
    name: results.name,
    title: results.title,
    facts: results.facts,
    lowerBound: lowerBound(verdict),
    says: results.thread.says,
    advice: results.thread.advice,
    claims: [...claims.advice.filter(own), ...claims.observed.filter(own)],
    policy: policyTree(results.policy, bindingLimits(verdict)),
    parameters: parameters(results.parameters),
    held: heldAgainstOthers(results),
    ranking: rankingOf(verdict, material.verdict.pick.strategy, results.proposal),
    open: openQuestions(verdict, material.results),
    forest: forestFigure(verdict, focus),
    scatter: scatterFigure(verdict, focus),
    ecdf: ecdfFigure(results, verdict, focus),
    time: timeSplit(verdict, focus),
    causes: causesOf(results, focus),
    lanes: lanesOf(results, verdict, focus),
    heat: heatOf(results, verdict, focus),
  };
}

function bindingLimits(verdict: ScenarioVerdict): string[] {
  return [...new Set(verdict.cells.flatMap(({ bound }) => (bound ? [bound.limit] : [])))];
}

function lowerBound(verdict: ScenarioVerdict): string {
  const bound = (verdict.cells.find(({ lowest }) => lowest) ?? verdict.cells.find((cell) => cell.bound !== null))
    ?.bound;
  return bound && bound.ms.median > 0
    ? `lower bound ${formatDuration(bound.ms.median)}, set by ${bound.limit}`
    : 'no lower bound';
}

function parameters(values: Material['results']['scenarios'][number]['parameters']): Table {
  return {
    columns: ['Parameter', 'Value', 'Source', 'Note'],
    rows: Object.entries(values).map(([name, { value, source, note }]) => [name, String(value), source, note]),
  };
}

function openQuestions(verdict: ScenarioVerdict, results: Material['results']): ScenarioSection['open'] {
  const lowest = verdict.cells.find((cell) => cell.lowest)?.title ?? 'the lowest';
  if (verdict.moreSeeds > 0) {
    return [
      {
        text: `${capitalized(countOf(verdict.seeds, 'seed'))} cannot support a verdict; ${numberWord(verdict.seedsNeeded)} are needed.`,
        command: withSeeds(results, verdict, verdict.seedsNeeded),
      },
    ];
  }
  return verdict.cells
    .filter((cell) => cell.class === 'unsure' && !cell.lowest)
    .map((cell) => {
      const cannot = `${verdict.seeds} seeds cannot separate ${cell.title} from ${lowest}`;
      if (cell.seedsToSettle === null) return { text: `${cannot}; no number up to 10,000 would.`, command: '' };
      return {
        text: `${cannot}; about ${numberWord(cell.seedsToSettle)} would.`,
        command: withSeeds(results, verdict, cell.seedsToSettle),
      };
    });
}

/** The same run with more seeds, with what was chosen for it: strategies, files, a policy. Where nothing was, this scenario alone. */
function withSeeds({ replay, mode }: Material['results'], { name }: ScenarioVerdict, seeds: number): string {
  const isChoice = !/^ratelab run --seeds \S+( --wire)?$/.test(replay) && / --seeds \S+/.test(replay);
  if (isChoice) return replay.replace(/ --seeds \S+/, ` --seeds ${seeds}`);
  return `ratelab run ${name}${mode === 'wire' ? ' --wire' : ''} --seeds ${seeds}`;
}
