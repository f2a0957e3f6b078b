/** A limiter in a scenario, over some seeds, inside a test. */
import { distance } from 'fastest-levenshtein';
import type { Scenario } from '../../scenarios/scenario.ts';
import type { Policy } from '../../mock-server/policy.ts';
import type { History } from '../laws/index.ts';
import type { TrialMetrics } from '../metrics/metrics.ts';
import type { TrialFailure } from '../results/results.ts';
import { inputError, showValue } from '../results/input-error.ts';
import { settingOf } from '../trial/setting.ts';
import type { Workload, WorkloadMaker } from '../workload/workload.ts';
import { runKitTrial } from './kit-trial.ts';
import { type Limiter, type ReadyLimiter, readyLimiter } from './limiter.ts';
import { smallScenario, type SmallScenario, withOutagesOf } from './small-scenario.ts';
import { tinyScenarios } from './tiny-scenarios.ts';

/** Options of {@link runScenario}. */
export interface RunScenarioOptions {
  /**
   * Default `tiny`: three organizations, 40 calls each, 10 calls a second each; also `tiny-outage`, `tiny-shared`. Any built-in scenario by its
   * name (`users-fifty-orgs`; those take longer), a scenario of one's own, or a small one as a failed property prints it.
   */
  readonly scenario?: string | Scenario | SmallScenario;
  /** Name of one of the scenario's variants. Default: the scenario as it stands. */
  readonly variant?: string;
  /** Loose policy instead of the scenario's own. */
  readonly policy?: Readonly<Record<string, unknown>>;
  /** Other work than the scenario's own: a workload, or a maker that is given the scenario's values and the seed's dice. */
  readonly workload?: Workload | WorkloadMaker<never>;
  /** Seeds, or how many of them from 1 on; at most 1,000. Default 3. */
  readonly seeds?: number | readonly number[];
}

/** One seed. */
export interface ScenarioTrial {
  readonly seed: number;
  /** Null when nothing could be measured. */
  readonly metrics: TrialMetrics | null;
  /** Why it has no valid outcome; null: it has. */
  readonly failure: TrialFailure | null;
  /** The same in every run of the same code, scenario and seed. */
  readonly digest: string;
  /** Every job and attempt, for laws of one's own. */
  readonly history: () => History;
  /** A command, or code, that runs this seed again. */
  readonly replay: string;
}

/** What {@link runScenario} gives. */
export class ScenarioResult {
  /** Name of the scenario. */
  readonly scenario: string;
  /** Spec or name of the limiter. */
  readonly limiter: string;
  readonly policy: Policy;
  /** By seed, in the order asked for. */
  readonly trials: readonly ScenarioTrial[];

  constructor(scenario: string, limiter: string, policy: Policy, trials: readonly ScenarioTrial[]) {
    this.scenario = scenario;
    this.limiter = limiter;
    this.policy = policy;
    this.trials = trials;
  }

  /**
   * The trial of a seed.
   *
   * @throws RangeError when it was not run
   */
  trial(seed: number): ScenarioTrial {
    const found = this.trials.find((trial) => trial.seed === seed);
    if (found !== undefined) return found;
    const seeds = this.trials.map((trial) => trial.seed).join(', ');
    throw new RangeError(`Cannot show seed ${seed}: it must be one that was run (${seeds}), current value is ${seed}`);
  }
}

const SEEDS_MAX = 1000;

/**
 * Runs a limiter in a scenario and waits for nothing: time is virtual. Trials run one after the other, also those of concurrent tests.
 *
 * @throws (rejects) InputError for something that is no limiter, scenario or list of seeds; PolicyError for a wrong policy
 */
export async function runScenario(limiter: Limiter, options: RunScenarioOptions = {}): Promise<ScenarioResult> {
  const ready = readyLimiter(limiter);
  requireKnownOptions(options);
  const chosen = await chosenScenario(options.scenario ?? 'tiny');
  const scenario = changed(chosen.scenario, options);
  const variant = options.variant ?? '';
  const { policy } = settingOf(scenario, variant);
  const trials: ScenarioTrial[] = [];
  for (const seed of seedList(options.seeds ?? 3)) {
    const { strategy } = ready;
    const { result, history } = await runKitTrial({ scenario, variant, strategy, seed });
    const { metrics, failure, digest } = result;
    trials.push({ seed, metrics, failure, digest, history, replay: replayLine(ready, chosen, options, seed) });
  }
  return new ScenarioResult(scenario.name, ready.strategy.spec, policy, trials);
}

const OPTIONS: readonly string[] = [
  'scenario',
  'variant',
  'policy',
  'workload',
  'seeds',
] satisfies (keyof RunScenarioOptions)[];

/** Tests are often run without their types being checked, and `seed: 7` would else silently be three other seeds. */
function requireKnownOptions(options: RunScenarioOptions): void {
  const unknown = Object.keys(options).find((option) => !OPTIONS.includes(option));
  if (unknown === undefined) return;
  throw inputError(
    'run scenario',
    `with option ${unknown}`,
    `options must be some of ${OPTIONS.join(', ')}, current value is ${showValue(unknown)}`,
  );
}

/** A scenario and where it comes from. */
interface Chosen {
  readonly scenario: Scenario;
  /** `command`: `ratelab replay` knows its name; `kit`: this kit does; `value`: only the test has it. */
  readonly known: 'command' | 'kit' | 'value';
}

async function chosenScenario(given: NonNullable<RunScenarioOptions['scenario']>): Promise<Chosen> {
  if (typeof given === 'string') {
    const tiny = tinyScenarios.find(({ name }) => name === given);
    if (tiny !== undefined) return { scenario: tiny, known: 'kit' };
    // Loaded when needed: most tests use a tiny one.
    const { loadScenario } = await import('../suite/sources.ts');
    refuseNearlyTiny(given);
    return { scenario: await loadScenario({ name: given, file: null, policy: null }), known: 'command' };
  }
  if (typeof given === 'object' && given !== null && 'calls' in given)
    return { scenario: smallScenario(given), known: 'value' };
  if (typeof given === 'object' && given !== null && typeof given.workload === 'function')
    return { scenario: given, known: 'value' };
  throw inputError(
    'run scenario',
    showValue(given),
    `it must be a name, a scenario or a small scenario, current value is ${showValue(given)}`,
  );
}

/** An unknown name is answered with the built-in scenarios that the command line knows; the tiny ones are not among them. */
function refuseNearlyTiny(given: string): void {
  const near = tinyScenarios.find(({ name }) => distance(name, given) <= 2);
  if (near === undefined) return;
  const names = tinyScenarios.map(({ name }) => name).join(', ');
  throw inputError(
    'run scenario',
    given,
    `no scenario has this name; did you mean ${near.name}? (known: ${names}, and the built-in ones)`,
  );
}

function changed(scenario: Scenario, { policy, workload }: RunScenarioOptions): Scenario {
  if (policy === undefined && workload === undefined) return scenario;
  return withOutagesOf(scenario, {
    ...scenario,
    ...(policy === undefined ? {} : { policy: { ...policy } }),
    ...(workload === undefined
      ? {}
      : { workload: typeof workload === 'function' ? (workload as Scenario['workload']) : () => workload }),
  });
}

function seedList(seeds: number | readonly number[]): readonly number[] {
  const list =
    typeof seeds === 'number'
      ? Array.from({ length: seeds >= 1 ? Math.min(seeds, SEEDS_MAX + 1) : 0 }, (_, index) => index + 1)
      : seeds;
  const isGood =
    Array.isArray(list) &&
    list.length >= 1 &&
    list.length <= SEEDS_MAX &&
    (typeof seeds !== 'number' || Number.isInteger(seeds)) &&
    list.every((seed) => Number.isInteger(seed) && seed >= 0) &&
    new Set(list).size === list.length;
  if (isGood) return list;
  throw inputError(
    'run scenario',
    `with seeds ${showValue(seeds)}`,
    `seeds must be a number from 1 to ${SEEDS_MAX}, or a list of different whole numbers, current value is ${showValue(seeds)}`,
  );
}

/** The command line can replay what it can name; the rest needs the test's own code. */
function replayLine({ spec }: ReadyLimiter, chosen: Chosen, options: RunScenarioOptions, seed: number): string {
  const { scenario, known } = chosen;
  const isUnchanged = options.policy === undefined && options.workload === undefined;
  if (spec !== null && known === 'command' && isUnchanged) {
    const variant = options.variant === undefined ? '' : ` --variant ${options.variant}`;
    return `npx ratelab replay ${scenario.name} '${spec}' --seed ${seed}${variant}`;
  }
  const parts = [
    ...(known === 'value' ? ['scenario'] : scenario.name === 'tiny' ? [] : [`scenario: '${scenario.name}'`]),
    ...(options.variant === undefined ? [] : [`variant: '${options.variant}'`]),
    ...(options.policy === undefined ? [] : ['policy']),
    ...(options.workload === undefined ? [] : ['workload']),
    `seeds: [${seed}]`,
  ];
  return `await runScenario(${spec === null ? 'limiter' : `'${spec}'`}, { ${parts.join(', ')} })`;
}
