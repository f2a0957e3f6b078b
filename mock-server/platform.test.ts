import { describe, expect, it } from 'vitest';
import type { DecisionEvent, PlatformRequest } from './platform.ts';
import { headerOf, KNOWN, smallPlatform } from './testing/small-platform.ts';

const AT_ONCE = { latency: [{ medianMs: 0, sigma: 0 }], rejectionMs: 0 };
const JSON_TYPE = { authorization: 'Bearer known', 'content-type': 'application/json' };
/** One request a minute, whatever it is. */
const ONE = { limits: [{ name: 'one', algorithm: { kind: 'fixed-window', limit: 1, windowMs: 60_000 } }] };

function answersOf(policy: Record<string, unknown>, ...requests: Partial<PlatformRequest>[]) {
  const { ask } = smallPlatform({ ...AT_ONCE, ...policy });
  return requests.map((request) => ask(request).response);
}

const statuses = (...requests: Partial<PlatformRequest>[]) =>
  answersOf({}, ...requests).map((answer) => answer?.status);

describe('an answer', () => {
  it('comes when its service time is over, a rejection after its own', () => {
    const { ask, time, platform } = smallPlatform(ONE);
    const [admitted, rejected] = [ask(), ask()];
    expect([admitted.response, rejected.response, platform.inService]).toEqual([null, null, 1]);
    time.advance(10);
    expect([admitted.response, rejected.response?.status]).toEqual([null, 429]);
    time.advance(90);
    expect([admitted.response?.status, platform.inService]).toEqual([200, 0]);
  });

  it('is not given to a client that hung up, and its place is free at once', () => {
    const { ask, time, platform } = smallPlatform({
      limits: [{ name: 'slots', algorithm: { kind: 'concurrency', limit: 1 } }],
    });
    const gone = ask();
    expect(platform.inService).toBe(1);
    gone.exchange.hangUp();
    gone.exchange.hangUp();
    expect(platform.inService).toBe(0);
    const next = ask();
    time.advance(1000);
    next.exchange.hangUp();
    expect([gone.response, next.response?.status, platform.inService]).toEqual([null, 200, 0]);
  });

  it('is 414 for a path of more than 2048 characters, before anything is charged', () => {
    const paths = [2048, 2049].map((length) => ({ target: `/${'a'.repeat(length - 1)}?${'q'.repeat(4000)}` }));
    expect(answersOf(ONE, paths[1]!, paths[1]!, paths[0]!).map((answer) => answer?.status)).toEqual([414, 414, 404]);
  });

  it('has a correlation id of its own, equal to the contextId of an error, also after a reset', () => {
    const { ask, platform, time } = smallPlatform(ONE);
    const kinds = [{}, {}, { headers: {} }, { target: '/nowhere' }, { method: 'BREW' }, { target: '*' }];
    const ids = new Set<string>();
    for (let round = 0; round < 3; round++) {
      for (const kind of kinds) {
        const asked = ask(kind);
        time.advance(100);
        const { response } = asked;
        const id = headerOf(response, 'ININ-Correlation-Id')!;
        ids.add(id);
        const { status, body } = response!;
        const said = JSON.parse(body) as Record<string, unknown>;
        const expected = status === 200 ? {} : { status, contextId: id, details: [], errors: [] };
        expect(said).toMatchObject(expected);
      }
      platform.reset();
    }
    expect(ids.size).toBe(3 * kinds.length);
  });

  it('is the same bytes for the same seed and requests', () => {
    const requests = [{}, { headers: {} }, { target: '/api/v2/users?pageSize=3' }, {}];
    expect(answersOf(ONE, ...requests)).toEqual(answersOf(ONE, ...requests));
  });
});

describe('what charges nothing', () => {
  it.each([
    ['no token', { headers: {} }, 401],
    ['an unknown token', { headers: { authorization: 'Bearer x' } }, 401],
    ['an unknown method', { method: 'BREW' }, 405],
    ['TRACE', { method: 'TRACE' }, 405],
    ['OPTIONS', { method: 'OPTIONS' }, 204],
    ['no path', { target: '*' }, 400],
    ['another host’s authority', { target: 'example.com:443' }, 400],
    ['a body of text', { method: 'POST', body: 'x', headers: { ...JSON_TYPE, 'content-type': 'text/plain' } }, 415],
    [
      'a form',
      { method: 'POST', body: 'a=b', headers: { ...JSON_TYPE, 'content-type': 'application/x-www-form-urlencoded' } },
      415,
    ],
    ['a packed body', { method: 'POST', body: 'x', headers: { ...JSON_TYPE, 'content-encoding': 'gzip' } }, 415],
  ])('%s', (_, request, status) => {
    const answers = answersOf(ONE, request, {});
    expect(answers.map((answer) => answer?.status)).toEqual([status, 200]);
  });
});

describe('what is decided before it is looked for', () => {
  it.each([
    ['an unknown path', { target: '/nowhere' }, 404],
    ['a method that the path has not', { method: 'DELETE', target: '/api/v2/users' }, 405],
    ['malformed JSON', { method: 'POST', target: '/api/v2/users', body: '{"a":', headers: JSON_TYPE }, 400],
    ['an operation that is not simulated', { target: '/api/v2/routing/skills' }, 501],
  ])('%s', (_, request, status) => {
    const answers = answersOf(ONE, request, {});
    expect(answers.map((answer) => answer?.status)).toEqual([status, 429]);
  });
});

describe('a method', () => {
  it('HEAD is a GET, for the limits too', () => {
    const limits = [{ ...ONE.limits[0], match: { methods: ['GET'] } }];
    const [head, got] = answersOf({ limits }, { method: 'HEAD' }, {});
    expect([head?.status, got?.status]).toEqual([200, 429]);
    expect(JSON.parse(head!.body)).toHaveProperty('id');
  });

  it('that a path has not is answered with those that it has', () => {
    const [wrong, options, nowhere] = answersOf(
      {},
      { method: 'DELETE', target: '/api/v2/users' },
      { method: 'OPTIONS', headers: {} },
      { method: 'OPTIONS', target: '/nowhere' },
    );
    expect(headerOf(wrong!, 'Allow')).toBe('GET, POST, HEAD, OPTIONS');
    expect(headerOf(options!, 'Allow')).toBe('GET, PATCH, HEAD, OPTIONS');
    expect([options?.status, options?.body, nowhere?.status]).toEqual([204, '', 404]);
  });
});

describe('a path', () => {
  it('is taken as it was sent: nothing is decoded, resolved or joined', () => {
    const tricks = [
      '//api/v2/users/me',
      '/api//v2/users/me',
      '/api/v2/users/me/',
      '/api/v2/./users/me',
      '/api/v2/flows/../users/me',
      '/api/v2/flows/%2e%2e/users/me',
      '/api/v2/users%2fme',
      '/api/v2/%75sers/me',
      '/api/v2/users/me%00',
      '/api/v2/users/%00',
      '/api/v2/users/..',
      '/api/v2/users/%2e%2e',
      '/api/v2/users/%zz',
      '/api/v2/users/%c0%ae',
      '/API/v2/users/me',
      '/api/v2/users/__proto__',
      '/__proto__/constructor',
      `/${'a'.repeat(2000)}`,
      `/${'/'.repeat(2000)}`,
    ];
    expect(statuses(...tricks.map((target) => ({ target })))).toEqual(tricks.map(() => 404));
  });

  it('of an absolute form loses its host, and a query is none of it', () => {
    const targets = ['http://api.example/api/v2/users/me', 'HTTPS://x:1/api/v2/users/me?a=b', '/api/v2/users/me?/x'];
    expect(statuses(...targets.map((target) => ({ target })))).toEqual([200, 200, 200]);
    expect(statuses({ target: 'http://api.example' }, { target: 'http://api.example?x' })).toEqual([404, 404]);
  });
});

describe('a body', () => {
  it.each([
    ['application/json', '{}', 400],
    ['application/json; charset=utf-8', '{}', 400],
    ['application/merge-patch+json', '{}', 400],
    [undefined, '{}', 400],
    ['text/json', '{}', 415],
    ['application/jsonp', '{}', 415],
    ['', '{}', 415],
  ])('of type %j is read as JSON or refused', (type, body, status) => {
    const headers = { authorization: 'Bearer known', ...(type === undefined ? {} : { 'content-type': type }) };
    expect(statuses({ method: 'POST', target: '/api/v2/users', body, headers })).toEqual([status]);
  });

  it('nested without end is answered like any other', () => {
    for (const body of ['['.repeat(250_000), `${'['.repeat(100_000)}${']'.repeat(100_000)}`]) {
      expect(statuses({ method: 'POST', target: '/api/v2/users', body, headers: JSON_TYPE })).toEqual([400]);
    }
  });
});

describe('a listener', () => {
  it('is told of each decision and no other answer, without anything secret, until it stops', () => {
    const { platform, ask } = smallPlatform({ ...AT_ONCE, ...ONE });
    const events: DecisionEvent[] = [];
    const stop = platform.listen((event) => events.push(event));
    ask({ target: '/api/v2/users/me?secret=1' });
    ask();
    ask({ headers: {} });
    stop();
    ask();
    expect(events).toMatchObject([
      { caller: KNOWN, method: 'GET', path: '/api/v2/users/me', status: 200, cause: -1, retryAfterMs: null },
      { status: 429, cause: 0, retryAfterMs: 60_000 },
    ]);
    expect(events).toHaveLength(2);
  });
});

describe('the address of a caller that signed in', () => {
  it('is the first that was forwarded, where that is one, else the door’s', () => {
    const { platform, ask } = smallPlatform(AT_ONCE, { signInPolicy: null });
    const headers = { authorization: `Basic ${btoa('a:b')}` };
    const { response } = ask({
      method: 'POST',
      target: '/oauth/token',
      headers,
      body: 'grant_type=client_credentials',
    });
    const { access_token: token } = JSON.parse(response!.body) as { access_token: string };
    const seen: string[] = [];
    platform.listen(({ caller }) => seen.push(caller.ip));
    const as = (forwarded?: string) => {
      const more = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
      ask({ ip: '127.0.0.1', headers: { authorization: `Bearer ${token}`, ...more } });
    };
    as();
    as('203.0.113.7, 10.0.0.1');
    as(' 2001:db8::1 ');
    as('<script>');
    as('');
    expect(seen).toEqual(['127.0.0.1', '203.0.113.7', '2001:db8::1', '127.0.0.1', '127.0.0.1']);
  });
});
