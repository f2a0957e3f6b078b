/** `ratelab init`: what it writes runs, fits the project, and is never written over anything. That it installs and gates: test/package/. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadScenario, loadStrategy } from '../../src/suite/sources.ts';
import { runTrial } from '../../src/trial/run-trial.ts';
import { ratelab, temporaryFolder } from './command-line.ts';

const ESM = JSON.stringify({ type: 'module', devDependencies: { ratelab: '*', vitest: '*' } });
const FILES = ['ratelab.config', 'my-limiter', 'my-scenario', 'my-limiter.test'];
const WORKFLOW = join('.github', 'workflows', 'ratelab.yml');

describe('init', () => {
  it('writes a limiter that wastes nothing in the scenario that it writes', async () => {
    const folder = temporaryFolder({ 'package.json': ESM });
    const { code, stdout } = await ratelab(['init'], folder);
    expect(code).toBe(0);
    expect(stdout).not.toContain('npm install');
    const scenario = await loadScenario({ name: 'mine', file: join(folder, 'my-scenario.ts'), policy: null });
    const strategy = await loadStrategy({ spec: 'mine', file: join(folder, 'my-limiter.ts') });
    const { result } = await runTrial({ scenario, strategy, seed: 1 });
    expect(result.failure).toBeNull();
    expect(result.metrics?.jobs).toMatchObject({ total: 120, done: 120 });
    expect(result.metrics?.attempts).toMatchObject({ total: 120, rejected: 0 });
    expect(result.metrics?.boundRatio).toBeLessThan(1.1);
  });

  it('writes a config file that run takes', async () => {
    const folder = temporaryFolder({ 'package.json': ESM });
    await ratelab(['init'], folder);
    const { code, stdout } = await ratelab(['run', '--seeds', '1', '--json', '--no-out'], folder);
    expect(code).toBe(0);
    expect(stdout).toContain('"title": "My limiter"');
  });

  it('writes modules that end in .mts where the package is not one of ES modules, and says what to install', async () => {
    const folder = temporaryFolder({ 'package.json': '{}', 'pnpm-lock.yaml': '' });
    const { stdout } = await ratelab(['init'], folder);
    for (const name of FILES) expect(existsSync(join(folder, `${name}.mts`))).toBe(true);
    const read = (name: string) => readFileSync(join(folder, name), 'utf8');
    expect(read('my-limiter.test.mts')).toContain("from './my-limiter.mjs'");
    expect(read('ratelab.config.mts')).toContain("'./my-limiter.mts'");
    expect(read(WORKFLOW)).toMatch(
      /- run: corepack enable\n +- run: pnpm install --frozen-lockfile\n +- run: pnpm exec vitest run\n +- run: pnpm exec ratelab gate --strict/,
    );
    expect(read(WORKFLOW)).not.toMatch(/npm ci|npx/);
    expect(stdout).toContain('pnpm add --save-dev ratelab vitest');
    const { code } = await ratelab(['run', '--seeds', '1', '--json', '--no-out'], folder);
    expect(code).toBe(0);
  });

  it('keeps what is there, also a config file of another name, and says so', async () => {
    const folder = temporaryFolder({ 'package.json': ESM, 'my-limiter.ts': 'mine', 'ratelab.config.json': '{}' });
    const { code, stdout } = await ratelab(['init'], folder);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^kept +ratelab\.config\.json \(it is there already\)\nkept +my-limiter\.ts /);
    expect(readFileSync(join(folder, 'my-limiter.ts'), 'utf8')).toBe('mine');
    expect(existsSync(join(folder, 'ratelab.config.ts'))).toBe(false);
    expect(existsSync(join(folder, 'my-limiter.test.ts'))).toBe(true);
  });

  it('--dry-run writes nothing', async () => {
    const folder = temporaryFolder({ 'package.json': ESM });
    const { stdout } = await ratelab(['init', '--dry-run'], folder);
    expect(stdout).toContain('would write my-limiter.ts\n');
    expect(readdirSync(folder)).toEqual(['package.json']);
  });

  it('stops where it cannot read or write, and says why', async () => {
    const folder = temporaryFolder({ 'package.json': '{' });
    expect(await ratelab(['init'], folder)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^Cannot read package\.json: it must be JSON, but /) as string,
    });
    writeFileSync(join(folder, 'package.json'), ESM);
    writeFileSync(join(folder, '.github'), '');
    expect(await ratelab(['init'], folder)).toMatchObject({
      code: 2,
      stderr: 'Cannot write .github/workflows/ratelab.yml: a part of its path is a file, not a folder\n',
    });
  });
});
