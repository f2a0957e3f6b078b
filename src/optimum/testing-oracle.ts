/**
 * The tests' oracle: limits read from their definition alone, over the whole history of admissions, on a clock of whole milliseconds. It
 * shares no code with the bound and none with the gateway. Slow on purpose.
 */
import type { Algorithm, Limit, Policy } from '../../mock-server/policy.ts';
import type { Sender } from '../workload/workload.ts';
import type { Call } from './lower-bound.ts';

/** One admitted call. `atMs` is epoch time. */
export interface Admitted {
  readonly atMs: number;
  readonly untilMs: number;
  readonly cost: number;
}

/** A sender of an organization; everything else derives from its name. */
export function senderOf(org: string, tier = 'standard'): Sender {
  return {
    org,
    client: 'client',
    token: `token-${org}`,
    user: org,
    app: 'app',
    ip: '192.0.2.1',
    tier,
    permitted: true,
  };
}

/** A call that is there at once, costs one unit and takes no time, unless said. */
export function callOf(fields: Partial<Call> = {}): Call {
  return {
    sender: senderOf('org-01'),
    method: 'GET',
    path: '/api/v2/users',
    items: 1,
    releaseMs: 0,
    serviceMs: 0,
    after: -1,
    ...fields,
  };
}

/** A limit of the whole gateway that every call charges with one unit, unless said. */
export function limitOf(algorithm: Algorithm, fields: Partial<Limit> = {}): Limit {
  return {
    name: algorithm.kind,
    scope: [],
    match: { methods: [], paths: [] },
    algorithm,
    cost: { base: 1, perItem: 0, routes: [] },
    counts: 'admitted',
    retryAfter: { kind: 'exact' },
    silent: false,
    tiers: [],
    source: 'assumed',
    note: '',
    ...fields,
  };
}

/** A policy of these limits and nothing else, unless said. */
export function policyOf(limits: readonly Limit[], fields: Partial<Policy> = {}): Policy {
  return {
    schemaVersion: 1,
    name: 'test',
    title: '',
    description: '',
    limits,
    headers: { dialect: 'none', on: 'always', speaksOf: '', staleMs: 0 },
    penalties: [],
    background: [],
    latency: [],
    rejectionMs: 1,
    enforcementLagMs: 0,
    quirks: { requestIdReuse: null, forbiddenAs429: null },
    ...fields,
  };
}

/** Whether a bucket with this history admits one more call. */
export function admits(algorithm: Algorithm, history: readonly Admitted[], next: Admitted): boolean {
  const sum = (counted: (one: Admitted) => boolean) =>
    history.filter(counted).reduce((total, { cost }) => total + cost, next.cost);
  const now = next.atMs;
  switch (algorithm.kind) {
    case 'token-bucket':
      return tokensLeft(algorithm, history, now) >= next.cost - 1e-9;
    case 'fixed-window': {
      const startMs =
        algorithm.anchor === 'epoch'
          ? now - (now % algorithm.windowMs)
          : ownWindowStart(algorithm.windowMs, history, now);
      return sum(({ atMs }) => atMs >= startMs) <= algorithm.limit;
    }
    case 'sliding-window-log':
      return sum(({ atMs }) => atMs > now - algorithm.windowMs) <= algorithm.limit;
    case 'sliding-window-counter': {
      const startMs = now - (now % algorithm.windowMs);
      const current = sum(({ atMs }) => atMs >= startMs);
      const previous = sum(({ atMs }) => atMs >= startMs - algorithm.windowMs && atMs < startMs) - next.cost;
      return previous * (1 - (now - startMs) / algorithm.windowMs) + current <= algorithm.limit + 1e-9;
    }
    default:
      return sum(({ untilMs }) => untilMs > now) <= algorithm.limit;
  }
}

/** The bucket filled millisecond by millisecond from its first request. */
function tokensLeft(
  { capacity, refillPerSecond, stepMs }: Extract<Algorithm, { kind: 'token-bucket' }>,
  history: readonly Admitted[],
  nowMs: number,
): number {
  const firstMs = history[0]?.atMs ?? nowMs;
  let tokens = capacity;
  for (let ms = firstMs; ms <= nowMs; ms++) {
    const gift =
      stepMs === 0 ? refillPerSecond / 1000 : (ms - firstMs) % stepMs === 0 ? (refillPerSecond * stepMs) / 1000 : 0;
    if (ms > firstMs) tokens = Math.min(capacity, tokens + gift);
    for (const { atMs, cost } of history) if (atMs === ms) tokens -= cost;
  }
  return tokens;
}

/** Windows that open with the first request after the last one ended; a request that would open one now opens it. */
function ownWindowStart(windowMs: number, history: readonly Admitted[], nowMs: number): number {
  let startMs = -Infinity;
  for (const { atMs } of history) if (atMs >= startMs + windowMs) startMs = atMs;
  return nowMs >= startMs + windowMs ? nowMs : startMs;
}

/** Replays admissions under a policy whose limits match everything and cost `costs`. Keyed by the limit's scope, by hand. */
class Replay {
  readonly #policy: Policy;
  readonly #histories = new Map<string, Admitted[]>();

  constructor(policy: Policy) {
    this.#policy = policy;
  }

  fits(call: Call, atMs: number): boolean {
    return this.#policy.limits.every((limit) =>
      admits(limit.algorithm, this.#history(limit, call), entryOf(limit, call, atMs)),
    );
  }

  add(call: Call, atMs: number): void {
    for (const limit of this.#policy.limits) this.#history(limit, call).push(entryOf(limit, call, atMs));
  }

  remove(call: Call): void {
    for (const limit of this.#policy.limits) this.#history(limit, call).pop();
  }

  #history(limit: Limit, call: Call): Admitted[] {
    const key = `${limit.name} ${limit.scope.map((scope) => (scope === 'route' ? call.path : call.sender[scope])).join(' ')}`;
    const history = this.#histories.get(key) ?? [];
    this.#histories.set(key, history);
    return history;
  }
}

function entryOf(limit: Limit, call: Call, atMs: number): Admitted {
  return { atMs, untilMs: atMs + call.serviceMs, cost: limit.cost.base + limit.cost.perItem * (call.items - 1) };
}

/** The shortest makespan of all schedules on whole milliseconds, by trying them all; null when none ends within `horizonMs`. */
export function shortestMakespan(
  policy: Policy,
  startsAtMs: number,
  calls: readonly Call[],
  horizonMs: number,
): number | null {
  const replay = new Replay(policy);
  const doneMs = calls.map(() => Infinity);
  let best = Infinity;
  const search = (atMs: number, from: number, left: number, latest: number) => {
    if (left === 0) {
      best = Math.min(best, latest);
      return;
    }
    if (atMs > horizonMs || atMs >= best) return;
    for (let index = from; index < calls.length; index++) {
      const call = calls[index]!;
      const ready = call.releaseMs <= atMs && (call.after < 0 || doneMs[call.after]! <= atMs);
      if (doneMs[index] !== Infinity || !ready || !replay.fits(call, startsAtMs + atMs)) continue;
      doneMs[index] = atMs + call.serviceMs;
      replay.add(call, startsAtMs + atMs);
      search(atMs, index + 1, left - 1, Math.max(latest, doneMs[index]!));
      replay.remove(call);
      doneMs[index] = Infinity;
    }
    search(atMs + 1, 0, left, latest);
  };
  search(0, 0, calls.length, 0);
  return best === Infinity ? null : best - Math.min(...calls.map(({ releaseMs }) => releaseMs));
}

/** The makespan of a client that sends whatever fits, longest service first, every millisecond. Some schedule, so at least the optimum. */
export function greedyMakespan(policy: Policy, startsAtMs: number, calls: readonly Call[]): number {
  const replay = new Replay(policy);
  const doneMs = calls.map(() => Infinity);
  const order = calls.map((_, index) => index).toSorted((a, b) => calls[b]!.serviceMs - calls[a]!.serviceMs || a - b);
  for (let atMs = 0; doneMs.includes(Infinity); atMs++) {
    if (atMs > 100_000) throw new Error('Cannot finish: the calls never fit');
    for (const index of order) {
      const call = calls[index]!;
      const ready = call.releaseMs <= atMs && (call.after < 0 || doneMs[call.after]! <= atMs);
      if (doneMs[index] !== Infinity || !ready || !replay.fits(call, startsAtMs + atMs)) continue;
      doneMs[index] = atMs + call.serviceMs;
      replay.add(call, startsAtMs + atMs);
    }
  }
  return Math.max(...doneMs) - Math.min(...calls.map(({ releaseMs }) => releaseMs));
}
