import { describe, expect, it } from 'vitest';
import {
  createGateway,
  type BucketLevel,
  type Caller,
  type Gateway,
  type GatewayRequest,
} from '../../mock-server/gateway.ts';
import { parsePolicy, type Policy } from '../../mock-server/policy.ts';
import { costOf, numbersFor } from './oracle.ts';
import { differences, lawBreaks, Service, START_MS, story } from './playing.ts';
import {
  CALLERS,
  dice,
  keyedRandom,
  randomFullPolicy,
  randomGapMs,
  randomPolicy,
  randomRequest,
  SHAPES,
} from './random-traffic.ts';

const [caller0, caller1] = CALLERS as readonly [Caller, Caller];

describe('admission', () => {
  it('is atomic: a rejected request charges no bucket but those that count all', () => {
    const seen = { rejections: 0, charges: 0 };
    expect(lawBreaks(80, (seed) => chargedWrongly(seed, seen))).toBe('');
    expect(seen.rejections).toBeGreaterThan(1000);
    expect(seen.charges).toBeGreaterThan(100);
  });
});

function chargedWrongly(seed: number, seen: { rejections: number; charges: number }): string[] {
  const next = dice(seed);
  const policy = randomPolicy(next, SHAPES[seed % SHAPES.length] ?? SHAPES[0]);
  const gateway = createGateway(policy, { random: keyedRandom });
  const found: string[] = [];
  let nowMs = START_MS;
  for (let at = 0; at < 80; at++) {
    nowMs += randomGapMs(next, nowMs);
    const request = randomRequest(next, 6);
    const before = missing(gateway, nowMs);
    if (gateway.decide(request, nowMs).admitted) continue;
    seen.rejections += 1;
    const after = missing(gateway, nowMs);
    for (const limit of policy.limits) {
      const taken = total(after, limit.name) - total(before, limit.name);
      const mayTake = limit.counts === 'all' ? costOf(limit, request) : 0;
      if (taken > 0) seen.charges += 1;
      if (taken > mayTake + 1e-9 || taken < -1e-9) found.push(`${limit.name} gave ${taken}, at most ${mayTake}`);
      const hasRoom = after.some((level) => level.limit === limit.name && level.free >= mayTake && level.free > 0);
      if (mayTake > 0 && taken === 0 && hasRoom && onlyBucket(policy, limit.name))
        found.push(`${limit.name} gave nothing`);
    }
  }
  return found;
}

/** Buckets that are not full. */
function missing(gateway: Gateway, nowMs: number): readonly BucketLevel[] {
  return gateway.policy.limits
    .flatMap(({ name }) => gateway.levels(name, nowMs))
    .filter(({ free, capacity }) => free < capacity);
}

function total(levels: readonly BucketLevel[], limit: string): number {
  const own = levels.filter((level) => level.limit === limit);
  return own.reduce((sum, { free, capacity }) => sum + capacity - free, 0);
}

function onlyBucket(policy: Policy, name: string): boolean {
  const limit = policy.limits.find((one) => one.name === name);
  return limit !== undefined && limit.scope.length === 0 && limit.tiers.length === 0;
}

describe('exact Retry-After', () => {
  it('admits after exactly that wait on a quiet gateway, and not a second sooner', () => {
    const seen = { waits: 0, longer: 0 };
    expect(lawBreaks(200, (seed) => wrongWaits(seed, seen))).toBe('');
    expect(seen.waits).toBeGreaterThan(1000);
    expect(seen.longer).toBeGreaterThan(300);
  });
});

function wrongWaits(seed: number, seen: { waits: number; longer: number }): string[] {
  const next = dice(seed);
  const policy = randomPolicy(next, SHAPES[seed % SHAPES.length] ?? SHAPES[0]);
  const gateway = createGateway(policy, { random: keyedRandom });
  const service = new Service(gateway);
  const found: string[] = [];
  let nowMs = START_MS;
  for (let at = 0; at < 60; at++) {
    nowMs += Math.floor(randomGapMs(next, nowMs) / 4);
    service.endUntil(nowMs);
    const request = randomRequest(next, 4);
    const decision = gateway.decide(request, nowMs);
    if (decision.admitted) service.begin(decision);
    if (decision.admitted || !canEverFit(policy, request)) continue;
    seen.waits += 1;
    const untilMs = nowMs + (decision.retryAfterMs ?? 0);
    if (untilMs - 1000 > nowMs) {
      seen.longer += 1;
      service.endUntil(untilMs - 1000);
      if (gateway.wouldAdmit(request, untilMs - 1000)) found.push(`a second less would do at ${nowMs}`);
    }
    nowMs = untilMs;
    service.endUntil(nowMs);
    const again = gateway.decide(request, nowMs);
    if (again.admitted) service.begin(again);
    else found.push(`still rejected at ${nowMs}`);
  }
  return found;
}

function canEverFit(policy: Policy, request: GatewayRequest): boolean {
  return policy.limits.every((limit) => {
    const algorithm = numbersFor(limit, request.caller);
    return costOf(limit, request) <= (algorithm.kind === 'token-bucket' ? algorithm.capacity : algorithm.limit);
  });
}

describe('sweeping', () => {
  it('changes no decision: dropping everything idle before each one equals dropping nothing', () => {
    const seen = { dropped: 0 };
    const check = (seed: number) => {
      const policy = randomFullPolicy(dice(seed));
      const swept = createGateway(policy, { random: keyedRandom, sweeping: 'always' });
      const kept = createGateway(policy, { random: keyedRandom, sweeping: 'never' });
      const found = differences(story(swept, seed), story(kept, seed));
      seen.dropped += kept.bucketCount - swept.bucketCount;
      return found;
    };
    expect(lawBreaks(120, check)).toBe('');
    expect(seen.dropped).toBeGreaterThan(300);
  });

  it('keeps 200 000 tokens, one after another, from piling up', () => {
    const rate = { kind: 'token-bucket', capacity: 10, refillPerSecond: 10 };
    const policy = parsePolicy({
      name: 'tokens',
      limits: [{ name: 'token', scope: ['token'], algorithm: rate }],
      latency: [{ sigma: 0 }],
    });
    const gateway = createGateway(policy, { random: keyedRandom });
    let most = 0;
    for (let at = 0; at < 200_000; at++) {
      const caller = { ...caller0, token: `token-${at}` };
      gateway.decide({ caller, method: 'GET', path: '/a', items: 1, requestId: '' }, START_MS + at * 10);
      most = Math.max(most, gateway.bucketCount);
    }
    // A caller is kept for half a minute after the sweep found that it had asked, here 3000 of them, and the sweep takes as long to come round.
    expect(most).toBeLessThan(20_000);
  });
});

describe('wouldAdmit', () => {
  it('tells what decide does, and changes nothing that a later decision can see', () => {
    const other = { caller: caller1, method: 'GET', path: '/a/1/x', items: 2, requestId: 'id-1' };
    const check = (seed: number) => {
      const policy = randomFullPolicy(dice(seed));
      const asked = createGateway(policy, { random: keyedRandom });
      const left = createGateway(policy, { random: keyedRandom });
      const foretold: boolean[] = [];
      const told = story(asked, seed, (request, nowMs) => {
        asked.wouldAdmit(other, nowMs);
        foretold.push(asked.wouldAdmit(request, nowMs));
      });
      return [
        ...differences(told, story(left, seed)),
        ...differences(
          foretold,
          told.map(({ admitted }) => admitted),
        ),
      ];
    };
    expect(lawBreaks(80, check)).toBe('');
  });
});

describe('dice', () => {
  it('of one caller do not depend on how often others call', () => {
    const policy = parsePolicy({ name: 'open', latency: [{ medianMs: 50, sigma: 1 }] });
    const serviceTimes = (others: number) => {
      const gateway = createGateway(policy, { random: keyedRandom });
      const next = dice(7);
      return Array.from({ length: 50 }, (_, at) => {
        const nowMs = START_MS + at * 1000;
        for (let other = 0; other < others; other++) gateway.decide(randomRequest(next, 6), nowMs);
        const caller = { ...caller0, token: 'its-own' };
        const decision = gateway.decide({ caller, method: 'GET', path: '/b', items: 1, requestId: '' }, nowMs);
        return decision.admitted ? decision.serviceMs : null;
      });
    };
    expect(serviceTimes(5)).toEqual(serviceTimes(0));
    expect(new Set(serviceTimes(0)).size).toBe(50);
  });
});
