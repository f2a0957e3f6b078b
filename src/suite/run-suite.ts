/** Runs a planned suite: hands out trials, books what comes back, and makes the results. */
import type { ScenarioResults, SuiteResults, TrialResult } from '../results/results.ts';
import { suiteDigest } from '../results/suite-digest.ts';
import type { Clock } from '../time/clock.ts';
import { checkClaims } from './claims.ts';
import type { Executor, TaskEnd } from './executor.ts';
import { Ledger, type LedgerTask } from './ledger.ts';
import { packageVersion } from './package-version.ts';
import type { PlannedCell, SuitePlan } from './plan.ts';
import { failedTrial, type TrialOutput } from './run-task.ts';
import { scenarioResults } from './scenario-results.ts';
import { traceScenario } from './traces.ts';

/** Options of {@link runSuite}. */
export interface SuiteOptions {
  readonly plan: SuitePlan;
  /** Where trials run; closed by its owner. */
  readonly executor: Executor;
  /** Real time, for the time left. */
  readonly clock: Clock;
  /** Version of the tool, for the file. */
  readonly version: string;
  /** The command that makes the results again. */
  readonly replay: string;
  /** What kind of time the executor's trials run in. Default virtual. On the wire nothing is traced: no trial goes the same way twice. */
  readonly mode?: SuiteResults['mode'];
  /** Whether to make timelines, which only reports need. Default true. */
  readonly timelines?: boolean;
  /** When aborted: no further trial is started, and what is done is kept (`complete: false`). */
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: SuiteEvent) => void;
}

/** How far a suite is. */
export interface Progress {
  readonly trialsDone: number;
  readonly trials: number;
  readonly cellsDone: number;
  readonly cells: number;
  /** Estimated real ms until the matrix is done; null before anything was measured. */
  readonly leftMs: number | null;
}

/** What a suite tells while it runs. */
export type SuiteEvent =
  | {
      readonly kind: 'started';
      readonly progress: Progress;
      readonly slots: number;
      readonly mode: SuiteResults['mode'];
    }
  | {
      readonly kind: 'trial' | 'cell';
      readonly scenario: string;
      readonly variant: string;
      readonly strategy: string;
      readonly seed: number;
      /** Trials of the cell that failed so far. */
      readonly failed: number;
      readonly progress: Progress;
    }
  | { readonly kind: 'tracing'; readonly scenario: string }
  | { readonly kind: 'checking claims' };

/** Runs a suite. The results depend on the plan alone: not on the executor, the number of threads or the order in which trials finish. */
export async function runSuite(options: SuiteOptions): Promise<SuiteResults> {
  const { plan, executor, signal, onEvent } = options;
  const ledger = new Ledger(plan, executor.seedsPerTaskMax);
  const stop = () => executor.stop();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    const { slots } = executor;
    onEvent?.({ kind: 'started', progress: progressOf(ledger, executor), slots, mode: options.mode ?? 'virtual' });
    await Promise.all(Array.from({ length: executor.slots }, () => workOff(ledger, options)));
    const complete = ledger.trialsDone === ledger.trialsTotal;
    if (plan.scenarios.some(({ claimsSkipped }) => claimsSkipped === '')) onEvent?.({ kind: 'checking claims' });
    const scenarios = plan.scenarios.map((planned, index) => {
      const cells = plan.cells.flatMap((cell, at) =>
        cell.scenario === index ? [cellResult(cell, ledger.trials(at))] : [],
      );
      return scenarioResults(planned, cells, checkClaims(planned, cells, complete));
    });
    const results = suiteResults(options, scenarios, complete);
    return results.mode === 'virtual' && options.timelines !== false ? await traced(results, options) : results;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

function suiteResults(options: SuiteOptions, scenarios: ScenarioResults[], complete: boolean): SuiteResults {
  return {
    schemaVersion: 1,
    tool: { name: 'ratelab', version: options.version },
    mode: options.mode ?? 'virtual',
    seeds: options.plan.seeds,
    digest: suiteDigest(scenarios),
    complete,
    replay: options.replay,
    scenarios,
  };
}

/** Adds timelines, scenario by scenario, unless the run was interrupted. */
async function traced(results: SuiteResults, options: SuiteOptions): Promise<SuiteResults> {
  const scenarios: ScenarioResults[] = [];
  for (const [index, scenario] of results.scenarios.entries()) {
    const planned = options.plan.scenarios[index];
    if (planned === undefined || options.signal?.aborted) {
      scenarios.push(scenario);
      continue;
    }
    options.onEvent?.({ kind: 'tracing', scenario: scenario.name });
    scenarios.push({ ...scenario, timelines: await traceScenario(results, scenario, planned, options.executor) });
  }
  return { ...results, scenarios };
}

/** One lane: takes tasks until none is left or the run is stopped. */
async function workOff(ledger: Ledger, options: SuiteOptions): Promise<void> {
  for (;;) {
    const task = options.signal?.aborted ? null : ledger.next();
    if (task === null) return;
    await runLedgerTask(task, ledger, options);
  }
}

async function runLedgerTask(task: LedgerTask, ledger: Ledger, options: SuiteOptions): Promise<void> {
  const cell = ledger.plan.cells[task.cell] as PlannedCell;
  const { clock, executor } = options;
  let startedMs = clock.now();
  let done = 0;
  const emit = ({ trial }: TrialOutput) => {
    const nowMs = clock.now();
    book(task.cell, trial, nowMs - startedMs, ledger, options);
    startedMs = nowMs;
    done += 1;
  };
  const end = await executor.run(
    {
      scenario: ledger.plan.scenarios[cell.scenario]!.source,
      variant: cell.variant,
      strategy: cell.source,
      seeds: task.seeds,
      isolatedSeeds: cell.isolatedSeeds,
      alone: cell.strategy.foreign?.keepsState === true,
      trace: false,
    },
    emit,
  );
  if (end.kind !== 'lost') return;
  const [lostSeed, ...rest] = task.seeds.slice(done);
  if (lostSeed === undefined) return;
  emit({ trial: failedTrial(lostSeed, end.reason, end.detail), timeline: null });
  afterLoss({ ...task, seeds: rest }, lostSeed, end, ledger, options);
}

/**
 * A thread that died takes one trial with it: the others are tried in another thread. A trial that never yielded cost a whole
 * watchdog's wait, and the same strategy would do it again on every seed: the rest of its cell is failed without being started.
 */
function afterLoss(
  rest: LedgerTask,
  lostSeed: number,
  end: Extract<TaskEnd, { kind: 'lost' }>,
  ledger: Ledger,
  options: SuiteOptions,
): void {
  if (end.reason !== 'stalled') return ledger.putBack(rest);
  for (const seed of [...rest.seeds, ...ledger.withdraw(rest.cell)])
    book(rest.cell, failedTrial(seed, 'stalled', `not started: seed ${lostSeed} ${end.detail}`), 0, ledger, options);
}

function book(at: number, trial: TrialResult, ms: number, ledger: Ledger, options: SuiteOptions): void {
  const complete = ledger.book(at, trial, ms);
  const cell = ledger.plan.cells[at] as PlannedCell;
  const event = {
    scenario: ledger.plan.scenarios[cell.scenario]?.scenario.name ?? '',
    variant: cell.label,
    strategy: cell.strategy.spec,
    seed: trial.seed,
    failed: ledger.trials(at).filter(({ failure }) => failure !== null).length,
    progress: progressOf(ledger, options.executor),
  };
  options.onEvent?.({ kind: 'trial', ...event });
  if (complete) options.onEvent?.({ kind: 'cell', ...event });
}

function progressOf(ledger: Ledger, executor: Executor): Progress {
  return {
    trialsDone: ledger.trialsDone,
    trials: ledger.trialsTotal,
    cellsDone: ledger.cellsDone,
    cells: ledger.plan.cells.length,
    leftMs: ledger.leftMs(executor.slots),
  };
}

function cellResult(cell: PlannedCell, trials: readonly TrialResult[]) {
  const { spec, title, family, what, foreign } = cell.strategy;
  const packages = (foreign?.packages ?? []).map((name) => ({ name, version: packageVersion(name) ?? 'unknown' }));
  return {
    variant: cell.label,
    strategy: spec,
    title,
    family,
    what,
    ...(packages.length === 0 ? {} : { packages }),
    trials,
  };
}
