/** Requests that once ended the process or cost it far more than they cost the client. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { readAnswers } from './answers.ts';
import { attacked } from './attacked.ts';
import { does, floods } from './hostile-clients.ts';

/** What is read takes longer than what is written, so that answers have to wait for their turn. */
const SLOW = {
  name: 'slow',
  limits: [],
  latency: [
    { match: { methods: ['GET'] }, medianMs: 200, sigma: 0 },
    { medianMs: 20, sigma: 0 },
  ],
};
const START = 'POST /api/v2/users HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer known\r\n';

describe('a gateway', async () => {
  const gateway = await attacked({ policy: SLOW });

  it('reads the framing behind thousands of headers, and lives when the body breaks', async () => {
    // Behind another request, so that the refusal waits for its turn: the POST, once taken for one without a body, was answered a second time.
    const get = 'GET /api/v2/users/me HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer known\r\n\r\n';
    const text = `${get}${START}${'a:\r\n'.repeat(3000)}Transfer-Encoding: chunked\r\n\r\nno chunk\r\n`;
    const answers = readAnswers(await does({ pieces: [text], leaving: 'never' }, gateway.port), false);
    expect(answers.map(({ status }) => status)).toEqual([200, 400]);
    expect(await gateway.calmState()).toMatchObject({ inService: 0, connections: 0, faults: [] });
  });

  it('answers an expectation that is none in the platform’s form', async () => {
    const text = `${START}Expect: the worst\r\nContent-Length: 2\r\n\r\n{}`;
    const answers = readAnswers(await does({ pieces: [text], leaving: 'never' }, gateway.port), false);
    expect(answers.map(({ status }) => status)).toEqual([417]);
    expect(answers[0]?.body).toContain('"code":"expectation.failed"');
  });
});

describe('memory', async () => {
  const limits = [
    { name: 'per-ip', scope: ['ip'], algorithm: { kind: 'fixed-window', limit: 1_000_000, windowMs: 60_000 } },
  ];
  const gateway = await attacked({ policy: { name: 'quick', limits }, latency: false });
  const { port, calmState } = gateway;
  /** Sends 10,000 requests with about 140 MB of headers; how many bytes more are held in the end. */
  const heldAfter = async (request: (index: number) => string) => {
    const before = (await calmState()).heldBytes;
    await floods(port, 10_000, request);
    return (await calmState()).heldBytes - before;
  };
  const get = (target: string, ...lines: readonly string[]) =>
    `${[`GET ${target} HTTP/1.1`, 'Host: test', ...lines].join('\r\n')}\r\n\r\n`;

  it('is not taken by the ways to write one token', async () => {
    const spaces = (index: number) => ' '.repeat(14_000 - (index >> 1));
    const held = await heldAfter((index) =>
      get('/api/v2/users/me', `Authorization: ${index % 2 ? 'B' : 'b'}earer${spaces(index)}known`),
    );
    expect(held).toBeLessThan(20_000_000);
  });

  it('is not taken by long queries of paths that are remembered', async () => {
    const held = await heldAfter((index) =>
      get(`/api/v2/users/some-user-${index}?${'x'.repeat(14_000)}`, 'Authorization: Bearer known'),
    );
    expect(held).toBeLessThan(20_000_000);
  });

  it('is taken by addresses, not by the headers they came in', async () => {
    const form = 'grant_type=client_credentials';
    const signIn = `POST /oauth/token HTTP/1.1\r\nHost: test\r\nAuthorization: Basic ${btoa('sync@acme:secret')}\r\nConnection: close\r\n`;
    const text = `${signIn}Content-Length: ${form.length}\r\n\r\n${form}`;
    const [signedIn] = readAnswers(await does({ pieces: [text], leaving: 'never' }, port), false);
    const { access_token: token } = JSON.parse(signedIn?.body ?? '') as { access_token: string };
    const held = await heldAfter((index) =>
      get(
        '/api/v2/users/me',
        `Authorization: Bearer ${token}`,
        `X-Forwarded-For: 2001:db8::${index.toString(16)}:1:2:3, ${'x'.repeat(14_000)}`,
      ),
    );
    expect(held).toBeLessThan(40_000_000);
  });

  it('is taken by the bytes of bodies that are on their way, not by their number of chunks', async () => {
    const before = (await calmState()).heldBytes;
    const sockets: Socket[] = [];
    for (let client = 0; client < 4; client++) {
      const socket = connect(port, '127.0.0.1');
      sockets.push(socket);
      socket.write(`${START}Transfer-Encoding: chunked\r\n\r\n`);
      // 500,000 bytes, one in each chunk.
      await new Promise((resolve) => socket.write('1\r\nx\r\n'.repeat(500_000), resolve));
    }
    // What was written has been read when another client, who came later, is answered after it has sent as much.
    await floods(port, 4000, () => get('/api/v2/users/me', `A: ${'a'.repeat(4000)}`));
    const { heldBytes, connections } = await gateway.state();
    expect(connections).toBe(4);
    expect(heldBytes - before).toBeLessThan(15_000_000);
    for (const socket of sockets) socket.destroy();
    await Promise.all(sockets.map((socket) => once(socket, 'close')));
    expect(await calmState()).toMatchObject({ inService: 0, connections: 0, faults: [] });
  });
});
