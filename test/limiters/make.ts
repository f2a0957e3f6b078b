/**
 * Makes reports/limiters/: every library in every scenario and under every probe. Run by `npm run reports`, from dist, where threads can load it.
 *
 *     node dist/test/limiters/make.js                everything
 *     node dist/test/limiters/make.js --probes       the probes again; what came of the scenarios stays as it is in results.json
 *     node dist/test/limiters/make.js --page         the page again, from results.json
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { scenarios } from '../../scenarios/index.ts';
import { workerExecutor } from '../../src/suite/worker-executor.ts';
import { createSystemClock } from '../../src/time/system-clock.ts';
import { type LimiterCase, limiterCases } from './cases.ts';
import { about, type LimiterFinding, type ProbeFinding } from './findings.ts';
import { scenarioFindings } from './matrix.ts';
import { limitersPage } from './page.ts';

const FOLDER = join('reports', 'limiters');
const RESULTS = join(FOLDER, 'results.json');
/** Threads at once, whatever the machine has: the figures do not depend on it. */
const THREADS = 2;

const cases = limiterCases();
const findings = process.argv.includes('--page') ? kept() : await measured(!process.argv.includes('--probes'));
mkdirSync(FOLDER, { recursive: true });
// One limiter a line: a change shows as the lines of those that changed.
writeFileSync(RESULTS, `[\n${findings.map((finding) => JSON.stringify(finding)).join(',\n')}\n]\n`);
writeFileSync(join(FOLDER, 'README.md'), limitersPage(findings));

function kept(): LimiterFinding[] {
  return JSON.parse(readFileSync(RESULTS, 'utf8')) as LimiterFinding[];
}

async function measured(withScenarios: boolean): Promise<LimiterFinding[]> {
  const probes = await probed();
  const rows = withScenarios ? await inScenarios() : keptScenarios();
  return cases.map((one, row) => ({ ...one, ...about(one), ...probes[row]!, scenarios: rows[row]! }));
}

async function inScenarios(): Promise<LimiterFinding['scenarios'][]> {
  const executor = workerExecutor({ workers: THREADS, clock: createSystemClock() });
  try {
    const names = scenarios.map(({ name }) => name);
    return await scenarioFindings(cases, names, executor, ({ name }, scenario) =>
      console.error(`${scenario}: ${name}`),
    );
  } finally {
    await executor.close();
  }
}

/** By spec: whatever was not in the table before must be run. */
function keptScenarios(): LimiterFinding['scenarios'][] {
  const bySpec = new Map(kept().map(({ spec, scenarios: figures }) => [spec, figures]));
  return cases.map(({ spec }) => {
    const figures = bySpec.get(spec);
    if (figures === undefined) throw new Error(`Cannot keep what came of the scenarios: ${spec} is not in ${RESULTS}`);
    return figures;
  });
}

async function probed(): Promise<ProbeFinding[]> {
  const found: ProbeFinding[] = [];
  const waiting = [...cases.entries()];
  const lane = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [row, one] = next;
      found[row] = await inThread(one);
    }
  };
  await Promise.all(Array.from({ length: THREADS }, lane));
  return found;
}

function inThread(one: LimiterCase): Promise<ProbeFinding> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(new URL('./probe-thread.js', import.meta.url), { workerData: one, stdout: true });
    thread.on('message', (finding: ProbeFinding) => {
      resolve(finding);
      void thread.terminate();
    });
    thread.on('error', (error: unknown) => reject(new Error(`Cannot probe ${one.name}`, { cause: error })));
    thread.on('exit', (code) => reject(new Error(`Cannot probe ${one.name}: its thread ended with exit code ${code}`)));
  });
}
