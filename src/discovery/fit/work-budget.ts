/**
 * What inference may cost, counted in batches that are replayed and never in time: so an answer is a function of the record alone, on any machine,
 * and no discovery computes without end.
 */
import { BudgetSpentError } from '../prober-stops.ts';

/** Of a whole discovery, and of one stream, at 50 to 150 ns a batch (measured): bounds against computing without end, of which one limit alone takes a tenth. */
const OF_DISCOVERY = 400_000_000;
const OF_STREAM = 100_000_000;

/** See the head of this file. */
export class WorkBudget {
  readonly #whole: WorkBudget | null;
  #left: number;

  constructor(batches = OF_DISCOVERY, whole: WorkBudget | null = null) {
    this.#left = batches;
    this.#whole = whole;
  }

  /** A part of it, for one stream. */
  forStream(): WorkBudget {
    return new WorkBudget(OF_STREAM, this);
  }

  get left(): number {
    return Math.min(this.#left, this.#whole?.left ?? Number.POSITIVE_INFINITY);
  }

  spend(batches: number): void {
    this.#left -= batches;
    this.#whole?.spend(batches);
  }

  /** @throws BudgetSpentError when nothing is left. */
  demand(): void {
    if (this.left <= 0) throw new BudgetSpentError('the work that inference may cost is spent');
  }
}
