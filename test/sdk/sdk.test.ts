/** What docs/sdk.md says of the official SDK, and what MSW's door does for it beyond the page's programs. */
import { setupServer } from 'msw/node';
import platformClient from 'purecloud-platform-client-v2';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createTestGateway, gatewayHandlers } from '../../src/doors/msw.ts';

const { ApiClientClass, UsersApi } = platformClient;
const gateway = createTestGateway({ policy: 'teaching-fixed-window' });
const server = setupServer(...gatewayHandlers(gateway));

beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
afterEach(() => {
  vi.useRealTimers();
  server.resetHandlers();
  gateway.reset();
});
afterAll(() => server.close());

function newClient() {
  const client = new ApiClientClass();
  client.config.live_reload_config = false;
  client.setEnvironment('mypurecloud.com');
  return client;
}

/** What a promise is rejected with. */
function reasonOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => Promise.reject(new Error('it was not rejected')),
    (reason: unknown) => reason,
  );
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

describe('the SDK', () => {
  it('signs in, and its token is its own client’s', async () => {
    const [one, other] = [newClient(), newClient()];
    const { accessToken } = await one.loginClientCredentialsGrant('one@acme', 'secret');
    expect(accessToken).toMatch(/./);
    expect(await new UsersApi(one).getUsersMe()).toMatchObject({ state: 'active' });
    expect(await reasonOf(new UsersApi(other).getUsersMe())).toMatchObject({ status: 401 });
  });

  it('is refused with a token that nobody issued', async () => {
    const client = newClient();
    client.setAccessToken('made-up');
    expect(await reasonOf(new UsersApi(client).getUsersMe())).toMatchObject({ status: 401, code: 'bad.credentials' });
  });

  it('is refused a sign-in without a secret, with axios’s error', async () => {
    const reason = await reasonOf(newClient().loginClientCredentialsGrant('one@acme', ''));
    expect(reason).toHaveProperty('response.status', 401);
    expect(reason).toHaveProperty('response.data.error', 'invalid_client');
  });

  it.each([
    ['the body alone, without Retry-After', false, { status: 429, code: 'too.many.requests.retry.after' }],
    [
      'status, headers and body when responses are extended',
      true,
      { status: 429, headers: { 'retry-after': '40' }, body: { status: 429 } },
    ],
  ])('rejects a 429 at once with %s', async (_, extended, expected) => {
    vi.useFakeTimers({ now: Date.UTC(2027, 0, 1, 0, 0, 20) });
    let decided = 0;
    const stop = gateway.listen(() => (decided += 1));
    const client = newClient();
    client.setReturnExtendedResponses(extended);
    await client.loginClientCredentialsGrant('one@acme', 'secret');
    const users = new UsersApi(client);
    for (let call = 0; call < 60; call++) await users.getUsersMe();
    const reason = await reasonOf(users.getUsersMe());
    expect(reason).toMatchObject(expected);
    expect('headers' in (reason as object)).toBe(extended);
    expect(decided).toBe(61);
    stop();
  });

  it('gives up after 16 seconds, which frees its place', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] });
    const slow = createTestGateway({
      policy: {
        name: 'slow',
        limits: [{ name: 'one', scope: ['org'], algorithm: { kind: 'concurrency', limit: 1 } }],
        latency: [{ medianMs: 20_000, sigma: 0 }],
      },
      latency: true,
      signInPolicy: null,
    });
    server.resetHandlers(...gatewayHandlers(slow));
    const client = newClient();
    await client.loginClientCredentialsGrant('one@acme', 'secret');
    const asked = reasonOf(new UsersApi(client).getUsersMe());
    await until(() => slow.inService === 1);
    await vi.advanceTimersByTimeAsync(15_999);
    expect(slow.inService).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(await asked).toMatchObject({ code: 'ECONNABORTED' });
    await until(() => slow.inService === 0);
    expect(slow.inService).toBe(0);
  });

  it('is CommonJS whose names an ES module cannot import one by one', async () => {
    expect(Object.keys(await import('purecloud-platform-client-v2'))).not.toContain('UsersApi');
  });
});
