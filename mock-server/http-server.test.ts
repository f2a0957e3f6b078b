import * as fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { createScaledTime } from '../src/time/scaled-time.ts';
import { type HttpServer, type HttpServerOptions, serve } from './http-server.ts';
import { BODY_BYTES_MAX } from './platform.ts';
import { RawClient } from './testing/raw-client.ts';
import { smallPlatform, type SmallPlatform } from './testing/small-platform.ts';

const AT_ONCE = { latency: [{ medianMs: 0, sigma: 0 }], rejectionMs: 0 };
/** The list of users takes half a second, everything else a tenth. */
const SLOW_USERS = {
  latency: [
    { match: { paths: ['/api/v2/users'] }, medianMs: 500, sigma: 0 },
    { medianMs: 100, sigma: 0 },
  ],
};
const PATH = '/api/v2/users/me';
const running: HttpServer[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

async function serving(policy: Record<string, unknown> = AT_ONCE, options: HttpServerOptions = {}) {
  const small = smallPlatform(policy);
  const realTime = createScaledTime();
  const server = await serve(small.platform, { realTime, ...options });
  running.push({ ...server, close: () => server.close(0).finally(() => realTime.stop()) });
  return { ...small, server, client: () => RawClient.to(server.port) };
}

/** Resolves when the platform has so many requests in service: sockets are real, time is not. */
async function inService({ platform }: SmallPlatform, count: number): Promise<void> {
  while (platform.inService !== count) await new Promise((resolve) => setImmediate(resolve));
}

const post = (length: number | null, ...more: readonly string[]) => [
  'POST /api/v2/users HTTP/1.1',
  'Host: test',
  'Authorization: Bearer known',
  'Content-Type: application/json',
  length === null ? 'Transfer-Encoding: chunked' : `Content-Length: ${length}`,
  ...more,
  '',
];

describe('an answer on the wire', () => {
  it('has the platform’s own case of header names', async () => {
    const { client } = await serving({
      ...AT_ONCE,
      limits: [{ name: 'one', algorithm: { kind: 'fixed-window', limit: 1, windowMs: 60_000 } }],
    });
    const raw = await client();
    raw.get(PATH);
    raw.get(PATH);
    const [admitted, rejected] = await raw.responses(2);
    const names = (head: string) =>
      head
        .split('\r\n')
        .slice(1)
        .map((line) => line.slice(0, line.indexOf(':')));
    const every = ['Strict-Transport-Security', 'Cache-Control', 'Content-Type', 'Content-Length'];
    const added = ['Date', 'Connection', 'Keep-Alive'];
    expect(names(admitted!.head)).toEqual(['ININ-Correlation-Id', ...every, ...added]);
    expect(names(rejected!.head)).toEqual(['ININ-Correlation-Id', 'Retry-After', ...every, ...added]);
    expect(rejected!.head).toContain('HTTP/1.1 429 Too Many Requests\r\n');
    const id = /ININ-Correlation-Id: (.*)/.exec(rejected!.head)![1];
    expect(JSON.parse(rejected!.body)).toMatchObject({
      message: 'Rate limit exceeded the maximum. Retry the request in [60] seconds',
      code: 'too.many.requests.retry.after',
      status: 429,
      contextId: id,
    });
  });

  it('comes in the order of the requests, whichever is ready first', async () => {
    const small = await serving(SLOW_USERS);
    const raw = await small.client();
    raw.get('/api/v2/users?pageSize=1');
    raw.get(PATH);
    raw.sendLines('GET /x HTTP/1.1', 'Host: test', '');
    raw.get('/nowhere');
    await inService(small, 3);
    small.time.advance(100);
    small.time.advance(400);
    const answers = await raw.responses(4);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 401, 404]);
    expect(answers[0]!.body).toContain('"pageSize":1');
    expect(answers[1]!.body).not.toContain('"pageSize"');
  });

  it('to HEAD has the length and no body, to OPTIONS neither', async () => {
    const { client } = await serving();
    const raw = await client();
    raw.sendLines(`HEAD ${PATH} HTTP/1.1`, 'Host: test', 'Authorization: Bearer known', '');
    raw.sendLines(`OPTIONS ${PATH} HTTP/1.1`, 'Host: test', 'Connection: close', '');
    await raw.closed();
    const { text } = raw;
    expect(text).toMatch(
      /^HTTP\/1\.1 200 OK\r\n(?:.*\r\n)*Content-Length: [1-9]\d*\r\n(?:.+\r\n)*\r\nHTTP\/1\.1 204 No Content/,
    );
    expect(text.slice(text.indexOf(' 204 '))).not.toMatch(/content-length/i);
  });

  it('keeps the connection for HTTP/1.1 and closes it for 1.0', async () => {
    const { client } = await serving();
    const [modern, old] = [await client(), await client()];
    modern.get(PATH);
    await modern.responses(1);
    modern.get(PATH);
    expect(await modern.responses(2)).toHaveLength(2);
    old.sendLines(`GET ${PATH} HTTP/1.0`, 'Authorization: Bearer known', '');
    expect((await old.responses(1))[0]!.status).toBe(200);
    await old.closed();
  });
});

describe('a body', () => {
  it('is read whole before anything is decided', async () => {
    const { client, platform } = await serving();
    const decided: string[] = [];
    platform.listen(({ method }) => decided.push(method));
    const [slow, quick] = [await client(), await client()];
    slow.sendLines(...post(null), '1', '{');
    quick.get(PATH);
    await quick.responses(1);
    slow.sendLines('1', '}', '0', '');
    expect((await slow.responses(1))[0]!.status).toBe(400);
    expect(decided).toEqual(['GET', 'POST']);
  });

  it.each([
    ['told', (raw: RawClient) => raw.sendLines(...post(BODY_BYTES_MAX + 1))],
    [
      'found',
      (raw: RawClient) => {
        raw.sendLines(...post(null), (BODY_BYTES_MAX + 1).toString(16), 'x'.repeat(BODY_BYTES_MAX + 1));
      },
    ],
  ])('that is %s to be too long is answered 413 at once, and the connection is closed', async (_, send) => {
    const { client, platform } = await serving();
    const events: unknown[] = [];
    platform.listen((event) => events.push(event));
    const raw = await client();
    send(raw);
    const [answer] = await raw.responses(1);
    expect(answer!.status).toBe(413);
    expect(answer!.head).toContain('\r\nConnection: close');
    expect(JSON.parse(answer!.body)).toMatchObject({ code: 'request.entity.too.large', status: 413 });
    // More is thrown away, but not without end.
    const more = () => raw.socket.writable && raw.socket.write('x'.repeat(65_536), more);
    more();
    await raw.closed();
    expect(events).toEqual([]);
  });

  it('of the greatest length is taken, one byte more is not', async () => {
    const { client } = await serving();
    const raw = await client();
    const body = JSON.stringify({ name: 'x'.repeat(BODY_BYTES_MAX - '{"name":""}'.length) });
    expect(body).toHaveLength(BODY_BYTES_MAX);
    raw.sendLines(...post(BODY_BYTES_MAX));
    raw.socket.write(body);
    expect((await raw.responses(1))[0]!.status).toBe(400);
    expect((await raw.responses(1))[0]!.body).toContain('"code":"bad.request"');
  });

  it('that is refused is not asked for: no 100 Continue', async () => {
    const { client } = await serving();
    const [much, little] = [await client(), await client()];
    much.sendLines(...post(BODY_BYTES_MAX + 1, 'Expect: 100-continue'));
    expect((await much.responses(1))[0]!.status).toBe(413);
    expect(much.text).not.toContain('100 Continue');
    little.sendLines(...post(2, 'Expect: 100-continue'));
    await little.includes('100 Continue');
    little.socket.write('{}');
    expect((await little.responses(1))[0]!.status).toBe(400);
    much.socket.destroy();
  });

  it('that is not UTF-8 is answered 400, and nothing is charged', async () => {
    const { client, platform } = await serving();
    const events: unknown[] = [];
    platform.listen((event) => events.push(event));
    for (const bytes of [[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0x22, 0xe2, 0x82]]) {
      const raw = await client();
      raw.sendLines(...post(bytes.length));
      raw.socket.write(Buffer.from(bytes));
      const [answer] = await raw.responses(1);
      expect(answer!.status).toBe(400);
      expect(JSON.parse(answer!.body)).toMatchObject({
        code: 'bad.request',
        message: 'The request body is not UTF-8.',
      });
      await raw.closed();
    }
    expect(events).toEqual([]);
  });
});

describe('what is no HTTP', () => {
  it.each([
    ['garbage', 'hello\r\n\r\n', 400],
    ['a method that is none', 'G@T / HTTP/1.1\r\n\r\n', 400],
    ['a header without a colon', 'GET / HTTP/1.1\r\nHost\r\n\r\n', 400],
    ['a null byte in a header', 'GET / HTTP/1.1\r\nHost: a\0b\r\n\r\n', 400],
    ['no host', `GET ${PATH} HTTP/1.1\r\n\r\n`, 400],
    ['two lengths', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', 400],
    [
      'a length and chunks',
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
      400,
    ],
    ['a negative length', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n', 400],
    ['a chunk without a size', 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n', 400],
    ['headers too long', `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    ['a target too long', `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: a\r\n\r\n`, 431],
    ['too many headers', `GET / HTTP/1.1\r\nHost: a\r\n${'a: b\r\n'.repeat(20_000)}\r\n`, 431],
  ])('%s is answered in the platform’s form, and the connection is closed', async (_, bytes, status) => {
    const { client } = await serving();
    const raw = await client();
    raw.socket.write(bytes);
    await raw.closed();
    const [answer] = await raw.responses(1);
    expect(answer!.status).toBe(status);
    const contextId = /\r\nININ-Correlation-Id: (.*)/.exec(answer!.head)![1];
    expect(JSON.parse(answer!.body)).toMatchObject({ status, contextId, errors: [] });
    expect(answer!.head).toContain('\r\nConnection: close');
  });

  it('is answered after what was asked before it', async () => {
    const small = await serving({});
    const raw = await small.client();
    raw.get(PATH);
    raw.get(PATH);
    raw.socket.write('garbage\r\n\r\nmore garbage\r\n\r\n');
    await inService(small, 2);
    small.time.advance(100);
    await raw.closed();
    const answers = await raw.responses(9);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 400]);
  });

  it('never ends the server, whatever the bytes', async () => {
    const { client } = await serving();
    const line = fc.constantFrom(
      `GET ${PATH} HTTP/1.1`,
      'POST /oauth/token HTTP/1.1',
      'PUT //..%2f%00?%zz HTTP/1.1',
      'CONNECT a:1 HTTP/1.1',
      'Host: a',
      'Authorization: Bearer known',
      'Authorization: Basic ????',
      'Content-Type: application/json',
      'Content-Length: 3',
      'Transfer-Encoding: chunked',
      'Expect: 100-continue',
      'Expect: nothing',
      'Upgrade: websocket',
      'Connection: upgrade',
      'X-Forwarded-For: ,,,',
      'X-Ratelab-Items: 1e400',
      '',
      '{}',
      '0',
    );
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 400 }).map((array) => Buffer.from(array)),
      fc.array(line, { maxLength: 14 }).map((lines) => Buffer.from(lines.map((one) => `${one}\r\n`).join(''))),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(bytes, { minLength: 1, maxLength: 3 }), async (pieces) => {
        const raw = await client();
        for (const piece of pieces) raw.socket.write(piece);
        raw.socket.end();
        raw.socket.destroySoon();
        const other = await client();
        other.get(PATH, 'Connection: close');
        expect((await other.responses(1))[0]!.status).toBe(200);
      }),
      { numRuns: 200 },
    );
  });
});

describe('a client that hangs up', () => {
  const SLOT = { limits: [{ name: 'slot', algorithm: { kind: 'concurrency', limit: 1 } }] };

  it('frees its place: the next request is admitted', async () => {
    const small = await serving(SLOT);
    const [gone, next] = [await small.client(), await small.client()];
    gone.get(PATH);
    await inService(small, 1);
    gone.socket.destroy();
    await inService(small, 0);
    next.get(PATH);
    await inService(small, 1);
    small.time.advance(100);
    expect((await next.responses(1))[0]!.status).toBe(200);
  });

  it('frees all the places that it had pipelined', async () => {
    const small = await serving({});
    const gone = await small.client();
    for (let request = 0; request < 50; request++) gone.get(PATH);
    await inService(small, 50);
    gone.socket.resetAndDestroy();
    await inService(small, 0);
    expect(small.platform.inService).toBe(0);
  });

  it('in the midst of a body leaves nothing behind', async () => {
    const small = await serving(SLOT);
    const gone = await small.client();
    gone.sendLines(...post(1000));
    gone.socket.write('{"name":');
    gone.socket.resetAndDestroy();
    const next = await small.client();
    next.get(PATH);
    await inService(small, 1);
    small.time.advance(100);
    expect((await next.responses(1))[0]!.status).toBe(200);
  });

  it('is cut off when it asks for too much at once', async () => {
    const small = await serving({});
    const greedy = await small.client();
    for (let request = 0; request < 1100; request++) greedy.get(PATH);
    await greedy.closed();
    await inService(small, 0);
    expect(await greedy.responses(1)).toEqual([]);
  });
});

describe('a client that is slow', () => {
  it.each([
    ['headers', `GET ${PATH} HTTP/1.1\r\nHost: test\r\nX-`],
    ['a body', `${post(1000).join('\r\n')}\r\n{`],
  ])('with %s is answered 408, and the connection is closed', async (_, bytes) => {
    const { client } = await serving(AT_ONCE, { headersTimeoutMs: 20, requestTimeoutMs: 40, timeoutCheckMs: 5 });
    const raw = await client();
    raw.socket.write(bytes);
    await raw.closed();
    const [answer] = await raw.responses(1);
    expect(answer!.status).toBe(408);
    expect(JSON.parse(answer!.body)).toMatchObject({ code: 'request.timeout' });
  });
});

describe('closing', () => {
  it('closes idle connections, answers what is in service, and takes no more', async () => {
    const small = await serving({});
    const [idle, fresh, busy] = [await small.client(), await small.client(), await small.client()];
    idle.get(PATH);
    await inService(small, 1);
    small.time.advance(100);
    await idle.responses(1);
    busy.get(PATH);
    busy.get(PATH);
    await inService(small, 2);
    let isClosed = false;
    const closing = small.server.close(60_000).then(() => (isClosed = true));
    await Promise.all([idle.closed(), fresh.closed()]);
    const refused = await RawClient.to(small.server.port).catch((error: NodeJS.ErrnoException) => error.code);
    expect(refused).toBe('ECONNREFUSED');
    expect([isClosed, small.platform.inService]).toEqual([false, 2]);
    small.time.advance(100);
    await Promise.all([busy.closed(), closing]);
    const answers = await busy.responses(2);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(answers[0]!.head).not.toContain('Connection: close');
    expect(answers[1]!.head).toContain('\r\nConnection: close');
  });

  it('answers also what was ready before and waits for its turn', async () => {
    const small = await serving(SLOW_USERS);
    const raw = await small.client();
    raw.get('/api/v2/users?pageSize=1');
    raw.get(PATH);
    await inService(small, 2);
    small.time.advance(100);
    const closing = small.server.close(60_000);
    small.time.advance(400);
    await Promise.all([raw.closed(), closing]);
    expect((await raw.responses(2)).map(({ status }) => status)).toEqual([200, 200]);
  });

  it('cuts off what is left after its grace', async () => {
    const small = await serving({});
    const [waiting, slow] = [await small.client(), await small.client()];
    waiting.get(PATH);
    slow.sendLines(...post(1000));
    await inService(small, 1);
    await small.server.close(1);
    await Promise.all([waiting.closed(), slow.closed()]);
    expect(await waiting.responses(1)).toEqual([]);
    await inService(small, 0);
  });
});

describe('a server', () => {
  it('takes no more connections than it may have', async () => {
    const { client, server } = await serving(AT_ONCE, { connectionsMax: 1 });
    const first = await client();
    first.get(PATH);
    await first.responses(1);
    const second = await RawClient.to(server.port);
    await second.closed();
    expect(await second.responses(1)).toEqual([]);
  });

  it('says that a port is taken', async () => {
    const { server, platform } = await serving();
    await expect(serve(platform, { port: server.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('is served by fetch', async () => {
    const { server } = await serving();
    const response = await fetch(`${server.url}${PATH}`, { headers: { authorization: 'Bearer known' } });
    expect([response.status, await response.json()]).toEqual([200, expect.objectContaining({ state: 'active' })]);
  });
});
