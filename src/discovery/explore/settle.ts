/** From an unexplained rejection to a limit in hand: who shares it, what it is, what each route costs. */
import type { Point } from '../black-box.ts';
import { settleCarefully } from '../careful/settle-carefully.ts';
import { fillAtOnce, sharingAtOnce } from '../joint/at-once.ts';
import { fencesAround } from '../joint/fence.ts';
import { identifyHeld, looksHeld } from '../joint/held.ts';
import { settleErrors } from '../noise/read-errors.ts';
import { settleBesideOthers } from '../others/settle-beside-others.ts';
import type { ProbeEvent } from '../record.ts';
import type { Identified, Stream } from '../stream.ts';
import { type Exploration, type LimitInHand, samePoint } from './exploration.ts';
import { admittedBefore, concerned, identifyBehind, identifyFenced } from './identify-fenced.ts';
import { inHand } from './in-hand.ts';
import { interfere, REST_MS, type Sharing } from './interference.ts';
import { learnLag } from './learn-lag.ts';
import { type DecidedScope, scopeOf } from './scope.ts';
import { doubtOthers, settleIfShared } from './shared-use.ts';

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

/** The points that share the limit: those driven, of the base's route where that is one of several; beside a known limit also as others who were seen to share it. */
function streamPoints(driven: readonly Point[], { base, identities, routes }: Sharing, isFirst: boolean): Point[] {
  const sharing = driven.filter((point) => identities.includes(point.identity) && routes.includes(point.route));
  const alone = driven.every(({ route }) => route === base.route);
  const points = alone ? sharing.filter(({ route }) => route === base.route) : sharing;
  const more = identities.map((identity) => ({ identity, route: base.route }));
  const others = isFirst ? [] : more.filter((point) => !points.some((one) => samePoint(one, point)));
  return [base, ...[...points, ...others].filter((point) => !samePoint(point, base))];
}
