/** The columns that a running trial writes: typed arrays that grow by doubling. A million attempts take 31 MB (62 at the moment of growth). */
import { attemptOutcome, type AttemptColumns, type PlannedColumns } from '../metrics/record.ts';

const FIRST_CAPACITY = 1024;

/** Every attempt of a trial. */
export class AttemptTable implements AttemptColumns {
  count = 0;
  planned = new Int32Array(FIRST_CAPACITY);
  sender = new Int32Array(FIRST_CAPACITY);
  startMs = new Float64Array(FIRST_CAPACITY);
  endMs = new Float64Array(FIRST_CAPACITY);
  outcome = new Uint8Array(FIRST_CAPACITY);
  cause = new Int16Array(FIRST_CAPACITY);
  status = new Uint16Array(FIRST_CAPACITY);
  items = new Int32Array(FIRST_CAPACITY);

  /** Writes an open attempt and returns its row. */
  open(planned: number, sender: number, startMs: number, items: number, status: number, cause: number): number {
    const row = this.count;
    if (row === this.planned.length) this.#grow();
    this.planned[row] = planned;
    this.sender[row] = sender;
    this.startMs[row] = startMs;
    this.endMs[row] = NaN;
    this.cause[row] = cause;
    this.status[row] = status;
    this.items[row] = items;
    this.count = row + 1;
    return row;
  }

  /** Ends an open attempt. */
  close(row: number, endMs: number, outcome: number): void {
    this.endMs[row] = endMs;
    this.outcome[row] = outcome;
  }

  /** The trial is over: what is still open counts as cancelled. */
  closeAll(endMs: number): void {
    for (let row = 0; row < this.count; row++) {
      if (this.outcome[row] === attemptOutcome.open) this.close(row, endMs, attemptOutcome.cancelled);
    }
  }

  #grow(): void {
    const capacity = this.planned.length * 2;
    this.planned = enlarged(this.planned, new Int32Array(capacity));
    this.sender = enlarged(this.sender, new Int32Array(capacity));
    this.startMs = enlarged(this.startMs, new Float64Array(capacity));
    this.endMs = enlarged(this.endMs, new Float64Array(capacity));
    this.outcome = enlarged(this.outcome, new Uint8Array(capacity));
    this.cause = enlarged(this.cause, new Int16Array(capacity));
    this.status = enlarged(this.status, new Uint16Array(capacity));
    this.items = enlarged(this.items, new Int32Array(capacity));
  }
}

/** Every job of a plan; the number of rows is known from the start. */
export class PlannedTable implements PlannedColumns {
  readonly count: number;
  readonly releaseMs: Float64Array;
  readonly predecessorEndMs: Float64Array;
  readonly handedMs: Float64Array;
  readonly firstAttemptMs: Float64Array;
  readonly endMs: Float64Array;
  readonly outcome: Uint8Array;
  readonly attempts: Int32Array;

  constructor(releaseMs: Float64Array) {
    const count = releaseMs.length;
    this.count = count;
    this.releaseMs = releaseMs;
    this.predecessorEndMs = new Float64Array(count);
    this.handedMs = new Float64Array(count).fill(NaN);
    this.firstAttemptMs = new Float64Array(count).fill(NaN);
    this.endMs = new Float64Array(count).fill(NaN);
    this.outcome = new Uint8Array(count);
    this.attempts = new Int32Array(count);
  }
}

function enlarged<T extends { set(from: T): void }>(from: T, into: T): T {
  into.set(from);
  return into;
}
