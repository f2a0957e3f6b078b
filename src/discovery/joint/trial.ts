/**
 * Puts a limit to the test where others act beside it: what it should just admit and just not, from a rested gateway, route by route, and whether it
 * opens again when it should. What it is taken for has been chosen among others by what was seen; this is what was not.
 */
import type { Point } from '../black-box.ts';
import type { Exploration, LimitInHand } from '../explore/exploration.ts';
import { FENCE_MS } from './fence.ts';

/** A route of which more fit is not filled. */
const FILL_MAX = 1500;

/** Whether a limit that is among the known ones was never seen to admit what it should not. */
export async function withstands(exploration: Exploration, limit: LimitInHand): Promise<boolean> {
  const index = exploration.limits.indexOf(limit);
  const isContradicted = () => exploration.known.contradicted.some((one) => one.limit === index);
  const [first] = limit.points;
  if (first === undefined) return true;
  for (const route of limit.known.costs.keys()) {
    if (isContradicted()) return false;
    await fill(exploration, index, { identity: first.identity, route });
  }
  return !isContradicted();
}

/** Fills the limit through one point, and asks whether it is full then, once all is answered, just before it should open, and as it should. */
async function fill({ prober, known }: Exploration, index: number, point: Point): Promise<void> {
  await prober.waitUntil(Math.max(prober.nowMs + FENCE_MS, Math.ceil(known.idleFromMs([point])) + 1));
  const fits = known.fitting([point], prober.nowMs, FILL_MAX);
  if (fits.length === 0 || fits.length === FILL_MAX) return;
  await prober.sendMany([...fits, point]);
  const isMine = () => known.rejecting(point, prober.nowMs).includes(index);
  if (!isMine()) return;
  await prober.send(point);
  const opensMs = Math.floor(known.nextFitMs(point, prober.nowMs)) - 1;
  if (!Number.isFinite(opensMs) || opensMs <= prober.nowMs) return;
  await prober.waitUntil(opensMs);
  if (isMine()) await prober.send(point);
}
