/** `ratelab load`: drive a server, or a gateway of a policy, and report what it did. */
import { readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import type { Rate } from '../load/pace.ts';
import { checkPlan, type LoadPlan, type LoadTarget } from '../load/plan.ts';
import { type LoadProgress, runLoad } from '../load/run-load.ts';
import { isUrl, parseTarget } from '../load/target.ts';
import { loadReportFiles } from '../report/load/files.ts';
import { buildLoadReport } from '../report/load/model.ts';
import { renderLoadTerminal } from '../report/load/terminal.ts';
import { writeReportFiles } from '../report/write-report.ts';
import { canonicalJson } from '../results/canonical-json.ts';
import { InputError, inputError } from '../results/input-error.ts';
import { type LoadResults, parseLoadResults } from '../results/load-results.ts';
import { createSystemClock } from '../time/system-clock.ts';
import { formatCount } from '../wording/format.ts';
import { checkWritable, reasonOf, writeWhole } from './files.ts';
import { EXIT, type ExitCode, type Io, type Output } from './io.ts';
import type { CommandContext } from './program.ts';
import { policyNamed } from './selection.ts';
import { VERSION } from './version.ts';

/** Options of `load` as commander gives them; undefined: not given. */
interface LoadFlags {
  readonly connections?: string;
  readonly pipelining: string;
  readonly rate?: string;
  readonly ramp?: string;
  readonly steps?: string;
  readonly duration: string;
  readonly requests: string;
  readonly timeout: string;
  readonly path?: string;
  readonly method: string;
  readonly body?: string;
  readonly header?: readonly string[];
  readonly orgs?: string;
  readonly tokensPerOrg?: string;
  readonly token?: readonly string[];
  readonly tokenFile?: string;
  readonly allowHost?: readonly string[];
  readonly sameThread?: boolean;
  readonly seed: string;
  readonly out: string | false;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Connections of a closed load, and of an open one, where they are only the most that may be under way. */
const CONNECTIONS = { closed: '10', open: '50' };
/** Steps of a ramp. */
const STEPS = '10';
/** Largest token file, in bytes. */
const TOKEN_FILE_MAX = 16 * 1024 * 1024;
/** Where a gateway is loaded when no path is given. */
const GATEWAY_PATH = '/api/v2/users/me';

/** Options and action. */
export function setUpLoad(command: Command, { io, exit }: CommandContext): void {
  const collect = (value: string, before: string[] = []) => [...before, value];
  command
    .option('--rate <n>', 'open model: requests per second over all connections, whatever the answers')
    .option('--ramp <from..to>', 'open model: a rate that goes from one number to another over the duration')
    .option('--steps <n>', `steps of the ramp, at least 2 (default: ${STEPS})`)
    .option('--connections <n>', 'connections; in the open model the most (default: 10, open 50)')
    .option('--pipelining <n>', 'requests under way per connection', '1')
    .option('--duration <s>', 'seconds', '10')
    .option('--requests <n>', 'budget: no more than this is sent', '100000')
    .option('--timeout <s>', 'seconds to wait for an answer', '10')
    .option('--path <path>', `path and query (default: the URL's; ${GATEWAY_PATH} for a policy)`)
    .option('--method <method>', 'HTTP method', 'GET')
    .option('--body <text>', 'body of each request')
    .option('--header <name: value>', 'a header; may be given again', collect)
    .option('--orgs <n>', 'policy: organizations that send in turn (default: 1)')
    .option('--tokens-per-org <n>', 'policy: OAuth clients of each (default: 1)')
    .option('--token <token>', 'URL: a bearer token; may be given again, requests take them in turn', collect)
    .option('--token-file <file>', 'URL: a file with one bearer token per line')
    .option('--allow-host <host>', 'let load go to this host: you confirm that it is yours or that you may', collect)
    .option('--same-thread', 'policy: run the gateway in this thread, not in its own')
    .option('--seed <n>', 'policy: seed of the gateway', '1')
    .option('--out <folder>', 'where load.json and the report go', 'reports/load')
    .option('--no-out', 'write nothing')
    .option('--json', 'print the results as JSON instead of the report')
    .option('-q, --quiet', 'print one sentence only')
    .action(async (target: string, flags: LoadFlags) => exit(await load(target, flags, io)));
}

async function load(named: string, flags: LoadFlags, io: Io): Promise<ExitCode> {
  const plan = checkPlan(await planOf(named, flags, io));
  const out = flags.out === false ? null : resolve(io.cwd, flags.out);
  if (out !== null) await checkWritable(out, String(flags.out));
  sayWhere(plan.target, io);
  const results = await run(plan, flags, io);
  return await finish(results, out, flags, io);
}

async function planOf(named: string, flags: LoadFlags, io: Io): Promise<LoadPlan> {
  const target = await targetOf(named, flags, io);
  const rate = rateOf(flags);
  return {
    target,
    request: {
      method: flags.method.toUpperCase(),
      path: flags.path ?? (target.kind === 'url' ? target.target.path : GATEWAY_PATH),
      headers: (flags.header ?? []).map(headerOf),
      body: flags.body ?? '',
    },
    connections: numberOf('connections', flags.connections ?? CONNECTIONS[rate === null ? 'closed' : 'open']),
    pipelining: numberOf('pipelining', flags.pipelining),
    rate,
    durationMs: numberOf('duration', flags.duration) * 1000,
    requestsMax: numberOf('requests', flags.requests),
    timeoutMs: numberOf('timeout', flags.timeout) * 1000,
    seed: numberOf('seed', flags.seed),
  };
}

async function targetOf(named: string, flags: LoadFlags, io: Io): Promise<LoadTarget> {
  if (isUrl(named)) {
    refuse(flags, ['orgs', 'tokensPerOrg', 'sameThread'], 'a policy');
    return {
      kind: 'url',
      target: parseTarget(named, flags.allowHost ?? []),
      tokens: [...(flags.token ?? []), ...(await tokensIn(flags.tokenFile, io.cwd))],
    };
  }
  refuse(flags, ['token', 'tokenFile', 'allowHost'], 'a URL');
  return {
    kind: 'policy',
    policy: await policyNamed(named, io.cwd, 'load', 'the target'),
    orgs: numberOf('orgs', flags.orgs ?? '1'),
    tokensPerOrg: numberOf('tokens-per-org', flags.tokensPerOrg ?? '1'),
    ownThread: flags.sameThread !== true,
  };
}

/** A flag that would have no effect is a mistake. */
function refuse(flags: LoadFlags, names: readonly (keyof LoadFlags)[], need: string): void {
  for (const name of names) {
    if (flags[name] === undefined) continue;
    const flag = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    throw inputError('load', 'the target', `--${flag} is for ${need}`);
  }
}

async function tokensIn(file: string | undefined, cwd: string): Promise<string[]> {
  if (file === undefined) return [];
  try {
    const path = resolve(cwd, file);
    if ((await stat(path)).size > TOKEN_FILE_MAX) throw new Error('it is larger than 16 MB');
    const lines = (await readFile(path, 'utf8')).split(/\r?\n/);
    return lines.map((line) => line.trim()).filter((line) => line !== '');
  } catch (error) {
    throw inputError('read', file, `it must be a file with one token per line, but ${reasonOf(error)}`, error);
  }
}

function rateOf({ rate, ramp, steps }: LoadFlags): Rate | null {
  if (rate !== undefined && ramp !== undefined)
    throw inputError('load', 'the target', '--ramp takes the place of --rate');
  if (ramp === undefined && steps !== undefined) throw inputError('load', 'the target', '--steps is for a --ramp');
  if (rate !== undefined) {
    const perSecond = numberOf('rate', rate);
    return { fromPerSecond: perSecond, toPerSecond: perSecond, steps: 1 };
  }
  if (ramp === undefined) return null;
  const [, from, to] = /^([\d.]+)\.\.([\d.]+)$/.exec(ramp) ?? [];
  if (from === undefined || to === undefined)
    throw inputError('load', 'the target', `--ramp must be two numbers like 10..200, current value is ${ramp}`);
  return { fromPerSecond: Number(from), toPerSecond: Number(to), steps: numberOf('steps', steps ?? STEPS) };
}

/** What a flag gives, as a number; its bounds are the plan's. */
function numberOf(flag: string, text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!Number.isNaN(value)) return value;
  throw new InputError('read', 'the command line', [{ path: `--${flag}`, rule: 'a number', value: text }]);
}

function headerOf(text: string): readonly [string, string] {
  const colon = text.indexOf(':');
  if (colon > 0) return [text.slice(0, colon).trim(), text.slice(colon + 1).trim()];
  throw inputError('load', 'the target', '--header must be a name, a colon and a value');
}

function sayWhere(target: LoadTarget, io: Io): void {
  if (target.kind === 'policy' || target.target.isLoopback) return;
  const { host, protocol } = target.target;
  io.stderr.write(`Load goes to ${host}: by --allow-host you confirm that it is yours, or that you may test it.\n`);
  if (protocol === 'https:') io.stderr.write('Its certificate is not checked.\n');
}

async function run(plan: LoadPlan, flags: LoadFlags, io: Io): Promise<LoadResults> {
  const controller = new AbortController();
  const view = progressOn(io.stderr);
  const stopListening = io.onInterrupt(() => {
    view.end();
    io.stderr.write('Stopping: what is done will be written. Ctrl-C again quits at once.\n');
    controller.abort();
  });
  try {
    const onProgress = flags.quiet === true ? undefined : view.show;
    const { signal } = controller;
    return await runLoad({ plan, version: VERSION, signal, ...(onProgress === undefined ? {} : { onProgress }) });
  } finally {
    view.end();
    stopListening();
  }
}

/** Longest silence where the line cannot be rewritten. */
const PLAIN_MS = 5000;

/** One line rewritten on a terminal, a line every five seconds elsewhere. */
function progressOn(output: Output): { show: (progress: LoadProgress) => void; end: () => void } {
  const clock = createSystemClock();
  let saidMs = clock.now();
  return {
    show({ elapsedMs, durationMs, sent, admitted, rejected, lost }) {
      const seconds = (ms: number) => Math.round(ms / 1000);
      const text = `${seconds(elapsedMs)}/${seconds(durationMs)}s · ${formatCount(sent)} sent · ${formatCount(admitted)} admitted · ${formatCount(rejected)} rejected · ${formatCount(lost)} lost`;
      if (output.isTerminal) return output.write(`\r\u001B[2K${text.slice(0, output.columns - 1)}`);
      if (clock.now() - saidMs < PLAIN_MS) return;
      saidMs = clock.now();
      output.write(`${text}\n`);
    },
    end: () => (output.isTerminal ? output.write('\r\u001B[2K') : undefined),
  };
}

/** Results first; then the report, made from what the file says. */
async function finish(made: LoadResults, out: string | null, flags: LoadFlags, io: Io): Promise<ExitCode> {
  const text = canonicalJson(made);
  const results = parseLoadResults(JSON.parse(text), 'load.json');
  const report = buildLoadReport(results);
  if (out !== null) {
    await writeWhole(join(out, 'load.json'), text);
    await writeReportFiles(await loadReportFiles(results), out);
    io.stderr.write(`Wrote ${String(flags.out)}: load.json, load.html, load.md, charts\n`);
  }
  const { columns, colour } = io.stdout;
  if (flags.json === true) io.stdout.write(text);
  else if (flags.quiet === true) io.stdout.write(`${report.headline} ${report.subline}\n`);
  else io.stdout.write(renderLoadTerminal(report, { columns, colour, unicode: io.unicode }));
  return results.complete ? EXIT.ok : EXIT.interrupted;
}
