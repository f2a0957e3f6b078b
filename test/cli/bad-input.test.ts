import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/results/canonical-json.ts';
import { sampleResults } from '../../src/results/testing/sample-results.ts';
import { ratelab, smallScenario, temporaryFolder } from './command-line.ts';

const folder = temporaryFolder({
  'good.ts': smallScenario,
  'throws.ts': `throw new Error('no luck');`,
  'syntax.ts': 'export default {',
  'syntax.mjs': 'export default {',
  'empty.ts': 'export const nothing = 1;',
  'wrong.ts': `export default { name: 'x y', title: 5, strategies: [], claims: 'none' };`,
  'policy-fault.ts': smallScenario.replace('capacity: 3', 'capacity: -3'),
  'work-fault.ts': smallScenario.replace('sender: index % 2', 'sender: index'),
  'start-fault.ts': smallScenario.replace('2026-03-02T09:00:00Z', '1999-03-02T09:00:00Z'),
  'no-function.ts': `export default 'retry';`,
  'limiter.mjs': 'export default (fetch) => fetch;',
  'text.json': 'not json',
  'config-fault.mjs': 'export default { seeds: 0, sedes: 3 };',
  'policy.json': JSON.stringify({
    name: 'x',
    limits: [{ name: 'a', algorithm: { kind: 'token-bucket', capacity: -5 } }],
  }),
  'results.json': canonicalJson(sampleResults()),
  'spoiled.json': canonicalJson(sampleResults()).replace('"complete": true', '"complete": "perhaps"'),
  'newer.json': canonicalJson(sampleResults()).replace(/^ "schemaVersion": 1/m, ' "schemaVersion": 7'),
  'a-file': '',
});

const cases: [what: string, argv: string[], message: RegExp][] = [
  [
    'a wrong number',
    ['run', '--stall-after', 'soon'],
    /^Cannot read the command line: --stall-after must be a whole number from 1 to 86400, current value is "soon"/,
  ],
  [
    'an absent config file',
    ['run', '--config', 'absent.ts'],
    /^Cannot read absent\.ts: .*absent\.ts must be a readable file/,
  ],
  [
    'a malformed config file',
    ['run', '--config', 'config-fault.mjs'],
    /^Cannot read config-fault\.mjs: seeds must be a number of seeds like 20 or a range like 21-40, current value is 0\n {2}sedes must be left out/,
  ],
  [
    'a name that would steer the terminal',
    ['run', 'bulk-segments', '--strategy', 'x\u001B[31mred'],
    /^Cannot parse strategy x\uFFFD\[31mred: name must be a known strategy/,
  ],
  ['an unknown command', ['rum'], /^Cannot read the command line: unknown command 'rum'; did you mean run\?/],
  [
    'an unknown option',
    ['run', '--seds', '3'],
    /^Cannot read the command line: unknown option '--seds'; did you mean --seeds\?/,
  ],
  [
    'a missing argument',
    ['replay', 'daily-export'],
    /^Cannot read the command line: missing required argument 'strategy'/,
  ],
  [
    'a wrong choice',
    ['list', 'limits'],
    /^Cannot read the command line: .*Allowed choices are scenarios, strategies, libraries, policies/,
  ],
  [
    'an unknown scenario',
    ['run', 'users-fifty-org'],
    /^Cannot run users-fifty-org: no scenario has this name; did you mean users-fifty-orgs\?/,
  ],
  [
    'an unknown strategy',
    ['run', 'good.ts', '-s', 'retry-aftre'],
    /^Cannot parse strategy retry-aftre: name must be a known strategy \(did you mean retry-after\?\), current value is retry-aftre/,
  ],
  [
    'a wrong parameter',
    ['run', 'good.ts', '-s', 'token-bucket:ratePerSecond=-1'],
    /^Cannot parse strategy .*ratePerSecond must be a number.*current value is -1/,
  ],
  [
    'wrong seeds',
    ['run', 'good.ts', '--seeds', '5-1'],
    /^Cannot read the command line: --seeds must be a number of seeds like 20 or a range like 21-40, current value is "5-1"/,
  ],
  [
    'a wrong seed',
    ['replay', 'good.ts', 'none', '--seed', 'x'],
    /^Cannot replay --seed: it must be a whole number, current value is x/,
  ],
  [
    'an absent scenario file',
    ['run', './absent.ts'],
    /^Cannot load scenario \.\/absent\.ts: .*absent\.ts must be a readable file, but it is not/,
  ],
  [
    'a scenario file that throws',
    ['run', './throws.ts'],
    /^Cannot load scenario \.\/throws\.ts: loading .*throws\.ts failed: no luck/,
  ],
  [
    'a scenario file that does not compile',
    ['run', './syntax.ts'],
    /^Cannot load scenario \.\/syntax\.ts: loading .*syntax\.ts failed: .*\(line 1\)/,
  ],
  [
    'a module that does not compile',
    ['run', './syntax.mjs'],
    /^Cannot load scenario \.\/syntax\.mjs: loading .*syntax\.mjs failed: /,
  ],
  [
    'a scenario file without default export',
    ['run', './empty.ts'],
    /^Cannot load scenario \.\/empty\.ts: default export must be an object, current value is absent/,
  ],
  [
    'a malformed scenario, all faults at once',
    ['run', './wrong.ts'],
    /^Cannot load scenario \.\/wrong\.ts: name must be a text of letters, digits, dots, hyphens, current value is "x y"\n {2}title must be a text, current value is 5\n[^]*claims must be a list, current value is "none"/,
  ],
  [
    'a scenario with a malformed policy',
    ['run', './policy-fault.ts'],
    /^Cannot read policy of small: limits\[0\]\.algorithm\.capacity must be .*, current value is -3/,
  ],
  [
    'a scenario whose work cannot be made',
    ['run', './work-fault.ts'],
    /^Cannot run \.\/work-fault\.ts: making its workload failed: .*sender/,
  ],
  [
    'a scenario that starts too early',
    ['run', './start-fault.ts'],
    /^Cannot run scenario small: startsAt must be an ISO 8601 time in 2024 or later, current value is 1999/,
  ],
  [
    'a strategy file that is no strategy',
    ['run', 'good.ts', '-s', './no-function.ts'],
    /^Cannot load strategy \.\/no-function\.ts: default export must be a function \(fetch, context\) => client, .*, current value is "retry"/,
  ],
  [
    'an absent strategy file',
    ['run', 'good.ts', '-s', './absent.mjs'],
    /^Cannot load strategy \.\/absent\.mjs: .* must be a readable file/,
  ],
  [
    'a policy file that is not JSON',
    ['run', 'good.ts', '--policy', 'text.json'],
    /^Cannot read text\.json: it must be JSON, but /,
  ],
  [
    'a malformed policy file',
    ['run', 'good.ts', '--policy', 'policy.json'],
    /^Cannot read policy policy\.json: [^]*limits\[0\]\.algorithm\.capacity must be .*, current value is -5/,
  ],
  [
    'a folder that is a file',
    ['run', 'good.ts', '--out', 'a-file/reports'],
    /^Cannot write to a-file\/reports: it must be a folder that takes files, but a part of its path is a file, not a folder/,
  ],
  [
    'a folder of the kernel',
    ['run', 'good.ts', '--out', '/sys/ratelab'],
    /^Cannot write to \/sys\/ratelab: it must be a folder that takes files, but /,
  ],
  ['absent results', ['report', 'absent.json'], /^Cannot read absent\.json: there is no such file or folder/],
  ['a folder instead of results', ['report', '.'], /^Cannot read \.: it is a folder, not a file/],
  ['results that are not JSON', ['report', 'text.json'], /^Cannot read text\.json: it must be JSON, but /],
  [
    'malformed results',
    ['report', 'spoiled.json'],
    /^Cannot read spoiled\.json: complete must be true or false, current value is "perhaps"/,
  ],
  [
    'results of a newer version',
    ['compare', 'results.json', 'newer.json'],
    /^Cannot read newer\.json: schemaVersion must be 1, current value is 7 \(a newer ratelab wrote it; update ratelab\)/,
  ],
  [
    'a report into a file',
    ['report', 'results.json', '--out', 'a-file'],
    /^Cannot write to a-file: it must be a folder that takes files, but there is a file of that name/,
  ],
  [
    'an unknown variant',
    ['replay', 'good.ts', 'none', '--variant', 'x'],
    /^Cannot replay --variant: it must be one of \(it has none\), current value is x/,
  ],
];

describe('ratelab, given bad input', () => {
  const before = readdirSync(folder).sort();

  it.each(cases)(
    '%s: says what, where and why, exits 2, prints no result and writes nothing',
    async (_, argv, message) => {
      const outcome = await ratelab(argv, folder);
      expect(outcome.stderr).toMatch(message);
      expect(outcome.stderr).not.toMatch(/^ +at /m);
      expect(outcome.code).toBe(2);
      expect(outcome.stdout).toBe('');
      expect(readdirSync(folder).sort()).toEqual(before);
    },
  );

  it('prints the stack with --debug', async () => {
    expect((await ratelab(['report', 'absent.json', '--debug'], folder)).stderr).toMatch(/\n +at /);
  });
});

describe('ratelab, given good input', () => {
  const out = temporaryFolder();

  it('runs a user\u2019s own scenario and writes the results first, then the report', async () => {
    const outcome = await ratelab(['run', './good.ts', '--seeds', '2', '--out', out], folder);
    expect(outcome.stderr).toContain('4/4 trials');
    expect(outcome.code).toBe(0);
    expect(readdirSync(out).sort()).toEqual(['charts', 'report.html', 'report.md', 'results.json']);
    expect(outcome.stdout).toContain('small');
  });

  it('prints the same report again from the results alone', async () => {
    const first = await ratelab(['run', './good.ts', '--seeds', '2', '--out', out], folder);
    const again = await ratelab(['report', join(out, 'results.json')], folder);
    expect(again).toEqual({ code: 0, stdout: first.stdout, stderr: '' });
  });

  it('prints only JSON with --json, and the results in it are those of the file', async () => {
    const { stdout, code } = await ratelab(['run', './good.ts', '--seeds', '2', '--json', '--no-out'], folder);
    expect(code).toBe(0);
    expect(canonicalJson(JSON.parse(stdout))).toBe(stdout);
    writeFileSync(join(out, 'again.json'), stdout);
    const compared = await ratelab(['compare', join(out, 'results.json'), join(out, 'again.json')], folder);
    expect(compared.stdout).toBe(
      'Identical: the digests of all trials are equal (2 identical, 0 changed, 0 not comparable).\n',
    );
  });

  it('runs another policy and says that claims were left out', async () => {
    const policy = {
      name: 'wide',
      limits: [{ name: 'wide', algorithm: { kind: 'token-bucket', capacity: 100, refillPerSecond: 100 } }],
    };
    writeFileSync(join(out, 'wide.json'), JSON.stringify(policy));
    const argv = ['run', './good.ts', '--seeds', '1', '--json', '--no-out', '--policy', join(out, 'wide.json')];
    const { scenarios } = JSON.parse((await ratelab(argv, folder)).stdout) as ReturnType<typeof sampleResults>;
    expect(scenarios[0]?.policy.name).toBe('wide');
    expect(scenarios[0]?.cells[0]?.trials[0]?.metrics?.attempts.rejected).toBe(0);
    expect(scenarios[0]?.claims[0]).toMatchObject({
      verdict: 'not run',
      evidence: expect.stringContaining('another policy') as string,
    });
  });

  it('keeps quiet with --quiet, and says inconclusive with --strict', async () => {
    const outcome = await ratelab(
      [
        'run',
        './good.ts',
        '--seeds',
        '2',
        '--no-out',
        '--quiet',
        '--strict',
        '-s',
        'retry-after+token-bucket:ratePerSecond=1,burst=1',
        '-s',
        'retry-after+token-bucket:ratePerSecond=2,burst=1',
      ],
      folder,
    );
    expect(outcome.stderr).toBe('');
    expect(outcome.stdout.trimEnd().split('\n')).toHaveLength(1);
    expect(outcome.code).toBe(3);
  });

  it('replays one trial with its timeline and digest', async () => {
    const { stdout, code } = await ratelab(['replay', './good.ts', 'none', '--seed', '2'], folder);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^\.\/good\.ts none, seed 2\n\nmakespan .*\nlower bound .*\njobs +20: \d+ done, \d+ failed\n/,
    );
    expect(stdout).toMatch(/\nquota free .*\nadmitted .*\nrefused /);
    expect(stdout).toMatch(/\ndigest [0-9a-f]{64}\n$/);
  });

  it.each(['scenarios', 'strategies', 'libraries', 'policies'])(
    'lists %s, for people and for machines',
    async (kind) => {
      const [text, json] = [await ratelab(['list', kind], folder), await ratelab(['list', kind, '--json'], folder)];
      const listed = (JSON.parse(json.stdout) as Record<string, { name: string }[]>)[kind] ?? [];
      expect(listed.length).toBeGreaterThan(4);
      for (const { name } of listed) expect(text.stdout).toContain(`  ${name} `);
    },
  );

  it('says its exit codes in --help', async () => {
    const { stdout, code } = await ratelab(['--help'], folder);
    expect(code).toBe(0);
    for (const line of ['0    done', '2    could not run', '130  interrupted']) expect(stdout).toContain(line);
  });
});
