/**
 * What may import what, and who may touch time, chance and the process. The rules stand in `.oxlintrc.json`, so that editors show them; here each is
 * proven to bite by a planted violation, and what the linter cannot say is checked on the sources themselves.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

const time = 'Time is a port';
const planted: [file: string, code: string, complaint: string | null][] = [
  [
    'mock-server/a.ts',
    `import { x } from '../src/time/clock.ts'; export const y = x;`,
    'The gateway imports nothing of src',
  ],
  [
    'mock-server/b.ts',
    `import { x } from '../scenarios/index.ts'; export const y = x;`,
    'The gateway imports nothing of src or scenarios',
  ],
  ['mock-server/c.ts', `export const y = Date.now();`, time],
  ['mock-server/limits/d.ts', `export const y = Math.random();`, 'Randomness is a port'],
  [
    'src/strategies/a.ts',
    `import { x } from '../../mock-server/gateway.ts'; export const y = x;`,
    'src/strategies never imports the gateway',
  ],
  [
    'src/strategies/retry/b.ts',
    `import type { X } from '../../../mock-server/policy.ts'; export type Y = X;`,
    'src/strategies never imports the gateway',
  ],
  [
    'src/strategies/c.ts',
    `import { x } from '../metrics/metrics.ts'; export const y = x;`,
    'src/strategies may import src/time, src/random, src/workload',
  ],
  ['src/strategies/d.ts', `import { x } from '../time/clock.ts'; export const y = x;`, null],
  ['src/strategies/e.ts', `export const y = () => setTimeout(() => {}, 1);`, time],
  [
    'src/strategies/f.ts',
    `import { setTimeout } from 'node:timers/promises'; export const y = setTimeout;`,
    'Only src/time knows real time',
  ],
  [
    'src/time/a.ts',
    `import { x } from '../random/random.ts'; export const y = x;`,
    'src/time may import nothing of ours',
  ],
  ['src/time/b.ts', `export const y = () => [Date.now(), performance.now(), setTimeout(() => {}, 1)];`, null],
  [
    'src/random/a.ts',
    `import { x } from '../time/clock.ts'; export const y = x;`,
    'src/random may import nothing of ours',
  ],
  ['src/random/b.ts', `export const y = Math.random();`, null],
  [
    'src/statistics/a.ts',
    `import { x } from '../results/results.ts'; export const y = x;`,
    'src/statistics may import nothing of ours',
  ],
  [
    'src/wording/a.ts',
    `import { x } from '../results/results.ts'; export const y = x;`,
    'src/wording may import nothing of ours',
  ],
  ['src/metrics/a.ts', `import type { X } from '../../mock-server/policy.ts'; export type Y = X;`, null],
  [
    'src/metrics/b.ts',
    `import { x } from '../../mock-server/policy.ts'; export const y = x;`,
    'src/metrics never imports the gateway, except types',
  ],
  [
    'src/trial/a.ts',
    `import { x } from '../../scenarios/index.ts'; export const y = x;`,
    'src/trial knows the scenario port only',
  ],
  ['src/trial/b.ts', `import { x } from '../suite/plan.ts'; export const y = x;`, 'src/trial may import'],
  ['src/results/a.ts', `import { x } from '../report/model.ts'; export const y = x;`, 'src/results may import'],
  ['src/verdicts/a.ts', `import { x } from '../report/model.ts'; export const y = x;`, 'src/verdicts may import'],
  [
    'src/discovery/a.ts',
    `import { x } from '../../mock-server/gateway.ts'; export const y = x;`,
    'src/discovery never imports the gateway, except types',
  ],
  ['src/discovery/b.ts', `import type { X } from '../../mock-server/policy.ts'; export type Y = X;`, null],
  [
    'src/discovery/c.ts',
    `import { x } from '../trial/black-box.ts'; export const y = x;`,
    'src/discovery may import src/time, src/random',
  ],
  ['src/report/discovery/a.ts', `import { x } from '../../discovery/answer/policy.ts'; export const y = x;`, null],
  [
    'src/report/discovery/b.ts',
    `import { x } from '../../discovery/prober.ts'; export const y = x;`,
    'src/report may import',
  ],
  [
    'src/strategies/g.ts',
    `import { x } from '../discovery/prober.ts'; export const y = x;`,
    'src/strategies may import src/time, src/random, src/workload',
  ],
  ['src/suite/a.ts', `import { x } from '../cli/io.ts'; export const y = x;`, 'src/suite may import'],
  ['src/suite/b.ts', `export const y = process.pid;`, 'Only src/cli touches the process'],
  [
    'src/suite/c.ts',
    `import { pid } from 'node:process'; export const y = pid;`,
    'Only src/time knows real time, only src/cli touches the process',
  ],
  ['src/report/a.ts', `import { x } from '../trial/run-trial.ts'; export const y = x;`, 'src/report may import'],
  [
    'src/report/load/a.ts',
    `import type { X } from '../../load/plan.ts'; export type Y = X;`,
    'src/report may import src/results',
  ],
  ['src/report/load/b.ts', `import type { X } from '../../results/load-results.ts'; export type Y = X;`, null],
  [
    'src/doors/a.ts',
    `import { x } from '../trial/run-trial.ts'; export const y = x;`,
    'src/doors may import mock-server, src/time, src/random',
  ],
  ['src/doors/b.ts', `import { x } from '../load/plan.ts'; export const y = x;`, 'src/doors may import'],
  [
    'src/doors/c.ts',
    `import { x } from '../../scenarios/index.ts'; export const y = x;`,
    'src/doors never imports scenarios',
  ],
  ['src/doors/d.ts', `import { x } from '../../mock-server/platform.ts'; export const y = x;`, null],
  ['src/doors/e.ts', `export const y = () => setTimeout(() => {}, 1);`, time],
  ['src/doors/f.ts', `export const y = process.env;`, 'Only src/cli touches the process'],
  ['src/wire/a.ts', `import { x } from '../report/model.ts'; export const y = x;`, 'src/wire may import'],
  ['src/wire/b.ts', `import { x } from '../load/plan.ts'; export const y = x;`, 'src/wire may import'],
  [
    'src/wire/c.ts',
    `import { x } from '../../scenarios/index.ts'; export const y = x;`,
    'src/wire knows the scenario port only',
  ],
  ['src/wire/d.ts', `import type { X } from '../../scenarios/scenario.ts'; export type Y = X;`, null],
  ['src/wire/e.ts', `import { x } from '../trial/play.ts'; export const y = x;`, null],
  ['src/wire/f.ts', `export const y = Date.now();`, time],
  ['src/load/a.ts', `import { x } from '../report/load/model.ts'; export const y = x;`, 'src/load may import'],
  ['src/load/b.ts', `import { x } from '../trial/run-trial.ts'; export const y = x;`, 'src/load may import'],
  ['src/load/c.ts', `import { x } from '../statistics/ranks.ts'; export const y = x;`, 'src/load may import'],
  [
    'src/load/d.ts',
    `import { x } from '../../scenarios/index.ts'; export const y = x;`,
    'src/load never imports scenarios',
  ],
  ['src/load/e.ts', `import { x } from '../doors/gateway.ts'; export const y = x;`, null],
  ['src/load/f.ts', `export const y = performance.now();`, time],
  ['src/suite/d.ts', `import { x } from '../wire/wire-executor.ts'; export const y = x;`, 'src/suite may import'],
  ['src/cli/a.ts', `export const y = process.pid;`, null],
  ['src/cli/b.ts', `export const y = performance.now();`, time],
  ['scenarios/a.ts', `import { x } from '../src/trial/run-trial.ts'; export const y = x;`, 'A scenario is data'],
  ['scenarios/c.ts', `import { x } from '../src/doors/gateway.ts'; export const y = x;`, 'A scenario is data'],
  ['scenarios/d.ts', `import { x } from '../src/wire/run-wire-trial.ts'; export const y = x;`, 'A scenario is data'],
  ['scenarios/e.ts', `import { x } from '../src/load/plan.ts'; export const y = x;`, 'A scenario is data'],
  ['scenarios/b.ts', `import { x } from '../src/wording/format.ts'; export const y = x;`, null],
];

describe('the linter\u2019s rules of architecture', () => {
  const complaints = lintPlanted();

  it.each(planted)('%s: %s', (file, _, complaint) => {
    const found = complaints.filter((each) => each.file === file).map(({ message }) => message);
    expect(found).toHaveLength(complaint === null ? 0 : 1);
    expect(found.join()).toContain(complaint ?? '');
  });
});

/** Real time in ways that the linter has no rule for. */
const realTime =
  /\bnew Date\(\s*\)|\bglobalThis\s*(?:\.|\[\s*['"])\s*(?:Date|setTimeout|setInterval|performance|process)\b|[^.\w]Date\(\s*\)/;

describe('the sources', () => {
  const sources = ['mock-server', 'scenarios', 'src']
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) => `${folder}/${file}`),
    )
    .filter((file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$|\/testing\/|^src\/(?:time|random)\//.test(file));

  it('are found', () => expect(sources.length).toBeGreaterThan(100));

  it('never make a Date of now outside src/time', () => {
    const offenders = sources.filter((file) => realTime.test(withoutComments(readFileSync(join(root, file), 'utf8'))));
    expect(offenders).toEqual([]);
  });

  it.each([
    'const a = new Date();',
    'const a = new Date( );',
    'const a = Date();',
    'globalThis.setTimeout(f)',
    `globalThis['process']`,
  ])('would be caught with a planted %s', (code) =>
    expect(realTime.test(withoutComments(`/* fine */\n${code} // really\n`))).toBe(true),
  );

  it.each(['const a = new Date(0);', '// new Date()', '/** new Date() */', `isDate(x)`, 'Date.UTC(2026, 0)'])(
    'are not suspected for %s',
    (code) => expect(realTime.test(withoutComments(`${code}\n`))).toBe(false),
  );
});

function withoutComments(source: string): string {
  return source.replaceAll(/\/\*[^]*?\*\//g, '').replaceAll(/(^|\s)\/\/.*$/gm, '$1');
}

/** Lints a folder that holds the project's own rules and the planted files. */
function lintPlanted(): { readonly file: string; readonly message: string }[] {
  const folder = mkdtempSync(join(tmpdir(), 'ratelab-architecture-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(join(root, '.oxlintrc.json'), join(folder, '.oxlintrc.json'));
  for (const [file, code] of planted) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), `${code}\n`);
  }
  const output = lint(folder);
  const { diagnostics } = JSON.parse(output) as {
    diagnostics: { code: string; message: string; help?: string; filename: string }[];
  };
  return diagnostics
    .filter(({ code }) => code.includes('no-restricted'))
    .map(({ filename, message, help = '' }) => ({ file: filename, message: `${message} ${help}` }));
}

/** The linter exits 1 when it finds something, which here it must. */
function lint(folder: string): string {
  try {
    return execFileSync(join(root, 'node_modules/.bin/oxlint'), ['-f', 'json'], { cwd: folder, encoding: 'utf8' });
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}
