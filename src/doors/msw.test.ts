import axios from 'axios';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Caller } from '../../mock-server/gateway.ts';
import { startGateway } from './gateway.ts';
import { createTestGateway, gatewayHandlers } from './msw.ts';

const API = 'https://api.mypurecloud.com';
const ME = `${API}/api/v2/users/me`;

function caller(org: string): Caller {
  return {
    org,
    client: `client-${org}`,
    token: `token-${org}`,
    user: 'user',
    app: 'app',
    ip: '127.0.0.1',
    tier: 'standard',
    permitted: true,
  };
}

const init = { headers: { authorization: 'Bearer token-acme' } };

/** Waits in real turns, which are not faked below; `vi.waitUntil` would move the fake clock. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

/** Asks until the first status that is not 200, at most `most` times. */
async function untilRefused(most: number): Promise<{ calls: number; response: Response }> {
  for (let calls = 1; ; calls++) {
    const response = await fetch(ME, init);
    if (response.status !== 200 || calls === most) return { calls, response };
  }
}

describe('gatewayHandlers', () => {
  const gateway = createTestGateway({ policy: 'teaching-fixed-window', callers: [caller('acme'), caller('beta')] });
  const server = setupServer(...gatewayHandlers(gateway));
  beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
  afterEach(() => {
    vi.useRealTimers();
    gateway.reset();
  });
  afterAll(() => server.close());

  it('answers a sign-in at the login host, and its token at the other', async () => {
    const signIn = await fetch('https://login.mypurecloud.com/oauth/token', {
      method: 'POST',
      headers: { authorization: `Basic ${btoa('client:secret')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
    const { access_token: token, token_type: type } = (await signIn.json()) as Record<string, string>;
    expect([signIn.status, type]).toEqual([200, 'bearer']);
    const me = await fetch(ME, { headers: { authorization: `Bearer ${token}` } });
    expect(me.status).toBe(200);
    expect(me.headers.get('inin-correlation-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('answers 401 to an unknown token, in the platform’s form', async () => {
    const response = await fetch(ME, { headers: { authorization: 'Bearer nobody' } });
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ status: 401, code: 'bad.credentials' });
  });

  it.each([
    ['real timers', () => {}],
    ['fake timers', () => void vi.useFakeTimers()],
    ['fake timers, Date and setTimeout alone', () => void vi.useFakeTimers({ toFake: ['Date', 'setTimeout'] })],
  ])('answers 429 with Retry-After at the limit under %s', async (_, prepare) => {
    prepare();
    const { calls, response } = await untilRefused(200);
    expect(response.status).toBe(429);
    // The window ends with the clock minute: the real one may have ended once on the way.
    expect(calls).toBeGreaterThanOrEqual(61);
    const seconds = Number(response.headers.get('retry-after'));
    expect(seconds).toBeGreaterThanOrEqual(1);
    expect(seconds).toBeLessThanOrEqual(60);
    expect(await response.json()).toMatchObject({ message: expect.stringContaining(`[${seconds}] seconds`) });
  });

  it.each([
    ['default', {}],
    ['Date and setTimeout alone', { toFake: ['Date' as const, 'setTimeout' as const] }],
  ])('recovers when fake time is advanced by Retry-After (%s), and not before', async (_, config) => {
    vi.useFakeTimers({ ...config, now: Date.UTC(2027, 0, 1, 0, 0, 20) });
    const { response } = await untilRefused(61);
    expect(response.headers.get('retry-after')).toBe('40');
    await vi.advanceTimersByTimeAsync(39_999);
    expect((await fetch(ME, init)).status).toBe(429);
    await vi.advanceTimersByTimeAsync(1);
    expect((await fetch(ME, init)).status).toBe(200);
  });

  it('goes on when the fake clock is set back, and counts from there', async () => {
    vi.useFakeTimers({ now: Date.UTC(2029, 0, 1, 0, 0, 20) });
    await untilRefused(61);
    vi.setSystemTime(Date.UTC(2020, 0, 1));
    const refused = await fetch(ME, init);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '40']);
    await vi.advanceTimersByTimeAsync(40_000);
    expect((await fetch(ME, init)).status).toBe(200);
  });

  it('takes up an earlier date after reset', async () => {
    vi.useFakeTimers({ now: Date.UTC(2019, 5, 1, 12, 0, 45) });
    const { response } = await untilRefused(61);
    expect(response.headers.get('retry-after')).toBe('15');
  });

  it('starts each test with empty buckets after reset', async () => {
    vi.useFakeTimers();
    await untilRefused(61);
    expect((await fetch(ME, init)).status).toBe(429);
    gateway.reset();
    expect((await fetch(ME, init)).status).toBe(200);
  });

  it('speaks to axios, whose error carries the headers', async () => {
    vi.useFakeTimers();
    const ask = () => axios.get(ME, { ...init, validateStatus: () => true });
    expect(await ask()).toMatchObject({ status: 200, data: { state: 'active' } });
    await untilRefused(60);
    const refused = await ask();
    expect(refused.status).toBe(429);
    await vi.advanceTimersByTimeAsync(Number(refused.headers['retry-after']) * 1000);
    expect((await ask()).status).toBe(200);
  });

  it('answers HEAD without a body and refuses a body that is too large', async () => {
    const head = await fetch(ME, { ...init, method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
    const large = await fetch(ME, { ...init, method: 'POST', body: 'x'.repeat(512_001) });
    expect(large.status).toBe(413);
    expect(await large.json()).toMatchObject({ status: 413 });
    const fits = await fetch(ME, { ...init, method: 'POST', body: 'x'.repeat(512_000) });
    expect(fits.status).not.toBe(413);
  });

  it('refuses a body that is not UTF-8', async () => {
    const headers = { ...init.headers, 'content-type': 'application/json' };
    const response = await fetch(ME, { headers, method: 'POST', body: new Uint8Array([0x22, 0xff, 0x22]) });
    expect(response.status).toBe(400);
  });

  it('answers nothing but sign-in at the login host', async () => {
    expect((await fetch('https://login.mypurecloud.com/api/v2/users/me', init)).status).toBe(404);
  });

  it('leaves other hosts to onUnhandledRequest', async () => {
    const silent = vi.spyOn(console, 'error').mockImplementation(() => {});
    await expect(fetch('https://api.mypurecloud.ie/api/v2/users/me', init)).rejects.toThrow('Cannot bypass a request');
    expect(silent).toHaveBeenCalled();
    silent.mockRestore();
  });
});

describe('gatewayHandlers with latency', () => {
  const policy = {
    schemaVersion: 1,
    name: 'one-at-a-time',
    limits: [{ name: 'one', scope: ['org'], algorithm: { kind: 'concurrency', limit: 1 } }],
    latency: [{ match: { methods: [], paths: [] }, medianMs: 500, sigma: 0, perItemMs: 0, loadFactor: 0 }],
    rejectionMs: 20,
  };
  const gateway = createTestGateway({ policy, callers: [caller('acme')], latency: true });
  const server = setupServer(...gatewayHandlers(gateway));
  /** How many decisions there were. */
  let decided = 0;
  gateway.listen(() => (decided += 1));
  beforeAll(() => server.listen());
  beforeEach(() => {
    decided = 0;
    vi.useFakeTimers({ toFake: ['Date', 'setTimeout'] });
  });
  afterEach(() => {
    vi.useRealTimers();
    gateway.reset();
  });
  afterAll(() => server.close());

  it('answers after the service time of the fake clock', async () => {
    const statuses: number[] = [];
    const asked = fetch(ME, init).then(({ status }) => statuses.push(status));
    await until(() => decided === 1);
    await vi.advanceTimersByTimeAsync(499);
    expect([gateway.inService, statuses]).toEqual([1, []]);
    await vi.advanceTimersByTimeAsync(1);
    await asked;
    expect([gateway.inService, statuses]).toEqual([0, [200]]);
  });

  it.each<[string, (signal: AbortSignal) => Promise<unknown>]>([
    ['fetch', (signal) => fetch(ME, { ...init, signal })],
    ['axios', (signal) => axios.get(ME, { ...init, signal })],
  ])('frees the place of a client that gives up (%s)', async (_, ask) => {
    const controller = new AbortController();
    const given = ask(controller.signal).then(
      () => 'answered',
      () => 'given up',
    );
    await until(() => decided === 1);
    expect(gateway.inService).toBe(1);
    controller.abort();
    expect(await given).toBe('given up');
    await until(() => gateway.inService === 0);
    const next = fetch(ME, init);
    await until(() => decided === 2);
    await vi.advanceTimersByTimeAsync(500);
    expect((await next).status).toBe(200);
  });
});

describe('gatewayHandlers with regions', () => {
  it('keeps two sets side by side apart, each with its own buckets', async () => {
    vi.useFakeTimers();
    const callers = [caller('acme')];
    const server = setupServer(
      ...gatewayHandlers('teaching-fixed-window', { callers, regions: ['mypurecloud.ie', 'mypurecloud.de'] }),
      ...gatewayHandlers('teaching-token-bucket', { callers, regions: (host) => host === 'api.usw2.pure.cloud' }),
    );
    server.listen({ onUnhandledRequest: 'error' });
    const passes = async (host: string) => {
      for (let calls = 0; ; calls++) {
        if ((await fetch(`https://${host}/api/v2/users/me`, init)).status !== 200) return calls;
      }
    };
    expect(await passes('api.usw2.pure.cloud')).toBe(20);
    expect(await passes('api.mypurecloud.ie')).toBe(60);
    expect(await passes('api.mypurecloud.de')).toBe(0); // the same gateway as .ie
    server.close();
    vi.useRealTimers();
  });

  it('answers with a started gateway too, whose buckets both doors then share', async () => {
    const started = await startGateway({
      policy: 'teaching-token-bucket',
      speed: 0,
      latency: false,
      callers: [caller('acme')],
    });
    const server = setupServer(...gatewayHandlers(started));
    server.listen({ onUnhandledRequest: 'bypass' });
    const statuses: number[] = [];
    for (let call = 0; call < 21; call++) {
      const host = call % 2 === 0 ? API : started.url;
      const response = await fetch(`${host}/api/v2/users/me`, init);
      statuses.push(response.status);
      await response.text();
    }
    expect(statuses).toEqual([...Array.from({ length: 20 }, () => 200), 429]);
    server.close();
    await started.close();
  });

  it('lets only the given clients sign in, as often as they like', async () => {
    const clients = [{ id: 'known', secret: 'right', org: 'acme' }];
    const server = setupServer(...gatewayHandlers('documented-platform', { clients, signInPolicy: null }));
    server.listen({ onUnhandledRequest: 'error' });
    const signIn = (id: string, secret: string) =>
      axios.post('https://login.mypurecloud.com/oauth/token', 'grant_type=client_credentials', {
        auth: { username: id, password: secret },
        validateStatus: () => true,
      });
    expect((await signIn('known', 'wrong')).status).toBe(401);
    for (let time = 0; time < 20; time++) expect((await signIn('known', 'right')).status).toBe(200);
    server.close();
  });

  it('names an unknown policy', () => {
    expect(() => gatewayHandlers('no-such-policy')).toThrow(
      /Cannot find policy: name must be one of documented-platform/,
    );
  });
});
