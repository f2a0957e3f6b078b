/**
 * Requests per second of the gateway over HTTP with four limits, side by side with bare `node:http` that answers the same bytes, with
 * fastify and @fastify/rate-limit, and with express and express-rate-limit. Every server has a process of its own, the load comes from
 * this one, and the servers take turns in each round, so that the machine's noise hits all of them.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';
import { type Answer, PATH, SERVERS, type ServerName, TOKENS, tokenOf } from './http/servers.ts';

const CONNECTIONS = 50;
const PIPELINING = 4;
const ROUNDS = 7;
const ROUND_S = 3;
/** The gateway's rate is to be at least so many times that of the other. */
const TARGETS: Readonly<Partial<Record<ServerName, number>>> = { 'node:http': 0.6, fastify: 1, express: 4 };

/** Every connection sends with one token after the other. */
const REQUESTS = Array.from({ length: TOKENS }, (_, index) => ({
  method: 'GET' as const,
  path: PATH,
  headers: { authorization: `Bearer ${tokenOf(index)}` },
}));

/** One server's process. */
interface Server {
  readonly name: ServerName;
  readonly child: ChildProcess;
  readonly url: string;
}

/** What one server did in one round. */
interface Round {
  readonly perSecond: number;
  readonly requests: number;
  /** Processor time of the server's process for each request. */
  readonly processorUs: number;
}

/** What a server's process says on being asked. */
interface State {
  readonly cpuUs: number;
  readonly counted: Readonly<Record<string, number>>;
}

async function compare(rounds: number): Promise<Map<ServerName, Round[]>> {
  const gateway = await startServer('gateway', null);
  const answer = await answerOf(gateway.url);
  const others = await Promise.all(
    SERVERS.filter((name) => name !== 'gateway').map((name) => startServer(name, answer)),
  );
  const servers = [gateway, ...others];
  try {
    for (const server of servers) await checkBody(server, answer);
    const played = new Map<ServerName, Round[]>(servers.map(({ name }) => [name, []]));
    for (const server of servers) await play(server);
    for (let round = 0; round < rounds; round++) {
      for (const server of servers) played.get(server.name)?.push(await play(server));
    }
    return played;
  } finally {
    for (const { child } of servers) child.kill();
  }
}

async function startServer(name: ServerName, answer: Answer | null): Promise<Server> {
  const child = fork(fileURLToPath(import.meta.url), ['serve', name, JSON.stringify(answer)]);
  const [url] = (await once(child, 'message')) as [string];
  return { name, child, url };
}

/** What the gateway answers, but for what Node adds to every answer. */
async function answerOf(url: string): Promise<Answer> {
  const asked = request(`${url}${PATH}`, { headers: { authorization: `Bearer ${tokenOf(0)}` } }).end();
  const [incoming] = (await once(asked, 'response')) as [import('node:http').IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const headers: string[] = [];
  for (let at = 0; at < incoming.rawHeaders.length; at += 2) {
    const [name = '', value = ''] = incoming.rawHeaders.slice(at, at + 2);
    if (!['Date', 'Connection', 'Keep-Alive'].includes(name)) headers.push(name, value);
  }
  return { status: incoming.statusCode ?? 0, headers, body: Buffer.concat(chunks).toString() };
}

async function checkBody({ name, url }: Server, answer: Answer): Promise<void> {
  const { status, body } = await answerOf(url);
  if (status !== 200 || body !== answer.body) throw new Error(`Cannot compare: ${name} answers ${status} ${body}`);
}

async function play(server: Server): Promise<Round> {
  const before = await stateOf(server);
  const result = await autocannon({
    url: server.url,
    connections: CONNECTIONS,
    pipelining: PIPELINING,
    duration: ROUND_S,
    requests: REQUESTS,
  });
  const after = await stateOf(server);
  const requests = result['2xx'];
  if (result.non2xx + result.errors > 0) {
    throw new Error(`Cannot compare: ${server.name} rejected ${result.non2xx} and failed ${result.errors}`);
  }
  for (const [limit, counted] of Object.entries(after.counted)) {
    // What was under way when the load ended is counted and not seen; a token bucket has got some back.
    const charged = counted - (before.counted[limit] ?? 0);
    const open = CONNECTIONS * PIPELINING;
    if (charged < requests - 2 * ROUND_S || charged > requests + open) {
      throw new Error(`Cannot compare: limit ${limit} counted ${charged} of ${requests}`);
    }
  }
  const processorUs = (after.cpuUs - before.cpuUs) / requests;
  return { perSecond: requests / result.duration, requests, processorUs };
}

async function stateOf({ child }: Server): Promise<State> {
  const told = once(child, 'message');
  child.send('state');
  const [state] = (await told) as [State];
  return state;
}

/** The rounds as a table. Ratios are medians over the rounds, each within its round. */
export function tableOf(played: ReadonlyMap<ServerName, readonly Round[]>): string {
  const own = played.get('gateway') ?? [];
  const lines = [...played].map(([name, rounds]) => {
    const perSecond = median(rounds.map((round) => round.perSecond));
    const processor = median(rounds.map((round) => round.processorUs));
    const cells = [name.padEnd(10), `${perSecond.toFixed(0).padStart(8)}/s`, `${processor.toFixed(1).padStart(6)} us`];
    const target = TARGETS[name];
    if (target === undefined) return cells.join('  ');
    const ratios = rounds.map((round, at) => (own[at]?.perSecond ?? 0) / round.perSecond);
    const ratio = median(ratios);
    const range = `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`;
    const byProcessor = processor / median(own.map((round) => round.processorUs));
    const verdict = ratio >= target ? 'met' : 'MISSED';
    return [
      ...cells,
      `gateway / it ${ratio.toFixed(2)} (${range}), target ${target} ${verdict}; by processor time ${byProcessor.toFixed(2)}`,
    ].join('  ');
  });
  const head = `${CONNECTIONS} connections, pipelining ${PIPELINING}, medians of ${own.length} rounds of ${ROUND_S} s; processor time of the server per request:`;
  return [head, ...lines].map((line) => `  ${line}`).join('\n');
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** A child's whole life: serve, and say on request what has happened. */
async function serve(name: ServerName, answer: Answer): Promise<void> {
  const { start } = await import('./http/servers.ts');
  const { url, counted } = await start(name, answer);
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    process.send?.({ cpuUs: user + system, counted: counted() } satisfies State);
  });
  process.on('disconnect', () => process.exit());
  process.send?.(url);
}

if (process.argv[1]?.match(/bench[/\\]gateway\.[jt]s$/)) {
  const [, , role, name, answer] = process.argv;
  if (role === 'serve') await serve(name as ServerName, JSON.parse(answer ?? 'null') as Answer);
  else process.stdout.write(`${tableOf(await compare(Number(process.env['BENCH_ROUNDS'] ?? ROUNDS)))}\n`);
}
