/** The order of a discovery once the surroundings are measured: stage after stage, from one identity and route to all of them. */
import type { Point } from '../black-box.ts';
import { bucketOf, type KnownLimit } from '../known-limits.ts';
import { withstands } from '../joint/trial.ts';
import { drive } from './drive.ts';
import type { ProbeEvent } from '../record.ts';
import { type Exploration, type LimitInHand, samePoint } from './exploration.ts';
import { type Identify, settle } from './settle.ts';
import { type Stage, stagesOf } from './stages.ts';

/** Limits that one stage may show one after the other. */
const LIMITS_PER_STAGE = 6;

/** So often something may be rejected that shows no more once it is looked for. */
const NONES_MAX = 2;
/** After so many of those in all, once per stage is enough. */
const IN_VAIN_MAX = 4;

/** Limits that turn out to be something else are looked for anew so often in all. */
const ANEW_MAX = 4;

/** Goes through all stages. */
export async function explore(exploration: Exploration, identify: Identify): Promise<void> {
  const { identities, routes } = exploration.box;
  let driven: Stage[] = [];
  const open = new Set<string>();
  // The first connection takes longer than any: in a burst it would blur when what was decided.
  if (exploration.isReal) await exploration.prober.send({ identity: 0, route: 0 });
  const stages = stagesOf(identities, routes.length);
  for (let at = 0, anew = 0; at < stages.length; at++) {
    const stage = stages[at] as Stage;
    if (driven.includes(stage) || isPointless(exploration, stage, driven)) continue;
    if (stage.points.some((point) => open.has(keyOf(point)))) continue;
    const ended = await runStage(exploration, identify, stage.points, open, anew < ANEW_MAX);
    if (ended.kind === 'passed') driven.push(stage);
    if (ended.kind !== 'anew') continue;
    // From the finest stage on: what is known of its routes was wrong.
    anew += 1;
    driven = driven.filter(({ points }) => points.every(({ route }) => !ended.routes.has(route)));
    at = -1;
  }
  if (isQuiet(exploration) || exploration.isBlurred || exploration.isLagging) exploration.dropNeedless();
}

/** How a stage ended. */
type Ended =
  /** Nothing more shows. */
  | { readonly kind: 'passed' }
  | { readonly kind: 'left-open' }
  /** A limit of these routes was taken for what it is not, and is forgotten. */
  | { readonly kind: 'anew'; readonly routes: ReadonlySet<number> };

/** Drives one stage until nothing more shows. */
async function runStage(
  exploration: Exploration,
  identify: Identify,
  points: readonly Point[],
  open: Set<string>,
  mayForget: boolean,
): Promise<Ended> {
  const { prober, exclusion } = exploration;
  let nones = 0;
  for (let found = 0; found < LIMITS_PER_STAGE; found++) {
    const drove = await drive(exploration, points, exclusion);
    if (drove.kind === 'none') {
      exploration.exclusionRequests += drove.looked.requests;
      exploration.exclusions.push({
        identities: [...new Set(points.map((point) => exploration.nameOf(point).identity))],
        routes: [...new Set(points.map((point) => exploration.nameOf(point).route))],
        ...drove.looked,
      });
      return { kind: 'passed' };
    }
    if (drove.kind === 'contradicted') {
      return contradicted(exploration, drove.limit, mayForget);
    }
    const settled = await settle(exploration, identify, points, drove.event);
    const { route: concerned } = prober.events[drove.event] as ProbeEvent;
    if (settled.kind !== 'limit') exploration.unsettledRoutes.add(concerned);
    const isBeside = exploration.isBlurred && exploration.limits.some(({ known }) => known.costs.has(concerned));
    const isAgain =
      settled.kind === 'limit' ? exploration.isVague && exploration.limits.some(isTwin(settled.limit)) : isBeside;
    if (isAgain && settled.kind !== 'open') {
      const { route } = exploration.nameOf(points[0] as Point);
      exploration.say({
        what: `whether more limits ${route}`,
        kind: 'noise',
        why: 'A rejection came at a time at which, as far as times are certain, the limit found left room; nothing but that limit showed there.',
      });
      return { kind: 'passed' };
    }
    if (settled.kind === 'limit') {
      exploration.add(settled.limit);
      const isTried = isQuiet(exploration) && (exploration.manifold || exploration.limits.length > 1);
      if (isTried && settled.limit.status === 'found' && !(await withstands(exploration, settled.limit)))
        return contradicted(exploration, exploration.limits.indexOf(settled.limit), mayForget);
      if (isQuiet(exploration)) await askOpenAgain(exploration, settled.limit);
      if (settled.limit.status === 'found' || closes(exploration, settled.limit, open).size === 0) continue;
      return { kind: 'left-open' };
    }
    if (settled.kind === 'none') {
      nones += 1;
      exploration.inVain += 1;
      if (nones < NONES_MAX && exploration.inVain < IN_VAIN_MAX) continue;
      break;
    }
    for (const point of settled.points) {
      open.add(keyOf(point));
      exploration.unsettledRoutes.add(point.route);
    }
    const { identity, route } = exploration.nameOf(settled.points[0] as Point);
    exploration.say({
      what: `what limits ${route} as ${identity}`,
      kind: 'not-identifiable',
      why: `Something rejected there after ${prober.events.length} probes that could not be identified: ${settled.reason}.`,
    });
    return { kind: 'left-open' };
  }
  const { identity, route } = exploration.nameOf(points[0] as Point);
  exploration.say({
    what: `what else limits ${route} as ${identity}`,
    kind: 'not-identifiable',
    why: 'Something rejected there now and then that showed no more once it was looked for.',
  });
  return { kind: 'left-open' };
}

/** What was open of limits that `found` acts beside may have been so because of it: they are asked about once more. */
async function askOpenAgain(exploration: Exploration, found: LimitInHand): Promise<void> {
  const open = exploration.limits.filter(({ known, status, costsUndecided, interference }) => {
    const isOpen = costsUndecided.size > 0 || interference.some(({ outcome }) => outcome === 'unclear');
    return isOpen && status === 'ambiguous' && [...known.costs.keys()].some((route) => found.known.costs.has(route));
  });
  for (const limit of open) {
    if (limit === found || limit.again === undefined) continue;
    exploration.replace(exploration.limits.filter((one) => one !== limit));
    const again = await limit.again();
    exploration.replace([...exploration.limits, again ?? limit]);
  }
}

/** A limit is not what it was taken for: it is looked for anew, as one of several. */
function contradicted(exploration: Exploration, index: number, mayForget: boolean): Ended {
  if (!mayForget || !isQuiet(exploration)) {
    exploration.doubt(index, 'a later probe was admitted while it should have been full');
    return { kind: 'left-open' };
  }
  const routes = new Set(exploration.limits[index]?.known.costs.keys());
  exploration.forget(index);
  exploration.manifold = true;
  return { kind: 'anew', routes };
}

/** Whether every answer tells, and tells for certain. */
export function isQuiet({ isVague, othersUse, prober }: Exploration): boolean {
  return !isVague && !othersUse && !prober.obeys && !prober.losesSome;
}

/**
 * Closes the routes on which an ambiguous limit leaves too much open to tell it from others, and gives them. What it may be is steered clear of where
 * all that is open is its numbers or its family; not where it is open what a request costs it, or, as far as times are uncertain, anything.
 */
function closes(exploration: Exploration, limit: LimitInHand, open: Set<string>): ReadonlySet<number> {
  const isVague =
    exploration.isVague || exploration.prober.obeys || exploration.prober.losesSome || exploration.othersUse;
  const isSteered = (limit.known.costings ?? []).length > 0;
  const routes = isVague ? new Set(limit.known.costs.keys()) : isSteered ? new Set<number>() : limit.costsUndecided;
  for (const route of routes) {
    for (const identity of exploration.box.identities.keys()) open.add(keyOf({ identity, route }));
    exploration.say({
      what: `what else limits ${exploration.nameOf({ identity: 0, route }).route}`,
      kind: 'not-identifiable',
      why: 'One limit there is ambiguous, and what it does not explain cannot be told from another limit.',
    });
  }
  return routes;
}

/** Whether two limits may be the same one, seen twice through uncertain times. */
function isTwin({ known, capacity }: LimitInHand): (other: LimitInHand) => boolean {
  const { shape } = known.hypothesis;
  return (other) =>
    other.known.hypothesis.shape.kind === shape.kind &&
    other.known.scope.join() === known.scope.join() &&
    [...other.known.costs.keys()].join() === [...known.costs.keys()].join() &&
    other.capacity.low <= capacity.high &&
    other.capacity.high >= capacity.low;
}

/**
 * Nothing new can be seen where known buckets hold all points of the stage, and fewer of them were driven at the most of these already;
 * nor where a route passed the whole exclusion without any limit.
 */
function isPointless({ known, box }: Exploration, stage: Stage, driven: readonly Stage[]): boolean {
  const routes = new Set(stage.points.map(({ route }) => route));
  const before = driven.filter(({ points }) => points.every((point) => stage.points.some(same(point))));
  const unlimited = [...routes].every(
    (route) =>
      known.limits.every(({ costs }) => (costs.get(route) ?? 0) === 0) &&
      before.some(({ points }) => points.every((point) => point.route === route)),
  );
  if (unlimited) return true;
  // Where each identity has one bucket for all routes, all routes together do no more than each alone.
  const identities = [...new Set(stage.points.map(({ identity }) => identity))];
  const alone = routes.size > 1 && [...routes].every((route) => before.some(isAlone(stage, route)));
  const acting = known.limits.filter(({ costs }) => [...routes].some((route) => (costs.get(route) ?? 0) > 0));
  const holdsEach = (limit: KnownLimit) =>
    identities.every((identity) =>
      oneBucket(
        limit,
        stage.points.filter((point) => point.identity === identity),
        box.identities,
      ),
    );
  // A limit of fewer of the points let each of them do less alone than all of them do together.
  if (alone && acting.length > 0 && acting.every(holdsEach)) return true;
  const holdsAll = (limit: KnownLimit) => oneBucket(limit, stage.points, box.identities);
  if (!acting.every(holdsAll)) return false;
  const shared = acting.filter(({ hypothesis }) => hypothesis.shape.kind !== 'concurrency');
  return shared.some(({ costs }) =>
    before.some(({ points }) => points.length > 0 && points.every(({ route }) => costs.has(route))),
  );
}

function oneBucket(
  { scope, costs }: KnownLimit,
  points: readonly Point[],
  identities: Exploration['box']['identities'],
): boolean {
  const keys = new Set(points.map((point) => bucketOf(scope, identities, point)));
  return keys.size === 1 && points.every(({ route }) => (costs.get(route) ?? 0) > 0);
}

/** Whether a stage is that route of the whole one. */
function isAlone(whole: Stage, route: number): (stage: Stage) => boolean {
  const many = whole.points.filter((point) => point.route === route).length;
  return ({ points }) => points.length === many && points.every((point) => point.route === route);
}

function same(one: Point): (other: Point) => boolean {
  return (other) => samePoint(one, other);
}

function keyOf({ identity, route }: Point): string {
  return `${identity} ${route}`;
}
