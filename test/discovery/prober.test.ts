/** What the prober guarantees, whatever is asked of it: budget, careful manner, signs of penalties. */
import { describe, expect, it } from 'vitest';
import { parsePolicy } from '../../mock-server/policy.ts';
import type { Caller } from '../../mock-server/gateway.ts';
import type { BlackBox, Point } from '../../src/discovery/black-box.ts';
import { Hands } from '../../src/discovery/others/hands.ts';
import { Playback } from '../../src/discovery/log-playback.ts';
import {
  BudgetSpentError,
  LogEndsError,
  PenaltySuspectedError,
  Prober,
  type ProberOptions,
  UnreachableError,
} from '../../src/discovery/prober.ts';
import type { ProbeEvent } from '../../src/discovery/record.ts';
import { createPolicyBlackBox } from '../../src/trial/black-box.ts';
import type { Clock } from '../../src/time/clock.ts';
import { nextTurn } from '../../src/time/next-turn.ts';

const startsAtMs = Date.UTC(2026, 2, 2, 9);
const callers: Caller[] = ['a', 'b'].map((org) => ({
  org,
  client: org,
  token: org,
  user: org,
  app: 'app',
  ip: org,
  tier: 'standard',
  permitted: true,
}));
const route = { name: 'r', method: 'GET', path: '/x', headers: {}, body: '' };
const budget = { requests: 10_000, rejections: 10_000, timeMs: 86_400_000 };
const here: Point = { identity: 0, route: 0 };

const window = { kind: 'fixed-window', limit: 5, windowMs: 60_000, anchor: 'first-request' };
const ladder = [
  {
    name: 'defiance',
    scope: ['org'],
    graceMs: 0,
    memoryMs: 3_600_000,
    extends: true,
    stages: [
      { name: 'block', afterStrikes: 3, effect: 'tenant-block', durationMs: 600_000 },
      { name: 'shut', afterStrikes: 6, effect: 'unavailable', durationMs: 600_000 },
      { name: 'ban', afterStrikes: 10, effect: 'ip-ban', durationMs: 1_800_000 },
    ],
    source: 'assumed',
  },
];

/** Plays against a policy of one limit, and tells what happened. */
async function against(
  change: Record<string, unknown>,
  options: Partial<ProberOptions>,
  play: (prober: Prober) => Promise<void>,
): Promise<{ readonly prober: Prober; readonly error: unknown; readonly byCause: Readonly<Record<string, number>> }> {
  const { limit = {}, ...rest } = change;
  const policy = parsePolicy({
    name: 'x',
    limits: [{ name: 'l', scope: ['org'], algorithm: window, source: 'assumed', ...(limit as object) }],
    ...rest,
  });
  const box = createPolicyBlackBox({ policy, callers, seed: 1, startsAtMs, deadlineMs: startsAtMs + 30 * 86_400_000 });
  const prober = new Prober(boxOf(box), { budget, inFlight: 20, defy: true, ...options });
  let error: unknown = null;
  const outcome = await box.run(() =>
    play(prober).catch((caught: unknown) => {
      error = caught;
    }),
  );
  expect(outcome.kind).toBe('done');
  return {
    prober,
    error,
    byCause: Object.fromEntries(
      box.causes
        .slice(0, 1 + (policy.penalties[0]?.stages.length ?? 0))
        .map(({ name }, at) => [name.replace('defiance: ', ''), box.rejectionsByCause[at] ?? 0]),
    ),
  };
}

function boxOf({ fetch, clock, baseUrl }: Pick<BlackBox, 'fetch' | 'clock' | 'baseUrl'>): BlackBox {
  const identities = callers.map(({ org, client, token, user, app, ip }) => ({
    name: org,
    labels: { org, client, token, user, app, ip },
    headers: { authorization: `Bearer ${token}` },
  }));
  return { fetch, clock, baseUrl, identities, routes: [route] };
}

const many = (count: number, identity = 0): Point[] => Array.from({ length: count }, () => ({ identity, route: 0 }));

describe('the budget', () => {
  it.each([1, 3, 7, 50])('of requests is used up and never exceeded, with %d in flight', async (inFlight) => {
    const { prober, error } = await against({}, { inFlight, budget: { ...budget, requests: 33 } }, async (prober) => {
      await Promise.all([prober.sendMany(many(20)), prober.sendMany(many(20, 1))]);
    });
    expect(error).toBeInstanceOf(BudgetSpentError);
    expect(prober.events).toHaveLength(33);
  });

  it.each([1, 3, 7, 50])('of rejections is never exceeded by probes under way, with %d in flight', async (inFlight) => {
    const { prober, error } = await against({}, { inFlight, budget: { ...budget, rejections: 4 } }, async (prober) => {
      for (;;) await Promise.all([prober.sendMany(many(9)), prober.send(here), prober.sendMany(many(9, 1))]);
    });
    expect(error).toBeInstanceOf(BudgetSpentError);
    expect(prober.rejections).toBe(4);
    expect(prober.events.filter(({ outcome }) => outcome === 'rejected')).toHaveLength(4);
  });

  it('that ends leaves a whole record, whoever is under way', async () => {
    const { prober } = await against({}, { budget: { ...budget, requests: 3, timeMs: 1000 } }, async (prober) => {
      const others = prober.sendMany(many(3));
      await Promise.all([prober.sendMany(many(1, 1)), prober.waitUntil(prober.nowMs + 5000), others]);
    });
    expect(prober.events.map((event) => event?.outcome)).toEqual(['admitted', 'admitted', 'admitted']);
  });

  it('that ends while nobody waits for the answers yet is heard once somebody does', async () => {
    // An unhandled rejection would fail this test.
    const { error } = await against({}, { budget: { ...budget, rejections: 2 } }, async (prober) => {
      await new Hands(prober, [here], 20).rattle(400, 10, 4);
    });
    expect(error).toBeInstanceOf(BudgetSpentError);
  });

  it('of time is not waited out for nothing', async () => {
    const { prober, error } = await against({}, { budget: { ...budget, timeMs: 1000 } }, async (prober) => {
      await prober.send(here);
      await prober.waitUntil(prober.nowMs + 1001);
    });
    expect(error).toBeInstanceOf(BudgetSpentError);
    expect(prober.nowMs - startsAtMs).toBeLessThan(1000);
  });

  it('never lets more probes under way than may be', async () => {
    let underWay = 0;
    let most = 0;
    const box = createPolicyBlackBox({
      policy: parsePolicy({ name: 'x', limits: [] }),
      callers,
      seed: 1,
      startsAtMs,
      deadlineMs: startsAtMs + 1e9,
    });
    const fetch: BlackBox['fetch'] = async (...request) => {
      most = Math.max(most, ++underWay);
      return box.fetch(...request).finally(() => (underWay -= 1));
    };
    await box.run(async () => {
      const prober = new Prober({ ...boxOf(box), fetch }, { budget, inFlight: 7, defy: true });
      await Promise.all([prober.sendMany(many(50)), prober.sendMany(many(50, 1)), prober.send(here)]);
    });
    expect(most).toBe(7);
  });
});

describe('the careful manner', () => {
  const hammer = async (prober: Prober) => {
    for (;;) await Promise.all([prober.sendMany(many(9)), prober.send(here), prober.sendMany(many(9, 1))]);
  };

  it('triggers no penalty, however it is asked to hammer, and goes on after each told time', async () => {
    const some = { ...budget, requests: 400 };
    const { byCause, error, prober } = await against(
      { penalties: ladder },
      { defy: false, inFlight: 20, budget: some },
      hammer,
    );
    expect(error).toBeInstanceOf(BudgetSpentError);
    expect(byCause).toEqual({ l: prober.rejections, block: 0, shut: 0, ban: 0 });
    expect(prober.events.filter(({ outcome }) => outcome === 'admitted').length).toBeGreaterThan(300);
  });

  it('sends nothing to an organization before its told time, and does not hold another one', async () => {
    const { prober } = await against({}, { defy: false }, async (prober) => {
      await prober.sendMany(many(6));
      await prober.sendMany(many(6, 1));
      await prober.send(here);
    });
    const rejected = prober.events.filter(({ outcome }) => outcome === 'rejected');
    expect(rejected.map(({ identity }) => identity)).toEqual([0, 1]);
    const [first] = rejected;
    const last = prober.events.at(-1);
    expect(prober.events[6]?.sentMs).toBeLessThan(startsAtMs + 60_000);
    const lateMs = (last?.sentMs ?? 0) - (first?.answeredMs ?? 0) - (first?.told.retryAfterMs ?? 0);
    expect(lateMs).toBeGreaterThanOrEqual(0);
    expect(lateMs).toBeLessThan(1);
    expect(last?.outcome).toBe('admitted');
  });

  it('holds nothing where no Retry-After is told, and then lets more under way', async () => {
    const { prober } = await against({ limit: { retryAfter: { kind: 'absent' } } }, { defy: false }, async (prober) => {
      await prober.sendMany(many(6));
      await prober.sendMany(many(10));
    });
    const later = prober.events.slice(6);
    expect(new Set(later.map(({ sentMs }) => sentMs)).size).toBe(1);
    expect(later.every(({ outcome }) => outcome === 'rejected')).toBe(true);
  });

  it('lets several be held open at once, each sent when a rejection of the one before would have come', async () => {
    const policy = {
      limit: { algorithm: { kind: 'concurrency', limit: 3 } },
      latency: [{ match: { methods: [], paths: [] }, medianMs: 2000, sigma: 0, perItemMs: 0, loadFactor: 0 }],
      penalties: ladder,
    };
    const { prober, byCause } = await against(policy, { defy: false, inFlight: 2 }, async (prober) => {
      await Promise.all([prober.send(here), prober.send(here), prober.send(here)]);
    });
    expect(prober.events.map(({ sentMs }) => sentMs - startsAtMs)).toEqual([0, 250, 2000]);
    expect(byCause).toEqual({ l: 0, block: 0, shut: 0, ban: 0 });
  });
});

describe('signs of a penalty', () => {
  const defy = async (prober: Prober) => {
    for (;;) {
      await prober.sendMany(many(8));
      await prober.waitUntil(prober.nowMs + 1000);
    }
  };

  it('a ladder of penalties stops a defiant discovery before its last step', async () => {
    const { error, prober, byCause } = await against({ penalties: ladder }, { inFlight: 1, defy: true }, defy);
    expect(error).toBeInstanceOf(PenaltySuspectedError);
    expect(['longer-retry-after', 'unavailable']).toContain(prober.penaltySign?.sign);
    expect(byCause).toMatchObject({ ban: 0 });
    await expect(prober.send(here)).rejects.toBeInstanceOf(PenaltySuspectedError);
  });

  it.each([
    ['shut', 1, 'unavailable', 503],
    ['ban', 2, 'forbidden', 403],
  ])('%s stops it', async (_, stage, sign, status) => {
    const stages = [{ ...ladder[0]?.stages[stage], afterStrikes: 2 }];
    const { prober, error } = await against({ penalties: [{ ...ladder[0], stages }] }, { inFlight: 1 }, defy);
    expect(error).toBeInstanceOf(PenaltySuspectedError);
    expect(prober.penaltySign).toMatchObject({ sign, status });
  });

  it('rejections far beyond every told and found recovery stop it', async () => {
    let count = 0;
    const fetch: BlackBox['fetch'] = async () =>
      // Rejected at the sixth, admitted at the seventh, and never again from the tenth on.
      new Response('', { status: [6].includes(++count) || count > 9 ? 429 : 200, headers: { 'retry-after': '2' } });
    const box = createPolicyBlackBox({
      policy: parsePolicy({ name: 'x', limits: [] }),
      callers,
      seed: 1,
      startsAtMs,
      deadlineMs: startsAtMs + 1e9,
    });
    await box.run(async () => {
      const prober = new Prober({ ...boxOf(box), fetch }, { budget, inFlight: 1, defy: true });
      const ended = (async () => {
        for (;;) {
          await prober.send(here);
          await prober.waitUntil(prober.nowMs + 1000);
        }
      })();
      await expect(ended).rejects.toBeInstanceOf(PenaltySuspectedError);
      expect(prober.penaltySign?.sign).toBe('no-recovery');
    });
  });

  it('are lived through where they are allowed', async () => {
    const some = { ...budget, requests: 200 };
    const { error, byCause } = await against(
      { penalties: ladder },
      { inFlight: 1, allowPenalty: true, budget: some },
      defy,
    );
    expect(error).toBeInstanceOf(BudgetSpentError);
    expect(byCause['ban']).toBeGreaterThan(0);
  });

  it.each([
    ['uniform hints', { limit: { retryAfter: { kind: 'uniform', fromMs: 1000, toMs: 30_000 } } }],
    ['fixed hints', { limit: { retryAfter: { kind: 'fixed', afterMs: 1000 } } }],
    ['no hints', { limit: { retryAfter: { kind: 'absent' } } }],
  ])('are not seen in %s without penalties', async (_, change) => {
    const some = { ...budget, requests: 600 };
    const { error } = await against(change, { inFlight: 1, budget: some }, defy);
    expect(error).toBeInstanceOf(BudgetSpentError);
  });
});

describe('a server that is not there', () => {
  const standing: Clock = { now: () => startsAtMs, setTimer: () => ({ dueMs: 0 }), clearTimer: () => {} };

  it.each([
    ['ECONNREFUSED', 3, 'it must answer, but nobody listens there (connection refused)'],
    ['ENOTFOUND', 3, 'it must answer, but no such host is known'],
    ['ECONNRESET', 10, 'it must answer, but ECONNRESET'],
  ])('%s is said after %d probes', async (code, sent, why) => {
    const fetch: BlackBox['fetch'] = () => Promise.reject(new TypeError('secret', { cause: { code } }));
    const prober = new Prober(boxOf({ fetch, clock: standing, baseUrl: 'http://x' }), {
      budget,
      inFlight: 1,
      defy: true,
    });
    await expect(prober.sendMany(many(100))).rejects.toThrow(`Cannot discover http://x: ${why}`);
    expect(prober.events).toHaveLength(sent);
  });

  it('a server that only errs is left alone soon', async () => {
    const fetch: BlackBox['fetch'] = () => Promise.resolve(new Response('', { status: 500 }));
    const box = boxOf({ fetch, clock: standing, baseUrl: 'http://x' });
    const prober = new Prober(box, { budget, inFlight: 1, defy: true });
    await expect(prober.sendMany(many(100))).rejects.toThrow('the first 50 were all errors (last 500)');
    expect(prober.events).toHaveLength(50);
  });

  it('an identity that is not let in is named', async () => {
    const fetch: BlackBox['fetch'] = () => Promise.resolve(new Response('', { status: 401 }));
    const prober = new Prober(boxOf({ fetch, clock: standing, baseUrl: 'http://x' }), {
      budget,
      inFlight: 1,
      defy: true,
    });
    await expect(prober.send(here)).rejects.toThrow(UnreachableError);
    await expect(prober.send(here)).rejects.toThrow(/identity a must be let in, but .* 401/);
  });
});

describe('playing back', () => {
  const play = async (prober: Prober) => {
    for (let n = 0; n < 5; n++) {
      await prober.sendMany(many(4));
      await prober.waitUntil(prober.nowMs + 7000);
      await prober.send({ identity: 1, route: 0 });
    }
  };

  it('gives the same record without sending anything, and says where the log ends', async () => {
    const { prober } = await against({}, {}, play);
    const dead: Clock = { now: () => NaN, setTimer: () => ({ dueMs: 0 }), clearTimer: () => {} };
    const fetch: BlackBox['fetch'] = () => Promise.reject(new Error('must not be sent'));
    const playback = new Playback({ events: prober.events, live: null, turn: nextTurn });
    const again = new Prober(boxOf({ fetch, clock: dead, baseUrl: 'http://x' }), {
      budget,
      inFlight: 20,
      defy: true,
      playback,
    });
    await play(again);
    expect(again.events).toEqual(prober.events);
    await expect(again.send(here)).rejects.toBeInstanceOf(LogEndsError);
  });

  it('goes on live where the log ends: the same record as without interruption', async () => {
    const whole = await against({}, {}, play);
    for (const cut of [0, 1, 7, 12]) {
      const logged: ProbeEvent[] = [];
      const policy = parsePolicy({ name: 'x', limits: [{ name: 'l', scope: ['org'], algorithm: window }] });
      const box = createPolicyBlackBox({ policy, callers, seed: 1, startsAtMs, deadlineMs: startsAtMs + 1e9 });
      await box.run(async () => {
        const first = new Prober(boxOf(box), { budget: { ...budget, requests: cut }, inFlight: 20, defy: true });
        await play(first).catch(() => undefined);
        logged.push(...first.events);
        const playback = new Playback({
          events: logged,
          live: box.clock,
          turn: (callback) => void box.clock.setTimer(callback, 1),
        });
        const second = new Prober(boxOf(box), { budget, inFlight: 20, defy: true, playback });
        await play(second);
        expect(second.events.slice(0, cut)).toEqual(logged);
        expect(second.events).toHaveLength(whole.prober.events.length);
      });
    }
  });

  it('keeps what was in the log and is not asked for any more', async () => {
    const { prober } = await against({}, {}, play);
    const logged = prober.events;
    const dead: Clock = { now: () => NaN, setTimer: () => ({ dueMs: 0 }), clearTimer: () => {} };
    const fetch: BlackBox['fetch'] = () => Promise.reject(new Error('must not be sent'));
    const playback = new Playback({ events: logged, live: null, turn: nextTurn });
    const again = new Prober(boxOf({ fetch, clock: dead, baseUrl: 'http://x' }), {
      budget,
      inFlight: 20,
      defy: true,
      playback,
    });
    await again.sendMany(many(3));
    await expect(again.send({ identity: 1, route: 0 })).rejects.toBeInstanceOf(LogEndsError);
    expect(again.events).toEqual(logged);
  });

  it('keeps the time of what is under way at once', async () => {
    const latency = [{ match: { methods: [], paths: [] }, medianMs: 2000, sigma: 0.3, perItemMs: 0, loadFactor: 0 }];
    const seen: string[] = [];
    const poll = async (prober: Prober) => {
      const under = [prober.send(here), prober.send(here)];
      for (let n = 0; n < 150; n++) {
        await prober.waitUntil(prober.nowMs + 25);
        if (n === 10) under.push(prober.send({ identity: 1, route: 0 }));
        seen.push(prober.events.map((event) => event?.outcome ?? '-').join());
      }
      await Promise.all(under);
    };
    const { prober } = await against({ latency }, {}, poll);
    const live = seen.splice(0);
    expect(new Set(live).size).toBeGreaterThan(2);
    const playback = new Playback({ events: prober.events, live: null, turn: nextTurn });
    const dead: Clock = { now: () => NaN, setTimer: () => ({ dueMs: 0 }), clearTimer: () => {} };
    const fetch: BlackBox['fetch'] = () => Promise.reject(new Error('must not be sent'));
    const again = new Prober(boxOf({ fetch, clock: dead, baseUrl: 'http://x' }), {
      budget,
      inFlight: 20,
      defy: true,
      playback,
    });
    await poll(again);
    expect(seen).toEqual(live);
  });
});
