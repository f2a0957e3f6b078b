import { describe, expect, it } from 'vitest';
import { fieldOf, timeOf } from './fields.ts';
import { inferFromTraffic } from './infer.ts';
import { readHar } from './read-har.ts';
import { placeOf, readLog } from './read-log.ts';
import { triedOf } from './scopes.ts';
import { hashed, templateOf, type Traffic, TrafficCollector } from './traffic.ts';

/** A HAR file by hand: five requests a second apart pass, the sixth is told to come back in 10 s, and does so. */
const har = {
  log: {
    version: '1.2',
    creator: { name: 'by hand', version: '1' },
    entries: [
      ...[0, 1, 2, 3, 4, 5, 15, 16].map((second) => ({
        startedDateTime: new Date(Date.UTC(2026, 0, 5, 9, 0, second)).toISOString(),
        time: 20,
        request: {
          method: 'get',
          url: `https://user:hidden@API.example.com/api/v2/users/7?access_token=hidden`,
          headers: [
            { name: 'Authorization', value: 'Bearer hidden' },
            { name: 'X-Org', value: 'acme' },
            { name: 'Cookie', value: 'hidden' },
          ],
        },
        response: {
          status: second === 5 ? 429 : 200,
          headers: second === 5 ? [{ name: 'retry-after', value: '10' }] : [],
        },
      })),
      {
        startedDateTime: '2026-01-05T09:00:00.000Z',
        time: 1,
        request: { method: 'GET', url: 'https://cdn.example.com/x.js' },
        response: { status: 200 },
      },
      {
        startedDateTime: '2026-01-05T09:00:00.000Z',
        _fromCache: 'disk',
        request: { method: 'GET', url: 'https://api.example.com/' },
        response: { status: 200 },
      },
      { startedDateTime: 'soon', request: {}, response: {} },
      null,
    ],
  },
};

const read = (mapping = {}): Traffic => {
  const into = new TrafficCollector();
  readHar(JSON.stringify(har), 'a.har', into, mapping);
  return into.traffic();
};

async function log(lines: readonly string[], mapping = {}): Promise<Traffic> {
  const into = new TrafficCollector();
  await readLog(lines, into, mapping);
  return into.traffic();
}

describe('readHar', () => {
  it('readHar gives events of the main host, without a secret, and counts what is left out', () => {
    const traffic = read({ labelHeaders: { org: 'x-org', client: 'cookie' } });
    expect(traffic.events.map(({ outcome }) => outcome)).toEqual([
      ...Array.from({ length: 5 }, () => 'admitted'),
      'rejected',
      'admitted',
      'admitted',
    ]);
    expect(traffic.events[5]).toMatchObject({ sentMs: Date.UTC(2026, 0, 5, 9, 0, 5), told: { retryAfterMs: 10_000 } });
    expect(traffic.routes).toEqual([{ name: 'GET /api/v2/users/*', method: 'GET', path: '/api/v2/users/*' }]);
    expect(traffic.identities[0]?.labels).toEqual({
      token: hashed('Bearer hidden'),
      org: 'acme',
      client: hashed('hidden'),
    });
    expect(JSON.stringify(traffic)).not.toContain('hidden');
    expect(Object.fromEntries(traffic.leftOut)).toEqual({
      'answered from a cache': 1,
      'without a time': 2,
      'of another host': 1,
    });
  });

  it('readHar: by hand, five fit, and the rejection came at the sixth', () => {
    const { limits, exclusions } = inferFromTraffic(read(), { name: 'a.har', version: '0' });
    const [limit] = limits;
    expect(limit?.status).toBe('ambiguous');
    // Of a window of 5 s or less, five at the most; a token bucket may have begun with less than it holds.
    expect(limit?.intervals.windowMs?.low).toBeGreaterThan(100);
    expect(limit?.retryAfter).toMatchObject({ told: { low: 10_000, high: 10_000 }, tested: 1 });
    expect(limit?.evidence.recovery).toEqual([
      { afterMs: 1000, outcome: 'rejected' },
      { afterMs: 11_000, outcome: 'admitted' },
    ]);
    expect(limit?.evidence.staircase.at(-1)).toEqual({ atMs: 16_000, offered: 8, admitted: 7 });
    expect(exclusions.map(({ requests, overMs }) => [requests, overMs])).toEqual([[5, 10_000]]);
  });

  it.each([
    ['{', 'it must be JSON'],
    ['[]', 'it must be a HAR 1.2 file'],
    ['{"log":{"entries":7}}', 'it must be a HAR 1.2 file'],
  ])('readHar refuses %s', (text, why) => {
    expect(() => readHar(text, 'a.har', new TrafficCollector())).toThrow(`Cannot read a.har: ${why}`);
  });
});

describe('readLog', () => {
  const line =
    '{"ts":1767603600.25,"request":{"method":"POST","path":"/a"},"status":"429","request_time":0.5,"clientIp":"::1"}\n';

  it('readLog takes chunks that end anywhere, fields inside objects, and other names', async () => {
    for (const chunks of [[line + line], (line + line).split(''), [line, line.trim()]]) {
      const { events, routes, identities } = await log(chunks);
      expect(events).toHaveLength(2);
      expect(events[0]).toMatchObject({
        sentMs: 1_767_603_600_250,
        answeredMs: 1_767_603_600_750,
        outcome: 'rejected',
      });
      expect(routes[0]?.name).toBe('POST /a');
      expect(identities[0]?.labels).toEqual({ ip: '::1' });
    }
    const other = await log(['{"when":"2026-01-05T09:00:00Z","code":200,"u":"/b"}'], {
      fields: { time: ['when'], status: ['code'], path: ['u'] },
    });
    expect(other.events).toHaveLength(1);
    expect(other.withinMs).toBe(1000);
  });

  it('readLog subtracts the duration where an entry is written at its end', async () => {
    const { events } = await log([line], { timeIs: 'end' });
    expect(events[0]).toMatchObject({ sentMs: 1_767_603_599_750, answeredMs: 1_767_603_600_250 });
  });

  it('readLog sorts, and leaves out lines without end without keeping them', async () => {
    const at = (second: number) => `{"time":"2026-01-05T09:00:0${second}.000Z","status":200,"path":"/"}\n`;
    function* chunks() {
      yield at(3);
      for (let n = 0; n < 40; n++) yield 'x'.repeat(100_000);
      yield `\n${at(1)}`;
    }
    const into = new TrafficCollector();
    await readLog(chunks(), into);
    const { events, leftOut } = into.traffic();
    expect(events.map(({ sentMs }) => (sentMs / 1000) % 60)).toEqual([1, 3]);
    expect(Object.fromEntries(leftOut)).toEqual({ 'a line that is too long': 1 });
  });

  it('readLog bears names of prototypes, and a thousand identities', async () => {
    const lines = Array.from(
      { length: 1200 },
      (_, at) => `{"time":${1.7e12 + at},"status":200,"path":"/","org":"o${at}"}\n`,
    );
    const { identities, leftOut, events } = await log([
      ...lines,
      '{"__proto__":{"time":1767603600},"status":200,"path":"/"}',
    ]);
    expect(identities).toHaveLength(1000);
    expect(events).toHaveLength(1000);
    expect(Object.fromEntries(leftOut)).toEqual({ 'without a time': 1, 'of further identities': 200 });
  });
});

it('triedOf takes the stretch of a long record in which most was rejected', () => {
  const event = (at: number, outcome: 'admitted' | 'rejected') => ({
    sentMs: at,
    answeredMs: at,
    identity: 0,
    route: 0,
    outcome,
    status: 200,
    told: { retryAfterMs: null, limit: null, remaining: null, resetMs: null },
  });
  const events = Array.from({ length: 250_000 }, (_, at) =>
    event(at, at > 190_000 && at % 50 === 0 ? 'rejected' : 'admitted'),
  );
  const tried = triedOf(events);
  expect([tried.length, tried[0]?.sentMs]).toEqual([100_000, 150_000]);
  expect(triedOf(events.slice(0, 10))).toHaveLength(10);
});

describe('values of traffic', () => {
  it.each<[unknown, number | null, number]>([
    ['2026-01-05T09:00:00.123Z', 1_767_603_600_123, 1],
    ['2026-01-05T09:00:00+00:00', 1_767_603_600_000, 1000],
    ['05/Jan/2026:09:00:00 +0000', 1_767_603_600_000, 1000],
    [1_767_603_600, 1_767_603_600_000, 1000],
    [1_767_603_600.5, 1_767_603_600_500, 1],
    ['1767603600123', 1_767_603_600_123, 1],
    [1_767_603_600_123_000, 1_767_603_600_123, 1],
    [1.767603600123e18, 1_767_603_600_123, 1],
    ['now', null, 0],
    [Number.NaN, null, 0],
    [7, null, 0],
    [{}, null, 0],
  ])('timeOf reads %s', (value, atMs, withinMs) => {
    const time = timeOf(value);
    expect([time === null ? null : Math.round(time.atMs), time?.withinMs ?? 0]).toEqual([atMs, withinMs]);
  });

  it.each([
    ['/users/123?x=1', '/users/*'],
    ['/users/0f8fad5b-d9cb-469f-a165-70867728950e/x', '/users/*/x'],
    ['/api/v2/users', '/api/v2/users'],
    ['/t/AbCd1234efGh5678', '/t/*'],
    ['users', '/users'],
    ['', '/'],
  ])('templateOf makes %s the route %s', (path, route) => expect(templateOf(path)).toBe(route));

  it('placeOf keeps no credentials', () => {
    expect(placeOf('https://a:b@Host:8443/x?y')).toEqual({ host: 'host:8443', path: '/x' });
    expect(placeOf('/x?y')).toEqual({ host: '', path: '/x?y' });
  });

  it('fieldOf steps into what is there and no further', () => {
    expect(fieldOf({ a: { b: 1 }, 'c.d': 2 }, ['a.c', 'a.b'])).toBe(1);
    expect(fieldOf({ 'c.d': 2 }, ['c.d'])).toBe(2);
    expect(fieldOf({}, ['constructor', 'constructor.name'])).toBeUndefined();
  });
});
