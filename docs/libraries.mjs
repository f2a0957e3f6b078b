/**
 * Does virtual time tell the truth about libraries? Plays the same script of calls through every library twice, in virtual time and on the real
 * clock, compares when each attempt starts, and writes docs/libraries.md.
 *
 *     npm run docs:libraries                    every library, then the page
 *     npm run docs:libraries -- ky p-queue      these again, then the page
 *     npm run docs:libraries -- --page          the page alone, from what was kept in reports/latest/libraries.json
 *
 * On a machine that has other work, as root: chrt -f 10 node docs/libraries.mjs
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { libraryDefinitions } from '../dist/src/strategies/index.js';
import { pageOf } from './libraries-page.mjs';

const kept = fileURLToPath(new URL('../reports/latest/libraries.json', import.meta.url));
const page = fileURLToPath(new URL('libraries.md', import.meta.url));
/** Threads at once. They load and run in virtual time together, and only then begin on the real clock: from there on all wait nearly always. */
const AT_ONCE = 12;

/** What stands in for, or beside, a library's defaults. */
const SPECS = {
  'async-sema': ['async-sema', 'async-sema:uniform=true'],
  'axios-retry': ['axios-retry', 'axios-retry:delay=exponential'],
  bottleneck: ['bottleneck', 'bottleneck:minTimeMs=0,reservoir=10'],
  limiter: ['limiter', 'limiter:kind=token-bucket'],
  'p-limit': ['p-limit:concurrency=1'],
  'p-queue': ['p-queue', 'p-queue:strict=true'],
  'p-retry': ['p-retry', 'p-retry:randomize=true'],
  'p-throttle': ['p-throttle', 'p-throttle:strict=true'],
  'throttled-queue': ['throttled-queue', 'throttled-queue:evenly=true'],
};

const words = process.argv.slice(2);
const named = words.filter((word) => !word.startsWith('--'));
const known = libraryDefinitions.map(({ name }) => name);
for (const name of named) {
  if (!known.includes(name)) throw new Error(`Cannot run ${name}: it must be one of ${known.join(', ')}`);
}

if (!words.includes('--page')) {
  const again = named.length === 0 ? known : named;
  const specs = again.flatMap((name) => SPECS[name] ?? [name]);
  const load = loadavg()[0];
  const rows = [];
  for (let from = 0; from < specs.length; from += AT_ONCE) {
    rows.push(...(await together(specs.slice(from, from + AT_ONCE))));
  }
  const before = named.length > 0 && existsSync(kept) ? JSON.parse(readFileSync(kept, 'utf8')).rows : [];
  const others = before.filter(({ spec }) => !specs.includes(spec));
  const machine = `${availableParallelism()} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), Node ${process.versions.node}, load average before ${load.toFixed(1)} and after ${loadavg()[0].toFixed(1)}`;
  mkdirSync(dirname(kept), { recursive: true });
  writeFileSync(
    kept,
    `${JSON.stringify({ machine, isFirst: isFirst(), atOnce: AT_ONCE, rows: [...others, ...rows] }, null, 1)}\n`,
  );
}
writeFileSync(page, pageOf(JSON.parse(readFileSync(kept, 'utf8'))));
console.log(`Wrote docs/libraries.md`);

/** One thread for each spec; all begin on the real clock when the last has done its virtual part. */
async function together(specs) {
  const threads = specs.map((spec, index) => started(spec, Math.round((index * 1000) / specs.length)));
  await Promise.all(threads.map(({ ready }) => ready));
  for (const { worker } of threads) worker.postMessage('go');
  const rows = await Promise.all(threads.map(({ row }) => row));
  for (const { spec, scripts } of rows) {
    const worst = Math.max(
      ...scripts.flatMap(({ differencesMs }) => differencesMs.map((ms) => Math.abs(ms ?? Infinity))),
    );
    console.log(`${spec}: worst difference ${worst.toFixed(1)} ms`);
  }
  return rows;
}

/** `phaseMs`: when after a whole second it begins, so that not all begin at once. */
function started(spec, phaseMs) {
  const worker = new Worker(new URL('libraries-worker.mjs', import.meta.url), { workerData: { spec, phaseMs } });
  const { promise: ready, resolve: isReady } = withResolvers();
  const row = new Promise((resolve, reject) => {
    worker.on('message', (message) => {
      if (message.kind === 'ready') isReady();
      else resolve(message.row);
    });
    worker.on('error', reject);
    worker.on('exit', (code) => code !== 0 && reject(new Error(`${spec}: the thread ended with ${code}`)));
  });
  return { worker, ready: Promise.race([ready, row]), row };
}

/** Whether this process comes before all others: SCHED_FIFO or SCHED_RR in field 41 of its status, where the system has one. */
function isFirst() {
  try {
    const stat = readFileSync('/proc/self/stat', 'utf8');
    const policy = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[38];
    return policy === '1' || policy === '2';
  } catch {
    return false;
  }
}

/** Newer than the oldest Node that this runs on. */
function withResolvers() {
  let resolve;
  const promise = new Promise((settle) => (resolve = settle));
  return { promise, resolve };
}
