/** The command that makes a results file again: only what changes results stands in it. */
import { seedsText } from './seeds.ts';

/** What of a run's options changes its results. */
interface Choices {
  readonly strategy: readonly string[];
  readonly claims?: boolean;
  readonly policy?: string;
}

/** For example `ratelab run users-fifty-orgs --strategy none --seeds 1-20`. */
export function replayCommand(names: readonly string[], choices: Choices, seeds: readonly number[]): string {
  const words = ['ratelab', 'run', ...names.map(quoted)];
  for (const spec of choices.strategy) words.push('--strategy', quoted(spec));
  words.push('--seeds', seedsText(seeds));
  if (choices.policy !== undefined) words.push('--policy', quoted(choices.policy));
  if (choices.claims === false) words.push('--no-claims');
  if (choices.claims === true) words.push('--claims');
  return words.join(' ');
}

/** A word that any shell takes as it stands. */
export function quoted(word: string): string {
  return /^[\w./,:=+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
