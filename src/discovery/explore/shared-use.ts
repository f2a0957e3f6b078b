/** Whether others use a limit as well: asked when a limit first shows, and again where what was seen of it does not fit a limit that nobody else uses. */
import type { Point } from '../black-box.ts';
import { readErrorsByShare, settleErrors } from '../noise/read-errors.ts';
import { othersSeen, tokensMissing } from '../others/others-seen.ts';
import { persists, settleBesideOthers } from '../others/settle-beside-others.ts';
import type { ProbeEvent } from '../record.ts';
import type { Exploration, FoundOnStream } from './exploration.ts';
import type { Settled } from './settle.ts';

/** Where something does not fit, probes that are spent on asking again, and most bursts. */
const DOUBT_PROBES = 2500;
const DOUBT_BURSTS = 8;

/** Settles a rejection where others use the limit; null: nobody was seen to. `atOnce`: what passed at once before. */
export async function settleIfShared(exploration: Exploration, event: number, atOnce: number): Promise<Settled | null> {
  const { prober, known, limits } = exploration;
  const { identity, route } = prober.events[event] as ProbeEvent;
  if (limits.length === 0) {
    if (!(await mayBeTold(exploration, { identity, route }))) return null;
    const seen = await areSeen(exploration, { identity, route }, atOnce);
    if (!seen) return null;
    exploration.othersUse = true;
  }
  if (!exploration.othersUse) return null;
  const concerned = known.limits.some(({ costs }) => (costs.get(route) ?? 0) > 0);
  if (concerned && !(await persists(exploration, event))) return { kind: 'none' };
  return settleBesideOthers(exploration, event, atOnce);
}

/** Whether what passes can be told at all: not where time is real or charges are seen late, nor before it is known what errors mean. */
async function mayBeTold(exploration: Exploration, point: Point): Promise<boolean> {
  const { prober, isReal, isLagging, isBlurred } = exploration;
  if (isReal || isLagging) return false;
  if (isBlurred) return readErrorsByShare(prober, point);
  await settleErrors(prober, point);
  return !prober.losesSome || prober.errorsCharge !== null;
}

/** Where errors and uncertain times come together nothing is exact, so that nothing is lost by reckoning with others. */
async function areSeen(exploration: Exploration, point: Point, atOnce: number): Promise<boolean> {
  const { prober } = exploration;
  if (!exploration.isBlurred) {
    const { seen, sinceMs } = await othersSeen(prober, point, atOnce);
    // Bursts differ by themselves where ways take differently long, which may have shown only now.
    if (!exploration.isBlurred) {
      exploration.restedFromMs = sinceMs;
      return seen;
    }
  }
  return prober.events.some(({ status }) => status === 0 || status >= 500);
}

/** Nothing single explains what was seen of the first limit: asks more closely whether others use it, and remembers it. */
export async function doubtOthers(exploration: Exploration, point: Point, atOnce: number): Promise<boolean> {
  const { prober, isVague, limits } = exploration;
  if (exploration.othersUse || limits.length > 0 || isVague) return exploration.othersUse;
  const bursts = Math.max(3, Math.min(DOUBT_BURSTS, Math.floor(DOUBT_PROBES / atOnce)));
  exploration.othersUse = (await othersSeen(prober, point, atOnce, bursts)).seen;
  return exploration.othersUse;
}

/** Whether the first limit is a token bucket that gives less than it should while it is kept empty; remembers it. */
export async function drainedByOthers(exploration: Exploration, point: Point, found: FoundOnStream): Promise<boolean> {
  const { prober, limits, isVague, manifold } = exploration;
  const { hypothesis } = found;
  const { shape, counts, capacity } = hypothesis;
  // Where what is rejected charges it too, asking it drains it.
  if (limits.length > 0 || isVague || manifold || prober.losesSome) return false;
  if (shape.kind !== 'token-bucket' || counts === 'all') return false;
  const known = exploration.knownWith([{ scope: [], costs: new Map([[point.route, 1]]), hypothesis }]);
  const fits = Math.floor(capacity);
  const room = () => known.room(point, prober.nowMs, fits);
  exploration.othersUse = await tokensMissing(prober, point, fits, shape.refillPerSecond / 1000, room);
  return exploration.othersUse;
}
