import { describe, expect, it } from 'vitest';
import { createGateway, type Admitted } from '../../mock-server/gateway.ts';
import { parsePolicy, type Algorithm, type Policy } from '../../mock-server/policy.ts';
import { lawBreaks, Service, START_MS } from './playing.ts';
import {
  dice,
  keyedRandom,
  randomAlgorithm,
  randomGapMs,
  randomRequest,
  SHAPES,
  type Shape,
} from './random-traffic.ts';

/** A cost admitted at a time. */
interface Entry {
  readonly atMs: number;
  readonly cost: number;
}

/** Everything admitted, with the greatest cost ever in service at once. */
interface Played {
  readonly entries: readonly Entry[];
  readonly heldMax: number;
}

describe('quota', () => {
  it.each(SHAPES)('%s never admits more than its law states', (shape) => {
    let entries = 0;
    const check = (seed: number) => {
      const next = dice(seed);
      const algorithm = randomAlgorithm(next, shape);
      const played = play(policyOf(shape, algorithm, next), next);
      entries += played.entries.length;
      return breaches(algorithm, played);
    };
    expect(lawBreaks(60, check)).toBe('');
    expect(entries).toBeGreaterThan(2000);
  });
});

function policyOf(shape: Shape, algorithm: Algorithm, next: () => number): Policy {
  const counts = shape !== 'concurrency' && next() < 0.3 ? 'all' : 'admitted';
  return parsePolicy({
    name: shape,
    limits: [{ name: 'limit', algorithm, counts, cost: { base: 1, perItem: 1 } }],
    latency: [{ medianMs: 80, sigma: 1 }],
  });
}

/** Sends random traffic, on whole ms and between; ends requests when they are due. */
function play(policy: Policy, next: () => number): Played {
  const gateway = createGateway(policy, { random: keyedRandom });
  const service = new Service(gateway);
  const entries: Entry[] = [];
  const held = new Map<Admitted, number>();
  let heldMax = 0;
  let nowMs = START_MS;
  for (let at = 0; at < 150; at++) {
    nowMs += randomGapMs(next, Math.floor(nowMs)) + Math.floor(next() * 3) / 4;
    for (const ended of service.endUntil(nowMs)) held.delete(ended);
    const request = randomRequest(next, 3);
    const decision = gateway.decide(request, nowMs);
    if (!decision.admitted) continue;
    entries.push({ atMs: nowMs, cost: request.items });
    service.begin(decision);
    held.set(decision, request.items);
    heldMax = Math.max(heldMax, sum([...held.values()]));
  }
  return { entries, heldMax };
}

function breaches(algorithm: Algorithm, { entries, heldMax }: Played): string[] {
  switch (algorithm.kind) {
    case 'fixed-window': {
      const { limit, windowMs } = algorithm;
      const anywhere = pairBreaches(entries, (ms) => (ms < windowMs ? 2 * limit : Infinity));
      const windows = algorithm.anchor === 'epoch' ? epochWindows(entries, windowMs) : openedWindows(entries, windowMs);
      return [...anywhere, ...windows.filter((total) => total > limit).map((total) => `${total} in a window`)];
    }
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
  return heldMax <= algorithm.limit ? [] : [`${heldMax} in service, at most ${algorithm.limit}`];
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

function epochWindows(entries: readonly Entry[], windowMs: number): number[] {
  const totals = new Map<number, number>();
  for (const { atMs, cost } of entries) {
    const window = Math.floor(atMs / windowMs);
    totals.set(window, (totals.get(window) ?? 0) + cost);
  }
  return [...totals.values()];
}

/** Windows that open at the first admission after the last one ended. (No request alone is too big, so a rejected one never opens a window.) */
function openedWindows(entries: readonly Entry[], windowMs: number): number[] {
  const windows: { readonly startMs: number; total: number }[] = [];
  for (const { atMs, cost } of entries) {
    const open = windows.at(-1);
    if (open !== undefined && atMs < open.startMs + windowMs) open.total += cost;
    else windows.push({ startMs: atMs, total: cost });
  }
  return windows.map(({ total }) => total);
}

/** previous x (windowMs - elapsed) + current x windowMs <= limit x windowMs at every admission, and what follows from it. */
function counterBreaches(entries: readonly Entry[], limit: number, windowMs: number): string[] {
  const found = epochWindows(entries, windowMs)
    .filter((total) => total > limit)
    .map((total) => `${total} in a window`);
  entries.forEach(({ atMs }, at) => {
    const total = (counts: (entry: Entry) => boolean) =>
      sum(
        entries
          .slice(0, at + 1)
          .filter(counts)
          .map(({ cost }) => cost),
      );
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

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
