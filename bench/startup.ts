/**
 * How long the command line takes from nothing: `ratelab --help`, and a run of one scenario with one strategy on five seeds that writes its
 * whole report, beside a bare `node -e 0` and `vitest --version`. Every call is a process of its own; in each round all take turns, so that
 * the machine's noise hits all of them. Ratios are within a round.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';

const ROUNDS = 9;

const main = fileURLToPath(new URL('../src/cli/main.js', import.meta.url));
const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');

/** A command to be timed. */
interface Call {
  readonly name: string;
  /** Arguments of Node. */
  readonly argv: readonly string[];
  /** What it is to stay below, in ms; absent: it is there for comparison. */
  readonly targetMs?: number;
}

const NODE = 'node -e 0';
const VITEST = 'vitest --version';

const CALLS: readonly Call[] = [
  { name: NODE, argv: ['-e', '0'] },
  { name: VITEST, argv: [vitest, '--version'] },
  { name: 'ratelab --help', argv: [main, '--help'], targetMs: 150 },
  {
    name: 'ratelab run, 1 scenario, 1 strategy, 5 seeds',
    argv: [main, 'run', 'users-fifty-orgs', '-s', 'retry-after', '--seeds', '5', '--out', 'report'],
    targetMs: 1500,
  },
];

/** Times of all calls by name, one for each round, in ms. */
function measure(rounds: number): Map<string, number[]> {
  const cwd = mkdtempSync(join(tmpdir(), 'ratelab-startup-'));
  try {
    const times = new Map<string, number[]>(CALLS.map(({ name }) => [name, []]));
    for (const call of CALLS) timed(call, cwd);
    for (let round = 0; round < rounds; round++) {
      for (const call of CALLS) times.get(call.name)?.push(timed(call, cwd));
    }
    return times;
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}

function timed({ name, argv }: Call, cwd: string): number {
  const startedMs = performance.now();
  const { status, stderr } = spawnSync(process.execPath, argv, { cwd, encoding: 'utf8' });
  const tookMs = performance.now() - startedMs;
  if (status !== 0) throw new Error(`Cannot time ${name}: it ended with exit code ${status}: ${stderr}`);
  return tookMs;
}

/** The rounds as a table. */
function tableOf(times: ReadonlyMap<string, readonly number[]>): string {
  const lines = CALLS.map(({ name, targetMs }) => {
    const own = times.get(name) ?? [];
    const figures = [
      name.padEnd(46),
      spread(own, 0, ' ms'),
      `/ ${NODE}: ${spread(ratios(own, times.get(NODE)), 2)}`,
      `/ ${VITEST}: ${spread(ratios(own, times.get(VITEST)), 2)}`,
    ];
    if (targetMs === undefined) return figures.join('  ');
    return [...figures, `target ${targetMs} ms ${median(own) < targetMs ? 'met' : 'MISSED'}`].join('  ');
  });
  const head = `medians (least to most) of ${times.get(NODE)?.length} rounds, after one to warm up:`;
  return [head, ...lines].map((line) => `  ${line}`).join('\n');
}

function ratios(own: readonly number[], others: readonly number[] = []): number[] {
  return own.map((ms, round) => ms / (others[round] ?? Number.NaN));
}

function spread(values: readonly number[], digits: number, unit = ''): string {
  const [middle, least, most] = [median(values), Math.min(...values), Math.max(...values)].map((v) =>
    v.toFixed(digits),
  );
  return `${middle}${unit} (${least} to ${most})`;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

process.stdout.write(`${tableOf(measure(Number(process.env['BENCH_ROUNDS'] ?? ROUNDS)))}\n`);
