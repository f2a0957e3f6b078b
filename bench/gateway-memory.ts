/**
 * Whether the gateway's memory stays flat: ten million requests over HTTP from 100,000 access tokens that signed in, more than are remembered,
 * in an order that no memory of recent ones can serve. Printed after each million: heap, resident set and what the gateway holds.
 *
 * Flat means: the median heap of the last three samples (after collection) is at most 5 % above that of the three samples after the first
 * fifth of the run, by when every token has been used about twenty times.
 *
 * `BENCH_MEMORY_REQUESTS=1000000 npm run bench -- gateway-memory` sends fewer.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { fourLimits, PATH } from './http/servers.ts';
import { startGateway } from '../src/doors/gateway.ts';
import type { Platform } from '../mock-server/platform.ts';

const REQUESTS = Number(process.env['BENCH_MEMORY_REQUESTS'] ?? 10_000_000);
const SAMPLES = 10;
const TOKENS = 100_000;
const ORGS = 1000;
const CONNECTIONS = 20;
const PIPELINING = 16;
const MB = 2 ** 20;

/** What the gateway's process holds, after a collection where it can ask for one. Bytes but for the last two. */
interface Sample {
  readonly heap: number;
  readonly external: number;
  readonly resident: number;
  readonly buckets: number;
  /** Requests that the bucket over all organizations has counted. */
  readonly counted: number;
}

async function measure(): Promise<void> {
  const child = fork(fileURLToPath(import.meta.url), ['serve'], { execArgv: ['--expose-gc'] });
  try {
    const [{ port, tokens }] = (await once(child, 'message')) as [{ port: number; tokens: readonly string[] }];
    print(
      `${TOKENS} tokens of ${ORGS} organizations, ${REQUESTS} requests, ${CONNECTIONS} connections, pipelining ${PIPELINING}`,
    );
    const samples: Sample[] = [await sampleOf(child)];
    print(lineOf(0, samples[0]!, 0));
    for (let sample = 1; sample <= SAMPLES; sample++) {
      const startedMs = performance.now();
      await send(port, tokens, REQUESTS / SAMPLES, sample);
      const tookS = (performance.now() - startedMs) / 1000;
      samples.push(await sampleOf(child));
      print(lineOf((sample * REQUESTS) / SAMPLES, samples[sample]!, REQUESTS / SAMPLES / tookS));
    }
    judge(samples);
  } finally {
    child.kill();
  }
}

function judge(samples: readonly Sample[]): void {
  const { counted } = samples.at(-1)!;
  if (counted !== REQUESTS)
    throw new Error(`Cannot trust the bench: ${REQUESTS} requests were sent, ${counted} counted`);
  const early = median(samples.slice(2, 5).map(({ heap }) => heap));
  const late = median(samples.slice(-3).map(({ heap }) => heap));
  const growth = late / early - 1;
  print(
    `heap ${mb(early)} early, ${mb(late)} late: ${(growth * 100).toFixed(1)} %, at most 5 %: ${growth <= 0.05 ? 'flat' : 'NOT FLAT'}`,
  );
}

/** Sends requests over all connections, each with its share; every one must be answered 200. */
async function send(port: number, tokens: readonly string[], requests: number, round: number): Promise<void> {
  const share = requests / CONNECTIONS;
  await Promise.all(
    Array.from({ length: CONNECTIONS }, (_, index) => converse(port, tokens, share, round * CONNECTIONS + index)),
  );
}

/** One connection: as many requests as may be on their way, one more for each answer. */
function converse(port: number, tokens: readonly string[], requests: number, seed: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let dice = Math.imul(seed + 1, 0x9e3779b1);
    let sent = 0;
    let answered = 0;
    let rest = '';
    const ask = (count: number) => {
      let text = '';
      for (let index = 0; index < count && sent < requests; index++, sent++) {
        dice = (Math.imul(dice, 1_664_525) + 1_013_904_223) | 0;
        const token = tokens[(dice >>> 0) % TOKENS]!;
        text += `GET ${PATH} HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer ${token}\r\n\r\n`;
      }
      if (text !== '') socket.write(text);
    };
    socket.setEncoding('latin1');
    socket.once('connect', () => ask(PIPELINING));
    socket.once('error', reject);
    socket.once('close', () => (answered === requests ? resolve() : reject(new Error('the gateway hung up'))));
    socket.on('data', (chunk: string) => {
      const read = answersIn(rest + chunk);
      if (read.refusal !== null) socket.destroy(new Error(`the gateway answered ${read.refusal}`));
      rest = read.rest;
      answered += read.answers;
      ask(read.answers);
      if (answered === requests) socket.end();
    });
  });
}

const STATUS_LINE = 'HTTP/1.1 ';

/** Counts answers by their status lines, the last of which may be cut in two. */
function answersIn(text: string): { readonly answers: number; readonly refusal: string | null; readonly rest: string } {
  let from = 0;
  let answers = 0;
  for (;;) {
    const at = text.indexOf(STATUS_LINE, from);
    const end = at + STATUS_LINE.length + 3;
    if (at < 0 || end > text.length) break;
    if (!text.startsWith('200', end - 3)) return { answers, refusal: text.slice(at, at + 40), rest: '' };
    from = end;
    answers += 1;
  }
  return { answers, refusal: null, rest: text.slice(Math.max(from, text.length - STATUS_LINE.length - 2)) };
}

async function sampleOf(child: ChildProcess): Promise<Sample> {
  const told = once(child, 'message');
  child.send('sample');
  const [sample] = (await told) as [Sample];
  return sample;
}

function lineOf(requests: number, { heap, external, resident, buckets }: Sample, perSecond: number): string {
  const cells = [`heap ${mb(heap)}`, `external ${mb(external)}`, `resident ${mb(resident)}`, `${buckets} buckets`];
  return `${String(requests).padStart(9)} requests: ${cells.join(', ')}${perSecond === 0 ? '' : `, ${perSecond.toFixed(0)}/s`}`;
}

function mb(bytes: number): string {
  return `${(bytes / MB).toFixed(1)} MB`;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function print(line: string): void {
  process.stdout.write(`  ${line}\n`);
}

/** The gateway's process. */
async function serve(): Promise<void> {
  const loose = fourLimits();
  const most = { kind: 'fixed-window', limit: 1_000_000_000, windowMs: 86_400_000 };
  const policy = { ...loose, limits: [...(loose['limits'] as object[]), { name: 'all', scope: [], algorithm: most }] };
  const { port, platform } = await startGateway({ policy, latency: false, signInPolicy: null });
  const tokens = Array.from({ length: TOKENS }, (_, index) => mint(platform, index));
  process.on('message', () => {
    globalThis.gc?.();
    const { heapUsed, external, rss } = process.memoryUsage();
    const [all] = platform.gateway.levels('all', platform.time.nowMs);
    const counted = all === undefined ? 0 : all.capacity - all.free;
    const { bucketCount } = platform.gateway;
    process.send?.({ heap: heapUsed, external, resident: rss, buckets: bucketCount, counted } satisfies Sample);
  });
  process.on('disconnect', () => process.exit());
  process.send?.({ port, tokens });
}

function mint(platform: Platform, index: number): string {
  const org = index % ORGS;
  const authorization = `Basic ${btoa(`client-${org}@org-${org}:secret`)}`;
  let token = '';
  platform.handle(
    {
      method: 'POST',
      target: '/oauth/token',
      headers: { authorization, 'content-type': 'application/x-www-form-urlencoded' },
      body: 'grant_type=client_credentials',
      ip: '127.0.0.1',
    },
    ({ body }) => {
      ({ access_token: token } = JSON.parse(body) as { access_token: string });
    },
  );
  return token;
}

if (process.argv[1]?.match(/bench[/\\]gateway-memory\.[jt]s$/)) {
  if (process.argv[2] === 'serve') await serve();
  else await measure();
}
