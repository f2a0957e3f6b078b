/** Timelines for the report: which two strategies of a scenario to run again with a trace, and the running of them. */
import type { ScenarioResults, SuiteResults, Timeline } from '../results/results.ts';
import { judgeSuite } from '../verdicts/index.ts';
import type { ScenarioVerdict } from '../verdicts/verdict.ts';
import type { Executor } from './executor.ts';
import type { PlannedScenario } from './plan.ts';
import type { TrialOutput } from './run-task.ts';

/**
 * Runs the scenario's two traced trials: the lowest eligible strategy and the one that the thread proposes (where that is the same one:
 * the next in rank), both at the seed whose makespan is the median of the first.
 *
 * @throws Error when a traced trial does not give the digest of the same trial without trace: recording must change nothing.
 */
export async function traceScenario(
  results: SuiteResults,
  scenario: ScenarioResults,
  planned: PlannedScenario,
  executor: Executor,
): Promise<Timeline[]> {
  const verdict = judgeSuite({ ...results, scenarios: [scenario] }).scenarios[0];
  const chosen = verdict === undefined ? [] : tracedStrategies(verdict, scenario.proposal);
  const seed = verdict?.cells.find(({ strategy }) => strategy === chosen[0])?.medianSeed ?? null;
  if (seed === null) return [];
  const timelines = await Promise.all(chosen.map((spec) => trace(scenario, planned, spec, seed, executor)));
  return timelines.filter((timeline) => timeline !== null);
}

/** Specs of the two strategies to trace: those that can be compared come first. */
export function tracedStrategies(verdict: ScenarioVerdict, proposal: string): string[] {
  const measured = verdict.cells.filter(({ medianSeed }) => medianSeed !== null).map(({ strategy }) => strategy);
  const first = verdict.finding.lowest ?? measured[0];
  if (first === undefined) return [];
  const second = proposal !== first && measured.includes(proposal) ? proposal : measured.find((spec) => spec !== first);
  return second === undefined ? [first] : [first, second];
}

async function trace(
  scenario: ScenarioResults,
  planned: PlannedScenario,
  spec: string,
  seed: number,
  executor: Executor,
): Promise<Timeline | null> {
  const chosen = planned.strategies.find(({ strategy }) => strategy.spec === spec);
  const before = scenario.cells
    .find((cell) => cell.variant === '' && cell.strategy === spec)
    ?.trials.find((trial) => trial.seed === seed);
  if (chosen === undefined || before === undefined) return null;
  const outputs: TrialOutput[] = [];
  const task = {
    scenario: planned.source,
    variant: '',
    strategy: chosen.source,
    seeds: [seed],
    isolatedSeeds: [],
    alone: chosen.strategy.foreign?.keepsState === true,
    trace: true,
  };
  await executor.run(task, (output) => outputs.push(output));
  const output = outputs[0];
  if (output === undefined) return null;
  if (output.trial.digest !== before.digest)
    throw new Error(
      `invariant: ${scenario.name} ${spec} seed ${seed} gave ${output.trial.digest} with a trace and ${before.digest} without`,
    );
  return output.timeline;
}
