/** A scenario as it stands in the results: its data, made plain. */
import { parsePolicy } from '../../mock-server/policy.ts';
import type { Scenario, Parameter } from '../../scenarios/scenario.ts';
import type { CellResult, ClaimResult, ScenarioResults } from '../results/results.ts';
import type { PlannedScenario } from './plan.ts';
import { canonicalSpec } from './plan.ts';
import { heldAgainst } from './published.ts';

/** Puts a scenario's own data beside its cells and claims; timelines come later. */
export function scenarioResults(
  { scenario }: PlannedScenario,
  cells: readonly CellResult[],
  claims: readonly ClaimResult[],
): ScenarioResults {
  const published = heldAgainst(scenario, cells);
  const { name, title, thread, parameters, refusedShareMax } = scenario;
  return {
    name,
    title,
    thread: { says: thread.says, advice: thread.advice },
    policy: parsePolicy(scenario.policy, `policy of scenario ${name}`),
    facts: scenario.facts(valuesOf(scenario.parameters)),
    parameters: plain(parameters),
    refusedShareMax,
    proposal: canonicalSpec(scenario.proposal),
    cells,
    claims,
    timelines: [],
    ...(published === null ? {} : { published }),
  };
}

/** The parameters' values alone, as the workload maker takes them. */
export function valuesOf(parameters: Scenario['parameters']): Record<string, number | string | boolean> {
  return Object.fromEntries(Object.entries(parameters).map(([key, parameter]) => [key, parameter.value]));
}

function plain(parameters: Readonly<Record<string, Parameter>>): ScenarioResults['parameters'] {
  return Object.fromEntries(
    Object.entries(parameters).map(([key, { value, source, note }]) => [key, { value, source, note }]),
  );
}
