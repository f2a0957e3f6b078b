import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { canonicalJson } from '../results/canonical-json.ts';
import { parseLoadResults } from '../results/load-results.ts';
import { loadOf, policyOfLimit, serverThat, slowerThan, url } from './testing/servers.ts';

const window = (limit: number, scope: string[] = []) => ({
  scope,
  algorithm: { kind: 'fixed-window', limit, windowMs: 3_600_000, anchor: 'first-request' },
});

describe('runLoad', () => {
  it('runLoad finds the first rejection of a window of N at request N+1, with the gateway\u2019s own cause', async () => {
    const results = await loadOf(policyOfLimit(window(20)), { requestsMax: 30 });
    expect(results.firstRejection).toMatchObject({ request: 21, status: 429, offeredPerSecond: null });
    expect(results.counts).toMatchObject({ sent: 30, admitted: 20, rejected: 10, byStatus: { 200: 20, 429: 10 } });
    expect(results.rejections).toEqual({ source: 'gateway', byCause: { 'the-limit': 10 } });
    expect(results.retryAfter?.count).toBe(10);
    expect(results.series.rejectedByCause['the-limit']?.reduce((a, b) => a + b)).toBe(10);
    expect(results.complete).toBe(true);
  });

  it('runLoad finds it in the open model too, with the rate that was offered', async () => {
    const rate = { fromPerSecond: 100, toPerSecond: 100, steps: 1 };
    const results = await loadOf(policyOfLimit(window(20)), { rate, durationMs: 300 });
    expect(results.model).toBe('open');
    expect(results.counts.sent).toBe(10);
    expect(results.firstRejection).toBeNull();
    const more = await loadOf(policyOfLimit(window(20)), { rate, durationMs: 300, requestsMax: 1000 });
    expect(more.counts.sent).toBe(30);
    expect(more.firstRejection).toMatchObject({ request: 21, offeredPerSecond: 100 });
  });

  it('runLoad signs in for every organization, and each token reaches its own bucket', async () => {
    const results = await loadOf(policyOfLimit(window(5, ['org']), 3), { requestsMax: 30, connections: 4 });
    expect(results.senders).toEqual(
      ['org-1', 'org-2', 'org-3'].map((name) => ({ name, sent: 10, admitted: 5, rejected: 5, other: 0, lost: 0 })),
    );
    const perToken = await loadOf(policyOfLimit(window(5, ['token']), 2, 2), { requestsMax: 40 });
    expect(perToken.senders.map(({ name, admitted }) => [name, admitted])).toEqual([
      ['org-1 client-1', 5],
      ['org-2 client-1', 5],
      ['org-1 client-2', 5],
      ['org-2 client-2', 5],
    ]);
  });

  it('runLoad shows in the open model how many a stall kept waiting, which from the sending cannot be seen', async () => {
    const stallMs = 800;
    const stalling = () => {
      let untilMs: number | null = null;
      return serverThat((_, outgoing, number) => {
        if (number === 20) untilMs = Date.now() + stallMs;
        setTimeout(() => outgoing.end('ok'), Math.max(0, (untilMs ?? 0) - Date.now()));
      });
    };
    const rate = { fromPerSecond: 100, toPerSecond: 100, steps: 1 };
    const budget = { connections: 2, durationMs: 2000, requestsMax: 100_000 };
    const open = await loadOf(url(await stalling()), { ...budget, rate });
    // About 40 requests fell due in the first half of the stall; two of them were under way on the two connections.
    expect(open.counts).toMatchObject({ sent: 200, admitted: 200, unsent: 0 });
    const [intended, sent] = [slowerThan(open, 'intended', stallMs / 2), slowerThan(open, 'sent', stallMs / 2)];
    expect(intended).toBeGreaterThan(20);
    expect(sent).toBeGreaterThan(0);
    expect(intended).toBeGreaterThan(4 * sent);
    // The wait for a connection is the server's doing, not the load's.
    expect(open.latency.late.p50Ms).toBeLessThan(stallMs / 2);
    const closed = await loadOf(url(await stalling()), budget);
    expect(closed.latency.late.count).toBe(0);
    expect(slowerThan(closed, 'intended', stallMs / 2)).toBe(slowerThan(closed, 'sent', stallMs / 2));
    expect(closed.histogram.intended).toEqual(closed.histogram.sent);
  });

  it('runLoad sends no request of the open model before it is due: no burst at the turn of each second', async () => {
    const arrivedMs: number[] = [];
    const origin = await serverThat((_, outgoing) => {
      arrivedMs.push(performance.now());
      outgoing.end();
    });
    const rate = { fromPerSecond: 40, toPerSecond: 40, steps: 1 };
    const beganMs = performance.now();
    await loadOf(url(origin), { rate, durationMs: 1200, requestsMax: 100, connections: 5 });
    expect(arrivedMs).toHaveLength(48);
    // autocannon's own rate sends the 40 requests of a second at its start.
    expect(arrivedMs.filter((atMs, number) => atMs - beganMs < number * 25 - 0.1)).toEqual([]);
  });

  it.each([1, 3])('runLoad never sends more than its budget (pipelining %i)', async (pipelining) => {
    let seen = 0;
    const origin = await serverThat((_, outgoing) => {
      seen += 1;
      outgoing.end();
    });
    const results = await loadOf(url(origin), { requestsMax: 37, connections: 5, pipelining });
    expect([seen, results.counts.sent, results.counts.admitted]).toEqual([37, 37, 37]);
  });

  it('runLoad says how many due requests it could not send, and which have no answer', async () => {
    const origin = await serverThat(() => {});
    const rate = { fromPerSecond: 50, toPerSecond: 50, steps: 1 };
    const results = await loadOf(
      url(origin),
      { rate, durationMs: 400, requestsMax: 1000, timeoutMs: 100_000 },
      AbortSignal.timeout(700),
    );
    expect(results).toMatchObject({ complete: false, counts: { sent: 1, unanswered: 1, unsent: 19 } });
    expect(results.latency.intended.all.count).toBe(0);
  });

  it('runLoad counts timeouts and lost connections, and goes on', async () => {
    const silent = await serverThat((_, outgoing, number) => (number < 2 ? undefined : void outgoing.end()));
    const slow = await loadOf(url(silent), { connections: 2, requestsMax: 6, timeoutMs: 300 });
    expect(slow.counts).toMatchObject({ sent: 6, timeouts: 2, errors: 0, admitted: 4 });
    const broken = await serverThat((incoming, outgoing, number) =>
      number % 2 === 0 ? void incoming.socket.destroy() : void outgoing.end(),
    );
    const lossy = await loadOf(url(broken), { requestsMax: 6 });
    expect(lossy.counts).toMatchObject({ sent: 6, timeouts: 0, errors: 3, admitted: 3 });
    expect(lossy.senders).toEqual([{ name: 'anybody', sent: 6, admitted: 3, rejected: 0, other: 0, lost: 3 }]);
  });

  it('runLoad bears a server that ends its connection after each answer, or in the midst of one', async () => {
    const closing = await serverThat((_, outgoing) => {
      outgoing.setHeader('Connection', 'close').end('x');
    });
    expect((await loadOf(url(closing), { connections: 2 })).counts).toMatchObject({ admitted: 10, errors: 0 });
    const halving = await serverThat((incoming, outgoing, number) => {
      if (number > 0) outgoing.end('whole');
      else outgoing.writeHead(200, { 'content-length': '100' }).write('half', () => incoming.socket.destroy());
    });
    expect((await loadOf(url(halving), {})).counts).toMatchObject({ admitted: 9, errors: 1 });
  });

  it('runLoad bears answers that nobody asked for, and nonsense', async () => {
    const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx';
    let connections = 0;
    const server = createServer((socket) => {
      const number = connections++;
      socket.on('error', () => {});
      if (number === 0) socket.end('HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
      const answers = ['', ok + ok + ok, 'SMTP 220 hello\r\n\r\n'][number] ?? ok;
      socket.on('data', () => socket.write(answers));
    }).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await new Promise((resolve) => {
      server.once('listening', resolve);
    });
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const results = await loadOf(url(origin), { requestsMax: 8, timeoutMs: 300 });
    const { sent, admitted, other, timeouts, errors } = results.counts;
    expect(sent).toBe(8);
    expect(admitted + other + timeouts + errors).toBe(8);
    expect(admitted).toBeGreaterThanOrEqual(5);
  });

  it('runLoad reads from a stranger\u2019s answers what they name, and follows no redirect', async () => {
    let followed = 0;
    const elsewhere = await serverThat((_, outgoing) => {
      followed += 1;
      outgoing.end();
    });
    const bodies = [
      '{"limit":{"key":"a.b","namespace":"n"}}',
      '{"limit":{"key":7}}',
      'no JSON',
      '{"limit":null}',
      'null',
    ];
    const origin = await serverThat((_, outgoing, number) => {
      const date = new Date(Date.now() + 90_000).toUTCString();
      if (number === 9) outgoing.writeHead(302, { location: elsewhere });
      else outgoing.writeHead(429, { 'retry-after': number === 0 ? date : '7' });
      outgoing.end(bodies[number % 5]);
    });
    const results = await loadOf(url(origin));
    expect(results.rejections).toEqual({ source: 'body', byCause: { 'a.b': 2, unknown: 7 } });
    expect(results.counts.byStatus).toEqual({ 302: 1, 429: 9 });
    expect(results.retryAfter).toMatchObject({ count: 9, minMs: 7000, medianMs: 7000 });
    expect(results.retryAfter?.maxMs).toBeGreaterThan(7000);
    expect(results.firstRejection?.request).toBe(1);
    expect(followed).toBe(0);
  });

  it('runLoad sends tokens in turn, with headers and body, and none of them reaches the results', async () => {
    const seen: string[] = [];
    const origin = await serverThat((incoming, outgoing) => {
      let body = '';
      incoming.on('data', (chunk: Buffer) => (body += chunk.toString()));
      incoming.on('end', () => {
        seen.push(
          `${incoming.method} ${incoming.url} ${incoming.headers.authorization} ${String(incoming.headers['x-a'])} ${body}`,
        );
        outgoing.end('secret answer');
      });
    });
    const request = {
      method: 'POST',
      path: '/p?key=hidden-query',
      headers: [['X-A', 'hidden-header']] as const,
      body: 'hidden-body',
    };
    const results = await loadOf(url(origin, ['hidden-t1', 'hidden-t2']), { request, requestsMax: 3 });
    expect(seen).toEqual(
      ['hidden-t1', 'hidden-t2', 'hidden-t1'].map(
        (token) => `POST /p?key=hidden-query Bearer ${token} hidden-header hidden-body`,
      ),
    );
    const text = canonicalJson(results);
    expect(text).not.toMatch(/hidden|secret/);
    expect(results.request).toEqual({ method: 'POST', path: '/p', headerNames: ['x-a'], bodyBytes: 11 });
    expect(parseLoadResults(JSON.parse(text), 'load.json')).toEqual(JSON.parse(text));
  });

  it('runLoad refuses what has no end, and requests that would be two', async () => {
    const target = url('http://127.0.0.1:9');
    await expect(loadOf(target, { durationMs: Infinity, requestsMax: 0, connections: 1.5 })).rejects.toThrow(
      /connections must be a whole number from 1 to 1000, current value is 1.5\n.*duration \(s\) must be a number from 0.1 to 3600, current value is "Infinity"\n.*requests must be a whole number from 1 to 10000000/,
    );
    const request = {
      method: 'HEAD',
      path: '/ HTTP/1.1\r\nX: y',
      headers: [
        ['Host', 'evil'],
        ['a', 'b\r\nc: d'],
      ] as const,
      body: '',
    };
    await expect(loadOf(target, { request })).rejects.toThrow(
      /method must be one of.*\n.*path must be.*\n.*header must be.*"Host"\n.*header a must be printable ASCII/,
    );
    await expect(loadOf(url('http://127.0.0.1:9', ['a b']))).rejects.toThrow(
      /token must be printable ASCII.*\(not shown\)/,
    );
  });

  it('runLoad says what it could not reach', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => {
      server.once('listening', resolve);
    });
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => {
      server.close(resolve);
    });
    await expect(loadOf(url(`http://127.0.0.1:${port}`))).rejects.toThrow(
      `Cannot load http://127.0.0.1:${port}: it must accept connections, but connect ECONNREFUSED`,
    );
  });

  it('runLoad that is interrupted hands over what was done', async () => {
    const controller = new AbortController();
    onTestFinished(() => controller.abort());
    const origin = await serverThat((_, outgoing, number) => {
      if (number === 5) controller.abort();
      outgoing.end();
    });
    const results = await loadOf(url(origin), { requestsMax: 1000 }, controller.signal);
    expect(results.complete).toBe(false);
    expect(results.counts.sent).toBeLessThan(1000);
    expect(results.counts.admitted).toBeGreaterThanOrEqual(5);
  });
});
