/** Runs the trials of one task, one after the other, in whatever thread this is. Never throws: what goes wrong becomes a failed trial. */
import { createHash } from 'node:crypto';
import type { Scenario } from '../../scenarios/scenario.ts';
import type { Timeline, TrialFailure, TrialResult } from '../results/results.ts';
import type { Strategy } from '../strategies/strategy.ts';
import { runTrial } from '../trial/run-trial.ts';
import { messageOf } from './load-module.ts';
import { loadScenario, loadStrategy, type ScenarioSource, type StrategySource } from './sources.ts';

/** A few seeds of one cell. Plain data: it travels to a worker. */
export interface TrialTask {
  readonly scenario: ScenarioSource;
  /** '' for the scenario as it stands. */
  readonly variant: string;
  readonly strategy: StrategySource;
  readonly seeds: readonly number[];
  /** Those of the seeds on which each organization is run alone too. */
  readonly isolatedSeeds: readonly number[];
  /** Whether it needs a thread in which nothing else ran: its strategy may keep state in module scope. */
  readonly alone: boolean;
  /** Whether to record a timeline. */
  readonly trace: boolean;
}

/** What one trial gave. */
export interface TrialOutput {
  readonly trial: TrialResult;
  readonly timeline: Timeline | null;
}

/**
 * Runs the task's seeds in order and hands over each trial as soon as it is done.
 *
 * @param stopped Asked before every trial; true leaves the rest undone.
 */
export async function runTask(
  task: TrialTask,
  stopped: () => boolean,
  emit: (output: TrialOutput) => void,
): Promise<void> {
  for (const seed of task.seeds) {
    if (stopped()) return;
    emit(await runOne(task, seed));
  }
}

/** A trial that gave nothing to measure. Its digest depends on the reason only. */
export function failedTrial(seed: number, reason: TrialFailure['reason'], detail: string): TrialResult {
  const digest = createHash('sha256').update(`failed: ${reason}`).digest('hex');
  return { seed, failure: { reason, detail: detail.slice(0, 1000) }, metrics: null, digest };
}

async function runOne(task: TrialTask, seed: number): Promise<TrialOutput> {
  try {
    const scenario = await scenarioOnce(task.scenario);
    const strategy = await loadStrategy(task.strategy);
    return onlyFinite(await trialOf(task, scenario, strategy, seed));
  } catch (error) {
    return { trial: failedTrial(seed, 'threw', messageOf(error)), timeline: null };
  }
}

async function trialOf(task: TrialTask, scenario: Scenario, strategy: Strategy, seed: number): Promise<TrialOutput> {
  const { result, timeline } = await runTrial({
    scenario,
    variant: task.variant,
    strategy,
    seed,
    isolate: task.isolatedSeeds.includes(seed),
    trace: task.trace,
  });
  return { trial: result, timeline };
}

/** JSON holds no NaN and no Infinity: a metric that is one is a broken invariant of the trial, named here rather than lost in the file. */
function onlyFinite(output: TrialOutput): TrialOutput {
  const path = notFinite(output.trial.metrics, 'metrics');
  if (path === null) return output;
  return { trial: failedTrial(output.trial.seed, 'invariant', `${path} must be finite`), timeline: null };
}

function notFinite(value: unknown, path: string): string | null {
  if (typeof value === 'number') return Number.isFinite(value) ? null : path;
  if (typeof value !== 'object' || value === null) return null;
  for (const [key, inner] of Object.entries(value)) {
    const found = notFinite(inner, `${path}.${key}`);
    if (found !== null) return found;
  }
  return null;
}

let lastScenario: { readonly key: string; readonly scenario: Promise<Scenario> } | null = null;

/** Scenarios are data: loaded once per thread and kept while tasks ask for the same one. */
function scenarioOnce(source: ScenarioSource): Promise<Scenario> {
  const key = JSON.stringify(source);
  if (lastScenario?.key !== key) lastScenario = { key, scenario: loadScenario(source) };
  return lastScenario.scenario;
}
