/** Clients that hold on, send too much, hang up, and a gateway that has to end in the midst of it. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAnswers } from './answers.ts';
import { attacked, type Attacked } from './attacked.ts';
import { type Deed, does } from './hostile-clients.ts';

const GET = 'GET /api/v2/users/me HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer known\r\n';
const POST = GET.replace('GET', 'POST').replace('/me', '');
const LAST = { pieces: [`${GET}Connection: close\r\n\r\n`], leaving: 'never' } as const;
const AT_ONCE = { name: 'at-once', limits: [], latency: [{ medianMs: 0, sigma: 0 }] };

/** A client that is connected and says this much. */
async function connected(port: number, text: string): Promise<Socket & { heard: string }> {
  const socket = Object.assign(connect(port, '127.0.0.1'), { heard: '' });
  socket.setEncoding('latin1').on('data', (more: string) => (socket.heard += more));
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.write(text, 'latin1');
  return socket;
}

/** Resolves when the connection has ended, by an error too. */
function closed(socket: Socket): Promise<unknown> {
  return new Promise((resolve) => socket.once('close', resolve));
}

/** Statuses that a client is answered until the server closes the connection. */
async function statusesOf(deed: Deed, port: number): Promise<number[]> {
  return readAnswers(await does(deed, port), false).map(({ status }) => status);
}

/** Resolves when the gateway has so many requests in service. */
async function inService({ state }: Attacked, count: number): Promise<void> {
  while ((await state()).inService !== count) await delay(2);
}

describe('slow clients', () => {
  it('who send a byte now and then are all cut off, while others are answered', async () => {
    const http = { headersTimeoutMs: 1000, requestTimeoutMs: 1200, timeoutCheckMs: 20 };
    const gateway = await attacked({ policy: AT_ONCE, http });
    const starts = ['', GET, `${POST}Content-Length: 1000\r\n\r\n{`, `${POST}Transfer-Encoding: chunked\r\n\r\n1\r\n`];
    const slow = await Promise.all(
      Array.from({ length: 200 }, (_, index) => connected(gateway.port, starts[index % starts.length]!)),
    );
    const ends = slow.map((socket) => closed(socket));
    const dripping = setInterval(() => {
      for (const socket of slow) if (socket.writable) socket.write('x');
    }, 10);
    let answered = 0;
    const all = Promise.all(ends).then(() => (answered = -answered));
    while (answered >= 0) {
      expect(await statusesOf(LAST, gateway.port)).toEqual([200]);
      answered += 1;
      await delay(5);
    }
    await all;
    clearInterval(dripping);
    expect(answered).toBeLessThan(-1);
    // Some of what was dripped was no HTTP before it was too slow; nobody was answered anything else, or not at all.
    const statuses = slow.flatMap(({ heard }) => readAnswers(heard, false).map(({ status }) => status));
    expect([...new Set(statuses)].sort((a, b) => a - b)).toEqual([400, 408]);
    expect(await gateway.calmState()).toMatchObject({ inService: 0, connections: 0, faults: [] });
  });

  it('take no more connections than there may be, and those who come when they have left are answered', async () => {
    const gateway = await attacked({ policy: AT_ONCE, http: { connectionsMax: 20 } });
    const holding = await Promise.all(Array.from({ length: 20 }, () => connected(gateway.port, GET)));
    for (let times = 0; times < 50; times++) expect(await statusesOf(LAST, gateway.port)).toEqual([]);
    for (const socket of holding) socket.destroy();
    await gateway.calmState();
    expect(await statusesOf(LAST, gateway.port)).toEqual([200]);
  });

  it('who ask and do not read cost a bounded amount', async () => {
    const gateway = await attacked({ policy: AT_ONCE });
    const before = (await gateway.state()).heldBytes;
    const list = GET.replace('/me', '?pageSize=100');
    const deaf = await Promise.all(Array.from({ length: 20 }, () => connected(gateway.port, '')));
    for (const socket of deaf) {
      socket.pause();
      // 2,000 requests for 60 kB each: 2.4 GB in all, if anybody wrote them.
      socket.write(`${list}\r\n`.repeat(2000));
    }
    for (let times = 0; times < 20; times++) expect(await statusesOf(LAST, gateway.port)).toEqual([200]);
    expect((await gateway.state()).heldBytes - before).toBeLessThan(60_000_000);
    for (const socket of deaf) socket.destroy();
    expect(await gateway.calmState()).toMatchObject({ inService: 0, connections: 0, faults: [] });
  });
});

describe('bodies that are too large', () => {
  it.each([
    ['are told', 'Content-Length: 20000000\r\n\r\n', (bytes: string) => bytes],
    [
      'are found',
      'Transfer-Encoding: chunked\r\n\r\n',
      (bytes: string) => `${bytes.length.toString(16)}\r\n${bytes}\r\n`,
    ],
  ])('%s to be so: 413 to everybody, and 200 MB of them leave nothing', async (_, framing, framed) => {
    const gateway = await attacked({ policy: AT_ONCE }, { heapMb: 100 });
    const before = (await gateway.calmState()).heldBytes;
    const piece = framed('x'.repeat(100_000));
    let held = 0;
    const offered = { bytes: 0 };
    const client = async () => {
      const socket = await connected(gateway.port, POST + framing);
      const end = closed(socket);
      for (let sent = 0; sent < 200 && socket.writable; sent++) {
        offered.bytes += piece.length;
        await Promise.race([new Promise((resolve) => socket.write(piece, resolve)), end]);
      }
      held = Math.max(held, (await gateway.state()).heldBytes);
      await end;
      return readAnswers(socket.heard, true).map(({ status }) => status);
    };
    const answers: number[][] = [];
    // 20 MB each is offered; a client is cut off when it has sent some two millions.
    do {
      answers.push(...(await Promise.all(Array.from({ length: 10 }, client))));
    } while (offered.bytes < 200_000_000);
    // A reset may overtake the answer, but never another one.
    expect(new Set(answers.flat())).toEqual(new Set([413]));
    expect(held - before).toBeLessThan(15_000_000);
    expect(await gateway.calmState()).toMatchObject({ inService: 0, connections: 0, faults: [] });
  });
});

describe('clients that hang up', () => {
  const LIMIT = 10;
  const SLOTS = { name: 'slots', limits: [{ name: 'slots', algorithm: { kind: 'concurrency', limit: LIMIT } }] };

  it('at any moment leave every place free', async () => {
    const gateway = await attacked({ policy: { ...SLOTS, latency: [{ medianMs: 10, sigma: 1 }], rejectionMs: 3 } });
    const requests = [`${GET}\r\n`, `${GET}\r\n${GET}\r\n`, `${POST}Content-Length: 20\r\n\r\n{"name":"0123456789"`];
    const deed = fc.record({
      text: fc.constantFrom(...requests),
      cut: fc.oneof({ weight: 3, arbitrary: fc.constant(1) }, fc.double({ min: 0, max: 1, noNaN: true })),
      leaving: fc.constantFrom<Deed['leaving'][]>('destroy', 'reset', 'first-byte', 'end', 'patient'),
      lateMs: fc.nat({ max: 30 }),
    });
    let heard = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(deed, { minLength: 60, maxLength: 60 }), async (deeds) => {
        const texts = await Promise.all(
          deeds.map(async ({ text, cut, leaving, lateMs }) => {
            const pieces = [text.slice(0, Math.ceil(cut * text.length))];
            return does({ pieces, leaving, lateMs }, gateway.port);
          }),
        );
        for (const text of texts) heard += readAnswers(text, true).length;
        expect(await gateway.calmState()).toMatchObject({ inService: 0, connections: 0, faults: [] });
      }),
      { numRuns: 12, seed: 20_261_122, endOnFailure: true },
    );
    expect(heard).toBeGreaterThan(0);
  });

  it('while they are in service, all at once, leave as many places as there were', async () => {
    // The clock stands: nothing is ever answered in time.
    const gateway = await attacked({
      policy: { ...SLOTS, latency: [{ medianMs: 1000, sigma: 0 }], rejectionMs: 0 },
      speed: 0,
    });
    for (let round = 0; round < 10; round++) {
      const clients = await Promise.all(Array.from({ length: LIMIT }, () => connected(gateway.port, `${GET}\r\n`)));
      await inService(gateway, LIMIT);
      expect(await statusesOf(LAST, gateway.port)).toEqual([429]);
      for (const [index, socket] of clients.entries()) {
        if (index % 2 === 0) socket.destroy();
        else socket.resetAndDestroy();
      }
      expect(await gateway.calmState()).toMatchObject({ inService: 0, connections: 0, faults: [] });
    }
  });
});

describe('SIGTERM under attack', () => {
  it('answers what is in service whole, cuts the rest off, and ends with 0', async () => {
    const policy = { name: 'slow', limits: [], latency: [{ medianMs: 2000, sigma: 0 }] };
    const gateway = await attacked({ policy }, { graceMs: 5000 });
    const { port } = gateway;
    const list = GET.replace('/me', '?pageSize=100');
    const idle = await connected(port, 'GET / HTTP/1.1\r\nHost: test\r\n\r\n');
    while (idle.heard === '') await delay(5);
    const silent = await connected(port, '');
    const half = await connected(port, GET);
    const halfBody = await connected(port, `${POST}Content-Length: 100\r\n\r\n{`);
    const endless = await connected(port, `${POST}Transfer-Encoding: chunked\r\n\r\n`);
    const dripping = setInterval(() => endless.writable && endless.write('1\r\nx\r\n'), 5);
    const served = await Promise.all(Array.from({ length: 30 }, () => connected(port, `${list}\r\n${GET}\r\n`)));
    const ends = [idle, silent, half, halfBody, endless, ...served].map((socket) => closed(socket));
    await inService(gateway, 60);
    gateway.child.kill('SIGTERM');
    expect(await gateway.exit).toBe(0);
    clearInterval(dripping);
    await Promise.all(ends);
    for (const { heard } of served) expect(readAnswers(heard, false).map(({ status }) => status)).toEqual([200, 200]);
    expect(readAnswers(idle.heard, false).map(({ status }) => status)).toEqual([401]);
    expect([silent.heard, half.heard, halfBody.heard, endless.heard]).toEqual(['', '', '', '']);
    expect(gateway.complaints()).toBe('');
  });

  it('lets a client that reads slowly have whole answers', async () => {
    const gateway = await attacked({ policy: AT_ONCE }, { graceMs: 20_000 });
    const slow = await connected(gateway.port, '');
    slow.pause();
    // 20 MB of answers, of which a few are on their way.
    slow.write(`${GET.replace('/me', '?pageSize=100')}\r\n`.repeat(300));
    for (let times = 0; times < 20; times++) expect(await statusesOf(LAST, gateway.port)).toEqual([200]);
    const end = closed(slow);
    gateway.child.kill('SIGTERM');
    // No longer listening: it is closing.
    while ((await does(LAST, gateway.port)) !== '') await delay(5);
    slow.resume();
    await end;
    const answers = readAnswers(slow.heard, false);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(answers.length).toBeGreaterThan(1);
    expect(await gateway.exit).toBe(0);
  });
});
