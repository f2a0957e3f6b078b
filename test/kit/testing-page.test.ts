/** The examples of docs/testing.md, taken out of the page and run from a project of its own against the built package. It must have been built. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const page = readFileSync(join(root, 'docs/testing.md'), 'utf8');
const files = [...page.matchAll(/^```ts file=(\S+)\n([^]*?)^```$/gm)].map(([, name = '', code = '']) => ({
  name,
  code,
}));

const run = promisify(execFile);
const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], NO_COLOR: '1' };
const inPackages = (path: string) => join(root, 'node_modules', path);

/** A project with the packages that the examples ask for, and the page's files. */
function readersProject(packages: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'ratelab-testing-'));
  const modules = join(folder, 'node_modules');
  mkdirSync(modules);
  symlinkSync(root, join(modules, 'ratelab'));
  for (const name of packages) symlinkSync(inPackages(name), join(modules, name));
  for (const { name, code } of files) writeFileSync(join(folder, name), code);
  return folder;
}

/** Runs the project's tests and returns what vitest prints, whether they pass or not. */
async function vitestOutput(folder: string, filters: readonly string[] = []): Promise<string> {
  const options = ['run', '--root', folder, '--no-file-parallelism', '--test-timeout', '60000', ...filters];
  const printed = await run(process.execPath, [inPackages('vitest/vitest.mjs'), ...options], {
    cwd: folder,
    env,
  }).catch((error: unknown) => error as { stdout: string; stderr: string });
  return printed.stdout + printed.stderr;
}

/** Packages that loading a built module loads with it, itself and through its own modules; what is imported when needed does not count. */
function packagesOf(file: string, seen = new Set<string>()): Set<string> {
  const packages = new Set<string>();
  if (seen.has(file)) return packages;
  seen.add(file);
  for (const [, from = ''] of readFileSync(file, 'utf8').matchAll(
    /^(?:import|export) (?:[^;]*? from )?'([^']+)';$/gm,
  )) {
    const inner = from.startsWith('.') ? packagesOf(join(dirname(file), from), seen) : [from];
    for (const name of inner) packages.add(name);
  }
  return packages;
}

describe('docs/testing.md', () => {
  if (!existsSync(join(root, 'dist/src/kit/vitest.js'))) throw new Error('dist must be there: run npm run build first');
  const folder = readersProject(['vitest', 'fast-check', '@types']);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('has a limiter and three test files', () => {
    expect(files.map(({ name }) => name)).toEqual([
      'my-limiter.ts',
      'limiter.test.ts',
      'promise.test.ts',
      'own-law.test.ts',
    ]);
  });

  it('its tests pass as they stand, and their types hold', async () => {
    expect(await vitestOutput(folder)).toMatch(/Tests +4 passed \(4\)/);
    const options = [
      '--noEmit',
      '--strict',
      '--module',
      'nodenext',
      '--target',
      'es2023',
      '--lib',
      'es2023,dom',
      '--types',
      'node',
      '--skipLibCheck',
    ];
    const allowTs = ['--allowImportingTsExtensions', '--noUncheckedIndexedAccess'];
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    const checked = await run(
      process.execPath,
      [inPackages('typescript/bin/tsc'), ...options, ...allowTs, ...files.map(({ name }) => name)],
      { cwd: folder, env },
    );
    expect(checked.stdout).toBe('');
  });

  it('a limiter that forgets its starts after 999 ms fails as the page shows', async () => {
    const broken = files[0]!.code.replace('>= 1000', '>= 999').replace('sleep(1000 -', 'sleep(999 -');
    writeFileSync(join(folder, files[0]!.name), broken);
    const output = await vitestOutput(folder, ['promise.test.ts']);
    expect(output).toMatch(/Tests +1 failed/);
    const [, shown = '-'] = /^```text\n([^]*?)^```$/m.exec(page) ?? [];
    expect(output).toContain(shown);
    expect(output).toMatch(/Replay: await checkLimiter\(limiter, \{ \.\.\.sameOptions, seed: 1, path: "/);
  });
});

describe('the entries of the package', () => {
  it.each([
    ['index.js', false, false],
    ['kit/vitest.js', true, false],
    ['kit/fast-check.js', false, true],
  ])('%s loads vitest: %s, fast-check: %s', (entry, vitest, fastCheck) => {
    const packages = packagesOf(join(root, 'dist/src', entry));
    expect(packages).toContain('zod');
    expect([packages.has('vitest'), packages.has('fast-check')]).toEqual([vitest, fastCheck]);
  });
});
