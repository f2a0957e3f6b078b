/** What stands between a discovery and the truth. Measured, never assumed; `jitterMs` and the error share follow from any record of probes. */
import type { ProbeEvent } from '../record.ts';
import type { Range } from '../stream.ts';

/** What disturbs the measurement; the field names are those of the results file. */
export interface Noise {
  /** Share of probes that told nothing about limits. */
  readonly errorShare: number;
  /** Whether such a probe charged the limit: null, unknown. */
  readonly errorsCharge: boolean | null;
  /** How much later or earlier than another a probe may be decided: each way takes up to this long beyond the fastest. */
  readonly jitterMs: number;
  /** `rejected`: measured from rejections, which take no service time. `admitted`: an upper bound, service times vary as well. */
  readonly jitterFrom: 'rejected' | 'admitted' | 'none';
  /** Of the limit's sustained rate, what others use; null: not measured. */
  readonly backgroundShare: Range | null;
  /** How long a charge stays unseen by decisions; null: not measured. */
  readonly enforcementLagMs: Range | null;
}

/** Rejections before their spread counts as jitter. */
const REJECTIONS_MIN = 8;

/** Of real trips: the share that is as long as usual, and the least that is believed of them. */
const USUAL = 0.8;
const REAL_MS_MIN = 1;

/** Errors behind the limits befall no rejected probe: with this many probes at a saturated limit their absence is telling. */
const CHANCE_MAX = 0.01;

/**
 * What a record tells of errors and jitter.
 *
 * Jitter: a round trip without service time is the sum of two ways, each U(0, jitterMs), so the spread of n of them is
 * 2 jitterMs (1 - sqrt(pi / (2 n))) to first order (extremes of a triangular density).
 *
 * @param isReal time is real, and now and then something stands still for a moment: what four in five of the trips keep to counts
 */
export function noiseOf(events: readonly ProbeEvent[], isReal = false): Noise {
  // Where errors are known to come from behind the limits, the record has them as admitted.
  let behind = 0;
  let unknown = 0;
  const rejected: ProbeEvent[] = [];
  for (const event of events) {
    const { outcome, status } = event;
    if (outcome === 'rejected') rejected.push(event);
    else if (outcome === 'unknown') unknown += 1;
    else if (status === 0 || status >= 500) behind += 1;
  }
  unknown += behind;
  const from = rejected.length >= REJECTIONS_MIN ? 'rejected' : 'admitted';
  const told = from === 'rejected' ? rejected : events.filter(({ outcome }) => outcome === 'admitted');
  return {
    errorShare: events.length === 0 ? 0 : unknown / events.length,
    errorsCharge: behind > 0 ? true : unknown === 0 ? null : errorsCharge(events),
    jitterMs: told.length < 2 ? 0 : isReal ? usualJitterOf(told) : jitterOf(told.map(tripOf)),
    jitterFrom: told.length < 2 ? 'none' : from,
    backgroundShare: null,
    enforcementLagMs: null,
  };
}

/** Whether a measurement needs the inference under noise: anything beyond what exact inference forgives. */
export function isNoisy({ errorShare, jitterMs, jitterFrom, backgroundShare, enforcementLagMs }: Noise): boolean {
  return (
    errorShare > 0 ||
    (jitterFrom === 'rejected' && jitterMs > 1) ||
    (backgroundShare !== null && backgroundShare.high > 0) ||
    (enforcementLagMs !== null && enforcementLagMs.high > 0)
  );
}

/** Of the measured jitter, what is allowed beyond it, ms. */
const MARGIN = 1.12;
const MARGIN_MS = 1;

/** By how much decisions may be later than thought, in virtual time: 0 where rejections, which take no service time, all take equally long. */
export function blurMsOf(events: readonly ProbeEvent[]): number {
  const rejected = events.filter(({ outcome }) => outcome === 'rejected');
  const jitterMs = rejected.length < 2 ? 0 : jitterOf(rejected.map(tripOf));
  return jitterMs > 1 ? jitterMs * MARGIN + MARGIN_MS : 0;
}

/** Half of a usual trip for the decision of a probe, and half for that of the one before; of probes of one instant the middle one counts. */
function usualJitterOf(events: readonly ProbeEvent[]): number {
  const instants = new Map<number, number[]>();
  for (const event of events) {
    const some = instants.get(event.sentMs);
    if (some === undefined) instants.set(event.sentMs, [tripOf(event)]);
    else some.push(tripOf(event));
  }
  const trips = [...instants.values()].map((some) => quantile(some, 0.5));
  return Math.max(REAL_MS_MIN, quantile(trips, USUAL));
}

function tripOf({ sentMs, answeredMs }: ProbeEvent): number {
  return answeredMs - sentMs;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length * share)] ?? 0;
}

function jitterOf(tripsMs: readonly number[]): number {
  let leastMs = Number.POSITIVE_INFINITY;
  let mostMs = 0;
  for (const tripMs of tripsMs) {
    leastMs = Math.min(leastMs, tripMs);
    mostMs = Math.max(mostMs, tripMs);
  }
  const unseen = Math.sqrt(Math.PI / (2 * tripsMs.length));
  return (mostMs - leastMs) / 2 / Math.max(0.4, 1 - unseen);
}

/**
 * An error behind the limits befalls admitted requests only. So their share among probes between two rejections of one instant's
 * neighbourhood tells: as many as elsewhere, they come from before the limits; none where many were due, from behind.
 */
function errorsCharge(events: readonly ProbeEvent[]): boolean | null {
  let atLimit = 0;
  let unknownAtLimit = 0;
  let elsewhere = 0;
  let unknownElsewhere = 0;
  const neighbours = saturatedAt(events);
  for (const [at, { outcome }] of events.entries()) {
    const unknown = outcome === 'unknown' ? 1 : 0;
    if (neighbours[at] === true) {
      atLimit += 1;
      unknownAtLimit += unknown;
    } else {
      elsewhere += 1;
      unknownElsewhere += unknown;
    }
  }
  if (elsewhere === 0) return null;
  const share = (unknownElsewhere + 0.5) / (elsewhere + 1);
  // Two explanations: the same share at the limit, or next to none (a few of the neighbourhood were admitted after all).
  const same = unknownAtLimit * Math.log(share) + (atLimit - unknownAtLimit) * Math.log1p(-share);
  const few = share * 0.3;
  const none = unknownAtLimit * Math.log(few) + (atLimit - unknownAtLimit) * Math.log1p(-few);
  if (Math.abs(none - same) < -Math.log(CHANCE_MAX)) return null;
  return none > same;
}

/** Which probes stand between two rejections with nothing admitted between: the limit was full there. */
function saturatedAt(events: readonly ProbeEvent[]): boolean[] {
  const marks = events.map(() => false);
  let lastRejected = -1;
  for (const [at, { outcome }] of events.entries()) {
    if (outcome === 'admitted') lastRejected = -1;
    if (outcome !== 'rejected') continue;
    if (lastRejected >= 0) for (let between = lastRejected + 1; between <= at; between++) marks[between] = true;
    lastRejected = at;
  }
  return marks;
}
