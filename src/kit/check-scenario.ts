/** One limiter in one small scenario, judged by laws. */
import { attemptsText, type History, type Law, type Violation, violationsOf } from '../laws/index.ts';
import { inputError, showValue } from '../results/input-error.ts';
import { runKitTrial } from './kit-trial.ts';
import { type Limiter, readyLimiter } from './limiter.ts';
import { smallScenario, type SmallScenario } from './small-scenario.ts';

/** What one trial showed. */
export interface Checked {
  readonly history: History;
  /** In the order of the laws; empty: all were obeyed. */
  readonly violations: readonly Violation[];
}

/** A limiter broke a law. The message holds the violation's sentence, the timeline of the trial, and how to run it again. */
export class LawBrokenError extends Error {
  override readonly name = 'LawBrokenError';
  readonly violations: readonly Violation[];
  readonly history: History;
  /** The scenario in which it happened. */
  readonly scenario: SmallScenario;

  constructor(message: string, { violations, history }: Checked, scenario: SmallScenario) {
    super(message);
    this.violations = violations;
    this.history = history;
    this.scenario = scenario;
  }
}

/**
 * Runs a limiter in a small scenario and judges what it did.
 *
 * @throws InputError for something that is no limiter or no law; an error of the laboratory's own when a trial's invariant is broken
 */
export async function checkScenario(limiter: Limiter, laws: readonly Law[], scenario: SmallScenario): Promise<Checked> {
  const { strategy } = readyLimiter(limiter);
  const { result, history } = await runKitTrial({ scenario: smallScenario(scenario), strategy, seed: scenario.seed });
  if (result.failure?.reason === 'invariant')
    throw new Error(`Cannot judge the limiter: the laboratory broke its own invariant: ${result.failure.detail}`);
  const done = history();
  return { history: done, violations: violationsOf(done, laws) };
}

/** Laws as they were given: one or several. */
export function lawList(laws: Law | readonly Law[]): readonly Law[] {
  const list: readonly unknown[] = typeof laws === 'function' ? [laws] : laws;
  if (!Array.isArray(list) || list.length === 0) throw wrongLaws('at least one law', laws);
  const empty: History = { startsAtMs: 0, endMs: 0, stopped: null, jobs: [], attempts: [], outages: [] };
  for (const law of list) {
    if (typeof law !== 'function') throw wrongLaws('functions from a history to a violation or null', law);
    // Most often a law's maker that was not called: `laws: [neverMoreThan]`.
    if (!isLaw(law as Law, empty))
      throw wrongLaws('laws; a maker must be called, as in neverBeforeRetryAfter()', law.name);
  }
  return list as readonly Law[];
}

function isLaw(law: Law, history: History): boolean {
  try {
    return typeof law(history) !== 'function';
  } catch {
    return false;
  }
}

function wrongLaws(rule: string, value: unknown): Error {
  return inputError('check limiter', 'with these laws', `laws must be ${rule}, current value is ${showValue(value)}`);
}

/** What was broken and how it came to it: sentences, then the timeline around the first. */
export function brokenText({ violations, history }: Checked): string {
  const sentences = violations.map(({ law, sentence }) => `${law}: ${sentence}`);
  return `${sentences.join('\n')}\n\n${attemptsText(history, { violation: violations[0] ?? null })}`;
}
