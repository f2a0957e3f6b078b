/**
 * What a command loads: nothing that it does not need. How long it takes is the benchmark's business (`npm run bench -- startup`); here Node
 * itself is asked which modules each thread loaded.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { commandAskedFor, commands } from '../../src/cli/commands.ts';
import { ratelab, spawnRatelab, temporaryFolder } from './command-line.ts';

/** Tells, on standard error, of every module that is loaded, and in which kind of thread. Threads inherit it. */
const telling = `
import { register } from 'node:module';
import { isMainThread } from 'node:worker_threads';
const hooks = \`
import { writeSync } from 'node:fs';
let thread = '';
export const initialize = (name) => { thread = name; };
export function load(url, context, next) {
  writeSync(2, '\\\\nloaded in ' + thread + ': ' + url + '\\\\n');
  return next(url, context);
}\`;
register('data:text/javascript,' + encodeURIComponent(hooks), { data: isMainThread ? 'main' : 'worker' });
`;

const folder = temporaryFolder({ 'telling.mjs': telling });

/** Addresses of the modules that a command line loads, by kind of thread. */
async function loadedBy(argv: readonly string[]): Promise<Readonly<Record<'main' | 'worker', string[]>>> {
  const { stderr } = await spawnRatelab(argv, folder, ['--import', pathToFileURL(join(folder, 'telling.mjs')).href]);
  const loaded = [...stderr.matchAll(/^loaded in (\w+): (.+)$/gm)];
  const of = (thread: string) => loaded.flatMap(([, name, url = '']) => (name === thread ? [url] : []));
  return { main: of('main'), worker: of('worker') };
}

const heavy = /node_modules\/(?:zod|@napi-rs|chart\.js|preact|autocannon|prom-client|string-width|jiti)/;
const reports = /\/src\/(?:report|verdicts|statistics|cli|wire|load|gate)\//;
const doors = /\/src\/(?:wire|load|doors)\/|\/mock-server\/(?:http-server|operator)/;
const drawing = /node_modules\/(?:@napi-rs|chart\.js|preact)|\/src\/report\/(?:charts|html)\//;

describe('a command', () => {
  it.each([[['--help']], [['--version']], [['rum']]])('%j loads the table of commands and no command', async (argv) => {
    const { main } = await loadedBy(argv);
    expect(main.filter((url) => url.includes('commander')).length, 'the hook tells').toBeGreaterThan(0);
    expect(main.filter((url) => heavy.test(url))).toEqual([]);
    const commandFiles = commands.map(({ name }) => `/src/cli/${name}.js`);
    expect(main.filter((url) => commandFiles.some((file) => url.endsWith(file)))).toEqual([]);
  });

  it('run loads no server, and nothing that draws where no report is written', async () => {
    const { main, worker } = await loadedBy(['run', 'daily-export', '-s', 'none', '--seeds', '1', '--no-out']);
    expect(main.some((url) => url.endsWith('/src/cli/run.js'))).toBe(true);
    expect(main.filter((url) => doors.test(url) || drawing.test(url))).toEqual([]);
    expect(worker, 'a few trials of our own need no thread').toEqual([]);
  });

  it('run loads what draws where a report is written', async () => {
    mkdirSync(join(folder, 'report'));
    const { main } = await loadedBy(['run', 'daily-export', '-s', 'none', '--seeds', '1', '--out', 'report']);
    expect(main.some((url) => drawing.test(url))).toBe(true);
  });

  it('a worker loads what a trial needs, and no report, verdict or command', async () => {
    const { worker } = await loadedBy([
      'run',
      'daily-export',
      '-s',
      'none',
      '--seeds',
      '1',
      '--no-out',
      '--workers',
      '1',
    ]);
    expect(worker.some((url) => url.endsWith('/src/trial/run-trial.js'))).toBe(true);
    expect(worker.filter((url) => reports.test(url) || drawing.test(url) || doors.test(url))).toEqual([]);
  });
});

describe('the table of commands', () => {
  it.each(commands.map(({ name }) => [name]))('%s: its help is its own', async (name) => {
    const { code, stdout } = await ratelab([name, '--help'], folder);
    expect(code).toBe(0);
    expect(stdout).toContain(`Usage: ratelab ${name} [options]`);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(commands.find((entry) => entry.name === name)?.summary);
    // Every command has an option besides --debug and --help, and only its own file knows it.
    expect(stdout.match(/^ {2}-.*$/gm)?.length).toBeGreaterThan(2);
    expect((await ratelab(['help', name], folder)).stdout).toBe(stdout);
  });

  it('finds the command that is asked for', () => {
    const name = (argv: string[]) => commandAskedFor(argv)?.name;
    expect(name(['run', 'list'])).toBe('run');
    expect(name(['--debug', 'list', 'policies'])).toBe('list');
    expect(name(['help', 'load'])).toBe('load');
    expect(name(['--', 'report', 'x.json'])).toBe('report');
    expect(name(['rum'])).toBeUndefined();
    expect(name(['--help'])).toBeUndefined();
    expect(name([])).toBeUndefined();
  });
});
