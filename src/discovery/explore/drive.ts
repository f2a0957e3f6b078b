/** Sends as much as the known limits allow, until something rejects that they do not explain. */
import type { Point } from '../black-box.ts';
import { refillPauseMs } from '../refill-pause.ts';
import type { Looked } from '../stream.ts';
import type { Exclusion, Exploration } from './exploration.ts';

/** What a drive came to. */
export type Drive =
  | { readonly kind: 'none'; readonly looked: Looked }
  /** `event`: the first rejection without an explanation. */
  | { readonly kind: 'rejected'; readonly event: number; readonly looked: Looked }
  /** A known limit was full and admitted nevertheless. */
  | { readonly kind: 'contradicted'; readonly limit: number; readonly looked: Looked };

/** Rounds of one drive: a bound against never ending. */
const ROUNDS_MAX = 4000;
const FIRST_CHUNK = 8;
/** A chunk is at most this share of what was sent before it: what is sent in vain stays a share of the capacity. */
const GROWTH = 0.4;

/** Drives the points at the known limits' maximum, up to the exclusion. */
export async function drive(
  exploration: Exploration,
  points: readonly Point[],
  { requests, overMs }: Exclusion,
): Promise<Drive> {
  const { prober, known } = exploration;
  if (!exploration.isReal && !prober.obeys) {
    // A known limit that is nearly full still leaves too little room at once for another one to show.
    const idleMs = Math.ceil(known.idleFromMs(points));
    if (Number.isFinite(idleMs)) await prober.waitUntil(idleMs);
  }
  const startedMs = prober.nowMs;
  const before = known.unexplained.length;
  const contradictedBefore = known.contradicted.length;
  const pauseMs = refillPauseMs(known, points);
  // Only a bucket that refills slowly is worth waiting for longer than it needs for one more: time in which a window has room is lost.
  const goesOnMs = (point: Point) => {
    const rejecting = known.rejecting(point, prober.nowMs);
    const isRefilling = rejecting.every((at) => known.limits[at]?.hypothesis.shape.kind === 'token-bucket');
    return Math.max(known.nextFitMs(point, prober.nowMs), isRefilling ? prober.nowMs + pauseMs : 0);
  };
  let sent = 0;
  const looked = () => ({ requests: sent, overMs: prober.nowMs - startedMs });
  for (let round = 0; round < ROUNDS_MAX; round++) {
    if (sent >= requests || prober.nowMs - startedMs >= overMs) break;
    const most = Math.min(requests - sent, Math.max(FIRST_CHUNK, Math.ceil(sent * GROWTH)));
    const chunk = known.fitting(points, prober.nowMs, most);
    if (chunk.length === 0) {
      const nextMs = Math.min(...points.map(goesOnMs));
      if (!Number.isFinite(nextMs)) break;
      await prober.waitUntil(nextMs);
      continue;
    }
    await prober.sendMany(chunk);
    sent += chunk.length;
    const contradiction = known.contradicted[contradictedBefore];
    if (contradiction !== undefined) return { kind: 'contradicted', limit: contradiction.limit, looked: looked() };
    const event = known.unexplained[before];
    if (event !== undefined) return { kind: 'rejected', event, looked: looked() };
  }
  return { kind: 'none', looked: looked() };
}
