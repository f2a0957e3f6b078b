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
