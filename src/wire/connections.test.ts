import { createServer, type RequestListener } from 'node:http';
import { createServer as createSocketServer, type AddressInfo, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type Connections, connectTo, type Outgoing } from './connections.ts';

const get: Outgoing = { method: 'GET', target: '/a?b=c', headers: {}, body: null, signal: null };
const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});

async function listening(server: Server): Promise<Connections> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const connections = connectTo(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  open.push(() => {
    connections.close();
    server.close();
  });
  return connections;
}

function answering(listener: RequestListener): Promise<Connections> {
  return listening(createServer(listener));
}

describe('connectTo', () => {
  it('sends what it is given and gives back what is answered', async () => {
    const { send } = await answering((incoming, outgoing) => {
      let body = '';
      incoming.on('data', (chunk: Buffer) => (body += chunk.toString()));
      incoming.on('end', () => {
        outgoing.writeHead(429, { 'Retry-After': '7', 'X-Said': `${incoming.method} ${incoming.url} ${body}` });
        outgoing.end('{"a":1}');
      });
    });
    const response = await send({ ...get, method: 'POST', body: 'hello', headers: { 'x-mine': 'yes' } });
    expect([response.status, response.ok, response.headers.get('retry-after')]).toEqual([429, false, '7']);
    expect(response.headers.get('x-said')).toBe('POST /a?b=c hello');
    expect(await response.json()).toEqual({ a: 1 });
  });

  it('takes answers without a body', async () => {
    const { send } = await answering((_, outgoing) => outgoing.writeHead(204).end());
    const response = await send(get);
    expect([response.status, response.body]).toEqual([204, null]);
  });

  it('uses a connection again', async () => {
    const ports = new Set<number | undefined>();
    const { send } = await answering((incoming, outgoing) => {
      ports.add(incoming.socket.remotePort);
      outgoing.end('ok');
    });
    for (let call = 0; call < 5; call++) await send(get);
    expect(ports.size).toBe(1);
  });

  it('sends again what a connection swallowed that had been closed while idle', async () => {
    let connections = 0;
    const { send } = await listening(
      createSocketServer((socket) => {
        let requests = 0;
        connections += 1;
        socket.on('data', () => {
          requests += 1;
          if (requests > 1) socket.destroy();
          else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
        });
      }),
    );
    expect(await (await send(get)).text()).toBe('ok');
    expect(await (await send(get)).text()).toBe('ok');
    expect(connections).toBe(2);
  });

  it('rejects with the signal\u2019s reason when it is cancelled', async () => {
    const controller = new AbortController();
    const { send } = await answering(() => controller.abort(new Error('enough')));
    await expect(send({ ...get, signal: controller.signal })).rejects.toThrow('enough');
  });

  it('does not send again what is under way on a connection in use when all are closed', async () => {
    const asked: string[] = [];
    let arrived = () => {};
    const hasArrived = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const { send, close } = await answering((incoming, outgoing) => {
      asked.push(incoming.url ?? '');
      if (incoming.url === '/first') outgoing.end('{}');
      else arrived();
    });
    await send({ ...get, target: '/first' });
    const underWay = send({ ...get, target: '/second' });
    await hasArrived;
    close();
    await expect(underWay).rejects.toThrow(/socket hang up|ECONNRESET/);
    expect(asked).toEqual(['/first', '/second']);
  });

  it('rejects when the connection breaks at its first use, and when it is closed', async () => {
    const broken = await listening(createSocketServer((socket) => socket.destroy()));
    await expect(broken.send(get)).rejects.toThrow(/socket hang up|ECONNRESET/);
    const silent = await answering(() => silent.close());
    await expect(silent.send(get)).rejects.toThrow(/socket hang up|ECONNRESET/);
  });
});
