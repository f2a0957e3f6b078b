/**
 * ratelab as a library: strategies for production code, scenarios and suites for experiments, reports and verdicts as pure functions of results.
 * The simulated gateway is `ratelab/gateway`.
 */

// Strategies: wrap a fetch, in production or under test.
export {
  buildStrategy,
  composeStrategies,
  customStrategy,
  parseStrategy,
  strategyDefinitions,
  StrategySpecError,
  systemContext,
  withStrategy,
} from './strategies/index.ts';
export type {
  AroundFetchOptions,
  Fetch,
  ParameterDefinition,
  ParameterValues,
  Pipeline,
  Plan,
  PlanContext,
  RequestIdentity,
  Strategy,
  StrategyContext,
  StrategyDefinition,
  StrategyFamily,
} from './strategies/index.ts';

// What a strategy is given: time and chance.
export { createSystemClock } from './time/system-clock.ts';
export { sleep, type Clock, type TimerHandle } from './time/clock.ts';
export { systemRandom } from './random/system-random.ts';
export { createRandomSource } from './random/keyed-random.ts';
export type { Random, RandomSource } from './random/random.ts';

// Scenarios: a policy, a workload, strategies, claims.
export { defineScenario } from '../scenarios/scenario.ts';
export type { Claim, Evidence, Parameter, Scenario, Values, Variant } from '../scenarios/scenario.ts';
export { scenarios } from '../scenarios/index.ts';
export { createWorkload, sender, senders, type JobDraft } from './workload/create-workload.ts';
export type { Job, Sender, Workload, WorkloadMaker } from './workload/workload.ts';

// Trials and suites.
export { runTrial, type TrialOptions, type TrialOutcome } from './trial/run-trial.ts';
export { planSuite, type PlannedCell, type PlannedScenario, type SuitePlan } from './suite/plan.ts';
export { runSuite, type Progress, type SuiteEvent, type SuiteOptions } from './suite/run-suite.ts';
export { inProcessExecutor, type Executor, type TaskEnd } from './suite/executor.ts';
export { workerExecutor, type WorkerExecutorOptions } from './suite/worker-executor.ts';
export type { StrategyModule } from './suite/users-strategy.ts';
export type { Client, ClientMaker } from './strategies/bridges/client.ts';
export { loadScenario, loadStrategy, type ScenarioSource, type StrategySource } from './suite/sources.ts';

// The command line's config file.
export { defineConfig, type Config, type Settings } from './cli/settings.ts';

// Results, verdicts, reports.
export { canonicalJson } from './results/canonical-json.ts';
export { InputError, type Fault } from './results/input-error.ts';
export { parseResults, resultsJsonSchema, RESULTS_SCHEMA_VERSION } from './results/parse-results.ts';
export {
  LOAD_SCHEMA_VERSION,
  loadResultsJsonSchema,
  parseLoadResults,
  type LoadResults,
} from './results/load-results.ts';
export { suiteDigest } from './results/suite-digest.ts';
export type * from './results/results.ts';
export type { Percentiles, TrialMetrics } from './metrics/metrics.ts';
export { judgeScenario, judgeSuite } from './verdicts/index.ts';
export type * from './verdicts/verdict.ts';
export { buildReport } from './report/model.ts';
export type { ReportModel } from './report/shape.ts';
export { renderMarkdown } from './report/markdown.ts';
export { renderTerminal, type TerminalOptions } from './report/terminal.ts';
export { writeReport } from './report/write-report.ts';
