/** Whether others use a limit: what passes at one instant after a rest is always the same where nobody does. */
import { IDLE_AFTER_MS } from '../idle.ts';
import type { Point } from '../black-box.ts';
import type { Prober } from '../prober.ts';

/** A rest for limits that recover in a moment. */
const SHORT_REST_MS = 120_000;
const MOMENT_MS = 2500;
/** So many that passed twice are no accident. */
const MANY = 100;
/** Of small limits more bursts are worth it: this many probes in all. */
const PROBES = 80;
const BURSTS_MAX = 5;
const CONFIRMED = 3;

/** What came of looking for others. */
export interface Seen {
  readonly seen: boolean;
  /** When the last burst after a rest began, ms: nothing before it counts any more. Negative infinity: there was none. */
  readonly sinceMs: number;
}

/**
 * Rests and bursts a few times; seen: not the same passed each time. Without jitter only, and where it is known what errors mean.
 *
 * @param atOnce what passed at once so far, from rest
 * @param least bursts that are compared with the first, at least
 */
export async function othersSeen(prober: Prober, point: Point, atOnce: number, least = 1): Promise<Seen> {
  const bursts: number[] = [];
  const seen = await passesDiffer(prober, point, atOnce, least, bursts);
  return { seen, sinceMs: bursts.at(-1) ?? Number.NEGATIVE_INFINITY };
}

async function passesDiffer(
  prober: Prober,
  point: Point,
  atOnce: number,
  leastBursts: number,
  bursts: number[],
): Promise<boolean> {
  const burst = (expected: number, restMs: number) => burstFromRest(prober, point, expected, restMs, bursts);
  const differs = async (first: number, restMs: number, least = leastBursts) => {
    const rounds = Math.max(least, Math.min(BURSTS_MAX, Math.ceil(PROBES / Math.max(1, first))));
    for (let round = 0; round < rounds; round++) {
      const passed = await burst(first, restMs);
      if (passed !== first) return true;
    }
    return false;
  };
  const restMs = (await recoversSoon(prober, point, atOnce)) ? SHORT_REST_MS : IDLE_AFTER_MS;
  const first = await burst(atOnce, restMs);
  if (leastBursts === 1 && first === atOnce && first >= MANY) return false;
  if (!(await differs(first, restMs))) return false;
  if (restMs === IDLE_AFTER_MS) return true;
  // A slower limit may not have recovered.
  const slow = await burst(first, IDLE_AFTER_MS);
  return differs(slow, IDLE_AFTER_MS, Math.max(CONFIRMED, leastBursts));
}

/** What passes at one instant after a rest. */
async function burstFromRest(
  prober: Prober,
  point: Point,
  expected: number,
  restMs: number,
  bursts: number[],
): Promise<number> {
  for (let size = expected + 3; ; size = Math.ceil(size * 1.6)) {
    await prober.waitUntil(prober.nowMs + restMs);
    bursts.push(prober.nowMs);
    const answers = await prober.sendMany(Array.from({ length: size }, () => point));
    const passed = answers.filter(({ outcome }) => outcome === 'admitted').length;
    if (answers.some(({ outcome }) => outcome === 'rejected')) return passed;
  }
}

/** Whether most of what fits passes again after a moment. */
async function recoversSoon(prober: Prober, point: Point, atOnce: number): Promise<boolean> {
  await prober.waitUntil(prober.nowMs + MOMENT_MS);
  const many = Math.ceil(atOnce / 2);
  for (const count of [2, many - 2]) {
    if (count <= 0) continue;
    const answers = await prober.sendMany(Array.from({ length: count }, () => point));
    if (answers.some(({ outcome }) => outcome !== 'admitted')) return false;
  }
  return true;
}

/** Requests' worth of tokens waited for, and how often. */
const TOKENS = 30;
const TAKES = 5;
/** Of fewer at a time others may happen to take all. */
const HANDFUL = 4;
/** Of what was due, so much may be missing because of others; where it is more, it is something else. */
const MISSING_MAX = 0.4;

/**
 * Whether others use a token bucket: at rest it is full in spite of them, but what it gives while it is kept empty falls short of what it should. `room`:
 * what is due now, at least.
 */
export async function tokensMissing(
  prober: Prober,
  point: Point,
  capacity: number,
  perMs: number,
  room: () => number,
): Promise<boolean> {
  await prober.sendMany(Array.from({ length: Math.ceil(capacity) + 2 }, () => point));
  const many = Math.max(1, Math.min(TOKENS, Math.floor(capacity * 0.6)));
  let [due, missing, short] = [0, 0, 0];
  for (let take = 0; take < TAKES; take++) {
    await prober.waitUntil(prober.nowMs + many / perMs);
    const expected = room();
    const answers = await prober.sendMany(Array.from({ length: expected + 2 }, () => point));
    if (answers.some(({ outcome }) => outcome === 'unknown')) return false;
    const lacking = expected - answers.filter(({ outcome }) => outcome === 'admitted').length;
    due += expected;
    missing += Math.max(0, lacking);
    // What leaves none of many is another limit.
    if (lacking > 0 && (lacking < expected || many < HANDFUL)) short += 1;
  }
  return short >= 2 && missing <= MISSING_MAX * due;
}
