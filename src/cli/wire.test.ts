/** `ratelab run --wire` as users call it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ratelab, smallScenario, temporaryFolder } from '../../test/cli/command-line.ts';
import { parseResults } from '../results/parse-results.ts';

const files = {
  'small.ts': smallScenario,
  'own.js': 'export default (fetch) => fetch;',
};
const wire = ['run', './small.ts', '--wire', '--speed', '10', '--progress', 'plain'];

function resultsIn(folder: string, name: string) {
  return parseResults(JSON.parse(readFileSync(join(folder, name, 'results.json'), 'utf8')), name);
}

describe('ratelab run --wire', () => {
  it('says in results, reports and comparisons that it ran over real HTTP', async () => {
    const cwd = temporaryFolder(files);
    const made = await ratelab([...wire, '--seeds', '1', '--out', 'wire'], cwd);
    expect(made.stderr).toContain('2 trials in 2 cells over HTTP, 1 at once');
    expect(made.code).toBe(0);
    expect(made.stdout).toContain('Measured over real HTTP, 10 times real time: a second run differs a little.');
    const results = resultsIn(cwd, 'wire');
    expect(results.mode).toBe('wire');
    expect(results.complete).toBe(true);
    expect(results.replay).toBe('ratelab run ./small.ts --seeds 1-1 --wire --speed 10');
    expect(results.scenarios[0]?.claims.map(({ verdict }) => verdict)).toEqual(['not run']);
    const rejected = results.scenarios[0]?.cells.map(({ trials }) => trials[0]?.metrics?.attempts.rejected ?? 0);
    expect(Math.min(...(rejected ?? [0]))).toBeGreaterThan(0);
    const report = readFileSync(join(cwd, 'wire', 'report.md'), 'utf8');
    expect(report).toContain('Time real HTTP, 10 times real time');
    expect(report).toContain('Every call went over real HTTP');
    expect(readFileSync(join(cwd, 'wire', 'report.html'), 'utf8')).toContain('Measured over real HTTP');

    await ratelab(['run', './small.ts', '--seeds', '1', '--out', 'virtual'], cwd);
    const compared = await ratelab(['compare', 'virtual/results.json', 'wire/results.json'], cwd);
    expect(compared.stdout).toContain('The first file was made in virtual time, the second over real HTTP');
    const same = await ratelab(['compare', 'wire/results.json', 'wire/results.json'], cwd);
    expect(same.stdout).not.toContain('over real HTTP');
  });

  it('writes what is done and exits 130 when it is interrupted', async () => {
    const cwd = temporaryFolder(files);
    const interrupt = (onFirst: () => void) => {
      // After the first trial there is something to write, and something still to do.
      const timer = setInterval(() => {
        if (!stderr.includes('"kind":"trial"')) return;
        clearInterval(timer);
        onFirst();
      }, 5);
      return () => clearInterval(timer);
    };
    let stderr = '';
    const output = { isTerminal: false, colour: false, columns: 100, write: (text: string) => void (stderr += text) };
    const argv = [
      'run',
      './small.ts',
      '--wire',
      '--speed',
      '10',
      '--seeds',
      '40',
      '--out',
      'cut',
      '--progress',
      'json',
    ];
    const { code } = await ratelab(argv, cwd, { stderr: output, onInterrupt: interrupt });
    expect(code).toBe(130);
    const results = resultsIn(cwd, 'cut');
    expect(results.complete).toBe(false);
    const trials = results.scenarios.flatMap(({ cells }) => cells.flatMap((cell) => cell.trials));
    expect(trials.length).toBeGreaterThan(0);
    expect(trials.length).toBeLessThan(80);
    expect(trials.map(({ failure }) => failure)).toEqual(trials.map(() => null));
  });

  it('warns of users\u2019 code that may read another clock', async () => {
    const cwd = temporaryFolder(files);
    const { stderr } = await ratelab([...wire, '--strategy', './own.js', '--seeds', '1', '--no-out'], cwd);
    expect(stderr).toContain('./own.js must take time from its context');
  });

  it.each([
    [['run', 'daily-export', '--speed', '5'], 'Cannot run with --speed: it must be given together with --wire'],
    [['run', 'aws-2015-backoff', '--wire'], 'platform of its own'],
    [['run', 'daily-export', '--wire', '--speed', '0'], '--speed must be a number from 0.01 to 1000'],
  ])('refuses %j', async (argv, complaint) => {
    const { code, stderr } = await ratelab([...argv, '--no-out'], temporaryFolder());
    expect(code).toBe(2);
    expect(stderr).toContain(complaint);
  });

  it('takes a handful of seeds unless more are asked for', async () => {
    const cwd = temporaryFolder();
    const { stdout } = await ratelab(['run', '--wire', '--print-config', '--json'], cwd);
    expect((JSON.parse(stdout) as { settings: { seeds: number } }).settings.seeds).toBe(6);
  });
});
