/** What each route costs a limit that was identified on one of them, and its numbers in the same units. */
import type { Point } from '../black-box.ts';
import type { Hypothesis } from '../hypothesis.ts';
import type { KnownLimit } from '../known-limits.ts';
import type { ProbeEvent } from '../record.ts';
import { likeliest, ratioOf, unitOf } from './costs.ts';
import type { Exploration, FoundOnStream } from './exploration.ts';
import type { Sharing } from './interference.ts';
import { mixAll } from './mixing.ts';
import type { DecidedScope } from './scope.ts';
import type { Identify } from './settle.ts';

/** What an event costs a limit that the points share: 1 each, or as `costs` says. */
export function eachOf(points: readonly Point[], costs?: ReadonlyMap<number, number>): (event: ProbeEvent) => number {
  const keys = new Set(points.map(({ identity, route }) => `${identity} ${route}`));
  const identities = new Set(points.map(({ identity }) => identity));
  return costs === undefined
    ? ({ identity, route }) => (keys.has(`${identity} ${route}`) ? 1 : 0)
    : ({ identity, route }) => (identities.has(identity) ? (costs.get(route) ?? 0) : 0);
}

/** A limit, and what its routes cost. */
export interface Costed {
  readonly found: FoundOnStream;
  readonly costs: ReadonlyMap<number, number>;
  readonly undecided: ReadonlySet<number>;
  readonly reason: string;
}

/** What each sharing route costs, in whole units without a common factor; the numbers in the same units. */
export async function withCosts(
  exploration: Exploration,
  identify: Identify,
  sharing: Sharing,
  decided: DecidedScope,
  points: readonly Point[],
  base: Point,
  found: FoundOnStream,
): Promise<Costed> {
  const { prober } = exploration;
  const { hypothesis } = found;
  const mates = exploration.limits.length === 0 ? [] : sharing.identities.filter((one) => one !== base.identity);
  const limit: KnownLimit = {
    scope: decided.scope,
    costs: new Map(sharing.routes.map((route) => [route, 1])),
    hypothesis,
  };
  const asked = sharing.routes.filter((route) => route !== base.route);
  const mixed = await mixAll(exploration, { limit, base, fits: found.capacity, others: mates }, asked);
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
    return { found: scaled, costs, undecided: undecidedRoutes, reason };
  }
  // A fraction of a request shows in tokens and in weighted counts: asked again in units, through the cheapest route.
  const cheapest = [...costs].reduce((best, one) => (one[1] < best[1] ? one : best))[0];
  const through = points.map(({ identity }) => ({ identity, route: cheapest }));
  const again = await identify({ prober, points: through, known: exploration.known, costOf: eachOf(points, costs) });
  if (again.kind === 'found') return { found: again, costs, undecided: undecidedRoutes, reason };
  return {
    found: scaled,
    costs,
    undecided: undecidedRoutes,
    reason: 'its numbers in units of cost were not confirmed',
  };
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
