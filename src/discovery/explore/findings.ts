/** From limits in hand to the results file. Pure. */
import type { DiscoveryResults, FoundLimit } from '../../results/discovery-results.ts';
import { algorithmOf } from '../hypothesis.ts';
import { bucketOf } from '../known-limits.ts';
import type { ProbeEvent } from '../record.ts';
import type { Exploration, LimitInHand } from './exploration.ts';

/** Entries of a staircase and of a recovery curve. */
const POINTS_MAX = 200;

const ORDER = ['org', 'client', 'token', 'user', 'app', 'ip', 'route'] as const;
const UNTESTED: FoundLimit['retryAfter'] = {
  kind: 'untested',
  told: { low: null, high: null },
  errorMs: { low: null, high: null },
  tested: 0,
};

/** All limits, equal ones of single routes as one that counts by the route too. */
export function foundLimits(exploration: Exploration): FoundLimit[] {
  return merged(exploration.limits).map((limits, index) => foundLimit(exploration, limits, `limit-${index + 1}`));
}

/** Limits that are the same rule, once per route. */
export function merged(limits: readonly LimitInHand[]): LimitInHand[][] {
  const groups: LimitInHand[][] = [];
  for (const limit of limits) {
    const alike = groups.find(([first]) => first !== undefined && sameRule(first, limit));
    if (alike === undefined) groups.push([limit]);
    else alike.push(limit);
  }
  return groups;
}

function sameRule(one: LimitInHand, other: LimitInHand): boolean {
  const single = (limit: LimitInHand) => limit.known.costs.size === 1;
  if (!single(one) || !single(other) || one.status !== 'found' || other.status !== 'found') return false;
  if ([...one.known.costs.keys()][0] === [...other.known.costs.keys()][0]) return false;
  if (one.known.scope.join() !== other.known.scope.join()) return false;
  const { hypothesis: a } = one.known;
  const { hypothesis: b } = other.known;
  if (a.shape.kind !== b.shape.kind || a.counts !== b.counts || a.capacity !== b.capacity) return false;
  if (a.shape.kind !== 'token-bucket' || b.shape.kind !== 'token-bucket')
    return JSON.stringify(a.shape) === JSON.stringify(b.shape);
  const near = Math.abs(a.shape.refillPerSecond / b.shape.refillPerSecond - 1) < 0.01;
  return near && a.shape.stepMs === b.shape.stepMs;
}

function foundLimit(exploration: Exploration, limits: readonly LimitInHand[], name: string): FoundLimit {
  const { box, prober } = exploration;
  const first = limits[0] as LimitInHand;
  const { known } = first;
  const byRoute = limits.length > 1;
  const routes = limits.flatMap((limit) => [...limit.known.costs].map(([route, cost]) => ({ limit, route, cost })));
  const events = limits.flatMap(({ events: { from, to } }) => prober.events.slice(from, to));
  return {
    name,
    status: limits.every(({ status }) => status === 'found') ? 'found' : 'ambiguous',
    reason: first.reason,
    scope: ORDER.filter((key) => known.scope.includes(key) || (key === 'route' && byRoute)),
    scopeUndecided: [...first.scopeUndecided],
    routes: routes
      .sort((a, b) => a.route - b.route)
      .map(({ limit, route, cost }) => ({
        route: box.routes[route]?.name ?? `route ${route}`,
        cost: limit.costsUndecided.has(route) ? null : cost,
      })),
    algorithm: algorithmOf(known.hypothesis),
    alternatives: first.alternatives.slice(0, 100).map(algorithmOf),
    intervals: {
      capacity: first.capacity,
      windowMs: first.windowMs,
      refillPerSecond: first.refillPerSecond,
      stepMs: first.stepMs,
    },
    counts: first.countsKnown ? known.hypothesis.counts : 'unknown',
    retryAfter: UNTESTED,
    evidence: {
      ...curvesOf(exploration, first),
      interference: limits.flatMap((limit) =>
        limit.interference.map(({ exhausted, probed, outcome }) => ({
          exhausted: exploration.nameOf(exhausted),
          probed: exploration.nameOf(probed),
          outcome,
        })),
      ),
    },
    spent: {
      requests: events.length,
      rejections: events.filter(({ outcome }) => outcome === 'rejected').length,
    },
  };
}

/** How much was offered and admitted over time, and after how long a rejected point passed again. */
function curvesOf(
  { box, prober }: Exploration,
  limit: LimitInHand,
): Pick<FoundLimit['evidence'], 'staircase' | 'recovery'> {
  const staircase: FoundLimit['evidence']['staircase'] = [];
  const recovery: FoundLimit['evidence']['recovery'] = [];
  const { scope, costs } = limit.known;
  const base = limit.points[0];
  if (base === undefined) return { staircase, recovery };
  const bucket = bucketOf(scope, box.identities, base);
  const events = prober.events
    .slice(limit.events.from, limit.events.to)
    .filter((event) => costs.has(event.route) && bucketOf(scope, box.identities, event) === bucket);
  const startedMs = events[0]?.sentMs ?? 0;
  let offered = 0;
  let admitted = 0;
  let fullMs: number | null = null;
  for (const { sentMs, outcome } of events as readonly ProbeEvent[]) {
    offered += 1;
    if (outcome === 'admitted') admitted += 1;
    const atMs = sentMs - startedMs;
    if (staircase.at(-1)?.atMs === atMs) staircase[staircase.length - 1] = { atMs, offered, admitted };
    else staircase.push({ atMs, offered, admitted });
    if (outcome === 'rejected') fullMs ??= sentMs;
    if (fullMs !== null && outcome !== 'unknown' && sentMs > fullMs)
      recovery.push({ afterMs: sentMs - fullMs, outcome });
    if (outcome === 'admitted') fullMs = null;
  }
  return { staircase: thinned(staircase), recovery: thinned(recovery) };
}

function thinned<T>(entries: readonly T[]): T[] {
  const every = Math.ceil(entries.length / POINTS_MAX);
  return entries.filter((_, at) => at % every === 0);
}

/** What was spent. */
export function spentOf({ prober, exclusionRequests }: Exploration, timeMs: number): DiscoveryResults['spent'] {
  const many = { admitted: 0, rejected: 0, unknown: 0 };
  for (const { outcome } of prober.events) many[outcome] += 1;
  return {
    requests: prober.events.length,
    admitted: many.admitted,
    rejections: many.rejected,
    unknown: many.unknown,
    timeMs,
    exclusionRequests,
  };
}
