/** From an unexplained rejection to a limit in hand: who shares it, what it is, what each route costs. */
import type { Point } from '../black-box.ts';
import { settleCarefully } from '../careful/settle-carefully.ts';
import type { Hypothesis } from '../hypothesis.ts';
import type { KnownLimit } from '../known-limits.ts';
import type { ProbeEvent } from '../record.ts';
import { fence, FENCE_MS, fencesAround } from '../joint/fence.ts';
import { fillAtOnce, sharingAtOnce } from '../joint/at-once.ts';
import { identifyHeld, looksHeld } from '../joint/held.ts';
import { settleCounts } from '../identify/counts.ts';
import type { Identified, Stream } from '../stream.ts';
import { type Exploration, type FoundOnStream, type LimitInHand, samePoint } from './exploration.ts';
import { settleBesideOthers } from '../others/settle-beside-others.ts';
import { settleErrors } from '../noise/read-errors.ts';
import { interfere, REST_MS, type Sharing } from './interference.ts';
import { learnLag } from './learn-lag.ts';
import { type DecidedScope, scopeOf } from './scope.ts';
import { doubtOthers, drainedByOthers, settleIfShared } from './shared-use.ts';
import { undecided } from './undecided.ts';
import { type Costed, eachOf, withCosts } from './with-costs.ts';

/** Experiments behind a fence: each may take as long as the fence does. */
const FENCED_CYCLES_MAX = 50;

const LATE = 'charges are seen late, so that more was admitted than fits, and what was told apart may not be';

/** Finds out what limits one stream. `isLastResort`: no single limit, and no two, explain what is seen; others may use it as well. */
export type Identify = (stream: Stream, isLastResort?: boolean) => Promise<Identified>;

/** What became of a rejection. */
export type Settled =
  | { readonly kind: 'limit'; readonly limit: LimitInHand }
  | { readonly kind: 'none' }
  /** It was not identified; `points` are those that it concerns. */
  | { readonly kind: 'open'; readonly points: readonly Point[]; readonly reason: string };

/** Settles the limit that rejected event `event` while `driven` was driven. */
export async function settle(
  exploration: Exploration,
  identify: Identify,
  driven: readonly Point[],
  event: number,
): Promise<Settled> {
  const { prober } = exploration;
  if (prober.obeys) return settleCarefully(exploration, identify, driven, event);
  if (exploration.limits.length === 0)
    await learnLag(exploration, driven, event, admittedBefore(exploration, driven, event));
  const { identity, route } = prober.events[event] as ProbeEvent;
  const ofRoute = driven.filter((point) => point.route === route);
  const besideOthers = await settleIfShared(exploration, event, admittedBefore(exploration, ofRoute, event));
  if (besideOthers !== null) return besideOthers;
  if (exploration.manifold && exploration.limits.length === 0) {
    const tightest = await settleAtOnce(exploration, identify, driven, event);
    if (tightest?.kind === 'limit') return tightest;
  }
  const first = await settleAsItCame(exploration, identify, driven, event);
  const atOnce = admittedBefore(exploration, driven, event);
  const settledBeside = () => (exploration.limits.length > 0 ? first : settleBesideOthers(exploration, event, atOnce));
  if (exploration.othersUse) return settledBeside();
  if (exploration.isVague || prober.losesSome) return first;
  if (first.kind === 'limit' && first.limit.status === 'found' && agrees(exploration, first.limit, event)) return first;
  if (await doubtOthers(exploration, { identity, route }, atOnce)) return settledBeside();
  // Whatever was seen, more than one limit had a part in it: once more so that only the tightest has.
  exploration.manifold = true;
  // One alone may be limited to less than it holds: those who were seen to share it fill it too.
  const more = first.kind === 'limit' && exploration.limits.length > 0 ? first.limit.points : [];
  const fillers = [...driven, ...more.filter((point) => !driven.some((one) => samePoint(one, point)))];
  const again = await settleAtOnce(exploration, identify, fillers, event);
  if (again === null || again.kind === 'none') return first;
  return again.kind === 'limit' || first.kind !== 'limit' ? again : first;
}

/** Settles it from where things are, which is cheap, and right where nothing else limits the same points. */
async function settleAsItCame(
  exploration: Exploration,
  identify: Identify,
  driven: readonly Point[],
  event: number,
): Promise<Settled> {
  const { prober } = exploration;
  const from = exploration.limits.length === 0 ? 0 : event;
  const isFirst = exploration.limits.length === 0;
  const maybeHeld = !exploration.isVague && !prober.losesSome && (await looksHeld(exploration, event));
  let sharing = await interfereKnowingErrors(exploration, driven, event);
  let points = streamPoints(driven, sharing, isFirst);
  const held = maybeHeld ? await identifyHeld(exploration, points) : null;
  const decided = decide(exploration, sharing);
  const identified =
    held ??
    (await identifyFenced(exploration, identify, decided, concerned(exploration, sharing, points, event), event));
  const isHeld = identified.kind === 'found' && identified.hypothesis.shape.kind === 'concurrency';
  if (held === null && isHeld && !exploration.isVague && !prober.losesSome) {
    // Who was found to share something before may have shared something else.
    const places = identified.hypothesis.capacity;
    const fill = Array.from({ length: places + 1 }, () => points[0] as Point);
    sharing = await sharingAtOnce(exploration, { fill, event });
    points = streamPoints(driven, sharing, isFirst);
  }
  return inHand(exploration, identify, sharing, points, identified, from);
}

/** Settles the limit that rejects first at one instant on a rested gateway; null: the known limits leave too little room for that. */
async function settleAtOnce(
  exploration: Exploration,
  identify: Identify,
  driven: readonly Point[],
  event: number,
): Promise<Settled | null> {
  const from = exploration.prober.events.length;
  const { route } = exploration.prober.events[event] as ProbeEvent;
  const ofRoute = driven.filter((point) => point.route === route);
  const isFirst = exploration.limits.length === 0;
  const atOnce = await fillAtOnce(exploration, ofRoute, admittedBefore(exploration, ofRoute, event) + 1);
  if (atOnce === null) return null;
  const sharing = await sharingAtOnce(exploration, atOnce);
  const points = streamPoints(driven, sharing, isFirst);
  const fits = atOnce.fill.length - 1;
  const held = await identifyHeld(exploration, points.slice(0, 1), points.length === 1 ? fits : null);
  const identified =
    held ??
    (await identifyBehind(
      exploration,
      identify,
      decide(exploration, sharing),
      { ...concerned(exploration, sharing, points, atOnce.event), fits: atOnce.fill.slice(0, -1) },
      fencesAround(fits, 0),
    ));
  return inHand(exploration, identify, sharing, points, identified, from);
}

function decide({ box }: Exploration, sharing: Sharing): DecidedScope {
  return scopeOf(box.identities, sharing.base.identity, sharing.identities, sharing.separateIdentities);
}

/** Whether a limit explains the rejection that it was looked for because of, and nothing in the record contradicts it. */
function agrees(exploration: Exploration, { known }: LimitInHand, event: number): boolean {
  const supposed = exploration.knownWith([known]);
  const index = exploration.limits.length;
  return !supposed.unexplained.includes(event) && supposed.contradicted.every(({ limit }) => limit !== index);
}

/** What was identified, with the costs of the routes. */
async function inHand(
  exploration: Exploration,
  identify: Identify,
  seen: Sharing,
  points: readonly Point[],
  identified: Identified,
  from: number,
): Promise<Settled> {
  const { prober } = exploration;
  if (identified.kind === 'none') return { kind: 'none' };
  if (identified.kind === 'conflict') return { kind: 'open', points, reason: identified.reason };
  const base = points[0] as Point;
  const first = identified.kind === 'found' ? identified : undecided(identified.candidates);
  if (first === null) return { kind: 'open', points, reason: 'nothing that is known fits' };
  if (await drainedByOthers(exploration, base, first)) return { kind: 'open', points, reason: 'others use it as well' };
  const costed = await withCosts(exploration, identify, seen, points, base, first);
  const { sharing, decided } = costed;
  const reasons = [
    identified.kind === 'ambiguous' ? identified.reason : '',
    decided.consistent ? '' : 'no set of labels tells those who share it from those who do not',
    ...(sharing.unclear.length === 0 ? [] : [`whether ${sharing.unclear.length} points share it was not seen`]),
    costed.reason,
    // Where times are uncertain too, most of what was called found under lag was wrong.
    exploration.isLagging && exploration.isBlurred && identified.kind === 'found' ? LATE : '',
  ].filter((reason) => reason !== '');
  const found = await counted(exploration, base, costed);
  const { hypothesis, alternatives, countsKnown, capacity, windowMs, refillPerSecond, stepMs } = found;
  const others = identified.kind === 'ambiguous' ? { alternatives } : {};
  const limit: LimitInHand = {
    known: { scope: decided.scope, costs: costed.costs, hypothesis, ...readings(found), ...others },
    status: reasons.length === 0 ? 'found' : 'ambiguous',
    reason: reasons.join('; '),
    alternatives,
    countsKnown,
    capacity,
    windowMs,
    refillPerSecond,
    stepMs,
    scopeUndecided: decided.undecided,
    costsUndecided: costed.undecided,
    interference: sharing.matrix,
    events: { from, to: prober.events.length },
    points,
  };
  return { kind: 'limit', limit };
}

/** What was found, with whether rejected requests count, where that is open and costs can tell. */
async function counted(
  { prober, known, isReal, isBlurred }: Exploration,
  { identity }: Point,
  { found, costs, undecided: open }: Costed,
): Promise<FoundOnStream> {
  const isUncertain = isReal || isBlurred;
  if (found.countsKnown || found.alternatives.length > 0 || open.size > 0 || isUncertain) return found;
  const counts = await settleCounts(prober, known, { capacity: found.capacity, costs, identity });
  return counts === null ? found : { ...found, hypothesis: { ...found.hypothesis, counts }, countsKnown: true };
}

/** What errors mean decides what is in a bucket; where they show up first while others are asked, these are asked once more. */
async function interfereKnowingErrors(
  exploration: Exploration,
  driven: readonly Point[],
  event: number,
): Promise<Sharing> {
  const { prober } = exploration;
  const { identity, route } = prober.events[event] as ProbeEvent;
  const read = async () =>
    exploration.limits.length === 0 && !exploration.isReal && (await settleErrors(prober, { identity, route }));
  await read();
  const sharing = await interfere(exploration, driven, event);
  if (!(await read())) return sharing;
  // What was filled by asking is no answer.
  await prober.waitUntil(prober.nowMs + REST_MS);
  return interfere(exploration, driven, event);
}

/** The least and the most that a limit may admit, where its numbers are intervals. */
function readings({ hypothesis, capacity, refillPerSecond }: FoundOnStream): Pick<KnownLimit, 'tightest' | 'loosest'> {
  const { shape } = hypothesis;
  if (capacity.low === capacity.high && shape.kind !== 'token-bucket') return {};
  const at = (end: 'low' | 'high'): Hypothesis => ({
    ...hypothesis,
    capacity: capacity[end],
    shape:
      shape.kind === 'token-bucket'
        ? { ...shape, refillPerSecond: refillPerSecond?.[end] ?? shape.refillPerSecond }
        : shape,
  });
  return { tightest: at('low'), loosest: at('high') };
}

/**
 * Identifies one limit; where no single limit explains the record, a second one interfered: again, behind a fence that keeps it out.
 */
async function identifyFenced(
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
async function identifyBehind(
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

function concerned(
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
function admittedBefore({ prober: { events } }: Exploration, points: readonly Point[], event: number): number {
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

/** The points that share the limit: those driven, of the base's route where that is one of several; beside a known limit also as others who were seen to share it. */
function streamPoints(driven: readonly Point[], { base, identities, routes }: Sharing, isFirst: boolean): Point[] {
  const sharing = driven.filter((point) => identities.includes(point.identity) && routes.includes(point.route));
  const alone = driven.every(({ route }) => route === base.route);
  const points = alone ? sharing.filter(({ route }) => route === base.route) : sharing;
  const more = identities.map((identity) => ({ identity, route: base.route }));
  const others = isFirst ? [] : more.filter((point) => !points.some((one) => samePoint(one, point)));
  return [base, ...[...points, ...others].filter((point) => !samePoint(point, base))];
}
