/**
 * Does virtual time tell the truth? Runs each of the five scenarios with ten strategies over five seeds twice, in virtual time and over real HTTP, and
 * keeps what came out in reports/latest/fidelity/, scenario by scenario; then writes docs/fidelity.md from that.
 *
 *     npm run docs:fidelity                        what is missing, then the page
 *     npm run docs:fidelity -- users-fifty-orgs    that scenario again, then the page
 *     npm run docs:fidelity -- --again             everything again
 *     npm run docs:fidelity -- --explain           the experiments again, from what was kept of the wire, then the page
 *     npm run docs:fidelity -- --page              the page alone
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadScenario, loadStrategy } from '../dist/src/suite/sources.js';
import { runTrial } from '../dist/src/trial/run-trial.js';
import { cellAgrees, disagreements } from './fidelity-verdicts.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'reports', 'latest', 'fidelity');
const SEEDS = 5;
/** Wire trials at once: many wait, few work. */
const AT_ONCE = 8;
/** Virtual trials with the wire's delays, for each trial of a cell that does not agree in everything. */
const DRAWS = 20;
/** A spread of calls that no network is free of, ms: enough to break ties, far too little for anything else. */
const TIE_MS = 0.1;

/** In every scenario, and beside them one plan that fits it. */
const COMMON = [
  'fixed-delay:delayMs=1000',
  'backoff:jitter=full',
  'retry-after',
  'sdk-python',
  'retry-after+token-bucket:by=org,ratePerSecond=5,burst=5',
  'concurrency:by=org,limit=2+retry-after',
  'retry-after+org-gate',
  'retry-after+aimd',
  'aws-adaptive',
];
const PLANS = {
  'bulk-segments': 'batch+retry-after',
  'interactions-query': 'delay-each-call:minMs=10000,maxMs=30000+backoff:jitter=full',
  'architect-sync': 'changed-since+retry-after',
  'users-fifty-orgs': 'stagger-start+retry-after',
  'daily-export': 'retry-after+remaining-gate',
};

const words = process.argv.slice(2);
const named = words.filter((word) => !word.startsWith('--'));
for (const name of named)
  if (!(name in PLANS)) throw new Error(`Cannot run ${name}: it must be one of ${Object.keys(PLANS).join(', ')}`);

if (words.includes('--explain')) {
  for (const name of Object.keys(PLANS)) {
    const file = join(folder, `${name}.json`);
    if (!existsSync(file)) continue;
    const kept = JSON.parse(readFileSync(file, 'utf8'));
    await explain(name, kept.cells);
    writeFileSync(file, `${JSON.stringify(kept, null, 1)}\n`);
  }
} else if (!words.includes('--page')) {
  mkdirSync(folder, { recursive: true });
  for (const name of named.length > 0 ? named : Object.keys(PLANS)) {
    const file = join(folder, `${name}.json`);
    if (existsSync(file) && named.length === 0 && !words.includes('--again')) {
      console.log(`${name}: kept from before`);
      continue;
    }
    writeFileSync(file, `${JSON.stringify(await measured(name), null, 1)}\n`);
  }
}
const { writePage } = await import('./fidelity-page.mjs');
writePage(folder, Object.keys(PLANS));

/** Everything that the page says of one scenario. */
async function measured(name) {
  const virtual = run(name, []);
  const startedMs = Date.now();
  const wire = run(name, ['--wire', '--workers', String(AT_ONCE)]);
  const wireSeconds = Math.round((Date.now() - startedMs) / 1000);
  const cells = wire.scenarios[0].cells.map((cell) => {
    const twin = virtual.scenarios[0].cells.find(({ strategy }) => strategy === cell.strategy);
    return {
      strategy: cell.strategy,
      title: cell.title,
      trials: cell.trials.map((trial) => ({
        seed: trial.seed,
        virtual: figures(twin.trials.find(({ seed }) => seed === trial.seed)),
        wire: figures(trial),
        delays: trial.wire ?? null,
      })),
    };
  });
  repeatOnTheWire(
    name,
    cells.filter((cell) => !cellAgrees(cell)),
  );
  await explain(name, cells);
  const machine = `${availableParallelism()} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), Node ${process.versions.node}`;
  return { scenario: name, speed: cells[0].trials[0].delays.speed, atOnce: AT_ONCE, wireSeconds, machine, cells };
}

/** Virtual time again, with three kinds of what the wire has and it leaves out. */
async function explain(name, cells) {
  for (const cell of cells) {
    if (cellAgrees(cell) && disagreements(cell) === 0) continue;
    console.log(`${name}: ${cell.strategy} in virtual time with ties broken, and with the wire's delays`);
    cell.ties = await again(name, cell, () => (dice, way) => (way === 'timerMs' ? 0 : onGrid(dice() * TIE_MS)));
    cell.delayed = await again(
      name,
      cell,
      ({ delays }) =>
        (dice, way) =>
          onGrid(quantile(delays[way], dice()) * delays.speed),
    );
    cell.steady = await again(name, cell, ({ delays }, draw) => {
      const share = (draw + 0.5) / DRAWS;
      return (_, way) => onGrid(quantile(delays[way], share) * delays.speed);
    });
  }
}

/** The wire once more: does it agree with itself? */
function repeatOnTheWire(name, cells) {
  if (cells.length === 0) return;
  const specs = cells.map(({ strategy }) => strategy);
  const repeated = run(name, ['--wire', '--workers', String(AT_ONCE)], specs).scenarios[0].cells;
  for (const cell of cells) {
    const twin = repeated.find(({ strategy }) => strategy === cell.strategy);
    for (const trial of cell.trials) trial.again = figures(twin.trials.find(({ seed }) => seed === trial.seed));
  }
}

function figures({ failure, metrics }) {
  return {
    failure: failure?.reason ?? null,
    makespanMs: metrics?.makespanMs ?? null,
    rejected: metrics?.attempts.rejected ?? null,
  };
}

/** Runs the command as a user would, progress on standard error. */
function run(name, options, specs = [...COMMON, PLANS[name]]) {
  const out = join(folder, `run${options.length === 0 ? '-virtual' : '-wire'}`);
  rmSync(out, { recursive: true, force: true });
  const strategies = specs.flatMap((spec) => ['--strategy', spec]);
  const argv = [
    'run',
    name,
    ...strategies,
    '--seeds',
    String(SEEDS),
    '--no-claims',
    '--progress',
    'plain',
    '--out',
    out,
    ...options,
  ];
  console.log(`${name}: ${options.length === 0 ? 'virtual time' : 'over HTTP'}`);
  const { status } = spawnSync(process.execPath, [join(root, 'dist/src/cli/main.js'), ...argv], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0 && status !== 3) throw new Error(`Cannot run ${name}: the command ended with ${status}`);
  return JSON.parse(readFileSync(join(out, 'results.json'), 'utf8'));
}

/** The cell's trials again in virtual time, `DRAWS` times each, with a way there and back for every call: by draw, the figures of each seed. */
async function again(name, cell, wayOf) {
  const scenario = await loadScenario({ name, file: null, policy: null });
  const draws = [];
  for (let draw = 0; draw < DRAWS; draw++) {
    const trials = [];
    for (const trial of cell.trials.filter(({ delays }) => delays !== null)) {
      const dice = generator(trial.seed * 1000 + draw);
      const way = wayOf(trial, draw);
      const strategy = await loadStrategy({ spec: cell.strategy, file: null });
      const drawn = (kind) => () => way(dice, kind);
      const delays = { thereMs: drawn('thereMs'), backMs: drawn('backMs'), timerMs: drawn('timerMs') };
      const { result } = await runTrial({ scenario, strategy, seed: trial.seed, delays });
      trials.push({ seed: trial.seed, virtual: figures(result) });
    }
    draws.push(trials);
  }
  return draws;
}

/** Between the quantiles that the results hold, in a straight line. */
function quantile({ p50, p90, p99, max }, share) {
  const points = [
    [0, p50 / 2],
    [0.5, p50],
    [0.9, p90],
    [0.99, p99],
    [1, max],
  ];
  const at = points.findIndex(([upTo]) => share <= upTo);
  const [[x0, y0], [x1, y1]] = [points[Math.max(0, at - 1)], points[Math.max(1, at)]];
  return Math.max(0, y0 + ((share - x0) / (x1 - x0)) * (y1 - y0));
}

/** Virtual time counts in 1024ths of a ms. */
function onGrid(ms) {
  return Math.round(ms * 1024) / 1024;
}

/** mulberry32 (public domain, Tommy Ettinger): the same draws in every build. */
function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
