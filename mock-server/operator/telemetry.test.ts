import { describe, expect, it } from 'vitest';
import { createRandomSource } from '../../src/random/keyed-random.ts';
import type { DecisionEvent } from '../platform.ts';
import { parsePolicy } from '../policy.ts';
import { shownLimits } from './snapshot.ts';
import { DECISIONS_KEPT, SECONDS_KEPT, Telemetry } from './telemetry.ts';
import { callerOf, operated, smallPolicy, START_MS } from './testing/operated.ts';

const callers = ['acme', 'bolt', 'cube', 'dyna'].map((org) => callerOf(org));

/** Traffic of `seconds` seconds, thick and thin, with everything that was decided. */
async function played(seed: number, seconds: number) {
  const [org, token] = smallPolicy.limits;
  const limits = [org, { ...token, algorithm: { ...token?.algorithm, limit: 45 } }];
  const it = operated(callers, { ...smallPolicy, limits });
  const telemetry = new Telemetry(it.platform);
  const events: DecisionEvent[] = [];
  it.platform.listen((event) => events.push(event));
  const dice = createRandomSource(seed);
  for (let second = 0; second < seconds; second++) {
    const count = Math.floor(dice.at('count', '', second) * 24) - 8;
    for (let index = 0; index < count; index++) {
      const caller = callers[Math.floor(dice.at('who', `${second}`, index) * callers.length)];
      if (caller !== undefined) await it.send(caller);
    }
    it.time.advance(dice.at('step', '', second) * 2000);
  }
  return { ...it, telemetry, events };
}

describe('Telemetry', () => {
  it.each([1, 2, 3])('equals a brute count over eight minutes of traffic, seed %i', async (seed) => {
    const { telemetry, events, platform, time } = await played(seed, 480);
    const { causes } = platform.gateway;
    const tally = (which: readonly DecisionEvent[], cause: number) =>
      which.filter((each) => each.cause === cause).length;
    expect(tally(events, 0)).toBeGreaterThan(100);
    expect(tally(events, 1)).toBeGreaterThan(10);
    expect(telemetry.totals()).toEqual(
      [null, ...causes].map((cause, index) => {
        const count = tally(events, index - 1);
        return { cause, count, status: count === 0 ? 0 : cause === null ? 200 : 429 };
      }),
    );
    const now = Math.floor(time.nowMs / 1000);
    const seconds = [...new Set(events.map(({ nowMs }) => Math.floor(nowMs / 1000)))]
      .filter((second) => second > now - SECONDS_KEPT)
      .map((second) => {
        const within = events.filter(({ nowMs }) => Math.floor(nowMs / 1000) === second);
        const rejected = causes.map((cause, index) => [cause, tally(within, index)] as const);
        return {
          atMs: second * 1000,
          admitted: tally(within, -1),
          rejected: Object.fromEntries(rejected.filter(([, count]) => count > 0)),
        };
      });
    expect(seconds.length).toBeGreaterThan(50);
    expect(seconds.length).toBeLessThan(SECONDS_KEPT);
    expect(telemetry.seconds()).toEqual(seconds);
    const last = events.slice(-DECISIONS_KEPT).toReversed();
    expect(telemetry.decisions()).toEqual(
      last.map(({ nowMs, caller, method, path, status, cause, retryAfterMs }) => ({
        atMs: nowMs,
        org: caller.org,
        client: caller.client,
        method,
        path,
        status,
        cause: causes[cause] ?? null,
        retryAfterMs,
      })),
    );
  });

  it('shows nothing older than five minutes after the clock was moved', async () => {
    const { telemetry, time } = await played(1, 20);
    expect(telemetry.seconds().length).toBeGreaterThan(0);
    time.advance(SECONDS_KEPT * 1000);
    expect(telemetry.seconds()).toEqual([]);
  });

  it('begins anew after a reset and a change of policy, but keeps the totals of its life', async () => {
    const { telemetry, events, platform, send, time } = await played(1, 30);
    const [caller = callerOf('none')] = callers;
    time.advance(5000);
    platform.reset();
    expect(telemetry.totals().every(({ count }) => count === 0)).toBe(true);
    expect(telemetry.decisions()).toEqual([]);
    expect(telemetry.seconds()).toEqual([]);
    expect(telemetry.sinceMs).toBe(time.nowMs);
    expect(telemetry.sinceMs).toBeGreaterThan(START_MS);
    await send(caller);
    platform.changePolicy(
      parsePolicy({
        ...smallPolicy,
        limits: [
          {
            name: 'one',
            scope: [],
            algorithm: { kind: 'token-bucket', capacity: 1, refillPerSecond: 1 },
            source: 'assumed',
          },
        ],
      }),
    );
    await send(caller);
    await send(caller);
    expect(telemetry.totals().map(({ cause, count }) => [cause, count])).toEqual([
      [null, 1],
      ['one', 1],
      ['not-permitted', 0],
    ]);
    const count = (cause: number) => events.slice(0, -3).filter((each) => each.cause === cause).length;
    const lifetime = new Map(telemetry.lifetimeTotals().map((total) => [total.cause, total.count]));
    expect(lifetime).toEqual(
      new Map([
        [null, count(-1) + 2],
        ['per-org', count(0)],
        ['one', 1],
      ]),
    );
  });

  it('cuts what strangers send to a bounded length, and forgets owners of tokens but the last thousand or two', async () => {
    const many = Array.from({ length: 2500 }, (_, index) => callerOf(`org-${index}`));
    const { platform, send } = operated(many);
    const telemetry = new Telemetry(platform);
    for (const caller of many) await send(caller, `/api/v2/${'x'.repeat(2000)}`);
    expect(telemetry.decisions()).toHaveLength(DECISIONS_KEPT);
    for (const { path } of telemetry.decisions()) expect(path).toHaveLength(200);
    // The latest first: asking for an owner makes it young again.
    for (const { token, org, client } of many.slice(-1000).toReversed())
      expect(telemetry.ownerOf(token)).toMatchObject({ org, client });
    for (const { token } of many.slice(0, 500)) expect(telemetry.ownerOf(token)).toBeNull();
  });

  it('hears nothing any more once stopped', async () => {
    const { platform, send } = operated(callers);
    const telemetry = new Telemetry(platform);
    telemetry.stop();
    await send(callers[0] ?? callerOf('none'));
    expect(telemetry.totals()[0]?.count).toBe(0);
  });
});

describe('shownLimits', () => {
  it('shows the emptiest buckets first, with the mean, and no token', async () => {
    const odd = callerOf('a|b\\c', '<client>');
    const { platform, send } = operated([...callers, odd]);
    const telemetry = new Telemetry(platform);
    for (let times = 0; times < 4; times++) await send(odd);
    for (const caller of callers) await send(caller);
    const [org, token] = shownLimits(platform, telemetry);
    expect(org).toMatchObject({ name: 'per-org', buckets: 5, cut: false, freeMin: 1, capacity: 5, freeMean: 17 / 5 });
    expect(org?.emptiest[0]).toEqual({ label: 'a|b\\c', free: 1, capacity: 5 });
    expect(token?.emptiest[0]?.label).toMatch(/^a\|b\\c · a\|b\\c · <client> · #[0-9a-f]{6}$/);
    expect(token?.emptiest[0]?.free).toBe(4);
    expect(JSON.stringify([org, token])).not.toContain('secret');
  });

  it('of a limit without buckets: all is free', () => {
    const { platform } = operated(callers);
    const telemetry = new Telemetry(platform);
    expect(shownLimits(platform, telemetry)[1]).toMatchObject({ buckets: 0, freeMin: 8, freeMean: 8, capacity: 8 });
  });

  it('looks at ten thousand buckets at most', async () => {
    const many = Array.from({ length: 10_500 }, (_, index) => callerOf(`org-${index}`));
    const { platform, send } = operated(many);
    const telemetry = new Telemetry(platform);
    for (const caller of many) await send(caller);
    expect(shownLimits(platform, telemetry)[0]).toMatchObject({ buckets: 10_000, cut: true, freeMin: 4, freeMean: 4 });
  });
});
