/** By what traffic may have been counted: every way that its labels can tell, and the requests of each bucket. */
import type { ScopeKey } from '../../../mock-server/policy.ts';
import type { Label } from '../black-box.ts';
import type { Stretch } from './bounds.ts';
import type { Traffic } from './traffic.ts';

/** One way to count. */
export interface Counted {
  readonly scope: readonly ScopeKey[];
  /** Labels that give the same buckets: it may be these instead. */
  readonly alike: readonly ScopeKey[];
  /** Routes that it concerns, by index. */
  readonly routes: readonly number[];
  readonly stretches: readonly Stretch[];
}

const LABELS: readonly Label[] = ['org', 'client', 'token', 'user', 'app', 'ip'];
const CODES = { admitted: 0, rejected: 1, unknown: 2 } as const;
/** Most ways that are tried, and most requests that are looked at for each. */
const MOST = { ways: 24, events: 100_000 };

/** The stretch of a long record that rules are tried on: as long as is bearable, where most was rejected. What came before it counts as unseen. */
export function triedOf(events: Traffic['events']): Traffic['events'] {
  if (events.length <= MOST.events) return events;
  const before = new Uint32Array(events.length + 1);
  for (const [at, { outcome }] of events.entries()) before[at + 1] = (before[at] ?? 0) + Number(outcome === 'rejected');
  const rejectedFrom = (from: number) => (before[from + MOST.events] ?? 0) - (before[from] ?? 0);
  let best = 0;
  for (let from = 0; from + MOST.events <= events.length; from += MOST.events / 10)
    if (rejectedFrom(from) > rejectedFrom(best)) best = from;
  return events.slice(best, best + MOST.events);
}

/** All ways, the coarsest first: nobody apart, one label, the route, a label and the route; over all routes, and over those alone that were rejected. */
export function waysToCount(traffic: Traffic, events = triedOf(traffic.events)): Counted[] {
  const used = [...new Set(events.map(({ route }) => route))];
  const rejected = [...new Set(events.filter(({ outcome }) => outcome === 'rejected').map(({ route }) => route))];
  const varied = LABELS.filter((label) => new Set(traffic.identities.map(({ labels }) => labels[label])).size > 1);
  const complete = varied.filter((label) => traffic.identities.every(({ labels }) => labels[label] !== undefined));
  const scopes: ScopeKey[][] = [[], ...complete.map((label) => [label])];
  const sets = [used, ...(rejected.length < used.length ? [rejected] : [])];
  const ways = new Map<string, { scope: ScopeKey[]; alike: ScopeKey[]; routes: number[]; keys: Int32Array }>();
  for (const routes of sets) {
    for (const scope of [...scopes, ...(routes.length > 1 ? scopes.map((keys) => [...keys, 'route' as const]) : [])]) {
      const keys = keysOf(traffic, events, scope, new Set(routes));
      const same = keys.join();
      const known = ways.get(same);
      if (known === undefined) ways.set(same, { scope, alike: [], routes, keys });
      else for (const key of scope) if (!known.scope.includes(key) && !known.alike.includes(key)) known.alike.push(key);
    }
  }
  return [...ways.values()]
    .slice(0, MOST.ways)
    .map(({ keys, ...way }) => ({ ...way, stretches: stretchesOf(events, keys) }));
}

/** The bucket of each event as a number; -1: none. Numbered by first appearance, so that equal partitions are equal lists. */
function keysOf(
  { identities }: Traffic,
  events: Traffic['events'],
  scope: readonly ScopeKey[],
  routes: ReadonlySet<number>,
): Int32Array {
  const numbers = new Map<string, number>();
  const texts = new Map<number, string>();
  return Int32Array.from(events, ({ identity, route }) => {
    if (!routes.has(route)) return -1;
    const point = identity * 100_000 + route;
    let text = texts.get(point);
    if (text === undefined) {
      text = scope.map((key) => (key === 'route' ? route : identities[identity]?.labels[key])).join('\u0000');
      texts.set(point, text);
    }
    let number = numbers.get(text);
    if (number === undefined) numbers.set(text, (number = numbers.size));
    return number;
  });
}

function stretchesOf(events: Traffic['events'], keys: Int32Array): Stretch[] {
  const lists = new Map<number, number[]>();
  for (const [at, key] of keys.entries()) {
    if (key < 0) continue;
    const list = lists.get(key);
    if (list === undefined) lists.set(key, [at]);
    else list.push(at);
  }
  return [...lists.values()].map((list) => ({
    sentMs: Float64Array.from(list, (at) => events[at]?.sentMs ?? 0),
    answeredMs: Float64Array.from(list, (at) => events[at]?.answeredMs ?? 0),
    outcomes: Uint8Array.from(list, (at) => CODES[events[at]?.outcome ?? 'unknown']),
  }));
}
