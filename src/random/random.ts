/**
 * Random numbers, keyed by entity: the same seed, stream, entity and index give the same number whatever else was drawn, so that
 * one strategy's extra calls never shift another's dice.
 */

/** A sequential generator for one entity. */
export interface Random {
  /** 53 bits in [0, 1). */
  next(): number;
  /** Uniform in [from, to). */
  between(from: number, to: number): number;
  /** Whole number in [from, to], both ends included. */
  integer(from: number, to: number): number;
  /** Exponential with the given mean. */
  exponential(mean: number): number;
  /** Normal. */
  normal(mean: number, standardDeviation: number): number;
  /** A shuffled copy (Fisher-Yates). */
  shuffled<T>(items: readonly T[]): T[];
}

/** All the randomness of one trial. */
export interface RandomSource {
  /** One number in [0, 1), 53 bits, a pure function of the seed and these three. */
  at(stream: string, entity: string | number, index: number): number;
  /** A sequential generator for one entity of a stream. */
  stream(stream: string, entity?: string | number): Random;
}
