import { describe, expect, it } from 'vitest';
import type { PlatformOptions, PlatformRequest } from './platform.ts';
import { parsePolicy } from './policy.ts';
import { headerOf, smallPlatform } from './testing/small-platform.ts';

const basic = (id: string, secret: string) => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
const FORM = 'application/x-www-form-urlencoded';

function loginHost(options: Partial<PlatformOptions> = {}) {
  const { platform, time, ask } = smallPlatform({ latency: [{ medianMs: 0, sigma: 0 }] }, options);
  const signIn = (request: Partial<PlatformRequest> = {}) => {
    const asked = ask({
      method: 'POST',
      target: '/oauth/token',
      headers: { authorization: basic('sync@acme', 'secret'), 'content-type': FORM },
      body: 'grant_type=client_credentials',
      ...request,
    });
    time.advance(100);
    return asked.response;
  };
  const said = (response: ReturnType<typeof signIn>) => JSON.parse(response?.body ?? '') as Record<string, unknown>;
  /** Who a token stands for, as a listener is told. */
  const whoHas = (response: ReturnType<typeof signIn>) => {
    let caller: unknown = null;
    const stop = platform.listen((event) => (caller = event.caller));
    ask({ headers: { authorization: `Bearer ${String(said(response)['access_token'])}` } });
    stop();
    return caller;
  };
  return { platform, time, ask, signIn, said, whoHas };
}

describe('signing in', () => {
  it.each(['/oauth/token', '/login/oauth/token', '/oauth/token?x=1', 'http://login.example/oauth/token'])(
    'gives a token for a day at %s',
    (target) => {
      const { signIn, said } = loginHost();
      const response = signIn({ target });
      expect(response?.status).toBe(200);
      expect(said(response)).toEqual({ access_token: expect.any(String), token_type: 'bearer', expires_in: 86_400 });
      expect(headerOf(response, 'Cache-Control')).toContain('no-store');
    },
  );

  it('takes id and secret from the form too', () => {
    const { signIn, whoHas } = loginHost();
    const body = 'grant_type=client_credentials&client_id=one%40org-1&client_secret=s';
    const response = signIn({ headers: { 'content-type': `${FORM}; charset=utf-8` }, body });
    expect(whoHas(response)).toMatchObject({ org: 'org-1', client: 'one@org-1' });
  });

  it('makes of every id a client: its organization stands behind the @, its app before', () => {
    const { signIn, whoHas } = loginHost();
    const of = (id: string) => whoHas(signIn({ headers: { authorization: basic(id, 'any'), 'content-type': FORM } }));
    expect(of('sync@acme')).toMatchObject({ org: 'acme', client: 'sync@acme', app: 'sync', user: 'sync@acme' });
    expect(of('plain')).toMatchObject({ org: 'default-org', client: 'plain', app: 'plain' });
    expect(of('a@b@c')).toMatchObject({ org: 'c', app: 'a@b' });
    expect(of('sync@')).toMatchObject({ org: 'default-org' });
  });

  it('lets in registered clients only, where there are any, each as it is registered', () => {
    const registered = { id: 'one', secret: 's', org: 'acme', app: 'x', user: 'u', tier: 'premium', permitted: false };
    const { signIn, whoHas } = loginHost({ clients: [registered, { id: 'two', secret: 't', org: 'other' }] });
    const as = (id: string, secret: string) =>
      signIn({ headers: { authorization: basic(id, secret), 'content-type': FORM } });
    expect(whoHas(as('one', 's'))).toMatchObject({
      org: 'acme',
      client: 'one',
      app: 'x',
      user: 'u',
      tier: 'premium',
      permitted: false,
    });
    expect(whoHas(as('two', 't'))).toMatchObject({ org: 'other', client: 'two', tier: 'standard', permitted: true });
    for (const [id, secret] of [
      ['one', 't'],
      ['one', ''],
      ['three', 's'],
      ['', ''],
      ['one', 's '],
    ] as const) {
      expect(as(id, secret)?.status, `${id}:${secret}`).toBe(401);
    }
  });

  it.each([
    ['no authorization', {}],
    ['another scheme', { authorization: 'Bearer known' }],
    ['no base64', { authorization: 'Basic !!' }],
    ['no colon', { authorization: `Basic ${btoa('abc')}` }],
    ['no secret', { authorization: basic('abc', '') }],
    ['no id', { authorization: basic('', 'abc') }],
    ['an id too long', { authorization: basic('a'.repeat(201), 'abc') }],
  ])('answers %s with 401 in the form of OAuth', (_, headers) => {
    const { signIn, said } = loginHost();
    const response = signIn({ headers: { ...headers, 'content-type': FORM } });
    expect(response?.status).toBe(401);
    const description = 'client not found or invalid secret';
    expect(said(response)).toEqual({ error: 'invalid_client', description, error_description: description });
  });

  it.each(['', 'grant_type=', 'grant_type=password', 'grant_type=authorization_code&code=1'])(
    'answers the grant %j with 400',
    (body) => {
      const { signIn, said } = loginHost();
      const response = signIn({ body });
      expect(response?.status).toBe(400);
      expect(said(response)).toMatchObject({ error: 'unsupported_grant_type', error_description: expect.any(String) });
    },
  );

  it('answers another method with 405 and another type of body with 400', () => {
    const { signIn, said } = loginHost();
    const got = signIn({ method: 'GET', body: '' });
    expect(got?.status).toBe(405);
    expect(headerOf(got, 'Allow')).toBe('POST');
    const headers = { authorization: basic('sync@acme', 'secret'), 'content-type': 'application/json' };
    const json = signIn({ headers, body: '{"grant_type":"client_credentials"}' });
    expect(json?.status).toBe(400);
    expect(said(json)).toMatchObject({ error: 'invalid_request' });
  });

  it('is throttled with 400 per client: ten in a row, fifty within a minute, and others are not hindered', () => {
    const { signIn, said, time } = loginHost();
    // Each takes a tenth of a second, as on the platform.
    const minted: number[] = [];
    const startMs = time.nowMs;
    let refused: ReturnType<typeof signIn> = null;
    while (minted.length < 50) {
      const response = signIn();
      if (response?.status === 200) minted.push(time.nowMs - startMs);
      else refused ??= response;
    }
    expect(minted[9]).toBe(1000);
    expect(minted[49]! / 1000).toBeGreaterThan(58);
    expect(minted[49]! / 1000).toBeLessThan(62);
    expect(refused?.status).toBe(400);
    expect(said(refused)).toMatchObject({
      error: 'invalid_request',
      description: expect.stringMatching(/^rate limit exceeded; /),
      error_description: expect.stringMatching(/^rate limit exceeded; /),
    });
    expect(signIn()?.status).toBe(400);
    expect(signIn({ headers: { authorization: basic('other@acme', 's'), 'content-type': FORM } })?.status).toBe(200);
  });

  it('throttles nobody whom it would not let in: wrong secrets cost the client nothing', () => {
    const { signIn } = loginHost({ clients: [{ id: 'one', secret: 's', org: 'acme' }] });
    const as = (secret: string) => signIn({ headers: { authorization: basic('one', secret), 'content-type': FORM } });
    for (let attempt = 0; attempt < 50; attempt++) expect(as('wrong')?.status).toBe(401);
    expect(as('s')?.status).toBe(200);
  });

  it('is throttled by another policy, or by none, or afresh after a reset', () => {
    const one = parsePolicy({
      name: 'one',
      limits: [{ name: 'one', scope: ['client'], algorithm: { kind: 'fixed-window', limit: 1, windowMs: 60_000 } }],
    });
    const strict = loginHost({ signInPolicy: one });
    expect([strict.signIn()?.status, strict.signIn()?.status]).toEqual([200, 400]);
    expect(headerOf(strict.signIn(), 'Retry-After')).toMatch(/^\d+$/);
    strict.platform.reset();
    expect(strict.signIn()?.status).toBe(200);
    const { signIn } = loginHost({ signInPolicy: null });
    for (let attempt = 0; attempt < 100; attempt++) expect(signIn()?.status).toBe(200);
  });

  it('charges no limit of the platform', () => {
    const { platform, signIn } = loginHost();
    const events: unknown[] = [];
    platform.listen((event) => events.push(event));
    signIn();
    expect(events).toEqual([]);
    expect(platform.gateway.bucketCount).toBe(0);
  });
});
