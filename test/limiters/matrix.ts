/** The trials of the table: every limiter in every scenario, on an executor that its caller owns. */
import type { TrialResult } from '../../src/results/results.ts';
import type { Executor } from '../../src/suite/executor.ts';
import { failedTrial } from '../../src/suite/run-task.ts';
import { parseStrategy } from '../../src/strategies/index.ts';
import type { LimiterCase } from './cases.ts';
import { scenarioFinding, SEEDS, type ScenarioFinding } from './findings.ts';

/** Figures of each scenario, in the order given. Trials run as many at once as the executor has slots. */
export async function scenarioFindings(
  cases: readonly LimiterCase[],
  scenarios: readonly string[],
  executor: Executor,
  onCell: (limiter: LimiterCase, scenario: string) => void = () => {},
): Promise<Record<string, ScenarioFinding>[]> {
  const found: Record<string, ScenarioFinding>[] = cases.map(() => ({}));
  // Scenario by scenario, so that a thread keeps the one that it has loaded.
  const cells = scenarios.flatMap((scenario) => cases.map((limiter, row) => ({ scenario, limiter, row })));
  const lane = async () => {
    for (let cell = cells.shift(); cell !== undefined; cell = cells.shift()) {
      const { row, scenario, limiter } = cell;
      found[row]![scenario] = scenarioFinding(await trialsOf(limiter.spec, scenario, executor));
      onCell(limiter, scenario);
    }
  };
  await Promise.all(Array.from({ length: executor.slots }, lane));
  // In the order of the scenarios, whatever finished first.
  return found.map((row) => Object.fromEntries(scenarios.map((name) => [name, row[name]!])));
}

async function trialsOf(spec: string, scenario: string, executor: Executor): Promise<TrialResult[]> {
  const alone = parseStrategy(spec).foreign?.keepsState === true;
  const trials: TrialResult[] = [];
  // One that keeps state gets a fresh thread for each trial.
  for (const seeds of alone ? SEEDS.map((seed) => [seed]) : [[...SEEDS]]) {
    const end = await executor.run(
      {
        scenario: { name: scenario, file: null, policy: null },
        variant: '',
        strategy: { spec, file: null },
        seeds,
        isolatedSeeds: [],
        alone,
        trace: false,
      },
      ({ trial }) => trials.push(trial),
    );
    if (end.kind === 'lost') trials.push(failedTrial(SEEDS[trials.length]!, end.reason, end.detail));
  }
  return trials;
}
