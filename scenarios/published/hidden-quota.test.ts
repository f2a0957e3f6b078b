import { describe, expect, test } from 'vitest';
import { createGateway, type Decision, type Gateway } from '../../mock-server/gateway.ts';
import { parsePolicy } from '../../mock-server/policy.ts';
import { createRandomSource } from '../../src/random/keyed-random.ts';
import { sender } from '../../src/workload/create-workload.ts';
import { HiddenQuota, QUOTA, type QuotaStory } from './hidden-quota.ts';

const startMs = Date.UTC(2026, 2, 4, 10);
const steady: QuotaStory = {
  quota: 10,
  windowMs: 60_000,
  cut: null,
  neighbour: null,
  retryAfterMs: null,
};
const request = { caller: sender({ org: 'orders' }), method: 'GET', path: '/orders', items: 1, requestId: '' };

const policyOf = (limit: number) =>
  parsePolicy({
    name: 'quota',
    limits: [{ name: QUOTA, algorithm: { kind: 'sliding-window-log', limit, windowMs: 60_000 } }],
    latency: [{ medianMs: 60, sigma: 0 }],
  });

function quota(story: Partial<QuotaStory>, seed = 1): Gateway {
  const random = createRandomSource(seed);
  const full = { ...steady, ...story };
  return new HiddenQuota(policyOf(full.quota), { random: random.at.bind(random) }, startMs, full);
}

/** What was decided about one request every `everyMs` until `untilMs`. */
function ask(gateway: Gateway, everyMs: number, untilMs: number): readonly { atMs: number; decision: Decision }[] {
  const asked = [];
  for (let atMs = 0; atMs < untilMs; atMs += everyMs) {
    asked.push({ atMs, decision: gateway.decide(request, startMs + atMs) });
  }
  return asked;
}

const admitted = (asked: ReturnType<typeof ask>, fromMs = 0, toMs = Infinity) =>
  asked.filter(({ atMs, decision }) => decision.admitted && atMs >= fromMs && atMs < toMs).length;

describe('HiddenQuota', () => {
  test('decides as the gateway’s own sliding window log while nothing changes', () => {
    const random = createRandomSource(3);
    const gateway = createGateway(policyOf(10), { random: random.at.bind(random) });
    const own = quota({});
    const dice = random.stream('test');
    const wholeSeconds = (ms: number | null) => Math.max(1, Math.ceil((ms ?? 0) / 1000)) * 1000;
    const said = (decision: Decision) => (decision.admitted ? 'admitted' : wholeSeconds(decision.retryAfterMs));
    let atMs = startMs;
    for (let index = 0; index < 2000; index++) {
      atMs += dice.integer(0, 9000);
      expect(said(own.decide(request, atMs))).toBe(said(gateway.decide(request, atMs)));
    }
  });

  test('holds any window to the cut quota while it is cut, and to the whole before and after', () => {
    const asked = ask(quota({ cut: { fromMs: 120_000, toMs: 180_000, quota: 4 } }), 500, 300_000);
    expect(admitted(asked, 60_000, 120_000)).toBe(10);
    expect(admitted(asked, 120_000, 180_000)).toBe(4);
    expect(admitted(asked, 180_000, 240_000)).toBe(10);
  });

  test('tells during a cut when the next one fits', () => {
    const gateway = quota({ cut: { fromMs: 30_000, toMs: 600_000, quota: 4 } });
    for (let index = 0; index < 10; index++)
      expect(gateway.decide(request, startMs + index * 1000).admitted).toBe(true);
    const refused = gateway.decide(request, startMs + 30_000);
    // Seven of the ten must leave: the seventh came at 6 s and leaves at 66 s.
    expect(refused).toMatchObject({ admitted: false, retryAfterMs: 36_000 });
    expect(gateway.decide(request, startMs + 65_999).admitted).toBe(false);
    expect(gateway.decide(request, startMs + 66_000).admitted).toBe(true);
  });

  test('lets a neighbour take its share in its time only', () => {
    const story = { quota: 50, neighbour: { fromMs: 120_000, toMs: 180_000, ratePerSecond: 1 } };
    // About 46 a minute, in no step with the window: a place that falls free is not taken by the client at that very moment.
    const alone = ask(quota({ quota: 50 }), 1300, 300_000);
    const asked = ask(quota(story), 1300, 300_000);
    expect(admitted(alone)).toBe(alone.length);
    expect(admitted(asked, 0, 120_000)).toBe(admitted(alone, 0, 120_000));
    const left = admitted(asked, 120_000, 180_000);
    expect(left).toBeGreaterThan(10);
    expect(left).toBeLessThan(35);
    expect(admitted(asked, 240_000)).toBe(admitted(alone, 240_000));
  });

  test('says a fixed Retry-After where the story has one', () => {
    const asked = ask(quota({ retryAfterMs: 60_000 }), 1000, 20_000);
    const refused = asked.filter(({ decision }) => !decision.admitted);
    expect(refused).toHaveLength(10);
    for (const { decision } of refused) expect(decision).toMatchObject({ status: 429, retryAfterMs: 60_000 });
  });

  test('wouldAdmit and levels change nothing', () => {
    const story = { neighbour: { fromMs: 0, toMs: 600_000, ratePerSecond: 0.1 } };
    const plain = quota(story);
    const watched = quota(story);
    for (let atMs = 0; atMs < 300_000; atMs += 1700) {
      const may = watched.wouldAdmit(request, startMs + atMs);
      expect(watched.levels(QUOTA, startMs + atMs)[0]!.free > 0).toBe(may);
      const decision = watched.decide(request, startMs + atMs);
      expect(decision).toEqual(plain.decide(request, startMs + atMs));
      expect(decision.admitted).toBe(may);
    }
  });
});
