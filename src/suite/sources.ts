/**
 * Where scenarios and strategies come from: built in, by name, or a file that the user named. A source is plain data, so that a
 * worker can load the same thing again.
 */
import { distance } from 'fastest-levenshtein';
import { scenarios } from '../../scenarios/index.ts';
import { extraScenarios } from '../../scenarios/published/index.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import { inputError } from '../results/input-error.ts';
import type { Strategy } from '../strategies/strategy.ts';
import { settingOf } from '../trial/setting.ts';
import { checkScenario } from './check-scenario.ts';
import { loadModule } from './load-module.ts';
import { installedStrategy } from './package-version.ts';
import { usersStrategy } from './users-strategy.ts';

/** A scenario to load. */
export interface ScenarioSource {
  /** Name of a built-in scenario, or the path as the user wrote it. */
  readonly name: string;
  /** Absolute path of the user's file; null for a built-in scenario. */
  readonly file: string | null;
  /** Loose policy to use instead of the scenario's own; null: its own. */
  readonly policy: Readonly<Record<string, unknown>> | null;
}

/** A strategy to load. */
export interface StrategySource {
  /** Spec, or the path as the user wrote it; also the name in results. */
  readonly spec: string;
  /** Absolute path of the user's file; null for a spec. */
  readonly file: string | null;
}

/**
 * Loads a scenario.
 *
 * @throws InputError for an unknown name (with the nearest one), a file that cannot be loaded or does not hold a scenario.
 */
export async function loadScenario(source: ScenarioSource): Promise<Scenario> {
  const scenario = source.file === null ? builtInScenario(source.name) : await scenarioFile(source.name, source.file);
  return source.policy === null ? scenario : withPolicy(scenario, { ...source.policy });
}

/**
 * The scenario on another policy. Of its variants only those stay that can be made from that policy: a variant changes a limit by
 * name, and the other policy may have none of that name.
 */
function withPolicy(scenario: Scenario, policy: Scenario['policy']): Scenario {
  const changed = { ...scenario, policy };
  const fits = ({ name }: Scenario['variants'][number]) => {
    try {
      settingOf(changed, name);
      return true;
    } catch {
      return false;
    }
  };
  return { ...changed, variants: scenario.variants.filter(fits) };
}

/**
 * Loads a strategy.
 *
 * @throws InputError for a file that does not hold a strategy, and for a library that is not installed; the spec parser's own error for a wrong spec.
 */
export async function loadStrategy(source: StrategySource): Promise<Strategy> {
  if (source.file !== null) return usersStrategy(source.spec, source.file);
  return installedStrategy(source.spec);
}

/** `; did you mean <nearest>?`, or '' when nothing is near. */
export function didYouMean(name: string, known: readonly string[]): string {
  const ranked = known
    .map((candidate) => ({ candidate, edits: distance(name.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.edits - b.edits || (a.candidate < b.candidate ? -1 : 1));
  const nearest = ranked[0];
  if (nearest !== undefined && nearest.edits <= Math.max(2, Math.floor(name.length / 3)))
    return `; did you mean ${nearest.candidate}?`;
  const containing = known.find((candidate) => name.length >= 3 && candidate.includes(name.toLowerCase()));
  return containing === undefined ? '' : `; did you mean ${containing}?`;
}

function builtInScenario(name: string): Scenario {
  const known = [...scenarios, ...extraScenarios];
  const found = known.find((scenario) => scenario.name === name);
  if (found !== undefined) return found;
  const names = known.map((scenario) => scenario.name);
  throw inputError('run', name, `no scenario has this name${didYouMean(name, names)} (known: ${names.join(', ')})`);
}

async function scenarioFile(name: string, file: string): Promise<Scenario> {
  const module = await loadModule(file, 'load scenario', name);
  return checkScenario(module['default'], name);
}
