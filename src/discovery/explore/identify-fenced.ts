/** Identifies one limit of a stream, and where a second one interferes behind fences that keep it out. */
import type { Point } from '../black-box.ts';
import { fence, FENCE_MS, fencesAround } from '../joint/fence.ts';
import { identifyHeld } from '../joint/held.ts';
import type { ProbeEvent } from '../record.ts';
import type { Identified } from '../stream.ts';
import { type Exploration, samePoint } from './exploration.ts';
import type { Sharing } from './interference.ts';
import type { DecidedScope } from './scope.ts';
import type { Identify } from './settle.ts';
import { doubtOthers } from './shared-use.ts';
import { eachOf } from './with-costs.ts';

/** Experiments behind a fence: each may take as long as the fence does. */
const FENCED_CYCLES_MAX = 50;

/**
 * Identifies one limit; where no single limit explains the record, a second one interfered: again, behind a fence that keeps it out.
 */
export async function identifyFenced(
  exploration: Exploration,
  identify: Identify,
  decided: DecidedScope,
  stream: Concerned,
  event: number,
): Promise<Identified> {
  const { prober } = exploration;
  const { points, sharers } = stream;
  const from = prober.events.length;
  const first = await attempt(exploration, identify, decided, stream, null);
  if (first.kind !== 'conflict') return first;
  const byLikelihood = async (): Promise<Identified> => {
    const last = await identify({ prober, points, known: exploration.known, costOf: eachOf(sharers) }, true);
    return last.kind === 'none' ? first : last;
  };
  // Where charges are seen late, others' use is not told from that.
  if (exploration.isLagging && !exploration.isBlurred) return first;
  const atOnce = admittedBefore(exploration, points, event);
  if (await doubtOthers(exploration, points[0] as Point, atOnce)) return first;
  const inAll = prober.events.slice(from, first.from).filter(({ outcome }) => outcome === 'admitted').length;
  if (!exploration.isVague) {
    // Whoever shares the other limit need not share this one.
    const held = await identifyHeld(exploration, points.slice(0, 1));
    if (held !== null) return held;
    const left = await identifyBehind(exploration, identify, decided, stream, fencesAround(atOnce, inAll));
    if (left.kind !== 'conflict') return left;
  }
  return exploration.limits.length > 0 ? first : byLikelihood();
}

/** Identifies it behind one fence after the other. */
export async function identifyBehind(
  exploration: Exploration,
  identify: Identify,
  decided: DecidedScope,
  stream: Concerned,
  fences: readonly number[],
): Promise<Identified> {
  let left: Identified | null = null;
  for (const most of fences) {
    const fenced = await attempt(exploration, identify, decided, stream, most);
    if (fenced.kind === 'found') return fenced;
    if (fenced.kind === 'ambiguous' || left === null) left = fenced;
  }
  return left ?? { kind: 'none', looked: { requests: 0, overMs: 0 } };
}

/** What a stream is. */
interface Concerned {
  /** Through whom it is identified. */
  readonly points: readonly Point[];
  /** Who else was seen to share the limit on the same route, and may have charged it; the points among them. */
  readonly sharers: readonly Point[];
  /** Another route charged it too, at a cost that is not known. */
  readonly isMixed: boolean;
  /** What it is known to admit at once from rest; none: that is not known. */
  readonly fits: readonly Point[];
}

export function concerned(
  { prober: { events } }: Exploration,
  { base, identities, routes }: Sharing,
  points: readonly Point[],
  event: number,
): Concerned {
  const more = identities.map((identity) => ({ identity, route: base.route }));
  const others = more.filter((point) => !points.some((one) => samePoint(point, one)));
  const known = new Set(points.map(({ route }) => route));
  const isMixed = events
    .slice(event)
    .some(
      ({ identity, route, outcome }) =>
        outcome === 'admitted' && identities.includes(identity) && routes.includes(route) && !known.has(route),
    );
  return { points, sharers: [...points, ...others], isMixed, fits: [] };
}

/** Identifies it, behind a fence of `most` requests if there is one. */
async function attempt(
  exploration: Exploration,
  identify: Identify,
  { scope }: DecidedScope,
  { points, sharers, isMixed, fits }: Concerned,
  most: number | null,
): Promise<Identified> {
  const { prober } = exploration;
  const routes = new Map(points.map(({ route }) => [route, 1]));
  // What was sent before a rest is forgotten by then, and may have been decided by more than one limit.
  const isAll = most === null && exploration.limits.length === 0 && !isMixed && !exploration.isLagging;
  const sinceMs = isAll ? exploration.restedFromMs : prober.nowMs + FENCE_MS;
  if (sinceMs > prober.nowMs && !exploration.isReal) await prober.waitUntil(sinceMs);
  const known = most === null ? exploration.known : exploration.knownWith([fence({ scope, costs: routes }, most)]);
  // Filled bit by bit, what refills fast takes more than the fence lets through.
  if (most !== null && fits.length > 0) await prober.sendMany(fits);
  const concerns = eachOf(sharers);
  const costOf = (one: ProbeEvent) => (one.sentMs < sinceMs && !exploration.isReal ? 0 : concerns(one));
  const cycles = most === null ? {} : { cyclesMax: FENCED_CYCLES_MAX };
  const lagMs = exploration.lagMs?.high ?? 0;
  return identify({ prober, points, known, costOf, lagMs, ...cycles }, exploration.othersUse);
}

/** How many requests of the points were admitted since the last rejection before this one: what fits at once, or a little more. */
export function admittedBefore({ prober: { events } }: Exploration, points: readonly Point[], event: number): number {
  const concerns = (one: Point) => points.some((point) => samePoint(point, one));
  let admitted = 0;
  for (let at = event - 1; at >= 0; at--) {
    const one = events[at] as ProbeEvent;
    if (!concerns(one)) continue;
    if (one.outcome === 'rejected') break;
    if (one.outcome === 'admitted') admitted += 1;
  }
  return Math.max(1, admitted);
}
