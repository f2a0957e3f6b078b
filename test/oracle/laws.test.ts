/** Laws that hold for every policy and traffic, checked on random ones. Frozen seed: a failure prints the case. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createGateway, type Admitted, type Gateway, type GatewayRequest } from '../../mock-server/gateway.ts';
import { parsePolicy, type Algorithm, type Policy } from '../../mock-server/policy.ts';
import { costOf } from './oracle.ts';
import {
  CALLERS,
  dice,
  keyedRandom,
  randomAlgorithm,
  randomFullPolicy,
  randomGapMs,
  randomPolicy,
  randomRequest,
  SHAPES,
  type Shape,
} from './random-traffic.ts';

const START_MS = Date.UTC(2026, 2, 8, 9, 30);
const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const frozen = (numRuns: number) => ({ seed: 42, numRuns });

/** A cost admitted at a time. */
interface Entry {
  readonly atMs: number;
  readonly cost: number;
}

describe('quota', () => {
  it.each(SHAPES)('%s never admits more than its law states', (shape) => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const next = dice(seed);
        const algorithm = randomAlgorithm(next, shape);
        const counts = shape !== 'concurrency' && next() < 0.3 ? 'all' : 'admitted';
        const policy = parsePolicy({
          name: shape,
          limits: [{ name: 'limit', algorithm, counts, cost: { base: 1, perItem: 1 } }],
          latency: [{ medianMs: 80, sigma: 1 }],
        });
        expect(breaches(shape, algorithm, play(policy, next, 150))).toEqual([]);
      }),
      frozen(60),
    );
  });
});

/** Everything admitted, with the greatest cost ever in service at once. */
interface Played {
  readonly entries: readonly Entry[];
  readonly heldMax: number;
}

/** Sends random traffic, on the whole ms and between; ends requests when they are due. */
function play(policy: Policy, next: () => number, requests: number): Played {
  const gateway = createGateway(policy, { random: keyedRandom });
  const entries: Entry[] = [];
  const service = new Service(gateway);
  const held = new Map<Admitted, number>();
  let heldMax = 0;
  let nowMs = START_MS;
  for (let at = 0; at < requests; at++) {
    nowMs += randomGapMs(next, Math.floor(nowMs)) + Math.floor(next() * 3) / 4;
    for (const ended of service.endUntil(nowMs)) held.delete(ended);
    const request = randomRequest(next, 3);
    const decision = gateway.decide(request, nowMs);
    if (!decision.admitted) continue;
    entries.push({ atMs: nowMs, cost: request.items });
    service.begin(decision);
    held.set(decision, request.items);
    heldMax = Math.max(
      heldMax,
      [...held.values()].reduce((a, b) => a + b, 0),
    );
  }
  return { entries, heldMax };
}

/** Requests in service, ended in the order in which they are due. */
class Service {
  readonly #gateway: Gateway;
  #open: Admitted[] = [];

  constructor(gateway: Gateway) {
    this.#gateway = gateway;
  }

  begin(admission: Admitted): void {
    this.#open.push(admission);
  }

  endUntil(nowMs: number): readonly Admitted[] {
    const dueMs = (admission: Admitted) => admission.nowMs + admission.serviceMs;
    const due = this.#open.filter((one) => dueMs(one) <= nowMs).toSorted((a, b) => dueMs(a) - dueMs(b));
    this.#open = this.#open.filter((one) => dueMs(one) > nowMs);
    for (const one of due) this.#gateway.complete(one, dueMs(one));
    return due;
  }
}

function breaches(shape: Shape, algorithm: Algorithm, { entries, heldMax }: Played): string[] {
  switch (algorithm.kind) {
    case 'fixed-window':
      return algorithm.anchor === 'epoch'
        ? windowBreaches(entries, algorithm.limit, (entry) => Math.floor(entry.atMs / algorithm.windowMs))
        : pairBreaches(entries, (ms) => (ms < algorithm.windowMs ? 2 * algorithm.limit : Infinity));
    case 'sliding-window-log':
      return pairBreaches(entries, (ms) => (ms < algorithm.windowMs ? algorithm.limit : Infinity));
    case 'sliding-window-counter':
      return counterBreaches(entries, algorithm.limit, algorithm.windowMs);
    case 'token-bucket': {
      const { capacity, refillPerSecond, stepMs } = algorithm;
      return pairBreaches(entries, (ms) => {
        const refillMs = stepMs === 0 ? ms : (Math.floor(ms / stepMs) + 1) * stepMs;
        return capacity + (refillMs * refillPerSecond) / 1000;
      });
    }
    case 'concurrency':
  }
  return heldMax <= algorithm.limit ? [] : [`${shape}: ${heldMax} in service, at most ${algorithm.limit}`];
}

/** Every stretch from one admission to another, both included, against what its length allows. */
function pairBreaches(entries: readonly Entry[], allowed: (lengthMs: number) => number): string[] {
  const found: string[] = [];
  entries.forEach((from, at) => {
    let total = 0;
    for (const to of entries.slice(at)) {
      total += to.cost;
      const most = allowed(to.atMs - from.atMs);
      if (total > most) found.push(`${total} in ${to.atMs - from.atMs} ms, at most ${most}`);
    }
  });
  return found;
}

function windowBreaches(entries: readonly Entry[], limit: number, windowOf: (entry: Entry) => number): string[] {
  const totals = new Map<number, number>();
  for (const entry of entries) totals.set(windowOf(entry), (totals.get(windowOf(entry)) ?? 0) + entry.cost);
  return [...totals.values()].filter((total) => total > limit).map((total) => `${total} in a window of ${limit}`);
}

/** previous x (windowMs - elapsed) + current x windowMs <= limit x windowMs at every admission, and what follows from it. */
function counterBreaches(entries: readonly Entry[], limit: number, windowMs: number): string[] {
  const found = windowBreaches(entries, limit, (entry) => Math.floor(entry.atMs / windowMs));
  entries.forEach(({ atMs }, at) => {
    const until = entries.slice(0, at + 1);
    const total = (counts: (entry: Entry) => boolean) => until.filter(counts).reduce((sum, { cost }) => sum + cost, 0);
    const window = Math.floor(atMs / windowMs);
    const elapsedMs = atMs - window * windowMs;
    const current = total((entry) => Math.floor(entry.atMs / windowMs) === window);
    const previous = total((entry) => Math.floor(entry.atMs / windowMs) === window - 1);
    if (previous * (windowMs - elapsedMs) + current * windowMs > limit * windowMs) found.push(`weighted at ${atMs}`);
    const sliding = total((entry) => entry.atMs > atMs - windowMs);
    if (sliding * windowMs > limit * windowMs + previous * elapsedMs) found.push(`${sliding} in the ms until ${atMs}`);
  });
  return found;
}

describe('admission', () => {
  it('is atomic: a rejected request charges no bucket but those that count all', () => {
    let rejections = 0;
    fc.assert(
      fc.property(seeds, (seed) => {
        const next = dice(seed);
        const policy = randomPolicy(next, SHAPES[seed % SHAPES.length] ?? SHAPES[0]);
        const gateway = createGateway(policy, { random: keyedRandom });
        let nowMs = START_MS;
        for (let at = 0; at < 80; at++) {
          nowMs += randomGapMs(next, nowMs);
          const request = randomRequest(next, 6);
          const before = freeByBucket(gateway, nowMs);
          const decision = gateway.decide(request, nowMs);
          if (decision.admitted) continue;
          rejections += 1;
          const after = freeByBucket(gateway, nowMs);
          for (const { name, counts } of policy.limits) {
            if (counts === 'admitted') expect(after.get(name)).toEqual(before.get(name));
          }
          const charged = policy.limits.filter((limit) => limit.counts === 'all' && costOf(limit, request) > 0);
          for (const { name } of charged) {
            const spent = (free: Map<string, number> | undefined) =>
              [...(free ?? []).values()].reduce((a, b) => a + b, 0);
            expect(after.get(name)?.size).toBeGreaterThan(0);
            expect(spent(after.get(name))).toBeGreaterThan(spent(before.get(name)) - 1e-9);
          }
        }
      }),
      frozen(60),
    );
    expect(rejections).toBeGreaterThan(500);
  });
});

/** By limit: what is missing in each bucket that is not full. */
function freeByBucket(gateway: Gateway, nowMs: number): Map<string, Map<string, number>> {
  return new Map(
    gateway.policy.limits.map(({ name }) => [
      name,
      new Map(
        gateway
          .levels(name, nowMs)
          .map(({ key, free, capacity }) => [`${key} of ${capacity}`, capacity - free] as const)
          .filter(([, missing]) => missing > 0),
      ),
    ]),
  );
}

describe('exact Retry-After', () => {
  it('admits after exactly that wait on a quiet gateway, and not a second sooner', () => {
    let waited = 0;
    fc.assert(
      fc.property(seeds, (seed) => {
        const next = dice(seed);
        const policy = randomPolicy(next, SHAPES[seed % SHAPES.length] ?? SHAPES[0]);
        const gateway = createGateway(policy, { random: keyedRandom });
        const service = new Service(gateway);
        let nowMs = START_MS;
        for (let at = 0; at < 60; at++) {
          nowMs += Math.floor(randomGapMs(next, nowMs) / 4);
          service.endUntil(nowMs);
          const request = randomRequest(next, 4);
          const decision = gateway.decide(request, nowMs);
          if (decision.admitted) service.begin(decision);
          else if (canEverFit(policy, request)) {
            waited += 1;
            const afterMs = decision.retryAfterMs ?? 0;
            service.endUntil(nowMs + afterMs - 1000);
            if (afterMs > 1000) expect(gateway.wouldAdmit(request, nowMs + afterMs - 1000)).toBe(false);
            nowMs += afterMs;
            service.endUntil(nowMs);
            const again = gateway.decide(request, nowMs);
            expect(again.admitted).toBe(true);
            if (again.admitted) service.begin(again);
          }
        }
      }),
      frozen(150),
    );
    expect(waited).toBeGreaterThan(500);
  });
});

function canEverFit(policy: Policy, request: GatewayRequest): boolean {
  return policy.limits.every((limit) => {
    const { algorithm } = limit;
    return costOf(limit, request) <= (algorithm.kind === 'token-bucket' ? algorithm.capacity : algorithm.limit);
  });
}

describe('sweeping', () => {
  it('changes no decision: dropping everything idle before each one equals dropping nothing', () => {
    let dropped = 0;
    fc.assert(
      fc.property(seeds, (seed) => {
        const policy = randomFullPolicy(dice(seed));
        const swept = createGateway(policy, { random: keyedRandom, sweeping: 'always' });
        const kept = createGateway(policy, { random: keyedRandom, sweeping: 'never' });
        expect(story(swept, seed, 120)).toEqual(story(kept, seed, 120));
        dropped += kept.bucketCount - swept.bucketCount;
      }),
      frozen(150),
    );
    expect(dropped).toBeGreaterThan(300);
  });

  it('keeps 200 000 tokens, one after another, from piling up', () => {
    const policy = parsePolicy({
      name: 'tokens',
      limits: [
        { name: 'token', scope: ['token'], algorithm: { kind: 'token-bucket', capacity: 10, refillPerSecond: 10 } },
        { name: 'org', scope: ['org'], algorithm: { kind: 'fixed-window', limit: 1e9, windowMs: 60_000 } },
      ],
      latency: [{ sigma: 0 }],
    });
    const gateway = createGateway(policy, { random: keyedRandom });
    const caller = CALLERS[0] ?? never();
    let most = 0;
    for (let at = 0; at < 200_000; at++) {
      const one = { ...caller, token: `token-${at}` };
      const request = { caller: one, method: 'GET', path: '/a', items: 1, requestId: '' };
      const decision = gateway.decide(request, START_MS + at * 10);
      if (decision.admitted) gateway.complete(decision, START_MS + at * 10);
      most = Math.max(most, gateway.bucketCount);
    }
    // Callers are kept for a minute, 6000 of them, and the sweep takes as long again to come round.
    expect(most).toBeLessThan(20_000);
  });
});

function never(): never {
  throw new Error('Cannot happen');
}

/** Everything that a gateway answers to a seed's traffic. `ask` is called before each request. */
function story(
  gateway: Gateway,
  seed: number,
  requests: number,
  ask?: (request: GatewayRequest, nowMs: number) => void,
) {
  const next = dice(seed + 1);
  const service = new Service(gateway);
  const told: unknown[] = [];
  let nowMs = START_MS;
  for (let at = 0; at < requests; at++) {
    nowMs += next() < 0.03 ? 700_000 * next() : randomGapMs(next, Math.floor(nowMs));
    service.endUntil(nowMs);
    const plain = randomRequest(next, 8);
    const caller = next() < 0.1 ? { ...plain.caller, permitted: false } : plain.caller;
    const requestId = next() < 0.5 ? '' : `id-${Math.floor(next() * 4)}`;
    const request = { ...plain, caller, requestId };
    ask?.(request, nowMs);
    const decision = gateway.decide(request, nowMs);
    if (decision.admitted) service.begin(decision);
    const levels = gateway.policy.limits.flatMap(({ name }) =>
      gateway.levels(name, nowMs).filter(({ free, capacity }) => free < capacity),
    );
    told.push({ ...decision, org: null, slots: null }, gateway.render(request, decision), levels);
  }
  return told;
}

describe('wouldAdmit', () => {
  it('tells what decide does, and changes nothing that a later decision can see', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const policy = randomFullPolicy(dice(seed));
        const asked = createGateway(policy, { random: keyedRandom });
        const left = createGateway(policy, { random: keyedRandom });
        const foretold: boolean[] = [];
        const other = { caller: CALLERS[1] ?? never(), method: 'GET', path: '/a/1/x', items: 2, requestId: 'id-1' };
        const first = story(asked, seed, 120, (request, nowMs) => {
          asked.wouldAdmit(other, nowMs);
          foretold.push(asked.wouldAdmit(request, nowMs));
        });
        expect(first).toEqual(story(left, seed, 120));
        const happened = first.filter((_, at) => at % 3 === 0).map((told) => (told as { admitted: boolean }).admitted);
        expect(foretold).toEqual(happened);
      }),
      frozen(100),
    );
  });
});

describe('dice', () => {
  it('of one caller do not depend on how often others call', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const policy = parsePolicy({ name: 'open', latency: [{ medianMs: 50, sigma: 1 }] });
        const serviceTimes = (others: number) => {
          const gateway = createGateway(policy, { random: keyedRandom });
          const next = dice(seed);
          return Array.from({ length: 20 }, (_, at) => {
            const nowMs = START_MS + at * 1000;
            for (let other = 0; other < others; other++) gateway.decide(randomRequest(next, 6), nowMs);
            const caller = CALLERS[7] ?? never();
            const decision = gateway.decide({ caller, method: 'GET', path: '/b', items: 1, requestId: '' }, nowMs);
            return decision.admitted ? decision.serviceMs : null;
          });
        };
        expect(serviceTimes(5)).toEqual(serviceTimes(0));
        expect(new Set(serviceTimes(0)).size).toBe(20);
      }),
      frozen(20),
    );
  });
});
