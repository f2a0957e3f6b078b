/** The command that makes a results file again: only what changes results stands in it. */
import { seedsText } from './seeds.ts';
import type { Settings } from './settings.ts';

/** What of a run's settings changes its results. */
type Choices = Pick<Settings, 'scenarios' | 'strategies' | 'policy' | 'claims' | 'wire' | 'speed'>;

/** For example `ratelab run users-fifty-orgs --strategy none --seeds 1-20`. */
export function replayCommand(settings: Choices, seeds: readonly number[]): string {
  const words = ['ratelab', 'run', ...settings.scenarios.map(quoted)];
  for (const spec of settings.strategies) words.push('--strategy', quoted(spec));
  words.push('--seeds', seedsText(seeds));
  if (settings.wire) words.push('--wire');
  if (settings.speed !== null) words.push('--speed', String(settings.speed));
  if (settings.policy !== null) words.push('--policy', quoted(settings.policy));
  if (settings.claims !== null) words.push(settings.claims ? '--claims' : '--no-claims');
  return words.join(' ');
}

/** A word that any shell takes as it stands. */
function quoted(word: string): string {
  return /^[\w./,:=+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
