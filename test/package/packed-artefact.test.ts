/** What a user gets from the registry: the packed package, installed beside nothing but the dependencies that it declares. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Packed, packedInEmptyFolder, root } from './packing.ts';

interface Lock {
  readonly packages: Readonly<Record<string, { readonly dev?: boolean; readonly link?: boolean }>>;
}

/** Packs (the build is there already), unpacks into `node_modules/ratelab` of an empty project, and links the runtime dependencies of the lock file. */
function installed(): { readonly project: string; readonly packed: Packed; readonly tarballBytes: number } {
  const { project, packed, tarball } = packedInEmptyFolder();
  const modules = join(project, 'node_modules');
  mkdirSync(join(modules, 'ratelab'), { recursive: true });
  execFileSync('tar', ['-xzf', tarball, '-C', join(modules, 'ratelab'), '--strip-components=1']);
  linkDependencies(modules);
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'consumer', type: 'module' }));
  return { project, packed, tarballBytes: statSync(tarball).size };
}

function linkDependencies(modules: string): void {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as Lock;
  for (const [path, { dev }] of Object.entries(packages)) {
    const name = path.replace(/^node_modules\//, '');
    // Other platforms' binaries stand in the lock file and not on this disk.
    // Types of Node: what every TypeScript project for Node has.
    const wanted = !dev || name === '@types/node' || name === 'undici-types';
    if (path === '' || !wanted || name.includes('node_modules/') || !existsSync(join(root, path))) continue;
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(root, path), join(modules, name));
  }
}

describe('the packed package', () => {
  const { project, packed, tarballBytes } = installed();
  const node = (...argv: string[]) => execFileSync(process.execPath, argv, { cwd: project, encoding: 'utf8' });
  const cli = join('node_modules', 'ratelab', 'dist', 'src', 'cli', 'main.js');

  it('holds the built code, its types and its papers, and no tests or sources', () => {
    const paths = packed.files.map(({ path }) => path);
    const needed = [
      'package.json',
      'README.md',
      'LICENSE',
      'dist/src/index.js',
      'dist/src/index.d.ts',
      'templates/init/ratelab.yml',
    ];
    expect(needed.filter((path) => !paths.includes(path))).toEqual([]);
    const surplus = paths.filter(
      (path) =>
        !/^dist\/(?:src|mock-server|scenarios)\/|^docs\/licences\/|^templates\/init\/|^(?:package\.json|[A-Z]+(?:\.md)?)$/.test(
          path,
        ),
    );
    expect(surplus).toEqual([]);
    expect(paths.filter((path) => /^(?!templates).*\.test\.|\/testing[/-]|\.tsbuildinfo/.test(path))).toEqual([]);
    expect(tarballBytes).toBeLessThan(2_000_000);
  });

  it('has an executable command that lists its scenarios', () => {
    const { scenarios } = JSON.parse(node(cli, 'list', 'scenarios', '--json')) as { scenarios: { name: string }[] };
    expect(scenarios.map(({ name }) => name)).toContain('users-fifty-orgs');
    expect(readFileSync(join(project, cli), 'utf8').startsWith('#!/usr/bin/env node\n')).toBe(true);
  });

  it('does not take a module that ends the process for success', () => {
    writeFileSync(join(project, 'leaves.mjs'), 'process.exit(0); export default (fetch) => fetch;');
    const argv = [cli, 'run', 'daily-export', '-s', './leaves.mjs', '--seeds', '1', '--no-out'];
    const { status, stderr } = spawnSync(process.execPath, argv, { cwd: project, encoding: 'utf8' });
    expect(status).toBe(2);
    expect(stderr).toContain('Cannot load strategy ./leaves.mjs: loading it ended its thread with exit code 0');
  });

  it('runs a suite on worker threads and writes its report', () => {
    node(
      cli,
      'run',
      'daily-export',
      '-s',
      'retry-after',
      '-s',
      'none',
      '--seeds',
      '2',
      '--workers',
      '2',
      '--progress',
      'none',
      '--out',
      'out',
    );
    for (const file of ['results.json', 'report.html', 'report.md'])
      expect(statSync(join(project, 'out', file)).size).toBeGreaterThan(1000);
  });

  it('is a library: a strategy around a fetch, a trial, a gateway', () => {
    writeFileSync(
      join(project, 'use.js'),
      `import { parseStrategy, runTrial, scenarios } from 'ratelab';
       import { createGateway, parsePolicy } from 'ratelab/gateway';
       const scenario = scenarios.find(({ name }) => name === 'daily-export');
       const { result } = await runTrial({ scenario, strategy: parseStrategy('retry-after'), seed: 1 });
       console.log(JSON.stringify([typeof createGateway, parsePolicy(scenario.policy).limits.length > 0, result.metrics.jobs.lost]));`,
    );
    expect(JSON.parse(node('use.js'))).toEqual(['function', true, 0]);
  });

  it('has types that a strict consumer compiles against', () => {
    writeFileSync(
      join(project, 'use.ts'),
      `import { customStrategy, defineScenario, type Pipeline, type SuiteResults } from 'ratelab';
       import { createGateway, type Policy } from 'ratelab/gateway';
       const pipeline: Pipeline = (fetch, context) => async (input, init) => {
         context.note('now', context.clock.now());
         return fetch(input, init);
       };
       export const spec: string = customStrategy('mine', pipeline).spec;
       export const seeds = (results: SuiteResults): readonly number[] => results.seeds;
       export const gateway = (policy: Policy) => createGateway(policy, { random: () => 0.5 });
       export { defineScenario };`,
    );
    expect(compiled('use.ts')).toBe('');
  });

  it('answers in unit tests once its user has installed msw, and does without it before', () => {
    writeFileSync(
      join(project, 'door.ts'),
      `import { setupServer } from 'msw/node';
       import { openOperatorDoor, startGateway, type StartedGateway } from 'ratelab/gateway';
       import { createTestGateway, gatewayHandlers, type Platform } from 'ratelab/msw';
       export const platform: Platform = createTestGateway({ policy: 'documented-platform' });
       export const server = setupServer(...gatewayHandlers(platform, { regions: ['mypurecloud.ie'] }));
       export const start = async (): Promise<StartedGateway> => startGateway({ policy: 'daily-export', speed: 10 });
       export { openOperatorDoor };`,
    );
    writeFileSync(
      join(project, 'door.js'),
      `import { setupServer } from 'msw/node';
       import { gatewayHandlers } from 'ratelab/msw';
       setupServer(...gatewayHandlers('documented-platform')).listen();
       console.log((await fetch('https://api.mypurecloud.com/api/v2/users/me')).status);`,
    );
    expect(existsSync(join(project, 'node_modules', 'msw'))).toBe(false);
    const withoutMsw = `import { startGateway } from 'ratelab/gateway'; console.log(typeof startGateway);`;
    expect(node('--input-type=module', '-e', withoutMsw)).toBe('function\n');
    symlinkSync(join(root, 'node_modules', 'msw'), join(project, 'node_modules', 'msw'));
    expect(node('door.js')).toBe('401\n');
    expect(compiled('door.ts')).toBe('');
  });

  /** What the compiler has to say of a file of the project. */
  function compiled(file: string): string {
    const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023', '--lib', 'es2023,dom'];
    const argv = [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), ...options, '--types', 'node', file];
    return spawnSync(process.execPath, argv, { cwd: project, encoding: 'utf8' }).stdout;
  }
});
