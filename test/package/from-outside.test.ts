/**
 * The way of a new user, from the packed package to a red gate: install it in an empty project, `ratelab init`, tests and gate green, then a
 * limiter that is twice too fast, and both red.
 */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packedInEmptyFolder, root } from './packing.ts';

const MINUTES = 60_000;
const NETWORK = /ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|ENETUNREACH|ENOTCACHED/;
/** Everything in one thread: what a trial per thread costs is not the matter here. */
const QUICK = ['--workers', '0', '--progress', 'none'];

it('the kit from outside: installed, begun, green, broken, red', { timeout: 10 * MINUTES }, (context) => {
  const { project, tarball } = packedInEmptyFolder();
  const run = (command: string, ...argv: string[]): SpawnSyncReturns<string> => {
    const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' };
    return spawnSync(command, argv, { cwd: project, encoding: 'utf8', env, timeout: 5 * MINUTES });
  };
  const ratelab = (...argv: string[]) => run('npx', 'ratelab', ...argv);
  const isGreen = ({ status, stdout, stderr }: SpawnSyncReturns<string>) =>
    expect({ status, said: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, said: '' });

  // An empty project.
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'consumer', private: true, type: 'module' }));
  const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    devDependencies: Record<string, string>;
  };
  const packages = ['vitest', 'fast-check', '@types/node'].map((name) => `${name}@${devDependencies[name]}`);
  const quiet = ['--prefer-offline', '--no-audit', '--no-fund', '--save-dev'];
  const install = run('npm', 'install', ...quiet, tarball, ...packages);
  if (install.status !== 0 && NETWORK.test(install.stderr)) context.skip('no network and not in the npm cache');
  isGreen(install);

  // Begun, and begun again: nothing is overwritten.
  const begun = ratelab('init');
  isGreen(begun);
  expect(begun.stdout).toContain('npx ratelab baseline save');
  expect(begun.stdout).not.toContain('npm install');
  const files = [
    'ratelab.config.ts',
    'my-limiter.ts',
    'my-scenario.ts',
    'my-limiter.test.ts',
    '.github/workflows/ratelab.yml',
  ];
  expect(files.filter((file) => !existsSync(join(project, file)))).toEqual([]);
  writeFileSync(join(project, 'my-scenario.ts'), readFileSync(join(project, 'my-scenario.ts'), 'utf8') + '// mine\n');
  expect(ratelab('init').stdout).toContain('kept   my-scenario.ts');
  expect(readFileSync(join(project, 'my-scenario.ts'), 'utf8')).toMatch(/\/\/ mine\n$/);

  // Green.
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const strict = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023', '--types', 'node'];
  isGreen(run(process.execPath, compiler, ...strict, ...files.slice(0, 4)));
  isGreen(run('npx', 'vitest', 'run'));
  isGreen(run(process.execPath, '--input-type=module', '-e', "await import('ratelab/fast-check')"));
  isGreen(ratelab('baseline', 'save', '--seeds', '6', ...QUICK));
  const green = ratelab('gate', ...QUICK);
  isGreen(green);
  expect(green.stdout).toContain('Gate passed');

  // Broken: twice as fast as the limit allows.
  const limiter = join(project, 'my-limiter.ts');
  const broken = readFileSync(limiter, 'utf8').replace('CALLS_PER_SECOND = 10', 'CALLS_PER_SECOND = 20');
  writeFileSync(limiter, broken);

  // Red, and useful: what, which seed, how to see it again.
  const tests = run('npx', 'vitest', 'run');
  expect(tests.status).toBe(1);
  const said = tests.stdout + tests.stderr;
  expect(said).toMatch(/Expected limiter in my-scenario to stay within the limits of the policy/);
  expect(said).toMatch(/Seed \d+, the worst of 5 seeds: \d+ calls were refused by per-org/);
  expect(said).toMatch(/Replay: await runScenario\(limiter, \{ scenario, seeds: \[\d+\] \}\)/);
  const gate = ratelab('gate', ...QUICK);
  expect(gate.status).toBe(1);
  expect(gate.stdout).toMatch(/^GATE FAILED: \d+ regressed/m);
  expect(gate.stdout).toMatch(/my-scenario \/ \.\/my-limiter\.ts \/ rejected\s+regressed\n\s+0 → \d+/);
  expect(gate.stdout).toContain('ratelab replay ./my-scenario.ts ./my-limiter.ts --seed');
});
