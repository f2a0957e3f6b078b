/** Draws that the generator needs on top of {@link Random}. */
import type { Random } from '../../src/random/random.ts';

/** Log-uniform and whole, from `from` to `to`. */
export function logWhole(random: Random, from: number, to: number): number {
  const drawn = Math.floor(Math.exp(random.between(Math.log(from), Math.log(to + 1))));
  return Math.min(to, Math.max(from, drawn));
}

/** Log-uniform, from `from` to `to`. */
export function logBetween(random: Random, from: number, to: number): number {
  return Math.exp(random.between(Math.log(from), Math.log(to)));
}

/** One of a list, each as likely as its weight says. */
export function weighted<T>(random: Random, choices: readonly (readonly [weight: number, value: T])[]): T {
  let at = random.next() * choices.reduce((sum, [weight]) => sum + weight, 0);
  for (const [weight, value] of choices) if ((at -= weight) < 0) return value;
  return (choices.at(-1) as readonly [number, T])[1];
}

/** The greatest whole number that divides all of them. */
export function greatestDivisor(numbers: readonly number[]): number {
  return numbers.reduce((one, other) => {
    let [a, b] = [one, other];
    while (b > 0) [a, b] = [b, a % b];
    return a;
  }, 0);
}
