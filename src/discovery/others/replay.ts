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
  const stepMs = shape.kind === 'token-bucket' && openedMs > 0 ? shape.stepMs : 0;
  let untilMs = first?.atMs ?? 0;
  return round.map(({ atMs, admitted, rejected, full }) => {
    const now = atMs + shiftMs;
    // Others never leave it full for long, so that its steps go on as they began.
    const stepped = stepMs > 0 ? stepAt(atMs, (first?.atMs ?? 0) - openedMs, stepMs) : 0;
    if (stepped > untilMs) meter.charge(TOUCH, stepped + shiftMs, Number.POSITIVE_INFINITY, true, capacity);
    untilMs = atMs;
    const room = Math.max(0, Math.floor(capacity - meter.reach(0, now) + 1e-6));
    const given = full ? room : Math.min(room, admitted + rejected);
    if (given > 0) meter.charge(given, now, Number.POSITIVE_INFINITY, true, capacity);
    if (rejected > 0 && counts === 'all') meter.charge(rejected, now, Number.POSITIVE_INFINITY, false, capacity);
    return given;
  });
}

/** The last step at or before `atMs`. */
function stepAt(atMs: number, openedMs: number, stepMs: number): number {
  return openedMs + Math.floor((atMs - openedMs) / stepMs) * stepMs;
}

/** Of what is given others take a share: at most this much of it may be missing, and no more than this in excess. */
const SCALE_LEAST = 0.6;
const SCALE_MOST = 1.12;
/** Looks are close together where no more than this share of the round lies between them. */
const CLOSE_SHARE = 0.025;

/**
 * Mean square distance between the two courses of what was given in all, as a share of the capacity. Others may have taken a share of everything; and
 * what is a look early or late is no distance, unless looks are far apart: between two of them nothing is known.
 */
export function distance(round: Round, given: readonly number[], capacity: number): number {
  const seen = sums(round.map(({ admitted }) => admitted));
  const supposed = sums(given);
  const both = seen.reduce((sum, one, at) => sum + one * (supposed[at] as number), 0);
  const square = supposed.reduce((sum, one) => sum + one * one, 0);
  const scale = square === 0 ? 1 : Math.max(SCALE_LEAST, Math.min(SCALE_MOST, both / square));
  const closeMs = ((round.at(-1)?.atMs ?? 0) - (round[0]?.atMs ?? 0)) * CLOSE_SHARE;
  const isClose = (at: number) => (round[at]?.atMs ?? 0) - (round[at - 1]?.atMs ?? 0) <= closeMs;
  let off = 0;
  for (const [at, one] of seen.entries()) {
    const own = supposed[at] as number;
    const least = scale * (at > 0 && isClose(at) ? (supposed[at - 1] as number) : own);
    const most = scale * (at + 1 < round.length && isClose(at + 1) ? (supposed[at + 1] as number) : own);
    const short = Math.max(0, least - one, one - most);
    off += short * short;
  }
  return off / (round.length * capacity * capacity);
}

function sums(values: readonly number[]): number[] {
  let sum = 0;
  return values.map((value) => (sum += value));
}
