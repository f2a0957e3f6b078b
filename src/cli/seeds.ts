/** `--seeds`: how many, or which. */
import { inputError } from '../results/input-error.ts';

/** Most seeds of one suite. */
const SEEDS_MAX = 10_000;

/**
 * Reads `20` (seeds 1 to 20) or `21-40`.
 *
 * @throws InputError for anything else, and for more than 10,000 seeds.
 */
export function parseSeeds(text: string): number[] {
  const match = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(text.trim());
  const [from, to] = match?.[2] === undefined ? [1, Number(match?.[1])] : [Number(match[1]), Number(match[2])];
  const rule = 'a number of seeds like 20 or a range like 21-40';
  if (match === null || to < from) throw inputError('run', '--seeds', `it must be ${rule}, current value is ${text}`);
  if (to - from + 1 > SEEDS_MAX)
    throw inputError('run', '--seeds', `it must be at most ${SEEDS_MAX} seeds, current value is ${text}`);
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

/** `1-20`, or a list when there are gaps. */
export function seedsText(seeds: readonly number[]): string {
  const first = seeds[0] ?? 0;
  const gapless = seeds.every((seed, index) => seed === first + index);
  return gapless ? `${first}-${first + seeds.length - 1}` : seeds.join(',');
}
