/** The examples of README.md's sections "Over the wire" and "In your tests": taken out of the page and run as a reader would run them. The package must have been built. */
import { execFile, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { policies } from '../../mock-server/policies/index.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const [, section = ''] = /^## Over the wire\n([^]*?)^## /m.exec(readme) ?? [];
const blocks = [...section.matchAll(/^```(\w+)(?: file=(\S+))?\n([^]*?)^```$/gm)].map(
  ([, language, file, code = '']) => ({ language, file, code }),
);
const [gateway, signIn, inTest, load] = blocks;

/** The commands of the section on discovery, in the order of the page. */
const [, discovery = ''] = /^## The limits of something[^]*?\n([^]*?)^## /m.exec(readme) ?? [];
const discoveryCommands = [...discovery.matchAll(/^```sh\n([^]*?)^```$/gm)].map(([, code = '']) => code);

/** The limiter of the page and its test, by file. */
const limiterFiles = [...readme.matchAll(/^```ts file=(my-limiter\S+)\n([^]*?)^```$/gm)];

/** A reader's project: the packages that the examples ask for, and `npx ratelab`. */
function readersFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ratelab-readme-'));
  const modules = join(folder, 'node_modules');
  mkdirSync(join(modules, '.bin'), { recursive: true });
  symlinkSync(root, join(modules, 'ratelab'));
  // As npm installs a command: executable.
  const command = `#!/bin/sh\nexec "${process.execPath}" "${join(root, 'dist/src/cli/main.js')}" "$@"\n`;
  writeFileSync(join(modules, '.bin/ratelab'), command, { mode: 0o755 });
  for (const name of ['msw', 'vitest']) symlinkSync(join(root, 'node_modules', name), join(modules, name));
  return folder;
}

/** A port in place of the page's: it and the next one (the operator's) were free a moment ago. Below those that the system hands out, which other tests are using. */
async function freePort(): Promise<number> {
  for (let port = 20_000 + (process.pid % 5000); port < 30_000; port += 2) {
    if ((await isFree(port)) && (await isFree(port + 1))) return port;
  }
  throw new Error('no two free ports between 20000 and 30000');
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const listens = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => resolve(true));
  });
  if (listens) await new Promise((resolve) => server.close(resolve));
  return listens;
}

describe('README, over the wire', () => {
  if (!existsSync(join(root, 'dist/src/cli/main.js'))) throw new Error('dist must be there: run npm run build first');
  const folder = readersFolder();
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], NO_COLOR: '1' };
  const run = promisify(execFile);
  const shell = (code: string) => run('bash', ['-ec', code], { cwd: folder, env });

  it('has three examples, the first of two commands', () => {
    expect(blocks.map(({ language }) => language)).toEqual(['sh', 'sh', 'js', 'sh']);
  });

  it.skipIf(spawnSync('curl', ['--version']).error !== undefined)(
    'the gateway signs a client in (needs curl)',
    async () => {
      const port = String(await freePort());
      // A group of its own: npx hands no signal on.
      const server = spawn('bash', ['-ec', gateway!.code.replaceAll('8089', port)], {
        cwd: folder,
        env,
        detached: true,
      });
      const ended = new Promise((resolve) => server.once('close', resolve));
      let printed = '';
      let complaints = '';
      server.stderr.on('data', (chunk) => (complaints += String(chunk)));
      try {
        for await (const chunk of server.stdout) if ((printed += String(chunk)).includes('Ctrl-C ends it')) break;
        expect(printed || complaints).toContain('The platform as documented');
        const { stdout } = await shell(signIn!.code.replaceAll('8089', port));
        expect(JSON.parse(stdout)).toMatchObject({ token_type: 'bearer', expires_in: expect.any(Number) });
      } finally {
        process.kill(-server.pid!, 'SIGTERM');
        await ended;
      }
    },
  );

  it('the test of the page passes under vitest', async () => {
    writeFileSync(join(folder, inTest!.file!), inTest!.code);
    const vitest = join(root, 'node_modules/vitest/vitest.mjs');
    const { stdout } = await run(process.execPath, [vitest, 'run', '--root', folder], { cwd: folder, env });
    expect(stdout).toMatch(/Tests +1 passed/);
  });

  it('the load finds the first rejection and the limit that made it', async () => {
    const { stdout } = await shell(load!.code);
    expect(stdout).toMatch(/^The first rejection came at request \d+/m);
    expect(stdout).toMatch(/“per-org” made all \d+ rejections/);
  });
});

describe('README, your own limiter', () => {
  const folder = readersFolder();
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('passes the test that the page proposes', async () => {
    expect(limiterFiles.map(([, file]) => file)).toEqual(['my-limiter.ts', 'my-limiter.test.ts']);
    for (const [, file = '', code = ''] of limiterFiles) writeFileSync(join(folder, file), code);
    const vitest = join(root, 'node_modules/vitest/vitest.mjs');
    const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], NO_COLOR: '1' };
    const arguments_ = [vitest, 'run', '--root', folder];
    const { stdout } = await promisify(execFile)(process.execPath, arguments_, { cwd: folder, env });
    expect(stdout).toMatch(/Tests +1 passed/);
  });
});

describe('README, the limits of something you cannot look into', () => {
  const folder = readersFolder();
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], NO_COLOR: '1' };
  const shell = (code: string) => promisify(execFile)('bash', ['-ec', code], { cwd: folder, env });

  it('finds the limit of the example exactly, and simulates what was found', async () => {
    expect(discoveryCommands).toHaveLength(2);
    const [discover = '', simulate = ''] = discoveryCommands;
    await shell(discover);
    const results = JSON.parse(readFileSync(join(folder, 'reports/discovery-run/discovery.json'), 'utf8')) as {
      limits: { status: string; scope: string[]; algorithm: Record<string, unknown> }[];
    };
    const { limits } = policies['teaching-fixed-window'] as unknown as {
      limits: { scope: string[]; algorithm: Record<string, unknown> }[];
    };
    expect(results.limits.map(({ status, scope, algorithm }) => ({ status, scope, algorithm }))).toEqual(
      limits.map(({ scope, algorithm }) => ({ status: 'found', scope, algorithm })),
    );
    expect((await shell(simulate)).stdout).toMatch(/^Use .+ calls refused/);
  });
});
