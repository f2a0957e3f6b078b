/**
 * The gate as users run it. A build is a folder: the baseline is saved in one and held against another, as a checkout in CI holds another commit's
 * files under the same names.
 */
import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Baseline, parseBaseline } from '../../src/gate/baseline.ts';
import { GATED_METRICS } from '../../src/gate/metrics.ts';
import type { SelfTest } from '../../src/gate/self-test.ts';
import { VERDICTS } from '../../src/gate/verdict.ts';
import { type Outcome, ratelab, smallScenario, temporaryFolder } from './command-line.ts';

const FILE = 'ratelab.baseline.json';

/** Retries what was refused after the time that the server asked for, and jitter on top. */
const retrying = (delayMs: string) => `
export default (fetch, { clock, random }) => {
 const dice = random.stream('jitter');
 return async (input, init) => {
  for (;;) {
    const response = await fetch(input, init);
    if (response.status !== 429) return response;
    const waitMs = ${delayMs};
    await new Promise((resolve) => clock.setTimer(resolve, waitMs));
  }
 };
};`;
/** Paces itself below the limit of five a second, one call after the other. */
const pacing = (everyMs: number, after = '') => `
export default (fetch, { clock }) => {
  const next = new Map();
  let calls = 0;
  return async (input, init) => {
    const key = new Headers(init?.headers).get('authorization');
    const at = Math.max(clock.now(), next.get(key) ?? 0);
    next.set(key, at + ${everyMs});
    if (at > clock.now()) await new Promise((resolve) => clock.setTimer(resolve, at - clock.now()));
    ${after}
    return fetch(input, init);
  };
};`;

const jittered = retrying('1000 * (0.2 + 3 * dice.next())');
const inStep = retrying('1000');

/** Jobs that arrive by chance, so that seeds differ. */
const scenario = smallScenario
  .replace('({ jobs }: { jobs: number }) =>', '({ jobs }: { jobs: number }, random) =>')
  .replace('availableMs: index', "availableMs: Math.floor(random.at('arrival', index, 0) * 400)")
  .replace('value: 20', 'value: 120')
  .replace('attemptsPerJobMax: 50', 'attemptsPerJobMax: 500');

const run = (argv: readonly string[], cwd: string, env: Record<string, string> = {}) =>
  ratelab([...argv, ...(argv[1] === 'list' ? [] : ['--workers', '0', '--progress', 'none'])], cwd, { env });

/** Saves a baseline of one strategy. */
async function saved(strategy: string, files: Readonly<Record<string, string>> = {}): Promise<string> {
  const folder = temporaryFolder({ 'small.ts': scenario, 'limiter.mjs': strategy, ...files });
  const outcome = await run(['baseline', 'save', './small.ts', '-s', './limiter.mjs', '--seeds', '8'], folder);
  expect(outcome).toMatchObject({ code: 0 });
  // A limiter that throws would make every later check pass for the wrong reason.
  expect(outcome.stderr).not.toContain('Note: ');
  return folder;
}

/** Another build with the baseline of `from`, changed or not. */
function build(
  from: string,
  files: Readonly<Record<string, string>>,
  change: (baseline: Record<string, unknown>) => void = () => {},
): string {
  const folder = temporaryFolder(files);
  copyFileSync(join(from, FILE), join(folder, FILE));
  const baseline = JSON.parse(readFileSync(join(folder, FILE), 'utf8')) as Record<string, unknown>;
  change(baseline);
  writeFileSync(join(folder, FILE), JSON.stringify(baseline));
  return folder;
}

const gateJson = ({ stdout }: Outcome) =>
  JSON.parse(stdout) as {
    outcome: string;
    counts: Record<string, number>;
    checks: { key: string; verdict: string; reason: string }[];
    remarks: { name: string }[];
  };

const base = saved(jittered);
const unchanged = { 'small.ts': scenario, 'limiter.mjs': jittered };

describe('ratelab gate on a real regression', () => {
  it('passes an unchanged build as identical, without a held-out seed', async () => {
    const { code, stdout, stderr } = await run(['gate', '--strict'], build(await base, unchanged));
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Gate passed: \d+ identical\n$/);
    expect(stderr).not.toContain('fresh seeds');
  });

  it('names a retry that lost its jitter', async () => {
    const folder = build(await base, { ...unchanged, 'limiter.mjs': inStep });
    const { code, stdout } = await run(['gate'], folder);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^GATE FAILED: /);
    expect(stdout).toMatch(/✗ small \/ \.\/limiter\.mjs \/ rejected +regressed/);
    expect(stdout).toContain('fresh seeds');
    expect(stdout).toContain('Next: ratelab replay ./small.ts ./limiter.mjs --seed 1');
  });

  it('names a bucket that is ten per cent too fast', async () => {
    const paced = await saved(pacing(200));
    const folder = build(paced, { ...unchanged, 'limiter.mjs': pacing(200 / 1.1) });
    const { code, stdout } = await run(['gate', '--json'], folder);
    const { checks } = gateJson({ code, stdout, stderr: '' });
    expect(code).toBe(1);
    expect(checks.filter(({ verdict }) => verdict === 'regressed').map(({ key }) => key)).toContain(
      'small/./limiter.mjs/rejected',
    );
  });

  it('names a lost job, and the seeds that lost one', async () => {
    const drops = retrying(`1000 * (0.2 + 3 * dice.next()); if (waitMs > 3150) throw new Error('dropped')`);
    const { code, stdout } = await run(['gate'], build(await base, { ...unchanged, 'limiter.mjs': drops }));
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /✗ small \/ \.\/limiter\.mjs \/ jobs-unfinished +regressed\n.*jobs lost or failed on seeds? \d/,
    );
  });

  it('exits 0 under --no-fail, and says the same', async () => {
    const folder = build(await base, { ...unchanged, 'limiter.mjs': inStep });
    const { code, stdout } = await run(['gate', '--no-fail'], folder);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^GATE FAILED: /);
  });

  it('leaves out what is off, and only tells what warns', async () => {
    const config = (thresholds: unknown) => ({ 'ratelab.config.json': JSON.stringify({ gate: { thresholds } }) });
    const files = { ...unchanged, 'limiter.mjs': inStep };
    const warned = await run(['gate'], build(await base, { ...files, ...config({ '*': 'warn' }) }));
    expect(warned.code).toBe(0);
    expect(warned.stdout).toContain('regressed (warn)');
    const metrics = '{rejected,wasted-share,makespan,wait-p95,worst-org-slowdown}';
    const off = await run(['gate'], build(await base, { ...files, ...config({ [`*/${metrics}`]: 'off' }) }));
    expect(off.stdout).toMatch(/^Gate passed: /);
    const misspelt = await run(['gate'], build(await base, { ...files, ...config({ '*/makespam': 'off' }) }));
    expect(misspelt.code).toBe(2);
    expect(misspelt.stderr).toContain('did you mean makespan?');
  });
});

type Loose = Record<string, unknown>;
const firstScenario = (baseline: Loose) => (baseline['scenarios'] as Loose[])[0] as Loose;
const firstStrategy = (baseline: Loose) => (firstScenario(baseline)['strategies'] as Loose[])[0] as Loose;

/** Every way in which a gate could stay green without having checked anything. */
const silentPaths: [name: string, words: string, files: Record<string, string>, change?: (baseline: Loose) => void][] =
  [
    ['a stale baseline', 'stale baseline', unchanged, (b) => (b['madeAt'] = '2020-01-01T00:00:00Z')],
    ['another version of ratelab', 'other version', unchanged, (b) => (b['tool'] = '0.0.1')],
    ['a baseline without entries', 'zero checks', unchanged, (b) => (b['scenarios'] = [])],
    [
      'a threshold of a scenario that is not there',
      'idle threshold',
      { ...unchanged, 'ratelab.config.json': JSON.stringify({ gate: { thresholds: { 'smal/*/bans': 'warn' } } }) },
      () => {},
    ],
    [
      'thresholds that switch everything off',
      'zero checks',
      { ...unchanged, 'ratelab.config.json': JSON.stringify({ gate: { thresholds: { '*': 'off' } } }) },
    ],
    ['a baseline without seeds', 'the baseline has no seeds', unchanged, (b) => (b['seeds'] = [])],
    [
      'seeds that the baseline lacks',
      'the baseline lacks seed 1',
      unchanged,
      (b) => ((firstStrategy(b)['trials'] as unknown[]).shift(), undefined),
    ],
    [
      'another policy',
      'policy limit quota changed',
      { ...unchanged, 'small.ts': scenario.replace('capacity: 3', 'capacity: 4') },
    ],
    [
      'another parameter',
      'parameter jobs changed from 120 to 119',
      { ...unchanged, 'small.ts': scenario.replace('120', '119') },
    ],
    [
      'another workload',
      'workload (the jobs that the seeds draw) changed',
      { ...unchanged, 'small.ts': scenario.replace('* 400', '* 401') },
    ],
    ['other metrics', 'the metrics are defined otherwise now (version 0', unchanged, (b) => (b['metricsVersion'] = 0)],
    ['another mode', 'the baseline was made in wire time', unchanged, (b) => (b['mode'] = 'wire')],
    [
      'a fingerprint that was changed by hand',
      'scenario deadlineMs changed from 1 to 600000',
      unchanged,
      (b) => ((firstScenario(b)['fingerprint'] as Loose)['scenario deadlineMs'] = '1'),
    ],
    ['a strategy that is gone', 'there is no file ./limiter.mjs any more', { 'small.ts': scenario }],
    ['a scenario that is gone', 'there is no file ./small.ts any more', { 'limiter.mjs': jittered }],
    [
      'another scenario in its file',
      './small.ts now holds other',
      { ...unchanged, 'small.ts': scenario.replace("name: 'small',\n  title", "name: 'other',\n  title") },
    ],
    [
      'a strategy that is selected and has no baseline',
      'it is selected, but not in the baseline',
      {
        ...unchanged,
        'ratelab.config.json': JSON.stringify({ scenarios: ['./small.ts'], strategies: ['./limiter.mjs', 'none'] }),
      },
    ],
    [
      'a built-in strategy that is gone',
      'ratelab has no such strategy any more',
      unchanged,
      (b) => Object.assign(firstStrategy(b), { source: 'no-such-strategy', strategy: 'no-such-strategy' }),
    ],
  ];

describe('ratelab gate is never silent', () => {
  it.each(silentPaths)('%s: named, exit 3 under --strict', async (_, words, files, change) => {
    const folder = build(await base, files, change);
    const { code, stdout } = await run(['gate', '--strict'], folder);
    expect(stdout).toMatch(/^GATE INCONCLUSIVE: /);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(words);
    expect(code).toBe(3);
  });

  it('no baseline: named, exit 3 under --strict, 0 without', async () => {
    const folder = temporaryFolder(unchanged);
    const strict = await run(['gate', '--strict'], folder);
    expect(strict).toMatchObject({ code: 3 });
    expect(strict.stdout).toContain('GATE INCONCLUSIVE: no baseline');
    expect(await run(['gate'], folder)).toMatchObject({ code: 0, stdout: strict.stdout });
  });

  it.each([
    ['not JSON', '{', 'it must be JSON'],
    ['something else', '{}', 'it must be a baseline'],
    ['a newer one', '{"kind":"baseline","schemaVersion":2}', 'schemaVersion must be 1'],
    ['half of one', '{"kind":"baseline","schemaVersion":1}', 'scenarios must be'],
  ])('a baseline that is %s: exit 2, whatever else is asked', async (_, text, words) => {
    const folder = temporaryFolder({ ...unchanged, [FILE]: text });
    const { code, stderr } = await run(['gate', '--no-fail'], folder);
    expect(code).toBe(2);
    expect(stderr).toContain(words);
  });

  it('a limiter that is there and does not load: exit 2, as it is broken and not missing', async () => {
    const { code, stderr } = await run(
      ['gate'],
      build(await base, { ...unchanged, 'limiter.mjs': 'export default 1;' }),
    );
    expect(code).toBe(2);
    expect(stderr).toContain('./limiter.mjs');
  });
});

describe('outputs of ratelab gate', () => {
  it('go to files, the step summary and annotations, with JSON alone on standard output', async () => {
    const folder = build(await base, { ...unchanged, 'limiter.mjs': inStep, 'summary.md': 'before\n' });
    const summary = join(folder, 'summary.md');
    const outcome = await run(['gate', '--json', '--junit', 'out/gate.xml', '--markdown', 'gate.md'], folder, {
      GITHUB_STEP_SUMMARY: summary,
      GITHUB_ACTIONS: 'true',
    });
    const { counts } = gateJson(outcome);
    expect(outcome.code).toBe(1);
    expect(readFileSync(join(folder, 'out/gate.xml'), 'utf8').match(/<failure /g)).toHaveLength(
      counts['regressed'] ?? 0,
    );
    const markdown = readFileSync(join(folder, 'gate.md'), 'utf8');
    expect(readFileSync(summary, 'utf8')).toBe(`before\n${markdown}`);
    expect(outcome.stderr).toMatch(/^::error title=regressed%3A small/m);
  });
});

describe('ratelab baseline', () => {
  it('makes the same file twice but for its time, and reads it back', async () => {
    const [one, two] = [await base, await saved(jittered)].map(
      (folder) => JSON.parse(readFileSync(join(folder, FILE), 'utf8')) as Baseline,
    );
    expect({ ...one, madeAt: '' }).toEqual({ ...two, madeAt: '' });
    expect(parseBaseline(one, FILE)).toMatchObject({
      seeds: [1, 2, 3, 4, 5, 6, 7, 8],
      heldOutSeeds: [9, 10, 11, 12, 13, 14, 15, 16],
    });
  });

  it('save never overwrites, unless forced', async () => {
    const folder = build(await base, unchanged);
    const save = ['baseline', 'save', './small.ts', '-s', './limiter.mjs', '--seeds', '5'];
    const before = readFileSync(join(folder, FILE), 'utf8');
    const { code, stderr } = await run(save, folder);
    expect(code).toBe(2);
    expect(stderr).toContain('there is a baseline already');
    expect(readFileSync(join(folder, FILE), 'utf8')).toBe(before);
    expect(await run([...save, '--force'], folder)).toMatchObject({ code: 0 });
    expect(readFileSync(join(folder, FILE), 'utf8')).not.toBe(before);
  });

  it('save asks for names where neither the command nor a config file has any', async () => {
    const folder = temporaryFolder({});
    const { code, stderr } = await run(['baseline', 'save'], folder);
    expect(code).toBe(2);
    expect(stderr).toContain('what to hold must be named');
    expect(existsSync(join(folder, FILE))).toBe(false);
  });

  it('accept needs a reason, keeps it, and the gate passes from then on', async () => {
    const folder = build(await base, { ...unchanged, 'limiter.mjs': inStep });
    const without = await run(['baseline', 'accept'], folder);
    expect(without.code).toBe(2);
    expect(without.stderr).toContain('a reason must be given');
    const accepted = await run(['baseline', 'accept', '--why', 'steps are wanted'], folder);
    expect(accepted.code).toBe(0);
    expect(accepted.stdout).toContain('regressed: small/./limiter.mjs/rejected');
    const { stdout } = await run(['baseline', 'list'], folder);
    expect(stdout).toMatch(/accepted .*: steps are wanted \(/);
    expect(await run(['gate', '--strict'], folder)).toMatchObject({ code: 0 });
  });

  it('accept without a baseline makes none', async () => {
    const folder = temporaryFolder(unchanged);
    expect(await run(['baseline', 'accept', '--why', 'x'], folder)).toMatchObject({ code: 2 });
    expect(existsSync(join(folder, FILE))).toBe(false);
  });
});

describe('ratelab doctor --aa', () => {
  it('holds a build against itself: few false alarms, and what it could see', async () => {
    const { code, stdout } = await run(['doctor', '--aa', '--json'], build(await base, unchanged));
    const result = JSON.parse(stdout) as SelfTest;
    expect(code).toBe(0);
    expect(result).toMatchObject({ splits: 200, seeds: 8 });
    expect(result.checks).toBeGreaterThanOrEqual(4);
    expect(result.falseAlarms.low).toBeLessThanOrEqual(0.05);
    expect(result.falseAlarms.high).toBeGreaterThanOrEqual(result.falseAlarms.share);
    const makespan = result.detectable.find(({ key }) => key === 'small/./limiter.mjs/makespan');
    expect(makespan?.change).toBeGreaterThan(0.05);
    expect(makespan?.change).toBeLessThanOrEqual(0.5);
  });

  it('needs a baseline, which says what to test', async () => {
    expect(await run(['doctor', '--aa'], temporaryFolder(unchanged))).toMatchObject({ code: 2 });
  });
});

describe('docs/gate.md', () => {
  const page = readFileSync(new URL('../../docs/gate.md', import.meta.url), 'utf8');

  it('shows a configuration that is read as it stands', async () => {
    const config = /```ts\n(.*?)```/s.exec(page)?.[1] ?? '';
    const folder = temporaryFolder({ 'ratelab.config.ts': config });
    const { code, stdout } = await ratelab(['run', '--print-config', '--json'], folder);
    expect(code).toBe(0);
    expect(stdout).toContain('"*/wait-p95": "warn"');
  });

  it('names every metric and every verdict', () => {
    for (const name of [...GATED_METRICS, ...VERDICTS]) expect(page).toContain(name);
  });

  it('shows options that there are', async () => {
    for (const command of ['gate', 'baseline', 'doctor']) {
      const { stdout } = await ratelab([command, '--help'], temporaryFolder());
      const shown = [...page.matchAll(new RegExp(`ratelab ${command}[^\\n#]*`, 'g'))].flatMap(
        ([line]) => line.match(/--[a-z-]+/g) ?? [],
      );
      for (const option of shown) expect(stdout).toContain(option);
    }
  });
});
