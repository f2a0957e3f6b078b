/** What each route costs a limit that was identified on one of them, and its numbers in the same units. */
import type { Point } from '../black-box.ts';
import type { Hypothesis } from '../hypothesis.ts';
import type { KnownLimit } from '../known-limits.ts';
import type { ProbeEvent } from '../record.ts';
import { likeliest, type Prices, ratioOf, unitOf, weightOf } from './costs.ts';
import type { Exploration, FoundOnStream } from './exploration.ts';
import type { Sharing } from './interference.ts';
import { type AskedRoute, mixAll, noneShares } from './mixing.ts';
import { type DecidedScope, scopeOf } from './scope.ts';
import type { Supposed } from './send-mix.ts';
import type { Identify } from './settle.ts';
import { askWhoShares } from './who-shares.ts';

/** That likely a route that seemed to share the limit does not, or one of which it was not seen. */
const SEEMED_SHARED = 0.02;
const UNSEEN = 0.5;
/** Account is taken of what is at least so likely beside the likeliest, and of no more than so many. */
const LIKELY = 0.02;
const COSTINGS_MAX = 8;
/** With no more of the base to fill it, what was seen at one instant is asked again in any case. */
const CHEAP = 300;

/** What an event costs a limit that the points share: 1 each, or as `costs` says. */
export function eachOf(points: readonly Point[], costs?: ReadonlyMap<number, number>): (event: ProbeEvent) => number {
  const keys = new Set(points.map(({ identity, route }) => `${identity} ${route}`));
  const identities = new Set(points.map(({ identity }) => identity));
  return costs === undefined
    ? ({ identity, route }) => (keys.has(`${identity} ${route}`) ? 1 : 0)
    : ({ identity, route }) => (identities.has(identity) ? (costs.get(route) ?? 0) : 0);
}

/** A limit, who shares it, and what its routes cost. */
export interface Costed {
  readonly sharing: Sharing;
  readonly decided: DecidedScope;
  readonly found: FoundOnStream;
  readonly costs: ReadonlyMap<number, number>;
  readonly undecided: ReadonlySet<number>;
  /** What they may cost instead, where that is undecided. */
  readonly costings: NonNullable<KnownLimit['costings']>;
  readonly reason: string;
}

/** Who shares it, what each sharing route costs, in whole units without a common factor; the numbers in the same units. */
export async function withCosts(
  exploration: Exploration,
  identify: Identify,
  seen: Sharing,
  points: readonly Point[],
  base: Point,
  found: FoundOnStream,
): Promise<Costed> {
  const { prober } = exploration;
  const { hypothesis } = found;
  const sharing = await confirmed(exploration, seen, base, found);
  const decided = scopeOf(
    exploration.box.identities,
    sharing.base.identity,
    sharing.identities,
    sharing.separateIdentities,
  );
  const supposed = supposedOf(exploration, sharing, decided, base, found);
  const routes = await askedRoutes(exploration, supposed, sharing);
  const asked = routes.map(({ route }) => route);
  const mixed = await mixAll(exploration, supposed, routes);
  const { prices, undecided: undecidedRoutes } = mixed;
  const best = likeliest(prices);
  const unit = unitOf(best.costs);
  const common = (best.costs[base.route] ?? 1) / unit;
  const costs = new Map([[base.route, common]]);
  for (const route of asked) {
    const cost = (best.costs[route] ?? common * unit) / unit;
    if (cost > 0) costs.set(route, cost);
  }
  const ratio = ratioOf(best.costs);
  const capacities = prices
    .filter((one) => ratioOf(one.costs) === ratio)
    .map((one) => one.capacity / unitOf(one.costs));
  // There may be more of them than a call takes arguments.
  const low = Math.floor(capacities.reduce((least, one) => Math.min(least, one), Number.POSITIVE_INFINITY));
  const high = Math.floor(capacities.reduce((most, one) => Math.max(most, one), 0));
  const shared: Sharing = {
    ...sharing,
    routes: [...costs.keys()].sort((one, other) => one - other),
    separateRoutes: [...exploration.box.routes.keys()].filter((route) => !costs.has(route)),
    unclear: sharing.unclear.filter(({ route }) => route === base.route || !asked.includes(route)),
  };
  const costings = undecidedRoutes.size === 0 ? [] : costingsOf(prices, base.route, found);
  const who = { sharing: shared, decided, costs, undecided: undecidedRoutes, costings };
  const reason = undecidedRoutes.size === 0 ? '' : 'what some routes cost could not be told from what was admitted';
  const scaled = scale(found, common, low, Math.max(low, high));
  const { kind } = hypothesis.shape;
  if (
    common === 1 ||
    exploration.isBlurred ||
    kind === 'fixed-window' ||
    kind === 'sliding-window-log' ||
    kind === 'concurrency'
  ) {
    return { ...who, found: scaled, reason };
  }
  // A fraction of a request shows in tokens and in weighted counts: asked again in units, through the cheapest route.
  const cheapest = [...costs].reduce((best, one) => (one[1] < best[1] ? one : best))[0];
  const through = points.map(({ identity }) => ({ identity, route: cheapest }));
  const again = await identify({ prober, points: through, known: exploration.known, costOf: eachOf(points, costs) });
  // Asked through another route something else may come first.
  if (again.kind === 'found' && again.hypothesis.shape.kind === kind) return { ...who, found: again, reason };
  return {
    ...who,
    found: scaled,
    reason: 'its numbers in units of cost were not confirmed',
  };
}

function supposedOf(
  exploration: Exploration,
  sharing: Sharing,
  { scope }: DecidedScope,
  base: Point,
  { hypothesis, capacity }: FoundOnStream,
): Supposed {
  const others = exploration.limits.length === 0 ? [] : sharing.identities.filter((one) => one !== base.identity);
  const limit: KnownLimit = { scope, costs: new Map(sharing.routes.map((route) => [route, 1])), hypothesis };
  return { limit, base, fits: capacity, others };
}

/** Whether who shares it is to be asked again now that it is known what it is: where something was not seen, or something else may have been. */
function isDoubtful({ isVague, othersUse, prober, manifold, limits }: Exploration, fits: number): boolean {
  if (isVague || othersUse || prober.obeys || prober.losesSome) return false;
  return manifold || limits.length > 0 || fits <= CHEAP;
}

/** Who shares it on the base's route, asked again where there is doubt. */
async function confirmed(exploration: Exploration, seen: Sharing, base: Point, found: FoundOnStream): Promise<Sharing> {
  const { identities } = exploration.box;
  if (!isDoubtful(exploration, found.capacity.high) || found.alternatives.length > 0) return seen;
  const decided = scopeOf(identities, base.identity, seen.identities, seen.separateIdentities);
  const isSeen = seen.unclear.every(({ route }) => route !== base.route) && decided.consistent;
  if (isSeen && exploration.limits.length === 0 && !exploration.manifold) return seen;
  return askWhoShares(exploration, supposedOf(exploration, seen, decided, base, found), seen);
}

/** Routes that may share it: those that seemed to, those of which it was not seen, and where there is doubt those that seemed not to. */
async function askedRoutes(
  exploration: Exploration,
  supposed: Supposed,
  { base, routes, separateRoutes, unclear }: Sharing,
): Promise<AskedRoute[]> {
  const asked = routes.filter((route) => route !== base.route).map((route) => ({ route, separate: SEEMED_SHARED }));
  if (!isDoubtful(exploration, supposed.fits.high)) return asked;
  const unseen = unclear.flatMap(({ route }) => (route === base.route ? [] : [route]));
  const isNone = separateRoutes.length === 0 || (await noneShares(exploration, supposed, separateRoutes)) !== false;
  const open = [...unseen, ...(isNone ? [] : separateRoutes)];
  return [...asked, ...open.map((route) => ({ route, separate: UNSEEN }))];
}

/** The likeliest of what is left beside the likeliest of all, each ratio once. */
function costingsOf(prices: readonly Prices[], base: number, found: FoundOnStream): Costed['costings'] {
  const byRatio = new Map<string, Prices>();
  for (const one of prices) {
    const ratio = ratioOf(one.costs);
    const so = byRatio.get(ratio);
    if (so === undefined || weightOf(one) > weightOf(so)) byRatio.set(ratio, one);
  }
  const [first, ...others] = [...byRatio.values()].sort((one, other) => weightOf(other) - weightOf(one));
  const least = first === undefined ? 0 : LIKELY * weightOf(first);
  return others
    .filter((one) => weightOf(one) >= least)
    .slice(0, COSTINGS_MAX)
    .map(({ costs, capacity }) => {
      const unit = costs[base] ?? 1;
      return {
        costs: new Map([...costs.entries()].flatMap(([route, cost]) => (cost ? [[route, cost]] : []))),
        hypothesis: scale(found, unit, capacity, capacity).hypothesis,
      };
    });
}

/** The same limit in units of which one request of the base route costs `unit`. */
function scale(found: FoundOnStream, unit: number, low: number, high: number): FoundOnStream {
  if (unit === 1) return found;
  const shape = (one: Hypothesis['shape']) =>
    one.kind === 'token-bucket' ? { ...one, refillPerSecond: one.refillPerSecond * unit } : one;
  const rates = found.refillPerSecond;
  return {
    ...found,
    hypothesis: { ...found.hypothesis, shape: shape(found.hypothesis.shape), capacity: low },
    alternatives: found.alternatives.map((one) => ({ ...one, shape: shape(one.shape), capacity: low })),
    capacity: { low, high },
    refillPerSecond: rates === null ? null : { low: rates.low * unit, high: rates.high * unit },
  };
}
