/**
 * Identification without defiance. Nothing is sent before a told Retry-After has passed, so a rejection costs a whole wait, and scanning through rejections is
 * out of the question. Instead: the bucket is filled with nothing surplus, as far as every candidate allows, and then single probes are sent at the times whose
 * answers (passed; rejected, and the second that is told) split the candidates best. A rejected probe brackets the release to the told second; a probe at a
 * chosen time before or after a possible release halves the bracket.
 */
import { BudgetSpentError } from '../prober.ts';
import type { Stream, Identified } from '../stream.ts';
import { CarefulSearch } from './search.ts';

/** Options of {@link identifyCarefully}. */
export interface CarefulOptions {
  /** Probes in a row that nothing rejects, after which one stops looking. Default 1000. */
  readonly lookRequests?: number;
  /** Most probes for this stream once it was rejected; default 14 per unit of capacity, and 600. */
  readonly requests?: number;
}

/** Said where no rejection told a Retry-After: nothing is defied then by probing on, and `identify` does better. */
export const NOTHING_TOLD = 'no rejection told a Retry-After, so there is nothing to obey';

/**
 * Finds out what limits a stream, obeying every Retry-After. Needs whole told seconds that prove exact; where they do not, it says so (`ambiguous`).
 *
 * @throws (rejects) whatever ends a discovery, save an exhausted budget: that makes the answer ambiguous.
 */
export async function identifyCarefully(stream: Stream, options: CarefulOptions = {}): Promise<Identified> {
  const search = new CarefulSearch(stream, options.lookRequests ?? 1000, options.requests ?? null);
  try {
    return await search.run();
  } catch (error) {
    if (!(error instanceof BudgetSpentError)) throw error;
    return search.answer(`the budget is spent: ${error.message}`);
  }
}
