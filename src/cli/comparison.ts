/** Two suites, cell by cell: what changed, paired by seed. Pure. */
import type { CellResult, ScenarioResults, SuiteResults, TrialResult } from '../results/results.ts';
import { hodgesLehmann, hodgesLehmannInterval } from '../statistics/hodges-lehmann.ts';

/** A change of one metric from `a` to `b`: Hodges-Lehmann estimate with an exact 95 % interval (null: too few seeds for one). */
export interface Change {
  readonly estimate: number;
  readonly interval: { readonly low: number; readonly high: number } | null;
}

/** What became of one scenario x strategy. */
export interface CellComparison {
  readonly scenario: string;
  readonly strategy: string;
  /** `identical`: every paired trial has the same digest. */
  readonly status: 'identical' | 'compared' | 'not comparable';
  /** Why it is not comparable; '' otherwise. */
  readonly reason: string;
  /** Seeds in both. */
  readonly seeds: number;
  /** Failed trials among them, before and after. */
  readonly failed: { readonly a: number; readonly b: number };
  /** Relative change of the makespan: 0.05 is 5 % longer. Null when no seed was measured in both. */
  readonly makespan: Change | null;
  /** Change of the wasted share, absolute: 0.05 is five percentage points more. */
  readonly wastedShare: Change | null;
}

/** Compares the main matrices of two suites, in the order of `a`, then what only `b` has. */
export function compareSuites(a: SuiteResults, b: SuiteResults): CellComparison[] {
  const names = unique([...a.scenarios, ...b.scenarios].map(({ name }) => name));
  return names.flatMap((name) => compareScenarios(name, find(a.scenarios, name), find(b.scenarios, name)));
}

function compareScenarios(
  name: string,
  a: ScenarioResults | undefined,
  b: ScenarioResults | undefined,
): CellComparison[] {
  const [cellsA, cellsB] = [matrix(a), matrix(b)];
  const specs = unique([...cellsA, ...cellsB].map(({ strategy }) => strategy));
  const differs = a === undefined || b === undefined ? '' : difference(a, b);
  return specs.map((strategy) => {
    const [cellA, cellB] = [cellsA, cellsB].map((cells) => cells.find((cell) => cell.strategy === strategy));
    const missing =
      cellA === undefined ? 'only in the second file' : cellB === undefined ? 'only in the first file' : '';
    const reason = missing || differs;
    if (cellA === undefined || cellB === undefined || reason !== '')
      return { ...nothing, scenario: name, strategy, status: 'not comparable', reason };
    return { scenario: name, strategy, ...compareCells(cellA, cellB) };
  });
}

const nothing = { seeds: 0, failed: { a: 0, b: 0 }, makespan: null, wastedShare: null } as const;

function compareCells(a: CellResult, b: CellResult): Omit<CellComparison, 'scenario' | 'strategy'> {
  const pairs = a.trials.flatMap((trial) => {
    const twin = b.trials.find(({ seed }) => seed === trial.seed);
    return twin === undefined ? [] : [[trial, twin] as const];
  });
  if (pairs.length === 0) return { ...nothing, status: 'not comparable', reason: 'no seed is in both' };
  const identical = pairs.every(([one, other]) => one.digest === other.digest);
  const measured = pairs.filter(([one, other]) => isMeasured(one) && isMeasured(other));
  const logRatios = measured.map(([one, other]) =>
    Math.log((other.metrics?.makespanMs ?? 0) / (one.metrics?.makespanMs ?? 0)),
  );
  const shares = measured.map(([one, other]) => (other.metrics?.wastedShare ?? 0) - (one.metrics?.wastedShare ?? 0));
  return {
    status: identical ? 'identical' : 'compared',
    reason: '',
    seeds: pairs.length,
    failed: { a: count(pairs.map(([one]) => one)), b: count(pairs.map(([, other]) => other)) },
    makespan: change(logRatios, (log) => Math.expm1(log)),
    wastedShare: change(shares, (share) => share),
  };
}

function change(differences: readonly number[], scale: (value: number) => number): Change | null {
  if (differences.length === 0) return null;
  const interval = hodgesLehmannInterval(differences);
  return {
    estimate: scale(hodgesLehmann(differences)),
    interval: interval === null ? null : { low: scale(interval.low), high: scale(interval.high) },
  };
}

/** A makespan of a trial that ended in failure is no makespan; one of 0 has no ratio. */
function isMeasured({ failure, metrics }: TrialResult): boolean {
  return failure === null && metrics !== null && metrics.makespanMs > 0;
}

function count(trials: readonly TrialResult[]): number {
  return trials.filter(({ failure }) => failure !== null).length;
}

/** Names the first thing that makes two runs of a scenario speak of different things; '' when nothing does. */
function difference(a: ScenarioResults, b: ScenarioResults): string {
  if (JSON.stringify(a.policy) !== JSON.stringify(b.policy)) return 'the policies differ';
  const values = ({ parameters }: ScenarioResults) =>
    JSON.stringify(
      Object.keys(parameters)
        .sort()
        .map((key) => [key, parameters[key]?.value]),
    );
  return values(a) === values(b) ? '' : 'the parameters differ';
}

function matrix(scenario: ScenarioResults | undefined): readonly CellResult[] {
  return scenario?.cells.filter(({ variant }) => variant === '') ?? [];
}

function find(scenarios: readonly ScenarioResults[], name: string): ScenarioResults | undefined {
  return scenarios.find((scenario) => scenario.name === name);
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}
