/** Which scenarios and strategies a command line names: built in by name, or files. */
import { resolve } from 'node:path';
import { policies } from '../../mock-server/policies/index.ts';
import { parsePolicy, type Policy } from '../../mock-server/policy.ts';
import { scenarios } from '../../scenarios/index.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import { createRandomSource } from '../random/keyed-random.ts';
import { inputError } from '../results/input-error.ts';
import { inspectStrategy } from '../suite/inspect-strategy.ts';
import { messageOf } from '../suite/load-module.ts';
import type { PlannedScenario } from '../suite/plan.ts';
import { didYouMean, loadScenario, loadStrategy, type ScenarioSource, type StrategySource } from '../suite/sources.ts';
import { createSystemClock } from '../time/system-clock.ts';
import { settingOf } from '../trial/setting.ts';
import { readJson } from './files.ts';
import type { Settings } from './settings.ts';

/** What a run is about. */
type Selection = Pick<Settings, 'scenarios' | 'strategies' | 'policy' | 'claims' | 'wire'>;

/**
 * Loads everything that is named, so that every fault shows before anything runs.
 *
 * @throws InputError (or the policy's or spec's own error in the same form).
 */
export async function loadSelection(selection: Selection, cwd: string): Promise<PlannedScenario[]> {
  const names = selection.scenarios.length > 0 ? selection.scenarios : scenarios.map(({ name }) => name);
  const policy = selection.policy === null ? null : await readPolicy(selection.policy, cwd);
  const claimsSkipped = whyNoClaims(selection);
  const planned: PlannedScenario[] = [];
  for (const name of new Set(names)) {
    const source = { ...scenarioSource(name, cwd), policy };
    const scenario = await loadScenario(source);
    checkSetting(scenario, name);
    const specs = selection.strategies.length > 0 ? selection.strategies : scenario.strategies;
    planned.push({ source, scenario, strategies: await loadStrategies(specs, cwd), claimsSkipped });
  }
  return planned;
}

/** A scenario as named: a path (it has a slash or ends like a module) or a built-in name. */
export function scenarioSource(name: string, cwd: string): ScenarioSource {
  return { name, file: isPath(name) ? resolve(cwd, name) : null, policy: null };
}

/** A strategy as named: a path or a spec. */
export function strategySource(spec: string, cwd: string): StrategySource {
  return { spec, file: isPath(spec) ? resolve(cwd, spec) : null };
}

function isPath(name: string): boolean {
  return /^(?:\.{1,2}|~)?[\\/]|[\\/].*\.[cm]?[jt]s$|^[^:+=]*\.[cm]?[jt]s$/.test(name);
}

/** Everything of a scenario that only shows when it is used: its policy, its variants' policies, its start, the work of a first seed. */
function checkSetting(scenario: Scenario, name: string): void {
  for (const variant of ['', ...scenario.variants.map((each) => each.name)]) {
    const setting = settingOf(scenario, variant);
    if (variant !== '') continue;
    try {
      setting.workload(createRandomSource(1));
    } catch (error) {
      throw inputError('run', name, `making its workload failed: ${messageOf(error)}`, error);
    }
  }
}

async function loadStrategies(specs: readonly string[], cwd: string): Promise<PlannedScenario['strategies']> {
  const loaded = new Map<string, PlannedScenario['strategies'][number]>();
  for (const spec of specs) {
    const source = strategySource(spec, cwd);
    // Scenarios are data; a strategy is a program, of which only its name is wanted here.
    const strategy = await (isFile(source) ? inspectStrategy(source, createSystemClock()) : loadStrategy(source));
    if (!loaded.has(strategy.spec)) loaded.set(strategy.spec, { source, strategy });
  }
  return [...loaded.values()];
}

function isFile(source: StrategySource): source is StrategySource & { readonly file: string } {
  return source.file !== null;
}

/**
 * Reads a policy file.
 *
 * @throws InputError when it cannot be read or is not JSON, PolicyError with all its faults.
 */
export async function readPolicy(path: string, cwd: string): Promise<Record<string, unknown>> {
  const loose = await readJson(path, cwd);
  parsePolicy(loose, `policy ${path}`);
  return loose as Record<string, unknown>;
}

/**
 * A policy as named: a path (it has a slash or ends in `.json`) or a built-in name. `action` and `what` are what cannot be done without it.
 *
 * @throws InputError when there is none, or its file cannot be read; PolicyError with all its faults.
 */
export async function policyNamed(name: string, cwd: string, action: string, what: string): Promise<Policy> {
  if (Object.hasOwn(policies, name)) return parsePolicy(policies[name], name);
  if (/[\\/]|\.json$/i.test(name)) return parsePolicy(await readPolicy(name, cwd), `policy ${name}`);
  const near = didYouMean(name, Object.keys(policies));
  const hint = near === '' ? '; ratelab list policies shows them, and a file ends in .json' : near;
  throw inputError(action, what, `no policy is named ${name}${hint}`);
}

function whyNoClaims({ claims, strategies, policy, wire }: Selection): string {
  if (claims === true) return '';
  if (claims === false) return 'left out by --no-claims';
  if (wire) return 'left out, as claims are checked in virtual time (--claims checks them all the same)';
  if (policy !== null)
    return 'left out, as another policy than the thread\u2019s was chosen (--claims checks them all the same)';
  if (strategies.length > 0)
    return 'left out, as strategies were chosen on the command line (--claims checks them all the same)';
  return '';
}
