/** Real randomness, for production use of a strategy: the twin of the seeded source. */
import { randomFromUniform } from './distributions.ts';
import type { RandomSource } from './random.ts';

/** Real dice: names and index are ignored, and every call gives a new number. */
export const systemRandom: RandomSource = {
  at: () => Math.random(),
  stream: () => randomFromUniform(() => Math.random()),
};
