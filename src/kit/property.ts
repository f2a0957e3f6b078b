/** Ready-made properties: a limiter obeys laws in every scenario that fast-check can think of. */
import * as fc from 'fast-check';
import type { Law } from '../laws/index.ts';
import { type ScenarioOptions, scenarioArbitrary } from './arbitraries.ts';
import { brokenText, checkScenario, type Checked, lawList, LawBrokenError } from './check-scenario.ts';
import { type Limiter, readyLimiter } from './limiter.ts';
import type { SmallScenario } from './small-scenario.ts';

/** Options of {@link checkLimiter}. */
export interface CheckOptions extends ScenarioOptions {
  /** What must hold in every scenario. */
  readonly laws: Law | readonly Law[];
  /** Scenarios to try. Default 100. */
  readonly runs?: number;
  /** Fixes the scenarios: the same seed and options try the same ones. Default 1. */
  readonly seed?: number;
  /** A failure's path: tries only the scenario that it leads to. Default: all. */
  readonly path?: string;
}

/**
 * A property for `fc.assert`: the limiter obeys the laws in any scenario. Trials run one after the other, also those of concurrent tests. What
 * fast-check reports is the smallest scenario that it found; the error behind it (its `cause`) holds violation, timeline and replay.
 *
 * @throws InputError at once for something that is no limiter or no law
 */
export function limiterProperty(
  limiter: Limiter,
  laws: Law | readonly Law[],
  options: ScenarioOptions = {},
): fc.IAsyncProperty<[SmallScenario]> {
  const list = lawList(laws);
  readyLimiter(limiter);
  return fc.asyncProperty(scenarioArbitrary(options), async (scenario) => {
    const checked = await checkScenario(limiter, list, scenario);
    if (checked.violations.length === 0) return;
    throw new LawBrokenError(`${brokenText(checked)}\n\nReplay: ${replayCall(scenario)}`, checked, scenario);
  });
}

/**
 * Checks a limiter in many small scenarios and throws for the smallest in which it breaks a law.
 *
 * @throws (rejects) LawBrokenError: what was broken, a timeline of the smallest case, seed and path, two ways to run it again. InputError for
 *   something that is no limiter or no law.
 */
export async function checkLimiter(limiter: Limiter, options: CheckOptions): Promise<void> {
  const { laws, runs = 100, seed = 1, path, ...scenarioOptions } = options;
  const list = lawList(laws);
  const details = await fc.check(limiterProperty(limiter, list, scenarioOptions), {
    seed,
    numRuns: runs,
    ...(path === undefined ? {} : { path, endOnFailure: true }),
  });
  if (!details.failed) return;
  const scenario = details.counterexample?.[0];
  const error = details.errorInstance;
  if (scenario === undefined || !(error instanceof LawBrokenError)) throw error;
  throw new LawBrokenError(reportOf(error, details), error, scenario);
}

/**
 * Runs one scenario again, as a failure prints it.
 *
 * @throws (rejects) LawBrokenError when a law is broken in it
 */
export async function replayScenario(
  limiter: Limiter,
  laws: Law | readonly Law[],
  scenario: SmallScenario,
): Promise<Checked> {
  const checked = await checkScenario(limiter, lawList(laws), scenario);
  if (checked.violations.length > 0) throw new LawBrokenError(brokenText(checked), checked, scenario);
  return checked;
}

function reportOf(error: LawBrokenError, details: fc.RunDetails<[SmallScenario]>): string {
  const { seed, counterexamplePath, numRuns, numShrinks } = details;
  return [
    brokenText(error),
    '',
    `Scenario ${numRuns} (seed ${seed}), made smaller ${numShrinks} times.`,
    `Replay: await checkLimiter(limiter, { ...sameOptions, seed: ${seed}, path: ${JSON.stringify(counterexamplePath)} })`,
    `    or: ${replayCall(error.scenario)}`,
  ].join('\n');
}

/** Code that runs one scenario again; the data stand in it. */
function replayCall(scenario: SmallScenario): string {
  return `await replayScenario(limiter, laws, ${JSON.stringify(scenario)})`;
}
