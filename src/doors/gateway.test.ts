import { afterAll, describe, expect, it } from 'vitest';
import { startGateway } from './gateway.ts';

describe('a started gateway', async () => {
  const gateway = await startGateway({ policy: 'teaching-fixed-window', latency: false });
  afterAll(() => gateway.close());

  it('signs a client in and answers with its token until the limit', async () => {
    const signIn = await fetch(`${gateway.url}/oauth/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa('client@acme:secret')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
    const { access_token: token } = (await signIn.json()) as { access_token: string };
    const statuses: number[] = [];
    let retryAfter: string | null = null;
    for (let index = 0; index < 200 && statuses.at(-1) !== 429; index++) {
      const response = await fetch(`${gateway.url}/api/v2/users/me`, { headers: { authorization: `Bearer ${token}` } });
      statuses.push(response.status);
      retryAfter = response.headers.get('retry-after');
      await response.text();
    }
    expect(statuses[0]).toBe(200);
    expect(statuses.at(-1)).toBe(429);
    expect(Number(retryAfter)).toBeGreaterThan(0);
  });

  it('answers 401 without a token', async () => {
    expect((await fetch(`${gateway.url}/api/v2/users/me`)).status).toBe(401);
  });
});

/** Signs in and gives the status of each attempt. */
async function signIns(url: string, id: string, attempts: number): Promise<number[]> {
  const statuses: number[] = [];
  for (let attempt = 0; attempt < attempts; attempt++) {
    const { status } = await fetch(`${url}/login/oauth/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${id}:secret`)}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
    statuses.push(status);
  }
  return statuses;
}

describe('the login host of a started gateway', () => {
  const standing = { policy: 'teaching-fixed-window', latency: false, speed: 0 } as const;

  it('lets a client sign in ten times at once, as long as the clock stands', async () => {
    const gateway = await startGateway(standing);
    expect(await signIns(gateway.url, 'one', 12)).toEqual([...Array.from({ length: 10 }, () => 200), 400, 400]);
    gateway.time.advance(3000);
    expect(await signIns(gateway.url, 'one', 3)).toEqual([200, 200, 400]);
    await gateway.close();
  });

  it('knows the clients that are registered and the policy that it is given', async () => {
    const gateway = await startGateway({
      ...standing,
      clients: [{ id: 'one', secret: 'secret', org: 'acme' }],
      signInPolicy: { name: 'none' },
    });
    expect(await signIns(gateway.url, 'one', 30)).toEqual(Array.from({ length: 30 }, () => 200));
    expect(await signIns(gateway.url, 'two', 1)).toEqual([401]);
    await gateway.close();
  });

  it('refuses a policy with faults before it listens', async () => {
    await expect(startGateway({ ...standing, signInPolicy: { limits: 1 } })).rejects.toThrow(/signInPolicy: /);
  });
});

describe('closing a started gateway', () => {
  it('cuts off what its standing clock would never answer', async () => {
    const gateway = await startGateway({ policy: 'teaching-fixed-window', speed: 0 });
    const signingIn = signIns(gateway.url, 'one', 1);
    while (gateway.platform.inService === 0) await new Promise((resolve) => setImmediate(resolve));
    await Promise.all([gateway.close(1), expect(signingIn).rejects.toThrow('fetch failed')]);
    expect([gateway.platform.inService, gateway.time.pending]).toEqual([0, 0]);
  });
});
