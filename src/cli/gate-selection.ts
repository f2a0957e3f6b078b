/** Which cells a gate runs: those that its baseline holds, and what of them is no longer there. */
import { scenarios } from '../../scenarios/index.ts';
import { extraScenarios } from '../../scenarios/published/index.ts';
import type { Baseline } from '../gate/baseline.ts';
import type { Absent } from '../gate/judge.ts';
import type { GatedScenario } from '../gate/measurement.ts';
import { parseStrategy, StrategySpecError } from '../strategies/index.ts';
import type { PlannedScenario } from '../suite/plan.ts';
import { isThere } from './files.ts';
import { loadSelection, scenarioSource, strategySource } from './selection.ts';
import type { Origins, Settings } from './settings.ts';

/** Cells to run, and cells of the baseline that cannot be run. */
export interface GateSelection {
  readonly planned: readonly PlannedScenario[];
  readonly absent: readonly Absent[];
}

/**
 * The cells of a baseline as they are now.
 *
 * @throws InputError for a file that is there and does not load: that is no missing strategy, but a broken one.
 */
export async function baselineSelection(baseline: Baseline, cwd: string): Promise<GateSelection> {
  const planned: PlannedScenario[] = [];
  const absent: Absent[] = [];
  for (const each of baseline.scenarios) {
    const gone = await whyScenarioGone(each, cwd);
    if (gone !== null) {
      absent.push({ scenario: each.scenario, strategy: null, reason: gone });
      continue;
    }
    const strategies: string[] = [];
    for (const { strategy, source } of each.strategies) {
      const reason = await whyStrategyGone(source, cwd);
      if (reason === null) strategies.push(source);
      else absent.push({ scenario: each.scenario, strategy, reason });
    }
    if (strategies.length > 0) planned.push(...(await load([each.source], strategies, baseline.policy, cwd)));
  }
  return { planned: renamed(baseline, planned, absent), absent };
}

/**
 * Cells that the settings name and the baseline does not hold: of a scenario that it knows, strategies that are named; of one that it does not
 * know, all that a run would take.
 */
export async function unheldSelection(
  baseline: Baseline,
  settings: Settings,
  origins: Origins,
  cwd: string,
): Promise<PlannedScenario[]> {
  const named = { scenarios: origins.scenarios !== 'default', strategies: origins.strategies !== 'default' };
  if (!named.scenarios && !named.strategies) return [];
  const scenarios = named.scenarios ? settings.scenarios : await sourcesThere(baseline, cwd);
  if (scenarios.length === 0) return [];
  const selected = await load(scenarios, settings.strategies, settings.policy ?? baseline.policy, cwd);
  return selected.flatMap((each) => {
    const held = baseline.scenarios.find(({ scenario }) => scenario === each.scenario.name)?.strategies;
    if (held !== undefined && !named.strategies) return [];
    const strategies = each.strategies.filter(
      ({ strategy }) => !(held ?? []).some((known) => known.strategy === strategy.spec),
    );
    return strategies.length === 0 ? [] : [{ ...each, strategies }];
  });
}

async function sourcesThere(baseline: Baseline, cwd: string): Promise<string[]> {
  const sources: string[] = [];
  for (const each of baseline.scenarios) if ((await whyScenarioGone(each, cwd)) === null) sources.push(each.source);
  return sources;
}

/** Runs of the same scenario as one, in the order in which they come. */
export function merged(selections: readonly PlannedScenario[]): PlannedScenario[] {
  const byName = new Map<string, PlannedScenario>();
  for (const each of selections) {
    const known = byName.get(each.scenario.name);
    byName.set(
      each.scenario.name,
      known === undefined ? each : { ...known, strategies: [...known.strategies, ...each.strategies] },
    );
  }
  return [...byName.values()];
}

function load(scenarios: readonly string[], strategies: readonly string[], policy: string | null, cwd: string) {
  return loadSelection({ scenarios, strategies, policy, claims: false, wire: false }, cwd);
}

/** A file that now holds a scenario of another name does not hold the baseline's any more. */
function renamed(baseline: Baseline, planned: readonly PlannedScenario[], absent: Absent[]): PlannedScenario[] {
  return planned.filter(({ scenario, source }) => {
    if (baseline.scenarios.some((each) => each.scenario === scenario.name && each.source === source.name)) return true;
    const was = baseline.scenarios.find((each) => each.source === source.name);
    if (was !== undefined)
      absent.push({ scenario: was.scenario, strategy: null, reason: `${source.name} now holds ${scenario.name}` });
    return false;
  });
}

async function whyScenarioGone({ source }: GatedScenario, cwd: string): Promise<string | null> {
  const { file } = scenarioSource(source, cwd);
  if (file !== null) return (await isThere(file)) ? null : `there is no file ${source} any more`;
  return [...scenarios, ...extraScenarios].some(({ name }) => name === source)
    ? null
    : `no scenario is named ${source} any more`;
}

async function whyStrategyGone(source: string, cwd: string): Promise<string | null> {
  const { file } = strategySource(source, cwd);
  if (file !== null) return (await isThere(file)) ? null : `there is no file ${source} any more`;
  try {
    parseStrategy(source);
    return null;
  } catch (error) {
    if (error instanceof StrategySpecError) return `ratelab has no such strategy any more: ${error.message}`;
    throw error;
  }
}
