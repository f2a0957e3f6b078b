/** `ratelab infer`: what a user's own traffic tells about limits. Nothing is sent. */
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { Label } from '../discovery/black-box.ts';
import { DEFAULT_FIELDS, type Meaning } from '../discovery/passive/fields.ts';
import { inferFromTraffic } from '../discovery/passive/infer.ts';
import { readHar } from '../discovery/passive/read-har.ts';
import { type LogMapping, readLog } from '../discovery/passive/read-log.ts';
import { type Traffic, TrafficCollector } from '../discovery/passive/traffic.ts';
import { renderDiscoveryTerminal } from '../report/discovery/terminal.ts';
import { canonicalJson } from '../results/canonical-json.ts';
import { type DiscoveryResults, parseDiscoveryResults } from '../results/discovery-results.ts';
import { InputError, inputError } from '../results/input-error.ts';
import { formatCount } from '../wording/format.ts';
import { checkFolder, writeDiscovery } from './discover-out.ts';
import { reasonOf } from './files.ts';
import { EXIT, type ExitCode, type Io } from './io.ts';
import type { CommandContext } from './program.ts';
import { VERSION } from './version.ts';

/** Options of `infer` as commander gives them; undefined: not given. */
interface InferFlags {
  readonly host?: string;
  readonly field?: readonly string[];
  readonly labelHeader?: readonly string[];
  readonly timeIs: 'start' | 'end';
  readonly out: string | false;
  readonly strict?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Largest HAR file, in bytes; logs are read as they come. */
const HAR_BYTES_MAX = 400 * 1024 * 1024;
const LABELS: readonly Label[] = ['org', 'client', 'token', 'user', 'app', 'ip'];

const HELP = `
Examples:
  ratelab infer traffic.har
  ratelab infer access.jsonl --field path=req.url --field org=tenant_id --time-is end
  ratelab infer mon.jsonl tue.jsonl --host api.example.com

A .har file is read as HAR 1.2, every other one as JSON lines, one request each, with a time, a path and a status under their usual
names (--field names others). What --field takes: ${Object.keys(DEFAULT_FIELDS).join(', ')}.
Tokens are hashed before anything is done with them. Traffic that never met a limit tells no more than how much passed.
`;

/** Options and action. */
export function setUpInfer(command: Command, { io, exit }: CommandContext): void {
  const collect = (value: string, before: string[] = []) => [...before, value];
  command
    .option('--host <host>', 'requests to this host only (default: the one with most rejections)')
    .option('--field <meaning=name>', 'log: the field that holds something; may be given again', collect)
    .option('--label-header <label=header>', 'HAR: the request header that holds a label; may be given again', collect)
    .addOption(
      new Option('--time-is <which>', 'log: what the time of an entry is').choices(['start', 'end']).default('start'),
    )
    .option('--out <folder>', 'where discovery.json, discovered.policy.json and the report go', 'reports/infer-run')
    .option('--no-out', 'write nothing')
    .option('--strict', 'exit 3 when something was left open')
    .option('--json', 'print the results as JSON instead of the summary')
    .option('-q, --quiet', 'print one line only')
    .addHelpText('after', HELP)
    .action(async (files: string[], flags: InferFlags) => exit(await infer(files, flags, io)));
}

async function infer(files: readonly string[], flags: InferFlags, io: Io): Promise<ExitCode> {
  const mapping: LogMapping = { fields: fieldsOf(flags.field ?? []), timeIs: flags.timeIs };
  const labelHeaders = labelHeadersOf(flags.labelHeader ?? []);
  const out = flags.out === false ? null : resolve(io.cwd, flags.out);
  if (out !== null) await checkFolder(out, String(flags.out), false);
  const collector = new TrafficCollector();
  for (const file of files)
    if (/\.har$/i.test(file)) readHar(await textOf(file, io.cwd), file, collector, { labelHeaders });
    else await readLines(file, io.cwd, collector, mapping);
  const traffic = collector.traffic(flags.host ?? null);
  const name = files.join(', ');
  if (traffic.events.length === 0) throw nothingIn(name, traffic, flags.host);
  sayLeftOut(traffic, flags, io);
  return finish(inferFromTraffic(traffic, { name, version: VERSION }), out, flags, io);
}

function fieldsOf(given: readonly string[]): NonNullable<LogMapping['fields']> {
  const fields: Partial<Record<Meaning, string[]>> = {};
  for (const text of given) {
    const [, meaning = '', name = ''] = /^(\w+)=(.+)$/.exec(text) ?? [];
    if (!Object.hasOwn(DEFAULT_FIELDS, meaning)) {
      const rule = `a meaning, = and the name of a field; meanings are ${Object.keys(DEFAULT_FIELDS).join(', ')}`;
      throw new InputError('read', 'the command line', [{ path: '--field', rule, value: text }]);
    }
    (fields[meaning as Meaning] ??= []).push(name);
  }
  return fields;
}

function labelHeadersOf(given: readonly string[]): Partial<Record<Label, string>> {
  return Object.fromEntries(
    given.map((text) => {
      const [, label = '', name = ''] = /^(\w+)=([\w!#$%&'*+.^`|~-]+)$/.exec(text) ?? [];
      if (LABELS.some((each) => each === label)) return [label, name.toLowerCase()];
      const rule = `a label, = and the name of a header; labels are ${LABELS.join(', ')}`;
      throw new InputError('read', 'the command line', [{ path: '--label-header', rule, value: text }]);
    }),
  );
}

async function textOf(file: string, cwd: string): Promise<string> {
  const path = resolve(cwd, file);
  try {
    if ((await stat(path)).size > HAR_BYTES_MAX) throw new Error('it is larger than 400 MB');
    return await readFile(path, 'utf8');
  } catch (error) {
    throw inputError('read', file, reasonOf(error), error);
  }
}

async function readLines(file: string, cwd: string, into: TrafficCollector, mapping: LogMapping): Promise<void> {
  try {
    await readLog(createReadStream(resolve(cwd, file), 'utf8') as AsyncIterable<string>, into, mapping);
  } catch (error) {
    throw error instanceof InputError ? error : inputError('read', file, reasonOf(error), error);
  }
}

function nothingIn(name: string, { read, leftOut }: Traffic, host: string | undefined): InputError {
  const why = [...leftOut].map(([reason, count]) => `${formatCount(count)} ${reason}`).join(', ');
  const what = host === undefined ? 'at least one request' : `at least one request to ${host}`;
  return inputError(
    'infer from',
    name,
    `it must hold ${what}, but of ${formatCount(read)} entries ${why || 'there is none'}`,
  );
}

function sayLeftOut({ events, leftOut }: Traffic, flags: InferFlags, io: Io): void {
  if (flags.quiet === true || flags.json === true) return;
  const why = [...leftOut].map(([reason, count]) => `${formatCount(count)} ${reason}`).join(', ');
  io.stderr.write(`Read ${formatCount(events.length)} requests.${why === '' ? '' : ` Left out: ${why}.`}\n`);
}

async function finish(made: DiscoveryResults, out: string | null, flags: InferFlags, io: Io): Promise<ExitCode> {
  const text = canonicalJson(made);
  const results = parseDiscoveryResults(JSON.parse(text), 'discovery.json');
  if (out !== null) io.stderr.write(`Wrote ${String(flags.out)}: ${(await writeDiscovery(results, out)).join(', ')}\n`);
  const { columns, colour } = io.stdout;
  const { limits, spent } = results;
  const found = limits.filter(({ status }) => status === 'found').length;
  if (flags.json === true) io.stdout.write(text);
  else if (flags.quiet === true)
    io.stdout.write(
      `${found} of ${limits.length} limits decided, from ${formatCount(spent.requests)} requests and ${formatCount(spent.rejections)} rejections.\n`,
    );
  else io.stdout.write(renderDiscoveryTerminal(results, { columns, colour, unicode: io.unicode }));
  return flags.strict === true && found < Math.max(1, limits.length) ? EXIT.inconclusive : EXIT.ok;
}
