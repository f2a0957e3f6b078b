/** What a family would have given in a round, taken from by nobody else; and how far that is from what it gave. Pure. */
import type { Hypothesis } from '../hypothesis.ts';
import { createMeter } from '../meters/create-meter.ts';
import type { Round } from './hands.ts';

/** What the round leaves open of a hypothesis: others may have begun a window or a step before; and where an epoch window begins. */
export interface Latent {
  /** Others charged first this long before the round did, ms; 0: nobody did. */
  readonly openedMs: number;
  /** Added to all times. */
  readonly shiftMs: number;
}

/** Too little to be seen, enough to open a window. */
const TOUCH = 1e-9;

/** What would have been given in each taking. */
export function replay({ shape, counts, capacity }: Hypothesis, { openedMs, shiftMs }: Latent, round: Round): number[] {
  const meter = createMeter(shape);
  const first = round[0];
  if (first !== undefined && openedMs > 0) {
    meter.charge(TOUCH, first.atMs - openedMs + shiftMs, Number.POSITIVE_INFINITY, true, capacity);
  }
  return round.map(({ atMs, admitted, rejected, full }) => {
    const now = atMs + shiftMs;
    const room = Math.max(0, Math.floor(capacity - meter.reach(0, now) + 1e-6));
    const given = full ? room : Math.min(room, admitted + rejected);
    if (given > 0) meter.charge(given, now, Number.POSITIVE_INFINITY, true, capacity);
    if (rejected > 0 && counts === 'all') meter.charge(rejected, now, Number.POSITIVE_INFINITY, false, capacity);
    return given;
  });
}

/** Of what is given others take a share: at most this much of it may be missing, and no more than this in excess. */
const SCALE_LEAST = 0.6;
const SCALE_MOST = 1.12;

/** Mean square distance between the two courses of what was given in all, as a share of the capacity; others may have taken a share of everything. */
export function distance(round: Round, given: readonly number[], capacity: number): number {
  let [seen, supposed, both, square, seenSquare] = [0, 0, 0, 0, 0];
  for (const [at, { admitted }] of round.entries()) {
    seen += admitted;
    supposed += given[at] as number;
    both += seen * supposed;
    square += supposed * supposed;
    seenSquare += seen * seen;
  }
  const scale = square === 0 ? 1 : Math.max(SCALE_LEAST, Math.min(SCALE_MOST, both / square));
  const sum = seenSquare - 2 * scale * both + scale * scale * square;
  return Math.max(0, sum) / (round.length * capacity * capacity);
}
