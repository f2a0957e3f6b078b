/** Real input and output in ambient virtual time: the run fails at the call, by name; what blocks, and what others do, goes through. */
import childProcess from 'node:child_process';
import crypto from 'node:crypto';
import dgram from 'node:dgram';
import dns from 'node:dns';
import fs, { readFile } from 'node:fs';
import { readFile as readFilePromise, stat } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import zlib from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createRandomSource } from '../random/keyed-random.ts';
import { createVirtualTime, type VirtualOutcome } from './virtual-time.ts';

const startsAtMs = Date.UTC(2026, 2, 2, 9);
const file = import.meta.filename;

function inVirtualTime<T>(main: () => Promise<T>): Promise<VirtualOutcome<T>> {
  const time = createVirtualTime({
    startsAtMs,
    deadlineMs: startsAtMs + 3_600_000,
    ambient: true,
    random: createRandomSource(1),
  });
  return time.run(main);
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const digest = () => crypto.subtle.digest('SHA-256', new Uint8Array(10));

/** What code may try, and the name by which it is refused. */
const refusals: readonly (readonly [string, () => unknown])[] = [
  ['fs.readFile()', () => promisify(readFile)(file)],
  ['fs.createReadStream()', () => fs.createReadStream(file)],
  ['fs.promises.readFile()', () => readFilePromise(file)],
  ['fs.promises.stat()', () => stat(file)],
  ['fs.promises.readFile()', () => fs.promises.readFile(file)],
  ['http.request()', () => http.request('http://127.0.0.1:9/')],
  ['https.get()', () => https.get('https://127.0.0.1:9/')],
  ['net.connect()', () => net.connect(9, '127.0.0.1')],
  ['net.Socket.connect()', () => new net.Socket().connect(9, '127.0.0.1')],
  ['net.Server.listen()', () => net.createServer().listen(0, '127.0.0.1')],
  ['dgram.Socket.bind()', () => dgram.createSocket('udp4').bind(0, '127.0.0.1')],
  ['dns.lookup()', () => promisify(dns.lookup)('localhost')],
  ['dns.promises.resolve4()', () => dns.promises.resolve4('gateway.invalid')],
  ['child_process.exec()', () => childProcess.exec('true')],
  ['child_process.spawn()', () => childProcess.spawn('true')],
  ['worker_threads.Worker()', () => new Worker('', { eval: true })],
  ['zlib', () => promisify(zlib.gzip)('text')],
  ['zlib', () => new Response('text').body?.pipeThrough(new CompressionStream('gzip')).getReader().read()],
  ['crypto.subtle.digest()', digest],
  ['crypto.pbkdf2()', () => promisify(crypto.pbkdf2)('a', 'b', 1, 8, 'sha256')],
  ['crypto.randomBytes()', () => promisify(crypto.randomBytes)(8)],
];

describe('real input and output in ambient virtual time', () => {
  const captured = { readFile: fs.promises.readFile };

  it.each(refusals)('%s ends the run at the call', async (name, attempt) => {
    const outcome = await inVirtualTime(async () => {
      await attempt();
      await sleep(1000);
    });
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'real-io' });
    expect(outcome).toHaveProperty('detail', expect.stringContaining(`the code under test used ${name}, `));
  });

  it('also when its error is swallowed', async () => {
    const outcome = await inVirtualTime(async () => {
      await readFilePromise(file).catch(() => null);
      return 'went on';
    });
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'real-io' });
  });

  it('a function taken out of its module before the run is seen as soon as time would go on without it', async () => {
    const outcome = await inVirtualTime(async () => {
      await Promise.all([captured.readFile(file), sleep(1000)]);
    });
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'real-io', detail: expect.stringContaining('files') });
  });

  it('a function taken out before, with nothing else to do', async () => {
    const outcome = await inVirtualTime(async () => {
      await captured.readFile(file);
    });
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'real-io' });
  });

  it('is let through where it blocks, as that takes no virtual time', async () => {
    const outcome = await inVirtualTime(async () => {
      const text = fs.readFileSync(file, 'utf8');
      await sleep(1000);
      const unzipped = zlib.gunzipSync(zlib.gzipSync(text)).toString();
      return [unzipped === text, crypto.randomBytes(8).length, childProcess.spawnSync('true').status, Date.now()];
    });
    expect(outcome).toEqual({ kind: 'done', value: [true, 8, 0, startsAtMs + 1000] });
  });

  it('is not what others have under way in the same process', async () => {
    let reads = 0;
    const over = new AbortController();
    const others = (async () => {
      for (; !over.signal.aborted; reads++) await readFilePromise(file);
    })();
    const outcome = await inVirtualTime(async () => {
      for (let turn = 0; turn < 20_000; turn++) await sleep(1);
      return Date.now();
    });
    over.abort();
    await others;
    expect(outcome).toEqual({ kind: 'done', value: startsAtMs + 20_000 });
    expect(reads).toBeGreaterThan(1);
  });

  it('works as ever when the run is over', async () => {
    await inVirtualTime(async () => void (await readFilePromise(file)));
    expect((await readFilePromise(file, 'utf8')).length).toBeGreaterThan(100);
    expect(new Uint8Array(await digest())).toHaveLength(32);
    expect(fs.promises.readFile).toBe(captured.readFile);
  });
});

describe('code loaded for virtual time', () => {
  it('may keep the timers that it takes at its top level', async () => {
    const { loadForVirtualTime } = await import('./stand-ins.ts');
    const real = { setTimeout, Date };
    const module = await loadForVirtualTime(async () => {
      const { setTimeout: later, Date: Calendar } = globalThis;
      return { pause: promisify(later), now: Calendar.now };
    });
    expect({ setTimeout, Date }).toEqual(real);
    expect(Math.abs(module.now() - Date.now())).toBeLessThan(10_000);
    const outcome = await inVirtualTime(async () => {
      await module.pause(86_400_000 / 48);
      return module.now();
    });
    expect(outcome).toEqual({ kind: 'done', value: startsAtMs + 1_800_000 });
  });

  it('a run that ends meanwhile leaves them to the loader, and the loader to a run', async () => {
    const { loadForVirtualTime } = await import('./stand-ins.ts');
    const real = setTimeout;
    let loaded = () => {};
    const loading = loadForVirtualTime(() => new Promise<void>((resolve) => (loaded = resolve)));
    const standIn = setTimeout;
    expect(standIn).not.toBe(real);
    const outcome = await inVirtualTime(async () => {
      loaded();
      await loading;
      await sleep(1000);
      return Date.now();
    });
    expect(outcome).toEqual({ kind: 'done', value: startsAtMs + 1000 });
    expect(setTimeout).toBe(real);
  });
});
