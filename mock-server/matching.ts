/** Which rules of a policy a method and path fall under, compiled once and remembered per method and path. */
import { compileLatency, type Latency } from './latency.ts';
import type { Limit, Policy, RequestMatch } from './policy.ts';

/** What one limit charges on a route. */
export interface Charge {
  /** Index of the limit in the policy. */
  readonly limit: number;
  readonly base: number;
  readonly perItem: number;
  /** Value of the `route` scope, '' where the limit does not count by it. */
  readonly routeKey: string;
}

/** Everything a policy says of a method and path. Routes that it treats alike share one object. */
export interface Route {
  /** Routes are numbered in the order in which they were met. */
  readonly number: number;
  readonly charges: readonly Charge[];
  /** What a request of one item charges: the bases of `charges`. */
  readonly costs: readonly number[];
  readonly latency: Latency;
  /** By penalty: whether it matches. */
  readonly penalties: readonly boolean[];
  /** Whether a caller without permission may see a 429 here. */
  readonly forbiddenAs429: boolean;
}

/** Methods and paths remembered at most; beyond it the memory starts afresh, which changes no answer. */
const REMEMBERED_MAX = 4096;
/** Paths that a request is compared with before the table is asked: comparing a few is quicker. */
const RECENT_MAX = 8;

/** The route of one method and path. */
interface RecentRoute {
  readonly method: string;
  readonly path: string;
  readonly route: Route;
}

/** The routes of one policy. */
export class Routes {
  readonly #policy: Policy;
  readonly #limits: readonly ((method: string, path: string) => Charge | null)[];
  readonly #penalties: readonly Matcher[];
  readonly #latency: readonly { readonly latency: Latency; readonly matches: Matcher }[];
  readonly #forbidden: Matcher;
  readonly #byMethod = new Map<string, Map<string, Route>>();
  readonly #byMeaning = new Map<string, Route>();
  #met = 0;
  #remembered = 0;
  readonly #recent: RecentRoute[] = [];
  #oldest = 0;

  constructor(policy: Policy) {
    this.#policy = policy;
    this.#limits = policy.limits.map((limit, index) => compileCharge(limit, index));
    this.#penalties = policy.penalties.map((penalty) => compileMatch(penalty.match));
    this.#latency = policy.latency.map((rule) => ({
      latency: compileLatency(rule),
      matches: compileMatch(rule.match),
    }));
    const forbidden = policy.quirks.forbiddenAs429;
    this.#forbidden = forbidden === null ? () => false : compileMatch(forbidden.match);
  }

  /** The route of a method and path (without query). */
  of(method: string, path: string): Route {
    const recent = this.#recent;
    for (let at = 0; at < recent.length; at++) {
      const one = recent[at] as RecentRoute;
      if (one.path === path && one.method === method) return one.route;
    }
    const route = this.#byMethod.get(method)?.get(path) ?? this.#remember(method, path);
    recent[this.#oldest] = { method, path, route };
    this.#oldest = (this.#oldest + 1) % RECENT_MAX;
    return route;
  }

  #remember(method: string, path: string): Route {
    if (this.#remembered >= REMEMBERED_MAX) {
      this.#byMethod.clear();
      this.#byMeaning.clear();
      this.#remembered = 0;
    }
    const made = this.#make(method, path);
    const meaning = JSON.stringify(made);
    const route = this.#byMeaning.get(meaning) ?? { number: this.#met++, ...made };
    this.#byMeaning.set(meaning, route);
    const paths = this.#byMethod.get(method) ?? new Map<string, Route>();
    this.#byMethod.set(method, paths.set(path, route));
    this.#remembered += 1;
    return route;
  }

  #make(method: string, path: string): Omit<Route, 'number'> {
    const found = this.#latency.find((entry) => entry.matches(method, path));
    if (found === undefined) throw new Error(`Cannot serve policy '${this.#policy.name}': no last latency rule`);
    const charges = this.#limits.map((charge) => charge(method, path)).filter((charge) => charge !== null);
    return {
      charges,
      costs: charges.map(({ base }) => base),
      latency: found.latency,
      penalties: this.#penalties.map((matches) => matches(method, path)),
      forbiddenAs429: this.#forbidden(method, path),
    };
  }
}

/** Whether a request falls under a {@link RequestMatch}. */
export type Matcher = (method: string, path: string) => boolean;

/** Compiles a match; empty lists match everything. */
export function compileMatch(match: RequestMatch): Matcher {
  const methods = new Set(match.methods);
  const patterns = match.paths.map(compilePattern);
  return (method, path) =>
    (methods.size === 0 || methods.has(method)) &&
    (patterns.length === 0 || patterns.some((pattern) => pattern.test(path)));
}

/** `*` is one segment that is not empty; a last `**` is any rest, also none: `/a/**` matches `/a`. */
function compilePattern(pattern: string): RegExp {
  const segments = pattern.split('/').slice(1);
  const rest = segments.at(-1) === '**';
  const fixed = (rest ? segments.slice(0, -1) : segments).map((segment) =>
    segment === '*' ? '/[^/]+' : `/${segment.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}`,
  );
  return new RegExp(`^${fixed.join('')}${rest ? '(?:/.*)?' : ''}$`);
}

function compileCharge(limit: Limit, index: number): (method: string, path: string) => Charge | null {
  const matches = compileMatch(limit.match);
  const routes = limit.cost.routes.map((route) => ({ ...route, matches: compileMatch(route.match) }));
  const routeKey = limit.scope.includes('route') ? compileRouteKey(limit.match) : () => '';
  return (method, path) => {
    if (!matches(method, path)) return null;
    const { base, perItem } = routes.find((route) => route.matches(method, path)) ?? limit.cost;
    if (base === 0 && perItem === 0) return null;
    return { limit: index, base, perItem, routeKey: routeKey(method, path) };
  };
}

/**
 * What the `route` scope counts by: the method, and the pattern of the limit that the path matches when it names every segment
 * (`/api/v2/flows/*` is one route, whatever the id); else the path itself.
 */
function compileRouteKey(match: RequestMatch): (method: string, path: string) => string {
  const named = match.paths.map((pattern) => ({ pattern, test: compilePattern(pattern) }));
  return (method, path) => {
    const first = named.find(({ test }) => test.test(path));
    return `${method} ${first === undefined || first.pattern.endsWith('/**') ? path : first.pattern}`;
  };
}
