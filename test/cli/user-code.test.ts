/** Users' own strategies that misbehave: each becomes a failed trial with its reason, and the suite goes on. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseResults } from '../../src/results/parse-results.ts';
import type { SuiteResults, TrialResult } from '../../src/results/results.ts';
import { createSystemClock } from '../../src/time/system-clock.ts';
import { ended, smallScenario, spawnRatelab, startRatelab, temporaryFolder } from './command-line.ts';

const dist = new URL('../../dist/src/index.js', import.meta.url).href;

const folder = temporaryFolder({
  'small.ts': smallScenario,
  // Compiled by the loader: a type, and a module of the package itself.
  'limiter.ts': `
    import { type Pipeline, parseStrategy } from 'ratelab';
    const limiter: Pipeline = (fetch, context) => parseStrategy('retry-after').pipeline(fetch, context);
    export default limiter;`,
  'forever.mjs': `export default (fetch) => async (input, init) => { for (;;) await fetch(input, init); };`,
  'polls.mjs': `export default () => () => new Promise((resolve) => { const poll = () => setImmediate(poll); poll(); });`,
  'throws.mjs': `export default () => () => { throw new Error('out of luck'); };`,
  'never.mjs': `export default () => () => new Promise(() => {});`,
  'spins.mjs': `export default () => () => { for (;;); };`,
  'waits-busily.mjs': `export default (fetch) => (input, init) => { const end = Date.now() + 1000; while (Date.now() < end); return fetch(input, init); };`,
  'exits.mjs': `export default () => () => { process.exit(7); };`,
  'abandons.mjs': `export default (fetch) => (input, init) => { Promise.reject('nobody looks'); return fetch(input, init); };`,
  'reads.mjs': `import { readFile } from 'node:fs/promises'; export default (fetch) => async (input, init) => { await readFile(import.meta.filename); return fetch(input, init); };`,
  'imports.mjs': `export default (fetch) => async (input, init) => { await import('./never.mjs'); return fetch(input, init); };`,
  'throws-oddly.mjs': `export default () => async () => { throw Object.defineProperty(new Error('x'), 'message', { get() { throw 1; } }); };`,
  'replaces-then.mjs': `export default (fetch) => async (input, init) => { Promise.prototype.then = () => new Promise(() => {}); return fetch(input, init); };`,
  'made-up.mjs': `export default () => async () => new Response('{}', { status: 200 });`,
  'poisons.mjs': `globalThis.Promise = class {}; Array.prototype.push = () => 0; process.on('exit', () => { for (;;); }); setInterval(() => {}, 10); console.log('noise');
    export default (fetch) => fetch;`,
  'freezes.mjs': `Object.freeze(globalThis); export default (fetch) => fetch;`,
  'waits-for-good.mjs': `await new Promise(() => {}); export default (fetch) => fetch;`,
  'fills-heap.mjs': `const kept = []; export default () => () => { for (;;) kept.push(new Array(1000).fill(kept.length)); };`,
  'fills-buffers.mjs': `const kept = []; export default () => () => { for (;;) kept.push(Buffer.alloc(2 ** 22, 1)); };`,
  'prints.mjs': `export default (fetch) => (input, init) => { console.log('noise'); process.stdout.write('more noise'); return fetch(input, init); };`,
  'keeps-state.mjs': `let calls = 0; export default (fetch) => (input, init) => ++calls > 25 ? Promise.reject(new Error('used before')) : fetch(input, init);`,
});

const names = [
  'forever',
  'polls',
  'throws',
  'never',
  'spins',
  'waits-busily',
  'exits',
  'abandons',
  'reads',
  'imports',
  'throws-oddly',
  'replaces-then',
  'poisons',
];

async function runAll(): Promise<{ readonly results: SuiteResults; readonly code: number }> {
  const strategies = [...names.map((name) => `./${name}.mjs`), './limiter.ts', 'retry-after'].flatMap((spec) => [
    '-s',
    spec,
  ]);
  const argv = [
    'run',
    './small.ts',
    ...strategies,
    '--seeds',
    '2',
    '--stall-after',
    '4',
    '--workers',
    '2',
    '--json',
    '--no-out',
  ];
  const { stdout, code } = await spawnRatelab(argv, folder);
  return { results: parseResults(JSON.parse(stdout), 'standard output'), code };
}

describe('a suite with strategies that misbehave', () => {
  const run = runAll();
  const failures = async (strategy: string) =>
    (await run).results.scenarios[0]?.cells
      .find((cell) => cell.strategy === strategy)
      ?.trials.map(({ failure }) => (failure === null ? 'ok' : `${failure.reason}: ${failure.detail}`));

  it.each([
    ['forever', /^too-many-attempts: /],
    ['polls', /^(?:too-many-events|busy-waiting): /],
    ['never', /^stalled: nothing is pending/],
    ['spins', /^stalled: /],
    ['waits-busily', /^busy-waiting: /],
    ['exits', /^process-exit: /],
    ['abandons', /^unhandled-rejection: nobody handled the rejection: nobody looks$/],
    ['reads', /^real-io: the code under test used fs\.promises\.readFile\(\), /],
    ['imports', /^real-io: the code under test used fs\.promises\.readFile\(\), .* Import modules/],
    ['throws-oddly', /^threw: no job was done; the first error was: something that cannot be described$/],
    ['replaces-then', /^stalled: nothing is pending/],
    // What it does to its surroundings when it is loaded breaks its own trials, and nothing of the command.
    ['poisons', /^(?:threw|stalled|process-exit): /],
  ])('%s: a failed trial with its reason', async (name, reason) => {
    const found = await failures(`./${name}.mjs`);
    expect(found).toHaveLength(2);
    for (const failure of found ?? []) expect(failure).toMatch(reason);
  });

  it('a pipeline that throws loses its jobs', async () => {
    const cells = (await run).results.scenarios[0]?.cells;
    const trial = cells?.find(({ strategy }) => strategy === './throws.mjs')?.trials[0];
    expect(trial?.failure?.reason ?? 'jobs failed').toMatch(/threw|jobs failed/);
    expect(trial?.metrics?.jobs).toMatchObject({ done: 0 });
  });

  it('goes on: the others are as if they had run alone, and one in TypeScript equals the built-in one it wraps', async () => {
    const { results, code } = await run;
    expect(code).toBe(0);
    expect(results.complete).toBe(true);
    expect(await failures('retry-after')).toEqual(['ok', 'ok']);
    const digests = (strategy: string) =>
      results.scenarios[0]?.cells.find((cell) => cell.strategy === strategy)?.trials.map(({ digest }) => digest);
    expect(digests('./limiter.ts')).toEqual(digests('retry-after'));
  });
});

describe('a thread whose code fills the memory without a pause', () => {
  it.each([
    ['fills-heap.mjs', /^used more than 128 MB of JavaScript heap$/],
    ['fills-buffers.mjs', /^did not yield to the event loop while the process came to hold more than \d+ MB$/],
  ])('%s: is ended, and the next task has another', async (name, detail) => {
    // The built one: its threads run built code.
    const { workerExecutor } = (await import(dist)) as typeof import('../../src/index.ts');
    const executor = workerExecutor({ workers: 1, clock: createSystemClock(), memoryMb: 128 });
    const trials: TrialResult[] = [];
    const run = (spec: string, file: string | null) =>
      executor.run(
        {
          scenario: { name: './small.ts', file: join(folder, 'small.ts'), policy: null },
          variant: '',
          strategy: { spec, file },
          seeds: [1],
          isolatedSeeds: [],
          alone: file !== null,
          trace: false,
        },
        ({ trial }) => trials.push(trial),
      );
    expect(await run(name, join(folder, name))).toEqual({
      kind: 'lost',
      reason: 'out-of-memory',
      detail: expect.stringMatching(detail) as string,
    });
    expect(await run('retry-after', null)).toEqual({ kind: 'done' });
    expect(trials.map(({ failure }) => failure)).toEqual([null]);
    await executor.close();
  });
});

describe('a file that cannot be loaded', () => {
  it.each([
    ['freezes.mjs', /^Cannot load strategy \.\/freezes\.mjs: .*Cannot redefine property/],
    [
      'waits-for-good.mjs',
      /^Cannot load strategy \.\/waits-for-good\.mjs: loading it ended its thread with exit code 13/,
    ],
  ])('%s: is named before anything runs, exit 2', async (name, message) => {
    const { stdout, stderr, code } = await spawnRatelab(['run', './small.ts', '-s', `./${name}`, '--no-out'], folder);
    expect({ stdout, code }).toEqual({ stdout: '', code: 2 });
    expect(stderr).toMatch(message);
  });
});

describe('a user\u2019s own strategy', () => {
  it('has done nothing when it makes up its answers', async () => {
    const argv = ['run', './small.ts', '-s', './made-up.mjs', '--seeds', '1', '--json', '--no-out'];
    const results = parseResults(JSON.parse((await spawnRatelab(argv, folder)).stdout), 'standard output');
    expect(results.scenarios[0]?.cells[0]?.trials[0]?.metrics?.jobs).toMatchObject({ done: 0, failed: 20 });
  });

  it('never mixes what it prints with results', async () => {
    const argv = ['run', './small.ts', '-s', './prints.mjs', '--seeds', '1', '--workers', '1', '--json', '--no-out'];
    const { stdout, stderr, code } = await spawnRatelab(argv, folder);
    expect(code).toBe(0);
    expect(() => parseResults(JSON.parse(stdout), 'standard output')).not.toThrow();
    expect(stderr).toContain('noise');
    expect(stderr).toContain('more noise');
  });

  it('starts every trial with fresh module state', async () => {
    const argv = [
      'run',
      './small.ts',
      '-s',
      './keeps-state.mjs',
      '--seeds',
      '3',
      '--workers',
      '1',
      '--json',
      '--no-out',
    ];
    const results = parseResults(JSON.parse((await spawnRatelab(argv, folder)).stdout), 'standard output');
    const trials = results.scenarios[0]?.cells[0]?.trials ?? [];
    expect(trials.map(({ metrics }) => metrics?.attempts.total)).toEqual([20, 20, 20]);
  });
});

describe('Ctrl-C', () => {
  it('keeps what is done: exit 130, whole files, complete: false, and the report can be made again', async () => {
    const out = temporaryFolder();
    const argv = ['run', 'users-fifty-orgs', '--seeds', '200', '--workers', '1', '--progress', 'json', '--out', out];
    const child = startRatelab(argv, folder);
    let seen = '';
    child.stderr.on('data', (chunk: Buffer) => {
      const before = seen.includes('"trialsDone":2,');
      seen += chunk.toString();
      // Twice at once, as one Ctrl-C arrives through npm.
      if (!before && seen.includes('"trialsDone":2,'))
        for (const signal of ['SIGINT', 'SIGINT'] as const) child.kill(signal);
    });
    const { code } = await ended(child);
    expect(code).toBe(130);
    expect(readdirSync(out).sort()).toEqual(['charts', 'report.html', 'report.md', 'results.json']);
    const text = readFileSync(join(out, 'results.json'), 'utf8');
    const results = parseResults(JSON.parse(text), 'results.json');
    const trials = results.scenarios.flatMap(({ cells }) => cells).flatMap((cell) => cell.trials);
    expect(results.complete).toBe(false);
    expect(trials.length).toBeGreaterThanOrEqual(2);
    expect(trials.length).toBeLessThan(200);
    expect((await spawnRatelab(['report', join(out, 'results.json')], folder)).code).toBe(0);
  });
});
