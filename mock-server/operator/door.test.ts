import { request } from 'node:http';
import { connect } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import type { LiveUpdate, Snapshot } from './snapshot.ts';
import { WATCHERS_MAX } from './live-updates.ts';
import { routes } from './routes.ts';
import { ask, callerOf, doorOf, type Heard, KEY, operated, smallPolicy, START_MS } from './testing/operated.ts';

/** A socket's end is heard of as late as a busy machine pleases. */
const PATIENT = { timeout: 20_000 };
const closing: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of closing) await close();
});

const acme = callerOf('acme');

/** A platform with its door open; closed after the tests. */
async function open(latency = false) {
  const it = operated([acme, callerOf('bolt')], smallPolicy, latency);
  const opened = await doorOf(it);
  closing.push(() => opened.door.close());
  return { ...it, ...opened };
}

const stateOf = ({ text }: Heard) => JSON.parse(text) as Snapshot;

describe('the operator\u2019s door without the key', async () => {
  const { door, platform } = await open();
  const before = platform.gateway;
  const all = [...routes.map(({ method, path }) => [method, path] as const), ['GET', '/nowhere'] as const];

  it.each(all)('%s %s is refused without a key, with a wrong one and with a wrong cookie', async (method, path) => {
    const body = method === 'GET' ? '' : '{"speed":5}';
    const wrong = [
      { authorization: '' },
      { authorization: KEY },
      { authorization: 'Bearer' },
      { authorization: `Bearer ${KEY}x` },
      { authorization: `Bearer ${KEY.slice(0, -1)}` },
      { authorization: `Basic ${btoa(`:${KEY}`)}` },
      { cookie: '' },
      { cookie: `ratelab-operator-${door.port}=${KEY}` },
      { cookie: `other=1; ratelab-operator-${door.port}=` },
    ];
    for (const headers of wrong) {
      const heard = await ask(door, method, path, { headers, body });
      expect(heard.status).toBe(401);
      expect(heard.headers['www-authenticate']).toContain('Bearer');
      expect(heard.headers['access-control-allow-origin']).toBeUndefined();
      expect(Object.keys(JSON.parse(heard.text) as object)).toEqual(['message']);
      expect(heard.text).not.toContain(KEY);
    }
    expect(platform.gateway).toBe(before);
  });

  it('takes the key as ?key= for the page only, and a wrong one nowhere', async () => {
    const headers = { authorization: '' };
    expect((await ask(door, 'GET', `/?key=${KEY}x`, { headers })).status).toBe(401);
    for (const { method, path } of routes.filter((route) => route.path !== '/'))
      expect((await ask(door, method, `${path}?key=${KEY}`, { headers })).status).toBe(401);
    expect((await ask(door, 'POST', `/?key=${KEY}`, { headers })).status).toBe(401);
  });

  it('swaps ?key= for a cookie that is not the key, and an address without it', async () => {
    const heard = await ask(door, 'GET', `/?key=${KEY}`, { headers: { authorization: '' } });
    expect(heard.status).toBe(303);
    expect(heard.headers.location).toBe('/');
    const [cookie = ''] = heard.headers['set-cookie'] ?? [];
    expect(cookie).toMatch(/^ratelab-operator-\d+=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
    expect(cookie).not.toContain(KEY);
    const page = await ask(door, 'GET', '/', { headers: { cookie: cookie.split(';', 1)[0] ?? '' } });
    expect(page.status).toBe(200);
    expect(page.headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'sha256-/);
    expect(page.headers['content-security-policy']).not.toMatch(/unsafe|\*/);
    expect(page.text).not.toContain(KEY);
    expect(page.text).not.toMatch(/ on\w+=|(?:src|href)="(?!data:,)/);
  });
});

describe('the operator\u2019s door and other pages', async () => {
  const { door, platform, time } = await open();
  const cookieOf = async () => {
    const heard = await ask(door, 'GET', `/?key=${KEY}`, { headers: { authorization: '' } });
    return heard.headers['set-cookie']?.[0]?.split(';', 1)[0] ?? '';
  };
  const before = platform.gateway;
  const orders = [
    ['POST', '/reset', ''],
    ['PUT', '/policy', '"teaching-fixed-window"'],
    ['POST', '/clock', '{"advanceMs":1000}'],
  ] as const;

  it.each(orders)('%s %s is refused to another origin, with cookie and with key', async (method, path, body) => {
    const cookie = await cookieOf();
    const elsewhere: Record<string, string>[] = [
      { origin: 'http://evil.example' },
      { origin: 'null' },
      { origin: `http://127.0.0.1:${door.port + 1}` },
      { origin: `https://127.0.0.1:${door.port}` },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'same-site', origin: door.url },
    ];
    for (const headers of elsewhere) {
      expect((await ask(door, method, path, { headers: { ...headers, cookie }, body })).status).toBe(403);
      expect((await ask(door, method, path, { headers, body })).status).toBe(403);
    }
    expect((await ask(door, method, path, { headers: { cookie }, body })).status).toBe(403);
    expect(platform.gateway).toBe(before);
    expect(time.nowMs).toBe(START_MS);
  });

  it.each(['/state', '/decisions', '/metrics', '/events', '/'])('GET %s is no part of another page', async (path) => {
    const headers = { cookie: await cookieOf(), 'sec-fetch-mode': 'no-cors' };
    for (const site of ['cross-site', 'same-site'])
      expect((await ask(door, 'GET', path, { headers: { ...headers, 'sec-fetch-site': site } })).status).toBe(403);
  });

  it('may be led to by another page', async () => {
    const headers = { cookie: await cookieOf(), 'sec-fetch-mode': 'navigate', 'sec-fetch-site': 'cross-site' };
    expect((await ask(door, 'GET', '/', { headers })).status).toBe(200);
  });

  it('takes orders of its own page', async () => {
    const headers = { cookie: await cookieOf(), origin: door.url, 'sec-fetch-site': 'same-origin' };
    const heard = await ask(door, 'POST', '/clock', { headers, body: '{"advanceMs":1000}' });
    expect(heard.status).toBe(200);
    expect(time.nowMs).toBe(START_MS + 1000);
  });

  it.each(['evil.example', 'evil.example:80', '127.0.0.1.evil.example', '[::1', '10.0.0.1'])(
    'refuses the Host %j, key or not',
    async (host) => {
      const heard = await ask(door, 'GET', '/state', { headers: { host } });
      expect(heard.status).toBe(403);
      expect(heard.text).not.toContain('per-org');
    },
  );

  it('refuses a request without Host', async () => {
    const socket = connect(door.port, '127.0.0.1');
    socket.end(`GET /state HTTP/1.0\r\nAuthorization: Bearer ${KEY}\r\n\r\n`);
    let text = '';
    for await (const chunk of socket.setEncoding('utf8')) text += String(chunk);
    expect(text).toMatch(/^HTTP\/1\.1 403 /);
  });

  it.each(['localhost', 'LOCALHOST:1234', '127.0.0.1', '[::1]:80'])('answers the Host %s', async (host) => {
    expect((await ask(door, 'GET', '/state', { headers: { host } })).status).toBe(200);
  });
});

describe('the operator\u2019s door with the key', () => {
  it('GET /state and /decisions tell what was decided, without a token', async () => {
    const { door, send } = await open();
    for (let times = 0; times < 6; times++) await send(acme, '/api/v2/users?pageSize=25');
    const heard = await ask(door, 'GET', '/state');
    const state = stateOf(heard);
    expect(state.policy).toMatchObject({ name: 'small', title: 'A small one' });
    expect(state.clock).toEqual({ nowMs: START_MS, speed: 0 });
    expect(state.totals.slice(0, 2)).toEqual([
      { status: 200, cause: null, count: 5 },
      { status: 429, cause: 'per-org', count: 1 },
    ]);
    expect(state.limits[0]?.emptiest).toEqual([{ label: 'acme', free: 0, capacity: 5 }]);
    expect(state.policies).toContain('documented-platform');
    const decisions = await ask(door, 'GET', '/decisions');
    expect((JSON.parse(decisions.text) as { decisions: unknown[] }).decisions[0]).toEqual({
      atMs: START_MS,
      org: 'acme',
      client: 'client',
      method: 'GET',
      path: '/api/v2/users',
      status: 429,
      cause: 'per-org',
      retryAfterMs: 1000,
    });
    expect(heard.text + decisions.text).not.toContain('secret');
  });

  it('POST /clock frees a bucket: 429, then 200', async () => {
    const { door, send } = await open();
    for (let times = 0; times < 5; times++) expect(await send(acme)).not.toBe(429);
    expect(await send(acme)).toBe(429);
    const heard = await ask(door, 'POST', '/clock', { body: '{"advanceMs":1000}' });
    expect(stateOf(heard).clock).toEqual({ nowMs: START_MS + 1000, speed: 0 });
    expect(await send(acme)).not.toBe(429);
    expect(await send(acme)).toBe(429);
  });

  it('POST /clock answers what falls due on the way', async () => {
    const { door, send } = await open(true);
    const sent = send(acme);
    expect(stateOf(await ask(door, 'GET', '/state')).inService).toBe(1);
    await ask(door, 'POST', '/clock', { body: '{"advanceMs":60000}' });
    expect(await sent).toBeGreaterThan(0);
    expect(stateOf(await ask(door, 'GET', '/state')).inService).toBe(0);
  });

  it('POST /clock sets the speed', async () => {
    const { door, time } = await open();
    expect(stateOf(await ask(door, 'POST', '/clock', { body: '{"speed":10}' })).clock.speed).toBe(10);
    expect(time.speed).toBe(10);
    expect((await ask(door, 'POST', '/clock', { body: '{"speed":0}' })).status).toBe(200);
  });

  it.each([
    ['', 'body must be JSON, current value is ""'],
    ['nonsense', 'body must be JSON, current value is "nonsense"'],
    ['[]', 'body must be an object with advanceMs or speed, current value is []'],
    ['{}', 'body must be an object with advanceMs or speed, current value is {}'],
    ['{"speed":-1}', 'speed must be a number from 0 to 1000, current value is -1'],
    ['{"speed":1001}', 'speed must be a number from 0 to 1000, current value is 1001'],
    ['{"advanceMs":"10"}', 'advanceMs must be a number of ms from 0 to 86400000, current value is "10"'],
    ['{"advanceMs":1e9}', 'advanceMs must be a number of ms from 0 to 86400000, current value is 1000000000'],
    [
      '{"advanceMs":5,"speed":"fast","sped":1}',
      'speed must be a number from 0 to 1000, current value is "fast"\n  sped must be absent (it is not a known key), current value is 1',
    ],
    ['{"__proto__":1}', '__proto__ must be absent (it is not a known key), current value is 1'],
  ])('POST /clock with %s is a 400 that says all, and nothing changes', async (body, says) => {
    const { door, time } = await open();
    const heard = await ask(door, 'POST', '/clock', { body });
    expect(heard.status).toBe(400);
    expect((JSON.parse(heard.text) as { message: string }).message).toBe(`Cannot drive the clock: ${says}`);
    expect(time.nowMs).toBe(START_MS);
    expect(time.speed).toBe(0);
  });

  it('PUT /policy plays another one from now on, by name, bare or as JSON, or whole', async () => {
    const { door, platform, send } = await open();
    for (let times = 0; times < 6; times++) await send(acme);
    for (const body of ['teaching-fixed-window', '"teaching-nested-limits"', JSON.stringify(smallPolicy)]) {
      const heard = await ask(door, 'PUT', '/policy', { body });
      expect(heard.status).toBe(200);
      expect(body).toContain(stateOf(heard).policy.name);
      expect(platform.gateway.policy.name).toBe(stateOf(heard).policy.name);
      expect(stateOf(heard).totals[0]?.count).toBe(0);
    }
    expect(await send(acme)).not.toBe(429);
  });

  it('PUT /policy lists every fault of a policy with its path, and nothing changes', async () => {
    const { door, platform, send } = await open();
    for (let times = 0; times < 5; times++) await send(acme);
    const before = platform.gateway;
    const faulty = {
      name: 'faulty',
      limits: [
        smallPolicy.limits[0],
        { name: 'b', scope: ['orgs'], algorithm: { kind: 'token-bucket', capacity: -5, refillPerSecond: 1 } },
      ],
      rejectionMs: -1,
    };
    const heard = await ask(door, 'PUT', '/policy', { body: JSON.stringify(faulty) });
    expect(heard.status).toBe(400);
    const { message, faults } = JSON.parse(heard.text) as { message: string; faults: { path: string }[] };
    expect(message).toMatch(/^Cannot read policy: \d faults\n/);
    expect(faults.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['limits[1].scope[0]', 'limits[1].algorithm.capacity', 'rejectionMs']),
    );
    for (const body of ['', '"nobody"', '5', 'null', '[]', '{', '"__proto__"', '"constructor"', 'toString'])
      expect((await ask(door, 'PUT', '/policy', { body })).status).toBe(400);
    expect(platform.gateway).toBe(before);
    expect(await send(acme)).toBe(429);
  });

  it('POST /reset fills the buckets', async () => {
    const { door, send } = await open();
    for (let times = 0; times < 6; times++) await send(acme);
    expect(await send(acme)).toBe(429);
    expect((await ask(door, 'POST', '/reset')).status).toBe(200);
    expect(await send(acme)).not.toBe(429);
  });

  it('refuses a body of more than 512,000 bytes', async () => {
    const { door } = await open();
    const heard = await ask(door, 'PUT', '/policy', { body: `"${'x'.repeat(600_000)}"` });
    expect(heard.status).toBe(413);
    expect((await ask(door, 'GET', '/state')).status).toBe(200);
  });

  it('answers 405 to a wrong method with what is allowed, 404 elsewhere with what there is', async () => {
    const { door } = await open();
    for (const [method, path, allow] of [
      ['POST', '/state', 'GET'],
      ['GET', '/reset', 'POST'],
      ['DELETE', '/policy', 'PUT'],
      ['OPTIONS', '/', 'GET'],
    ] as const) {
      const heard = await ask(door, method, path);
      expect([heard.status, heard.headers.allow]).toEqual([405, allow]);
    }
    const heard = await ask(door, 'GET', '/nowhere');
    expect(heard.status).toBe(404);
    expect((JSON.parse(heard.text) as { routes: string[] }).routes).toHaveLength(routes.length);
  });

  it('GET /metrics is Prometheus text that agrees with the decisions, also after a reset', async () => {
    const { door, platform, send } = await open();
    for (let times = 0; times < 7; times++) await send(acme);
    platform.reset();
    await send(acme);
    const heard = await ask(door, 'GET', '/metrics');
    expect(heard.headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
    const lines = heard.text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    for (const line of lines) expect(line).toMatch(/^[a-z_]+(?:\{[a-z]+="[^"]*"(?:,[a-z]+="[^"]*")*\})? -?[\d.e+]+$/);
    expect(new Map(lines.map((line) => [line.replace(/ \S+$/, ''), Number(/\S+$/.exec(line)?.[0])]))).toEqual(
      new Map([
        ['ratelab_requests_total{status="200",cause=""}', 6],
        ['ratelab_requests_total{status="429",cause="per-org"}', 2],
        ['ratelab_bucket_free{limit="per-org",of="emptiest"}', 4],
        ['ratelab_bucket_free{limit="per-org",of="mean"}', 4],
        ['ratelab_bucket_free{limit="per-token",of="emptiest"}', 7],
        ['ratelab_bucket_free{limit="per-token",of="mean"}', 7],
        ['ratelab_bucket_capacity{limit="per-org"}', 5],
        ['ratelab_bucket_capacity{limit="per-token"}', 8],
        ['ratelab_buckets{limit="per-org"}', 1],
        ['ratelab_buckets{limit="per-token"}', 1],
        ['ratelab_in_service', 0],
        ['ratelab_clock_speed', 0],
        ['ratelab_clock_seconds', START_MS / 1000],
      ]),
    );
  });

  it('refuses a key that can be guessed', async () => {
    const it = operated([]);
    const { wall } = await open();
    const options = { ...it, wall, gatewayUrl: '' };
    const { serveOperator } = await import('./door.ts');
    await expect(serveOperator({ ...options, key: 'short' })).rejects.toThrow(/key must be at least 22 characters/);
    await expect(serveOperator({ ...options, key: 'with white space, however long' })).rejects.toThrow(RangeError);
  });
});

/** Listens to `/events`: the updates so far, and when the stream has ended. */
function watch(port: number) {
  const updates: LiveUpdate[] = [];
  let wake = () => {};
  const headers = { authorization: `Bearer ${KEY}` };
  const outgoing = request({ port, host: '127.0.0.1', path: '/events', agent: false, headers });
  const status = new Promise<number>((resolve) => {
    outgoing.on('response', (incoming) => {
      let text = '';
      incoming.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
        const parts = text.split('\n\n');
        text = parts.pop() ?? '';
        updates.push(...parts.map((part) => JSON.parse(part.replace(/^data: /, '')) as LiveUpdate));
        wake();
      });
      incoming.on('error', () => {});
      resolve(incoming.statusCode ?? 0);
    });
  });
  const ended = new Promise<void>((resolve) => outgoing.on('close', resolve));
  outgoing.on('error', () => {});
  outgoing.end();
  return {
    status,
    ended,
    leave: () => outgoing.destroy(),
    /** The n-th update, as soon as it is there. */
    update: async (index: number): Promise<LiveUpdate> => {
      for (;;) {
        const found = updates[index];
        if (found !== undefined) return found;
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
  };
}

describe('GET /events', () => {
  it('sends an update at once, one a second of real time, one at each order, and ends at close', async () => {
    const { door, wall, send } = await open();
    const watching = watch(door.port);
    expect((await watching.update(0)).state.totals[0]?.count).toBe(0);
    await send(acme);
    wall.advance(999);
    wall.advance(1);
    const second = await watching.update(1);
    expect(second.state.totals[0]?.count).toBe(1);
    expect(second.seconds).toEqual([{ atMs: START_MS, admitted: 1, rejected: {} }]);
    expect(second.decisions).toHaveLength(1);
    wall.advance(1000);
    expect((await watching.update(2)).state.totals[0]?.count).toBe(1);
    await ask(door, 'POST', '/clock', { body: '{"advanceMs":5000}' });
    expect((await watching.update(3)).state.clock.nowMs).toBe(START_MS + 5000);
    await door.close();
    await watching.ended;
  });

  it('ticks for nobody', async () => {
    const { door, wall } = await open();
    expect(wall.pending).toBe(0);
    const watching = watch(door.port);
    await watching.update(0);
    expect(wall.pending).toBe(1);
    watching.leave();
    await expect.poll(() => (wall.advance(1000), wall.pending), PATIENT).toBe(0);
  });

  it('takes a bounded number of watchers, and another when one has left', async () => {
    const { door } = await open();
    const all = Array.from({ length: WATCHERS_MAX }, () => watch(door.port));
    for (const watching of all) await watching.update(0);
    expect((await ask(door, 'GET', '/events')).status).toBe(503);
    all[0]?.leave();
    await expect
      .poll(async () => {
        const another = watch(door.port);
        const status = await another.status;
        if (status !== 200) another.leave();
        return status;
      }, PATIENT)
      .toBe(200);
  });
});
