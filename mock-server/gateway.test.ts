import { describe, expect, it } from 'vitest';
import { causesOf, createGateway, type Caller, type Decision, type Gateway, type GatewayRequest } from './gateway.ts';
import { parsePolicy } from './policy.ts';

const START_MS = Date.UTC(2026, 0, 5, 9);
const CALLER: Caller = {
  org: 'acme',
  client: 'integration',
  token: 'token-1',
  user: 'user-1',
  app: 'app',
  ip: '203.0.113.7',
  tier: 'standard',
  permitted: true,
};
const WINDOW = { kind: 'fixed-window', limit: 1, windowMs: 60_000 };

const random = (_: string, entity: string, index: number) => ((entity.length * 7919 + index * 104_729) % 1000) / 1000;

function gatewayOf(loose: Record<string, unknown>): Gateway {
  return createGateway(parsePolicy({ name: 'test', latency: [{ medianMs: 100, sigma: 0 }], ...loose }), { random });
}

function request(change: Partial<GatewayRequest> = {}, caller: Partial<Caller> = {}): GatewayRequest {
  return { method: 'GET', path: '/api/v2/users', items: 1, requestId: '', ...change, caller: { ...CALLER, ...caller } };
}

/** What a decision says in short: the cause's name and Retry-After in seconds, or `admitted`. */
function short(gateway: Gateway, decision: Decision): string {
  if (decision.admitted) return 'admitted';
  const seconds = decision.retryAfterMs === null ? 'silent' : `${decision.retryAfterMs / 1000} s`;
  return `${decision.status} ${gateway.causes[decision.cause]} ${seconds}`;
}

/** Decisions at seconds after the start. */
function at(gateway: Gateway, seconds: readonly number[], asked: GatewayRequest = request()): string[] {
  return seconds.map((second) => short(gateway, gateway.decide(asked, START_MS + second * 1000)));
}

describe('decide', () => {
  it('names the limit with the longest wait, and tells that wait rounded up', () => {
    const gateway = gatewayOf({
      limits: [
        { name: 'minute', algorithm: WINDOW },
        { name: 'day', algorithm: { ...WINDOW, windowMs: 86_400_000 } },
      ],
    });
    expect(at(gateway, [0, 1.5])).toEqual(['admitted', '429 day 86399 s']);
  });

  it('charges nothing when it rejects, save limits that count all', () => {
    const gateway = gatewayOf({
      limits: [
        { name: 'first', algorithm: WINDOW },
        { name: 'second', algorithm: { ...WINDOW, limit: 9 } },
        { name: 'third', algorithm: { ...WINDOW, limit: 9 }, counts: 'all' },
      ],
    });
    at(gateway, [0, 1, 2]);
    const free = (limit: string) => gateway.levels(limit, START_MS + 2000).map((level) => level.free);
    expect([free('first'), free('second'), free('third')]).toEqual([[0], [8], [6]]);
  });

  it('gives a tier its own numbers, for the limits that say so and no other', () => {
    const gateway = gatewayOf({
      limits: [{ name: 'org', scope: ['org'], algorithm: WINDOW, tiers: [{ tier: 'premium', limit: 2 }] }],
    });
    const premium = request({}, { org: 'rich', tier: 'premium' });
    expect(at(gateway, [0, 1, 2], premium)).toEqual(['admitted', 'admitted', '429 org 58 s']);
    expect(at(gateway, [3, 4])).toEqual(['admitted', '429 org 59 s']);
  });

  it('counts items and routes as the cost says', () => {
    const cost = { base: 1, perItem: 2, routes: [{ match: { paths: ['/free'] }, base: 0 }] };
    const gateway = gatewayOf({ limits: [{ name: 'cost', algorithm: { ...WINDOW, limit: 6 }, cost }] });
    expect(at(gateway, [0, 1], request({ items: 3 }))).toEqual(['admitted', '429 cost 59 s']);
    expect(at(gateway, [1])).toEqual(['admitted']);
    expect(at(gateway, [1, 1], request({ path: '/free' }))).toEqual(['admitted', 'admitted']);
  });

  it('frees concurrency when a request completes, once', () => {
    const gateway = gatewayOf({ limits: [{ name: 'slots', algorithm: { kind: 'concurrency', limit: 2 } }] });
    const first = gateway.decide(request(), START_MS);
    gateway.decide(request(), START_MS);
    expect(at(gateway, [0])).toEqual(['429 slots 1 s']);
    for (const _ of [1, 2]) if (first.admitted) gateway.complete(first, START_MS + 100);
    expect(at(gateway, [0.1, 0.1])).toEqual(['admitted', '429 slots 1 s']);
  });

  it('sees a charge only after the enforcement lag', () => {
    const gateway = gatewayOf({ limits: [{ name: 'late', algorithm: WINDOW }], enforcementLagMs: 500 });
    expect(at(gateway, [0, 0.2, 0.499, 0.5])).toEqual(['admitted', 'admitted', 'admitted', '429 late 60 s']);
  });

  it('slows an org down by its own load only', () => {
    const gateway = gatewayOf({ latency: [{ medianMs: 100, sigma: 0, perItemMs: 10, loadFactor: 0.5 }] });
    const service = (asked: GatewayRequest) => {
      const decision = gateway.decide(asked, START_MS);
      return decision.admitted ? decision.serviceMs : null;
    };
    expect([service(request()), service(request()), service(request({ items: 3 }))]).toEqual([100, 150, 240]);
    expect(service(request({}, { org: 'other' }))).toBe(100);
  });

  it('refuses to go back in time', () => {
    const gateway = gatewayOf({});
    gateway.decide(request(), START_MS);
    expect(() => gateway.decide(request(), START_MS - 1)).toThrow('nowMs must be at least');
    expect(() => gateway.decide(request(), Number.NaN)).toThrow('nowMs must be at least');
  });
});

describe('hints', () => {
  const hinted = (retryAfter: unknown) => gatewayOf({ limits: [{ name: 'a', algorithm: WINDOW, retryAfter }] });

  it('are absent, fixed or exact as the limit says', () => {
    expect(at(hinted('absent'), [0, 1])).toEqual(['admitted', '429 a silent']);
    expect(at(hinted({ fixedMs: 2500 }), [0, 1])).toEqual(['admitted', '429 a 3 s']);
    expect(at(hinted('exact'), [0, 0.001, 59.999, 60])).toEqual(['admitted', '429 a 60 s', '429 a 1 s', 'admitted']);
  });

  it('wander over the whole range, whole seconds, another for each rejection', () => {
    const gateway = createGateway(
      parsePolicy({
        name: 'wander',
        limits: [{ name: 'a', algorithm: { ...WINDOW, windowMs: 9e6 }, retryAfter: { uniformMs: [1000, 30_000] } }],
      }),
      { random: (_, entity, index) => (Number(entity.split('|')[2]) % 100) / 100 + index / 1000 },
    );
    gateway.decide(request(), START_MS);
    const seconds = Array.from({ length: 100 }, (_, ms) => {
      const decision = gateway.decide(request(), START_MS + ms);
      return decision.admitted ? -1 : (decision.retryAfterMs ?? -1) / 1000;
    });
    expect(Math.min(...seconds)).toBe(1);
    expect(Math.max(...seconds)).toBe(30);
    expect(new Set(seconds).size).toBe(30);
  });

  it('wander alike whether or not a bucket was dropped within the ms of its last hint', () => {
    const limits = [{ name: 'a', algorithm: { ...WINDOW, windowMs: 1 }, retryAfter: { uniformMs: [1000, 60_000] } }];
    const hints = (sweeping: 'always' | 'never') => {
      const gateway = createGateway(parsePolicy({ name: 'p', limits }), { random, sweeping });
      return [0.25, 1, 1.25, 1.5].map((ms) => short(gateway, gateway.decide(request(), START_MS + ms)));
    };
    expect(hints('always')).toEqual(hints('never'));
    expect(new Set(hints('never')).size).toBe(3);
  });

  it('as HTTP-date round up to the second', () => {
    const gateway = hinted('http-date');
    gateway.decide(request(), START_MS + 250);
    const decision = gateway.decide(request(), START_MS + 1000);
    const { headers } = gateway.render(request(), decision);
    expect(new Map(headers).get('Retry-After')).toBe('Mon, 05 Jan 2026 09:01:01 GMT');
  });
});

describe('render', () => {
  it('makes the documented 429, the number in brackets equal to Retry-After', () => {
    const gateway = gatewayOf({ limits: [{ name: 'platform.api/token.rate.per.minute', algorithm: WINDOW }] });
    gateway.decide(request(), START_MS);
    const { status, headers, body } = gateway.render(request(), gateway.decide(request(), START_MS + 18_000));
    expect(status).toBe(429);
    expect(headers.map(([name]) => name)).toEqual([
      'ININ-Correlation-Id',
      'Retry-After',
      'Strict-Transport-Security',
      'Cache-Control',
      'Content-Type',
    ]);
    const values = new Map(headers);
    expect(values.get('Retry-After')).toBe('42');
    const id = values.get('ININ-Correlation-Id') ?? '';
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(body).toBe(
      '{"message":"Rate limit exceeded the maximum. Retry the request in [42] seconds",' +
        `"code":"too.many.requests.retry.after","status":429,"contextId":"${id}","details":[],"errors":[],` +
        '"limit":{"key":"token.rate.per.minute","namespace":"platform.api","value":1}}',
    );
  });

  it('names nothing when the limit is silent', () => {
    const gateway = gatewayOf({
      limits: [{ name: 'hidden', algorithm: WINDOW, silent: true }],
      headers: { dialect: 'x-ratelimit' },
    });
    gateway.decide(request(), START_MS);
    const rendered = gateway.render(request(), gateway.decide(request(), START_MS));
    expect(JSON.stringify(rendered)).not.toMatch(/hidden|X-RateLimit/);
  });

  it.each([
    ['x-ratelimit', { 'X-RateLimit-Limit': '5', 'X-RateLimit-Remaining': '3', 'X-RateLimit-Reset': '50' }],
    ['x-rate-limit', { 'X-Rate-Limit-Remaining': '3', 'X-Rate-Limit-Reset': `${START_MS / 1000 + 60}` }],
    ['inin-ratelimit', { 'inin-ratelimit-count': '2', 'inin-ratelimit-allowed': '5', 'inin-ratelimit-reset': '50' }],
  ])('speaks %s', (dialect, expected) => {
    const gateway = gatewayOf({ limits: [{ name: 'a', algorithm: { ...WINDOW, limit: 5 } }], headers: { dialect } });
    gateway.decide(request(), START_MS);
    const { headers } = gateway.render(request(), gateway.decide(request(), START_MS + 10_000));
    expect(Object.fromEntries(headers)).toMatchObject(expected);
  });

  it('misleads when the headers speak of another limit, and of long ago', () => {
    const gateway = gatewayOf({
      limits: [
        { name: 'tight', algorithm: WINDOW },
        { name: 'ample', algorithm: { ...WINDOW, limit: 100 } },
      ],
      headers: { dialect: 'x-ratelimit', speaksOf: 'ample', staleMs: 2000 },
    });
    const remaining = [0, 1, 1.999, 2].map(
      (second) => gateway.decide(request(), START_MS + second * 1000).rate?.remaining,
    );
    expect(remaining).toEqual([100, 100, 100, 99]);
  });
});

describe('quirks', () => {
  it('reject a reused request id within the window, and each time anew', () => {
    const limits = [{ name: 'a', scope: ['org'], algorithm: { ...WINDOW, windowMs: 1000 } }];
    const gateway = gatewayOf({ limits, quirks: { requestIdReuse: { windowMs: 5000 } } });
    const same = request({ requestId: 'same' });
    expect(at(gateway, [0, 0.5, 2, 6.9], same)).toEqual([
      'admitted',
      '429 a 1 s',
      '429 request-id-reuse 1 s',
      '429 request-id-reuse 1 s',
    ]);
    expect(at(gateway, [7], request({ requestId: 'fresh' }))).toEqual(['admitted']);
    expect(at(gateway, [11.8, 16.8], same)).toEqual(['429 request-id-reuse 1 s', 'admitted']);
  });

  it('answer 403 to callers without permission, or 429 for the share that the quirk says', () => {
    const forbidden = request({}, { permitted: false });
    expect(at(gatewayOf({}), [0], forbidden)).toEqual(['403 not-permitted silent']);
    const disguise = (share: number) =>
      gatewayOf({ quirks: { forbiddenAs429: { match: { methods: ['GET'] }, share } } });
    expect(at(disguise(1), [0, 9], forbidden)).toEqual(['429 forbidden-as-429 1 s', '429 forbidden-as-429 1 s']);
    expect(at(disguise(0), [0], forbidden)).toEqual(['403 not-permitted silent']);
    expect(at(disguise(1), [0], request({ method: 'POST' }, { permitted: false }))).toEqual([
      '403 not-permitted silent',
    ]);
  });
});

describe('penalties', () => {
  const ladder = (change: Record<string, unknown> = {}) =>
    gatewayOf({
      limits: [{ name: 'a', scope: ['org'], algorithm: WINDOW }],
      penalties: [
        {
          name: 'defiance',
          memoryMs: 600_000,
          stages: [
            { name: 'block', afterStrikes: 2, effect: 'tenant-block', durationMs: 100_000 },
            { name: 'outage', afterStrikes: 3, effect: 'unavailable', durationMs: 200_000 },
            { name: 'ban', afterStrikes: 4, effect: 'ip-ban', durationMs: 300_000 },
          ],
          ...change,
        },
      ],
    });

  it('climb from tenant block to 503 to ban of the ip, and expire', () => {
    const gateway = ladder({ extends: true });
    expect(at(gateway, [0, 1, 2, 3, 4, 5])).toEqual([
      'admitted',
      '429 a 59 s',
      '429 a 58 s',
      '429 defiance: block 100 s',
      '503 defiance: outage 200 s',
      '403 defiance: ban silent',
    ]);
    expect(at(gateway, [6], request({}, { org: 'neighbour' }))).toEqual(['403 defiance: ban silent']);
    expect(at(gateway, [6], request({}, { org: 'elsewhere', ip: '198.51.100.9' }))).toEqual(['admitted']);
    expect(at(gateway, [305.9], request({}, { org: 'neighbour' }))).toEqual(['admitted']);
  });

  it('spare who waits as told, and who is early by no more than the grace', () => {
    expect(at(ladder(), [0, 1, 60, 61, 120, 121])).toEqual([
      'admitted',
      '429 a 59 s',
      'admitted',
      '429 a 59 s',
      'admitted',
      '429 a 59 s',
    ]);
    expect(at(ladder({ graceMs: 60_000 }), [0, 1, 2, 3, 4])).toEqual([
      'admitted',
      '429 a 59 s',
      '429 a 58 s',
      '429 a 57 s',
      '429 a 56 s',
    ]);
  });

  it('count no strikes during a stage unless they extend', () => {
    const gateway = ladder();
    expect(at(gateway, [0, 1, 2, 3, 4, 5, 102, 103])).toEqual([
      'admitted',
      '429 a 59 s',
      '429 a 58 s',
      '429 defiance: block 100 s',
      '429 defiance: block 99 s',
      '429 defiance: block 98 s',
      '429 defiance: block 1 s',
      'admitted',
    ]);
  });

  it('remember whom they told however many others are told after', () => {
    const limits = [{ name: 'a', scope: ['token'], algorithm: WINDOW }];
    const stages = [{ name: 'block', afterStrikes: 1, effect: 'tenant-block', durationMs: 1000 }];
    const gateway = gatewayOf({
      limits,
      penalties: [{ name: 'p', scope: ['token'], memoryMs: 1000, stages }],
    });
    at(gateway, [0, 1]);
    for (let other = 0; other < 20; other++) at(gateway, [2, 2], request({}, { token: `t${other}`, org: `o${other}` }));
    expect(at(gateway, [3])).toEqual(['429 p: block 1 s']);
  });

  it('forget strikes after the memory', () => {
    const gateway = ladder({ memoryMs: 5000 });
    expect(at(gateway, [0, 1, 2, 8, 14, 20])).toEqual([
      'admitted',
      '429 a 59 s',
      '429 a 58 s',
      '429 a 52 s',
      '429 a 46 s',
      '429 a 40 s',
    ]);
  });
});

describe('causesOf', () => {
  it('names limits, penalty stages, quirks and permission in the order of Gateway.causes', () => {
    const gateway = gatewayOf({
      limits: [{ name: 'a', algorithm: WINDOW }],
      penalties: [
        { name: 'p', memoryMs: 1, stages: [{ name: 's', afterStrikes: 1, effect: 'ip-ban', durationMs: 1 }] },
      ],
      quirks: { requestIdReuse: { windowMs: 1 }, forbiddenAs429: {} },
    });
    expect(gateway.causes).toEqual(['a', 'p: s', 'request-id-reuse', 'forbidden-as-429', 'not-permitted']);
    expect(causesOf(gateway.policy).map(({ kind }) => kind)).toEqual([
      'limit',
      'penalty',
      'quirk',
      'quirk',
      'permission',
    ]);
  });
});
