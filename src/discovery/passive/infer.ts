/**
 * What a user's own traffic tells about limits: little, and it says so. Nothing is sent. A limit is `found` only when one way to count, one family
 * and one capacity survive; usually what survives is a class.
 */
import type { Algorithm } from '../../../mock-server/policy.ts';
import type { DiscoveryResults, FoundLimit, UnknownFact } from '../../results/discovery-results.ts';
import { formatCount, formatDuration, sentenceList } from '../../wording/format.ts';
import { mostWithin } from './bounds.ts';
import { recoveryIn, retryAfterIn, staircaseIn } from './traces.ts';
import { type Counted, triedOf, waysToCount } from './scopes.ts';
import { type Survivor, survivorsOf } from './survivors.ts';
import type { Traffic } from './traffic.ts';

/** What the results say about themselves. */
export interface InferOptions {
  /** Names the traffic: file names. */
  readonly name: string;
  /** Of ratelab. */
  readonly version: string;
}

/** Spans over which the largest admitted use is told, ms. */
const SPANS_MS = [1000, 10_000, 60_000, 600_000, 3_600_000];
/** A capacity is decided by no less than so many separate saturations. */
const SATURATIONS_MIN = 3;
/** How narrow a window or a rate must be to be called found, as a ratio. */
const NARROW = 1.02;

/** A way to count, and the families that survive in it. */
interface Explained {
  readonly way: Counted;
  readonly survivors: readonly Survivor[];
}

/** Infers limits from traffic. */
export function inferFromTraffic(traffic: Traffic, { name, version }: InferOptions): DiscoveryResults {
  const { events } = traffic;
  const count = (outcome: string) => events.filter((event) => event.outcome === outcome).length;
  const [admitted, rejections, unknown] = [count('admitted'), count('rejected'), count('unknown')];
  const startMs = events[0]?.sentMs ?? 0;
  const timeMs = Math.max(0, (events.at(-1)?.sentMs ?? 0) - startMs);
  const slackMs = slackOf(traffic);
  const tried = triedOf(events);
  const longestMs = Math.max(
    0,
    (tried.findLast(({ outcome }) => outcome === 'rejected')?.sentMs ?? 0) - (tried[0]?.sentMs ?? 0),
  );
  const explained = rejections === 0 ? [] : explanationsOf(traffic, tried, slackMs, longestMs);
  const limits = explained.length === 0 ? [] : [limitOf(explained, traffic, slackMs, rejections)];
  return {
    schemaVersion: 1,
    kind: 'discovery',
    tool: { name: 'ratelab', version },
    mode: 'traffic',
    target: { kind: 'traffic', name: name === '' ? 'traffic' : name },
    identities: traffic.identities.map(({ name: identity, labels }) => ({ name: identity, labels: { ...labels } })),
    routes: traffic.routes.map((route) => ({ ...route })),
    complete: true,
    startedAtMs: startMs,
    ranMs: timeMs,
    limits,
    unknown: unknownFacts(traffic, { explained, rejections, slackMs, longestMs, tried: tried.length }),
    exclusions: exclusionsOf(traffic, slackMs),
    noise: {
      errorShare: events.length === 0 ? 0 : unknown / events.length,
      errorsCharge: null,
      jitterMs: slackMs,
      backgroundShare: null,
      enforcementLagMs: null,
    },
    headers: { present: false, speaksOf: null, worth: 'absent', note: 'rate headers of traffic are not read' },
    penalty: null,
    budget: { requests: 0, rejections: 0, timeMs: 0 },
    spent: { requests: events.length, admitted, rejections, unknown, timeMs, exclusionRequests: 0 },
    verification: null,
  };
}

/** A decision fell between the sending and the answer; rejections are answered at once, so that their durations tell how long the way takes. */
function slackOf({ events, withinMs }: Traffic): number {
  const durations = events
    .filter(({ outcome }) => outcome === 'rejected')
    .map(({ sentMs, answeredMs }) => answeredMs - sentMs)
    .sort((a, b) => a - b);
  return withinMs + (durations[Math.floor(durations.length * 0.98)] ?? 0);
}

function explanationsOf(traffic: Traffic, tried: Traffic['events'], slackMs: number, longestMs: number): Explained[] {
  const startMs = tried[0]?.sentMs ?? 0;
  return waysToCount(traffic, tried).flatMap((way) => {
    const survivors = survivorsOf(way.stretches, slackMs, startMs, longestMs);
    return survivors.length === 0 ? [] : [{ way, survivors }];
  });
}

function limitOf(explained: readonly Explained[], traffic: Traffic, slackMs: number, rejections: number): FoundLimit {
  const { way, survivors } = explained[0] as Explained;
  const [first] = survivors as readonly [Survivor];
  const saturations = way.stretches.reduce((sum, { outcomes }) => sum + saturationsIn(outcomes), 0);
  const isFound =
    explained.length === 1 &&
    survivors.length === 1 &&
    first.family !== 'fixed-window' &&
    first.capacity[0] === first.capacity[1] &&
    first.shape !== null &&
    first.shape[1] / first.shape[0] <= NARROW &&
    saturations >= SATURATIONS_MIN;
  const all = explained.flatMap((each) => each.survivors);
  const members = distinct(all.flatMap(membersOf));
  const others = explained.slice(1).map(({ way: other }) => scopeText(other, traffic));
  const span = (of: readonly Survivor[]) => rangeOver(of.map(({ shape }) => shape).filter((shape) => shape !== null));
  const windows = all.filter(({ family }) => family !== 'token-bucket' && family !== 'concurrency');
  const capacity = rangeOver(all.map((each) => each.capacity)) ?? { low: 1, high: null };
  const named = new Set(way.routes);
  return {
    name: 'from-traffic',
    status: isFound ? 'found' : 'ambiguous',
    reason: isFound
      ? ''
      : [
          `${formatCount(members.length)} rules explain the rejections`,
          ...(others.length > 0
            ? [
                `it may be counted ${sentenceList(others.slice(0, 6))}${others.length > 6 ? ' and in other ways' : ''} just as well`,
              ]
            : []),
          ...(saturations < SATURATIONS_MIN ? [`there were only ${formatCount(saturations)} saturations`] : []),
        ].join('; '),
    scope: [...way.scope],
    scopeUndecided: [...new Set([...way.alike, ...explained.slice(1).flatMap(({ way: other }) => other.scope)])].filter(
      (key) => !way.scope.includes(key),
    ),
    routes: traffic.routes.flatMap(({ name }, at) =>
      named.has(at) ? [{ route: name, cost: isFound ? 1 : null }] : [],
    ),
    algorithm: members[0] as Algorithm,
    alternatives: members.slice(1, 100),
    intervals: {
      capacity,
      windowMs: span(windows),
      refillPerSecond: span(all.filter(({ family }) => family === 'token-bucket')),
      stepMs: all.some(({ family }) => family === 'token-bucket') ? { low: 0, high: null } : null,
    },
    counts: all.some(({ family }) => family === 'sliding-window-log all') || !isFound ? 'unknown' : 'admitted',
    retryAfter: retryAfterIn(way, traffic, slackMs),
    evidence: { staircase: staircaseIn(traffic, way), recovery: recoveryIn(way), interference: [] },
    spent: { requests: way.stretches.reduce((sum, { sentMs }) => sum + sentMs.length, 0), rejections },
  };
}

/** Fixed windows may begin by the clock as well. */
function membersOf({ family, member }: Survivor): Algorithm[] {
  return family === 'fixed-window' && member.kind === 'fixed-window'
    ? [member, { ...member, anchor: 'epoch' }]
    : [member];
}

function rangeOver(ranges: readonly (readonly [number, number])[]): { low: number; high: number | null } | null {
  if (ranges.length === 0) return null;
  const high = Math.max(...ranges.map(([, to]) => to));
  return { low: Math.min(...ranges.map(([low]) => low)), high: high === Number.POSITIVE_INFINITY ? null : high };
}

/** Runs of rejections, each behind an admission. */
function saturationsIn(outcomes: Uint8Array): number {
  let [runs, isRun] = [0, false];
  for (const outcome of outcomes) {
    if (outcome === 1 && !isRun) runs += 1;
    if (outcome !== 2) isRun = outcome === 1;
  }
  return runs;
}

function distinct(members: readonly Algorithm[]): Algorithm[] {
  return [...new Map(members.map((member) => [JSON.stringify(member), member])).values()];
}

function scopeText({ scope, routes }: Counted, traffic: Traffic): string {
  const of = routes.length < traffic.routes.length ? ', over the rejected routes only' : '';
  return scope.length === 0 ? `for everybody together${of}` : `per ${sentenceList(scope)}${of}`;
}

/** Largest admitted use in any span: no limit over these requests is tighter. */
function exclusionsOf(traffic: Traffic, slackMs: number): DiscoveryResults['exclusions'] {
  const { events } = traffic;
  if (events.length === 0) return [];
  const stretch = {
    sentMs: Float64Array.from(events, ({ sentMs }) => sentMs),
    answeredMs: new Float64Array(0),
    outcomes: Uint8Array.from(events, ({ outcome }) => (outcome === 'admitted' ? 0 : 1)),
  };
  const timeMs = (stretch.sentMs.at(-1) ?? 0) - (stretch.sentMs[0] ?? 0);
  const identities = traffic.identities.map(({ name }) => name);
  const routes = traffic.routes.map(({ name }) => name);
  if (!events.some(({ outcome }) => outcome === 'admitted')) return [];
  return SPANS_MS.filter((spanMs, at) => at === 0 || spanMs <= timeMs * 2).flatMap((overMs) => {
    const requests = overMs > slackMs ? mostWithin(stretch, overMs - slackMs) : 0;
    return requests > 1 ? [{ identities, routes, requests, overMs }] : [];
  });
}

function unknownFacts(
  traffic: Traffic,
  found: {
    readonly explained: readonly Explained[];
    readonly rejections: number;
    readonly slackMs: number;
    readonly longestMs: number;
    /** Requests that rules were tried on. */
    readonly tried: number;
  },
): UnknownFact[] {
  const { explained, rejections, slackMs, longestMs, tried } = found;
  const left = [...traffic.leftOut];
  const known = ['org', 'client', 'token', 'user', 'app', 'ip'] as const;
  const values = (label: (typeof known)[number]) => new Set(traffic.identities.map(({ labels }) => labels[label]));
  const untold = known.filter((label) => values(label).size < 2 || values(label).has(undefined));
  return [
    ...(rejections === 0
      ? [
          {
            what: 'any limit',
            kind: 'not-driven' as const,
            why: 'no request of this traffic was rejected (429), so that no limit was reached; what passed at the most stands below',
          },
        ]
      : []),
    ...(rejections > 0 && explained.length === 0
      ? [
          {
            what: `what rejected ${formatCount(rejections)} requests`,
            kind: 'not-identifiable' as const,
            why: 'no single rule with a cost of 1 for each request explains all of it: several limits, unequal costs, refills in steps, or others who use the same limit would',
          },
        ]
      : []),
    ...(explained.length > 0
      ? [
          {
            what: 'whether others use the same limit, and whether there are several limits or costs',
            kind: 'not-identifiable' as const,
            why: 'everything here assumes one limit, a cost of 1 for each request, and that this is all of the traffic',
          },
          {
            what: `limits over more than ${formatDuration(longestMs)}`,
            kind: 'not-driven' as const,
            why: 'what was sent before the traffic begins may have filled them',
          },
        ]
      : []),
    ...(tried < traffic.events.length
      ? [
          {
            what: `what ${formatCount(traffic.events.length - tried)} of ${formatCount(traffic.events.length)} requests say`,
            kind: 'budget' as const,
            why: `rules are tried on ${formatCount(tried)} requests, where most were rejected`,
          },
        ]
      : []),
    ...(untold.length > 0
      ? [
          {
            what: `whether limits count by ${sentenceList(untold)}`,
            kind: 'not-supplied' as const,
            why: 'the traffic does not tell it for each request, or all requests agree in it',
          },
        ]
      : []),
    ...(slackMs > 1
      ? [
          {
            what: `anything that happens within ${formatDuration(slackMs)}`,
            kind: 'noise' as const,
            why: 'so far a decision may be from the time that is written down',
          },
        ]
      : []),
    ...(left.length > 0
      ? [
          {
            what: `${formatCount(left.reduce((sum, [, count]) => sum + count, 0))} of ${formatCount(traffic.read)} entries`,
            kind: 'noise' as const,
            why: `they were left out: ${left.map(([reason, count]) => `${formatCount(count)} ${reason}`).join(', ')}`,
          },
        ]
      : []),
  ];
}
