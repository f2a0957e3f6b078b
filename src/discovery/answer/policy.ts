/** The policy that a discovery's results are: in the policy schema, so that it can be simulated at once. */
import type { Algorithm, RequestMatch } from '../../../mock-server/policy.ts';
import type { DiscoveryResults, FoundLimit, Interval } from '../../results/discovery-results.ts';
import { sentenceList } from '../../wording/format.ts';
import { standsFor } from './restrictive.ts';

/** What the policy schema bounds: entries of a list, characters of names, notes and patterns, whole numbers. */
const BOUNDS = { list: 64, name: 100, note: 2000, path: 300, count: 1_000_000_000, log: 1_000_000, cost: 1_000_000 };
const YEAR_MS = 366 * 86_400_000;
const DAY_MS = 86_400_000;

/**
 * The policy as loose JSON, valid for `parsePolicy`. Every limit is `observed`, and its note says how sure it is. Where a limit is ambiguous, the
 * most restrictive member of its class stands for it. Only the routes that were probed are limited: requests elsewhere pass.
 */
export function policyOfDiscovery(results: DiscoveryResults): Record<string, unknown> {
  const names = new Map<string, string>();
  const limits = results.limits.slice(0, BOUNDS.list);
  for (const { name } of limits) names.set(name, freeName(name, [...names.values()]));
  return {
    schemaVersion: 1,
    name: printable(`discovered-${results.target.name}`, BOUNDS.name),
    title: printable(`Discovered: ${results.target.name}`, 200),
    description: descriptionOf(results),
    limits: limits.map((limit) => limitOf(limit, names.get(limit.name) ?? '', results)),
    ...headersOf(results, names),
    enforcementLagMs: whole(middle(results.noise.enforcementLagMs) ?? 0, 0, DAY_MS),
  };
}

function limitOf(limit: FoundLimit, name: string, results: DiscoveryResults): Record<string, unknown> {
  const found = standsFor(limit);
  const algorithm = inSchema(found);
  const routed = routingOf(limit, results, found.kind === 'token-bucket' ? found.capacity : found.limit);
  const isSame = limit.counts === 'unknown' && countsAlike(limit);
  const counts = limit.counts === 'admitted' || isSame || found.kind === 'concurrency' ? 'admitted' : 'all';
  return {
    name,
    scope: [...new Set(limit.scope)],
    match: routed.match,
    algorithm,
    cost: routed.cost,
    counts,
    retryAfter: hintOf(limit),
    source: 'observed',
    note: printable([...noteOf(limit, found), ...routed.notes].join(' '), BOUNDS.note),
  };
}

/** Whole numbers within the schema's bounds, rounded to the safe side. */
function inSchema(algorithm: Algorithm): Algorithm {
  switch (algorithm.kind) {
    case 'concurrency':
      return { ...algorithm, limit: whole(Math.floor(algorithm.limit), 1, BOUNDS.log) };
    case 'token-bucket':
      return {
        ...algorithm,
        capacity: Math.min(BOUNDS.count, Math.max(1, algorithm.capacity)),
        refillPerSecond: Math.min(BOUNDS.count, algorithm.refillPerSecond),
        stepMs: whole(algorithm.stepMs, 0, DAY_MS),
      };
    default: {
      const most = algorithm.kind === 'sliding-window-log' ? BOUNDS.log : BOUNDS.count;
      const limit = whole(Math.floor(algorithm.limit), 1, most);
      return { ...algorithm, limit, windowMs: whole(Math.ceil(algorithm.windowMs), 1, YEAR_MS) };
    }
  }
}

/** Which requests a limit matches and what each costs, as the schema can say it. */
function routingOf(
  limit: FoundLimit,
  { routes }: DiscoveryResults,
  capacity: number,
): { readonly match: RequestMatch; readonly cost: unknown; readonly notes: readonly string[] } {
  const byRequest = new Map<string, { method: string; path: string; cost: number }>();
  const notes = new Set<string>();
  for (const { route, cost } of limit.routes) {
    const probed = routes.find(({ name }) => name === route);
    if (probed === undefined) continue;
    if (cost === null) notes.add('Where a cost was not decided, 1 stands for it.');
    const [method, path] = [methodOf(probed.method), patternOf(probed.path)];
    const key = `${method} ${path}`;
    const charge = whole(Math.ceil(cost ?? 1), 1, Math.max(1, Math.min(BOUNDS.cost, Math.floor(capacity))));
    const before = byRequest.get(key)?.cost ?? charge;
    if (before !== charge) notes.add('Routes that differ only in their query cost what the dearest of them costs.');
    byRequest.set(key, { method, path, cost: Math.max(before, charge) });
  }
  const requests = [...byRequest.values()];
  const [methods, paths, costs] = [
    [...new Set(requests.map(({ method }) => method))],
    [...new Set(requests.map(({ path }) => path))],
    [...new Set(requests.map(({ cost }) => cost))],
  ];
  if (paths.length > BOUNDS.list || methods.length > BOUNDS.list || requests.length > BOUNDS.list)
    return {
      match: { methods: [], paths: [] },
      cost: Math.max(1, ...costs),
      notes: [...notes, 'More routes share it than a policy lists: it matches all, at the cost of the dearest.'],
    };
  // A list of methods and a list of paths match every pair; where not every pair shares the limit, what is left out costs nothing.
  const everyPair = requests.length === methods.length * paths.length;
  const cost =
    everyPair && costs.length <= 1
      ? (costs[0] ?? 1)
      : {
          base: 0,
          routes: requests.map((each) => ({ match: { methods: [each.method], paths: [each.path] }, base: each.cost })),
        };
  return { match: { methods, paths }, cost, notes: [...notes] };
}

function methodOf(method: string): string {
  return /^[A-Z]{1,16}$/.test(method) ? method : 'GET';
}

/** A path without its query; a segment that would be a pattern, or is none, stands for any. */
function patternOf(path: string): string {
  const [bare = ''] = path.split(/[?#]/, 1);
  const segments = bare.replace(/^\/*/, '/').split('/').slice(1);
  const pattern = `/${segments.map((segment) => (/^[^*\s]*$/.test(segment) ? segment : '*')).join('/')}`;
  return pattern.length <= BOUNDS.path ? pattern : '/**';
}

/** What Retry-After did, in the schema's words. */
function hintOf({ retryAfter: { kind, told } }: FoundLimit): unknown {
  if (kind === 'absent') return 'absent';
  if (kind === 'exact' || kind === 'untested' || told.low === null || told.high === null) return 'exact';
  const [low, high] = [told.low, told.high].map((ms) => Math.min(YEAR_MS, Math.max(0, ms))) as [number, number];
  return low === high ? { fixedMs: low } : { uniformMs: [low, high] };
}

/** A fixed window that is full stays full until it ends, whatever else counts. */
function countsAlike({ status, algorithm }: FoundLimit): boolean {
  return status === 'found' && algorithm.kind === 'fixed-window';
}

function noteOf(limit: FoundLimit, chosen: Algorithm): string[] {
  const { status, reason, alternatives, intervals, counts, retryAfter, spent, scopeUndecided } = limit;
  const between = (name: string, range: Interval | null, unit: string) =>
    range === null ? [] : [`${name} ${rangeText(range)}${unit}`];
  const numbers = [
    ...between('capacity', intervals.capacity, ''),
    ...between('window', intervals.windowMs, ' ms'),
    ...between('refill', intervals.refillPerSecond, ' per second'),
    ...between('step', intervals.stepMs, ' ms'),
  ];
  const others = [limit.algorithm, ...alternatives].filter((other) => other !== chosen).map(({ kind }) => kind);
  return [
    `Observed with ${spent.requests} probes, ${spent.rejections} of them rejected; ${numbers.join(', ')} (95 % intervals).`,
    ...(status === 'ambiguous'
      ? [
          `Ambiguous: ${reason || 'several rules fit'}; this is the most restrictive that fits${others.length > 0 ? `, the others are ${sentenceList([...new Set(others)])}` : ''}.`,
        ]
      : []),
    ...(counts === 'unknown'
      ? [
          countsAlike(limit)
            ? 'Whether rejected requests count makes no difference to a full fixed window: here they do not.'
            : 'Whether rejected requests count could not be told: here they do.',
        ]
      : []),
    ...(scopeUndecided.length > 0
      ? [`It may count by ${sentenceList(scopeUndecided)} as well: no identity at hand differed in that.`]
      : []),
    ...(retryAfter.kind === 'untested' ? ['Retry-After was not tested: exact is assumed.'] : []),
    ...(retryAfter.kind === 'early' || retryAfter.kind === 'late' || retryAfter.kind === 'random'
      ? [
          `Retry-After was ${retryAfter.kind}: told ${rangeText(retryAfter.told)} ms, told minus true ${rangeText(retryAfter.errorMs)} ms.`,
        ]
      : []),
  ];
}

/** Headers need a limit that they speak of; how they are spelled was not recorded. */
function headersOf({ headers }: DiscoveryResults, names: ReadonlyMap<string, string>): Record<string, unknown> {
  const spoken = headers.speaksOf === null ? undefined : names.get(headers.speaksOf);
  if (!headers.present || spoken === undefined) return {};
  return { headers: { dialect: 'x-ratelimit', speaksOf: spoken } };
}

function descriptionOf({
  target,
  mode,
  spent,
  complete,
  unknown,
  noise,
  penalty,
  headers,
  limits,
}: DiscoveryResults): string {
  const how = { active: 'by probing', log: 'again from a log of probes', traffic: 'from traffic' }[mode];
  const background = noise.backgroundShare;
  return printable(
    [
      `Found by ratelab discover ${how}: ${target.name}, ${spent.requests} requests, ${spent.rejections} rejections.`,
      'Only routes that were probed are limited here: requests elsewhere pass.',
      ...(complete ? [] : ['The discovery was not complete.']),
      ...(limits.length > BOUNDS.list
        ? [`${limits.length - BOUNDS.list} more limits were found than a policy holds.`]
        : []),
      ...(unknown.length > 0 ? [`Not known: ${unknown.map(({ what }) => what).join('; ')}.`] : []),
      ...(background !== null && (background.high ?? 0) > 0
        ? [`Others used ${rangeText(background)} of the capacity (as a share): not in this policy.`]
        : []),
      ...(penalty === null ? [] : [`A sign of a penalty was met (${penalty.sign}): its rules are not in this policy.`]),
      ...(headers.present ? ['How rate headers are spelled was not recorded: X-RateLimit-* stands for it.'] : []),
    ].join(' '),
    10_000,
  );
}

/** `60`, `2.49 to 2.51`, `at least 3`, `unbounded`. */
function rangeText({ low, high }: Interval): string {
  if (low === null) return high === null ? 'unbounded' : `at most ${high}`;
  if (high === null) return `at least ${low}`;
  return low === high ? String(low) : `${low} to ${high}`;
}

function middle(range: Interval | null): number | null {
  if (range === null) return null;
  const { low, high } = range;
  return low === null || high === null ? (low ?? high) : (low + high) / 2;
}

function whole(value: number, from: number, to: number): number {
  return Math.min(to, Math.max(from, Math.round(value)));
}

/** Without control characters, of at most so many characters. */
function printable(text: string, most: number): string {
  const clean = text.replaceAll(/\p{Cc}/gu, ' ').trim();
  return clean.length <= most ? clean || 'unnamed' : `${clean.slice(0, most - 1)}\u2026`;
}

/** A name that the schema takes and no other limit has. */
function freeName(name: string, taken: readonly string[]): string {
  const clean = printable(name, BOUNDS.name - 4);
  for (let at = 1; ; at++) {
    const candidate = at === 1 ? clean : `${clean} ${at}`;
    if (!taken.includes(candidate)) return candidate;
  }
}
