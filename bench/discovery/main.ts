/**
 * The public benchmark of discovery: `npm run bench:discovery -- --rows quiet-1,quiet-2 --gateways 40 --seed 1 --workers 2 --out folder --baselines`.
 * `--resume`: goes on from the outcomes.jsonl of an interrupted run. `--patience`: seconds of wall time after which a gateway is given up. Prints its tables; writes
 * README.md and results.json, which depend on rows, gateways and seed alone, cpu.json, which depends on the machine, and for each row what was not right.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { canonicalJson } from '../../src/results/canonical-json.ts';
import { type GatewayOutcome, type GatewayTask, lostOutcome } from './outcome.ts';
import { ROWS, rowOf } from './rows.ts';
import { failureLines, reportOf } from './report.ts';
import { processorTable } from './tables.ts';
import { workOff } from './work-force.ts';

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: ROWS.map(({ name }) => name).join(',') },
    gateways: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    workers: { type: 'string', default: '2' },
    out: { type: 'string', default: '.ratelab/discovery' },
    baselines: { type: 'boolean', default: false },
    patience: { type: 'string', default: '300' },
    resume: { type: 'boolean', default: false },
  },
});

const rows = values.rows.split(',').map((name) => rowOf(name).name);
const gateways = whole('gateways', values.gateways);
const firstSeed = whole('seed', values.seed);
const tasks: GatewayTask[] = rows.flatMap((row) =>
  Array.from({ length: gateways }, (_, index) => ({ row, seed: firstSeed + index, baselines: values.baselines })),
);

mkdirSync(values.out, { recursive: true });
const log = join(values.out, 'outcomes.jsonl');
if (!values.resume) rmSync(log, { force: true });
const earlier = outcomesIn(existsSync(log) ? readFileSync(log, 'utf8') : '');
writeFileSync(log, earlier.map((outcome) => `${JSON.stringify(outcome)}\n`).join(''));
const wanted = new Set(tasks.map(keyOf));
const outcomes = earlier.filter((outcome) => wanted.has(keyOf(outcome)));
const done = new Set(outcomes.map(keyOf));
const left = tasks.filter((task) => !done.has(keyOf(task)));
await workOff(left, whole('workers', values.workers), 1000 * whole('patience', values.patience), (returned) => {
  const outcome = returned.kind === 'done' ? returned.outcome : lostOutcome(returned.task, returned.why);
  outcomes.push(outcome);
  appendFileSync(log, `${JSON.stringify(outcome)}\n`);
  const { row, seed, score, sent, cpuMs } = outcome;
  process.stderr.write(
    `${outcomes.length}/${tasks.length} ${row} ${seed}: ${score.verdict}, ${sent} requests, ${Math.round(cpuMs)} ms\n`,
  );
});

const place = (row: string) => rows.indexOf(row);
const sorted = outcomes.toSorted((a, b) => place(a.row) - place(b.row) || a.seed - b.seed);
const { markdown, results } = reportOf(rows, sorted, { gateways, firstSeed });
const cpu = rows.map((row) => ({
  row,
  cpuMs: sorted.filter((one) => one.row === row).map(({ cpuMs }) => Math.round(cpuMs)),
}));
process.stdout.write(
  `${markdown}\nProcessor time, ms per gateway (with playing the gateway):\n\n${processorTable(cpu)}\n`,
);

writeFileSync(join(values.out, 'README.md'), markdown);
writeFileSync(join(values.out, 'results.json'), canonicalJson(results));
writeFileSync(join(values.out, 'cpu.json'), canonicalJson(cpu));
for (const row of rows) {
  const lines = failureLines(sorted.filter((one) => one.row === row));
  writeFileSync(join(values.out, `failures-${row}.txt`), lines);
}

function keyOf({ row, seed }: Pick<GatewayTask, 'row' | 'seed'>): string {
  return `${row} ${seed}`;
}

/** The outcomes of a log, whose last line may be cut off. */
function outcomesIn(log: string): GatewayOutcome[] {
  const lines = log.split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as GatewayOutcome);
}

function whole(name: string, given: string): number {
  const value = Number(given);
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new RangeError(`Cannot run the benchmark: --${name} must be a whole number from 1, current value is ${given}`);
}
