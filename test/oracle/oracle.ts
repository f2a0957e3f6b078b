/**
 * An oracle for the gateway's limits, written straight from their definitions over the full history of a bucket and sharing no code with
 * the gateway. It keeps every charge, forgets nothing, and works everything out anew for each question. Whole numbers only: token
 * buckets count in 8000ths of a token, which is exact for rates in eighths per second.
 */
import type { Caller, GatewayRequest } from '../../mock-server/gateway.ts';
import type { Algorithm, Limit, Policy, RequestMatch } from '../../mock-server/policy.ts';

/** One charge. A concurrency charge ends at `endMs`. */
interface Charge {
  readonly atMs: number;
  readonly cost: number;
  readonly admitted: boolean;
  readonly request: number;
  endMs: number;
}

/** What the oracle says of a request. */
export interface OracleAnswer {
  readonly admitted: boolean;
  /** Names of the limits that it does not fit. */
  readonly rejecting: readonly string[];
}

/** The definition of a policy's limits, over everything that ever happened. */
export class Oracle {
  readonly #policy: Policy;
  readonly #histories = new Map<string, Charge[]>();
  #requests = 0;

  constructor(policy: Policy) {
    this.#policy = policy;
  }

  /** Answers a request and remembers it. */
  ask(request: GatewayRequest, nowMs: number): OracleAnswer {
    const rejecting = this.#rejecting(request, nowMs);
    const admitted = rejecting.length === 0;
    const number = this.#requests++;
    for (const limit of this.#policy.limits) {
      const cost = costOf(limit, request);
      if (cost === 0 || (!admitted && limit.counts !== 'all')) continue;
      this.#history(limit, request).push({ atMs: nowMs, cost, admitted, request: number, endMs: Infinity });
    }
    return { admitted, rejecting };
  }

  /** Names of the limits that a request would not fit at `nowMs` if nothing happened until then. */
  wouldReject(request: GatewayRequest, nowMs: number): readonly string[] {
    return this.#rejecting(request, nowMs);
  }

  /** Number of the last request asked. */
  get last(): number {
    return this.#requests - 1;
  }

  /** Ends the service of a request. */
  end(request: number, nowMs: number): void {
    for (const history of this.#histories.values()) {
      for (const charge of history) if (charge.request === request) charge.endMs = nowMs;
    }
  }

  #rejecting(request: GatewayRequest, nowMs: number): string[] {
    return this.#policy.limits
      .filter((limit) => {
        const cost = costOf(limit, request);
        const algorithm = numbersFor(limit, request.caller);
        return cost > 0 && !fits(algorithm, this.#history(limit, request), cost, nowMs);
      })
      .map(({ name }) => name);
  }

  #history(limit: Limit, request: GatewayRequest): Charge[] {
    const { caller } = request;
    const own = limit.tiers.some(({ tier }) => tier === caller.tier) ? caller.tier : null;
    const values = limit.scope.map((scope) => (scope === 'route' ? routeOf(limit, request) : caller[scope]));
    const key = JSON.stringify([limit.name, own, values]);
    const history = this.#histories.get(key) ?? [];
    this.#histories.set(key, history);
    return history;
  }
}

function fits(algorithm: Algorithm, history: readonly Charge[], cost: number, nowMs: number): boolean {
  switch (algorithm.kind) {
    case 'fixed-window': {
      const { limit, windowMs, anchor } = algorithm;
      const startMs =
        anchor === 'epoch' ? Math.floor(nowMs / windowMs) * windowMs : openWindowStart(history, windowMs, nowMs);
      return sum(history, (charge) => startMs !== null && charge.atMs >= startMs) + cost <= limit;
    }
    case 'sliding-window-log':
      return sum(history, (charge) => charge.atMs > nowMs - algorithm.windowMs) + cost <= algorithm.limit;
    case 'sliding-window-counter': {
      const { limit, windowMs } = algorithm;
      const window = Math.floor(nowMs / windowMs);
      const current = sum(history, (charge) => Math.floor(charge.atMs / windowMs) === window);
      const previous = sum(history, (charge) => Math.floor(charge.atMs / windowMs) === window - 1);
      const left = (window + 1) * windowMs - nowMs;
      return BigInt(previous) * BigInt(left) + BigInt(current + cost) * BigInt(windowMs) <= BigInt(limit * windowMs);
    }
    case 'token-bucket':
      return tokens8000(algorithm, history, nowMs) >= cost * 8000;
    case 'concurrency':
  }
  return sum(history, (charge) => charge.endMs === Infinity) + cost <= algorithm.limit;
}

/** Start of the window that is open now when windows open at the first charge after the last one; null: none is. */
function openWindowStart(history: readonly Charge[], windowMs: number, nowMs: number): number | null {
  let startMs: number | null = null;
  for (const { atMs } of history) if (startMs === null || atMs >= startMs + windowMs) startMs = atMs;
  return startMs !== null && nowMs < startMs + windowMs ? startMs : null;
}

/** The bucket's content, charge by charge from the first, in 8000ths of a token. */
function tokens8000(bucket: Algorithm & { kind: 'token-bucket' }, history: readonly Charge[], nowMs: number): number {
  const full = bucket.capacity * 8000;
  const perMs = bucket.refillPerSecond * 8;
  let tokens = full;
  let lastMs = 0;
  let stepsFromMs = 0;
  const refillUntil = (ms: number) => {
    const stepMs = bucket.stepMs === 0 ? 1 : bucket.stepMs;
    const steps = Math.floor((ms - stepsFromMs) / stepMs) - Math.floor((lastMs - stepsFromMs) / stepMs);
    tokens = Math.min(full, tokens + steps * stepMs * perMs);
    lastMs = ms;
  };
  for (const { atMs, cost, admitted } of history) {
    refillUntil(atMs);
    if (tokens === full) stepsFromMs = atMs;
    tokens = admitted ? tokens - cost * 8000 : Math.max(0, tokens - cost * 8000);
  }
  refillUntil(nowMs);
  return tokens;
}

function sum(history: readonly Charge[], counts: (charge: Charge) => boolean): number {
  let total = 0;
  for (const charge of history) if (counts(charge)) total += charge.cost;
  return total;
}

/** What a request costs in a limit, 0 where it does not match. */
export function costOf(limit: Limit, { method, path, items }: GatewayRequest): number {
  if (!falls(limit.match, method, path)) return 0;
  const { base, perItem } = limit.cost.routes.find(({ match }) => falls(match, method, path)) ?? limit.cost;
  return base + perItem * (items - 1);
}

/** A route is a method and the pattern that names the path's every segment, or the path itself. */
function routeOf(limit: Limit, { method, path }: GatewayRequest): string {
  const pattern = limit.match.paths.find((candidate) => under(candidate.split('/'), path.split('/')));
  return `${method} ${pattern === undefined || pattern.endsWith('**') ? path : pattern}`;
}

/** Whether a request falls under a match, segment by segment. */
function falls(match: RequestMatch, method: string, path: string): boolean {
  if (match.methods.length > 0 && !match.methods.includes(method)) return false;
  return match.paths.length === 0 || match.paths.some((pattern) => under(pattern.split('/'), path.split('/')));
}

function under(pattern: readonly string[], path: readonly string[]): boolean {
  if (pattern[0] === '**') return true;
  if (pattern.length === 0 || path.length === 0) return pattern.length === path.length;
  if (pattern[0] === '*' ? path[0] === '' : pattern[0] !== path[0]) return false;
  return under(pattern.slice(1), path.slice(1));
}

/** The numbers that hold for a caller's tier. */
export function numbersFor(limit: Limit, caller: Caller): Algorithm {
  const override = limit.tiers.find(({ tier }) => tier === caller.tier);
  if (override === undefined) return limit.algorithm;
  if (limit.algorithm.kind !== 'token-bucket') {
    return { ...limit.algorithm, limit: override.limit ?? limit.algorithm.limit };
  }
  const capacity = override.limit ?? limit.algorithm.capacity;
  return { ...limit.algorithm, capacity, refillPerSecond: override.refillPerSecond ?? limit.algorithm.refillPerSecond };
}
