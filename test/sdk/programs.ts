/** The programs of docs/sdk.md: taken out of the page, run as a reader would run them, and what they print. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** The page. */
export const PAGE = join(root, 'docs/sdk.md');
/** A documented and a reported platform. */
export const POLICIES = ['documented-platform', 'daily-export'] as const;

/** What the work of the page saw. */
export interface Saw {
  readonly calls: number;
  readonly refusals: number;
  readonly retryAfterSeconds: readonly number[];
  readonly users: number;
  readonly flows: number;
  readonly pages: number;
  readonly changed: boolean;
  readonly queried: number;
  readonly fromJob: number;
}

/** One run of the work. */
export interface Run {
  readonly door: 'HTTP' | 'MSW';
  readonly policy: string;
  readonly saw: Saw;
}

/** The files of a page by name: its code blocks that are marked `file=<name>`. */
export function filesOf(markdown: string): ReadonlyMap<string, string> {
  const blocks = markdown.matchAll(/^```js file=(\S+)\n([^]*?)^```$/gm);
  return new Map([...blocks].map(([, name, code]) => [name ?? '', code ?? '']));
}

/** Runs all programs of the page, under both policies each. The package must have been built. */
export async function runPrograms(): Promise<readonly Run[]> {
  if (!existsSync(join(root, 'dist/src/doors/msw.js'))) throw new Error('dist must be there: run npm run build first');
  const folder = readersFolder(filesOf(readFileSync(PAGE, 'utf8')));
  try {
    const runs: Run[] = [];
    for (const policy of POLICIES) {
      runs.push(...seenIn('HTTP', await output(folder, process.execPath, ['over-http.mjs', policy])));
    }
    const vitest = join(root, 'node_modules/vitest/vitest.mjs');
    runs.push(...seenIn('MSW', await output(folder, process.execPath, [vitest, 'run', '--root', folder])));
    return runs;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** An empty project with the files of the page and the packages that it asks for. */
function readersFolder(files: ReadonlyMap<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'ratelab-sdk-'));
  const modules = join(folder, 'node_modules');
  mkdirSync(modules);
  symlinkSync(root, join(modules, 'ratelab'));
  for (const name of ['purecloud-platform-client-v2', 'msw', 'vitest']) {
    symlinkSync(join(root, 'node_modules', name), join(modules, name));
  }
  for (const [name, code] of files) writeFileSync(join(folder, name), code);
  return folder;
}

/** Standard output of a program; its errors are thrown with all it printed. */
async function output(cwd: string, command: string, args: readonly string[]): Promise<string> {
  // Nothing of the vitest that runs this.
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], NO_COLOR: '1' };
  return (await promisify(execFile)(command, args, { cwd, env })).stdout;
}

/** Lines of the form `policy {figures}`. */
function seenIn(door: Run['door'], text: string): Run[] {
  return [...text.matchAll(/^(\S+) (\{.*\})$/gm)].map(([, policy = '', figures = '']) => {
    return { door, policy, saw: JSON.parse(figures) as Saw };
  });
}

/** The page's table of runs. */
export function tableOf(runs: readonly Run[]): string {
  const rows: [string, (run: Run) => string | number][] = [
    ['users', ({ saw }) => saw.users],
    ['flows', ({ saw }) => saw.flows],
    ['pages of 50', ({ saw }) => saw.pages],
    ['flow changed', ({ saw }) => (saw.changed ? 'yes' : 'no')],
    ['conversations queried', ({ saw }) => saw.queried],
    ['conversations from the job', ({ saw }) => saw.fromJob],
    ['calls answered', ({ saw }) => saw.calls],
    ['calls refused (429)', ({ saw }) => saw.refusals],
    ['`Retry-After` seen, seconds', ({ saw }) => saw.retryAfterSeconds.join(', ')],
  ];
  return [
    `| | ${runs.map(({ door, policy }) => `${door}, \`${policy}\``).join(' | ')} |`,
    `|---|${runs.map(() => '--:|').join('')}`,
    ...rows.map(([name, cell]) => `| ${name} | ${runs.map(cell).join(' | ')} |`),
  ].join('\n');
}

const TABLE = /(?<=<!-- measured: npx jiti docs\/sdk-build\.ts -->\n)[^]*?(?=<!-- end -->)/;

/** The table that stands in a page. */
export function tableIn(markdown: string): string {
  return TABLE.exec(markdown)?.[0].trim() ?? '';
}

/** A page with another table. */
export function withTable(markdown: string, table: string): string {
  return markdown.replace(TABLE, () => `\n${table}\n\n`);
}
