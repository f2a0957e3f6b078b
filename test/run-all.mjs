/**
 * Every check there is, in one command: `npm test`. Prints one line per check with its duration, says every skip aloud, and ends with
 * `N passed, N failed`, where each test counts one and each other check counts one. Exits 1 when anything failed.
 *
 * At most two processes run at once: checks of one phase share two lanes, the phases follow each other.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';

const bin = (name) => join('node_modules', '.bin', name);
const scratch = mkdtempSync(join(tmpdir(), 'ratelab-test-'));
const testReport = join(scratch, 'vitest.json');

const build = { name: 'build', command: bin('tsc'), args: ['-p', 'tsconfig.build.json'] };
const phases = [
  [
    build,
    { name: 'format', command: bin('oxfmt'), args: ['--check'] },
    { name: 'lint', command: bin('oxlint'), args: ['--type-aware', '--deny-warnings'] },
    { name: 'types', command: bin('tsc'), args: ['--noEmit'] },
    { name: 'unused', command: bin('knip'), args: [] },
    { name: 'package', command: bin('publint'), args: ['--strict'], needs: build },
  ],
  [{ name: 'tests', command: bin('vitest'), args: vitestArguments(), needs: build, results: readTests }],
  [{ name: 'golden', command: process.execPath, args: ['test/golden/check.mjs'], needs: build }],
];

const tally = { passed: 0, failed: 0, skipped: 0 };
const failedChecks = new Set();

for (const phase of phases) {
  const waiting = [...phase];
  const lane = async () => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) await runCheck(check);
  };
  await Promise.all([lane(), lane()]);
}
rmSync(scratch, { recursive: true, force: true });
const skips = tally.skipped === 0 ? '' : ` (${tally.skipped} skipped, see above)`;
console.log(`\n${failedChecks.size === 0 ? 'All checks passed' : `Failed: ${[...failedChecks].join(', ')}`}${skips}`);
console.log(`${tally.passed} passed, ${tally.failed} failed`);
process.exitCode = tally.failed === 0 ? 0 : 1;

async function runCheck({ name, command, args, needs, results }) {
  if (needs !== undefined && failedChecks.has(needs.name))
    return report(name, false, 0, `not run: ${needs.name} failed`);
  const startedMs = performance.now();
  const { code, output } = await execute(command, args);
  const counts = results?.() ?? null;
  report(name, code === 0, performance.now() - startedMs, code === 0 ? '' : output, counts);
}

function report(name, ok, durationMs, output, counts = null) {
  const detail =
    counts === null ? '' : `  ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped.length} skipped`;
  console.log(`${ok ? 'ok  ' : 'FAIL'}  ${name.padEnd(8)} ${(durationMs / 1000).toFixed(1).padStart(6)} s${detail}`);
  for (const title of counts?.skipped ?? []) console.log(`      skipped: ${title}`);
  if (!ok) console.log(output.trimEnd().replaceAll(/^/gm, '      '));
  if (!ok) failedChecks.add(name);
  tally.skipped += counts?.skipped.length ?? 0;
  tally.passed += counts?.passed ?? (ok ? 1 : 0);
  // A run of tests that fails without a failed test (it could not start, an unhandled error) is one failure.
  tally.failed += counts === null ? (ok ? 0 : 1) : Math.max(counts.failed, ok ? 0 : 1);
}

function execute(command, args) {
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NO_COLOR: '1' } });
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', (error) => resolve({ code: 1, output: `${output}${error.message}\n` }));
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

function vitestArguments() {
  return ['run', '--maxWorkers=2', '--reporter=default', '--reporter=json', `--outputFile.json=${testReport}`];
}

/** Counts of the JSON report; null when there is none. */
function readTests() {
  if (!existsSync(testReport)) return null;
  const { testResults } = JSON.parse(readFileSync(testReport, 'utf8'));
  const tests = testResults.flatMap((file) => file.assertionResults);
  const titles = (...states) => tests.filter(({ status }) => states.includes(status)).map(({ fullName }) => fullName);
  const brokenFiles = testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0);
  return {
    passed: titles('passed').length,
    failed: titles('failed').length + brokenFiles.length,
    skipped: titles('pending', 'skipped', 'todo'),
  };
}
