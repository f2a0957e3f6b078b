/** Strangers, and friends who misbehave, at the operator's door. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attacked } from './attacked.ts';
import { does } from './hostile-clients.ts';
import { hostileDeed } from './hostile-http.ts';

const BATCHES = Number(process.env['FUZZ_BATCHES'] ?? 20);
const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_122);
const POLICY = { name: 'policy-that-is-nobodys-business', limits: [] };
const ROUTES = [
  ...['/', '/state', '/decisions', '/events', '/metrics'].map((path) => ['GET', path] as const),
  ...(['POST /reset', 'PUT /policy', 'POST /clock'] as const).map((route) => route.split(' ') as [string, string]),
];

/** Statuses of what a door said; nothing of it may tell of the platform, or repeat what was sent. */
function statusesOf(text: string): number[] {
  expect(text).not.toMatch(/policy-that|nowMs|<script|ratelab-operator-\d+=/);
  return [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
}

describe('the operator’s door', async () => {
  const gateway = await attacked({ policy: POLICY });
  const { operatorPort: port, operatorKey: key } = gateway;
  const watch = `GET /events HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${key}\r\n\r\n`;
  const watching = async (text: string) => {
    const socket = connect(port, '127.0.0.1');
    socket.resume();
    socket.on('error', () => {});
    await once(socket, 'connect');
    socket.write(text);
    return socket;
  };

  it('lets nobody in by bytes', { timeout: 600_000 }, async () => {
    const statuses = new Set<number>();
    await fc.assert(
      fc.asyncProperty(fc.array(hostileDeed, { minLength: 1, maxLength: 32, size: 'max' }), async (deeds) => {
        const heard = await Promise.all(
          deeds.map(({ pieces, leaving }) => {
            // The host is the right one, and the target is one of the door's.
            const route = ROUTES[pieces.length % ROUTES.length]!.join(' ');
            const texts = pieces.map((piece) => piece.replaceAll('Host: test', 'Host: 127.0.0.1'));
            const aimed = texts.map((piece) => piece.replaceAll(/GET \/api\/\S+/g, route));
            return does({ pieces: aimed, leaving }, port);
          }),
        );
        for (const status of heard.flatMap(statusesOf)) statuses.add(status);
        expect(await gateway.calmState()).toMatchObject({ connections: 0, faults: [] });
      }),
      { numRuns: BATCHES, seed: SEED, endOnFailure: true },
    );
    statuses.delete(100);
    for (const status of statuses) expect([400, 401, 403, 408, 413, 417, 431]).toContain(status);
    expect(statuses).toContain(401);
    expect(statuses).toContain(403);
    expect(gateway.complaints()).toBe('');
  });

  it('lets nobody in by what is nearly the key', async () => {
    const change = fc.oneof(
      fc.tuple(fc.nat({ max: key.length - 1 }), fc.string({ minLength: 1, maxLength: 1 })).map(([at, character]) => {
        const other = key[at] === character ? `${character}${character}` : character;
        return key.slice(0, at) + other + key.slice(at + 1);
      }),
      fc.nat({ max: key.length - 1 }).map((length) => key.slice(0, length)),
      fc.string({ minLength: 1, maxLength: 3 }).map((more) => `${key}.${more}`),
      fc.string({ maxLength: 60 }),
      fc.constantFrom(key.toLowerCase(), key.toUpperCase(), `${key}${key}`, `"${key}"`, `${key},${key}`, `${key}\0`),
    );
    // Told apart by case alone, a key may be its own small one.
    const wrong = change.filter((text) => text.trim() !== key);
    const line = fc.oneof(
      wrong.map((text) => `Authorization: Bearer ${text}`),
      fc.constantFrom('', 'x', ' x').map((scheme) => `Authorization: ${scheme}${key}`),
      fc.constantFrom('Basic', 'Bear', 'BearerBearer', 'Digest').map((scheme) => `Authorization: ${scheme} ${key}`),
      wrong.map((text) => `Cookie: ratelab-operator-${port}=${text}`),
      fc.constantFrom(key, '', 'undefined', 'null').map((text) => `Cookie: ratelab-operator-${port}=${text}`),
      fc.constantFrom('X-Key', 'Key', 'Proxy-Authorization', 'X-Authorization').map((name) => `${name}: Bearer ${key}`),
    );
    const host = fc.constantFrom('127.0.0.1', `127.0.0.1:${port}`, 'localhost', 'evil.example', '127.0.0.1.evil', '');
    const suffix = fc.constantFrom(
      '',
      '?',
      `?Key=${key}`,
      `?key=${key}x`,
      '?key=',
      `?key[]=${key}`,
      `?k=1&amp;key=${key}`,
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...ROUTES),
        suffix,
        host,
        fc.array(line, { maxLength: 2 }),
        async (route, end, name, lines) => {
          const [method, path] = route;
          const head = [
            `${method} ${path}${end} HTTP/1.1`,
            `Host: ${name}`,
            'Connection: close',
            'Content-Length: 0',
            ...lines,
          ];
          const statuses = statusesOf(await does({ pieces: [`${head.join('\r\n')}\r\n\r\n`], leaving: 'never' }, port));
          expect(statuses).toHaveLength(1);
          expect([400, 401, 403]).toContain(statuses[0]);
        },
      ),
      { numRuns: 500, seed: SEED },
    );
  });

  it('takes no order of another page, with the key or its cookie', async () => {
    const entry = `GET /?key=${key} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`;
    const cookie = /set-cookie: ([^;]+)/i.exec(await does({ pieces: [entry], leaving: 'never' }, port))?.[1] ?? '';
    expect(cookie).not.toBe('');
    const credential = fc.constantFrom(`Cookie: ${cookie}`, `Authorization: Bearer ${key}`);
    const place = fc.constantFrom(
      'Origin: null',
      'Origin: http://evil.example',
      `Origin: http://127.0.0.1:${port}.evil.example`,
      `Origin: http://127.0.0.1:${port}/`,
      `Origin: https://127.0.0.1:${port}`,
      `Origin: http://user@127.0.0.1:${port}`,
      `Origin: http://localhost:${port}`,
      'Origin: ',
      'Sec-Fetch-Site: cross-site',
      'Sec-Fetch-Site: same-site',
      'Sec-Fetch-Site: SAME-ORIGIN ',
    );
    const orders = ROUTES.filter(([method]) => method !== 'GET');
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...orders), credential, place, async ([method, path], known, where) => {
        const head = [
          `${method} ${path} HTTP/1.1`,
          `Host: 127.0.0.1:${port}`,
          known,
          where,
          'Content-Length: 0',
          'Connection: close',
        ];
        expect(statusesOf(await does({ pieces: [`${head.join('\r\n')}\r\n\r\n`], leaving: 'never' }, port))).toEqual([
          403,
        ]);
      }),
      { numRuns: 150, seed: SEED },
    );
  });

  it('has a place for the next watcher when those who asked many times over one connection have hung up', async () => {
    const greedy = await watching(watch.repeat(40));
    await delay(50);
    greedy.destroy();
    await gateway.calmState();
    const next = await watching(watch);
    const [first] = (await once(next, 'data')) as [Buffer];
    expect(first.toString()).toMatch(/^HTTP\/1\.1 200 /);
    next.destroy();
  });

  it('bounds watchers who do not read, and what waits for them', async () => {
    const deaf: Socket[] = [];
    for (let watcher = 0; watcher < 40; watcher++) {
      const socket = await watching(watch);
      socket.pause();
      deaf.push(socket);
    }
    const { heldBytes } = await gateway.state();
    expect(heldBytes).toBeLessThan(100_000_000);
    for (const socket of deaf) socket.resetAndDestroy();
    await gateway.calmState();
    const next = await watching(watch);
    const [first] = (await once(next, 'data')) as [Buffer];
    expect(first.toString()).toMatch(/^HTTP\/1\.1 200 /);
    next.destroy();
  });
});
