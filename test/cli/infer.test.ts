/** `ratelab infer` as users run it. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseDiscoveryResults } from '../../src/results/discovery-results.ts';
import { ratelab, temporaryFolder } from './command-line.ts';

/** Ten a minute pass, the others are told to wait; four minutes. */
const entries = Array.from({ length: 4 }, (_, minute) =>
  Array.from({ length: 14 }, (_, at) => ({
    time: Date.UTC(2026, 2, 2, 9, minute, 0, 100 * at),
    status: at < 10 ? 200 : 429,
    path: '/things?token=hunter-1',
    method: 'GET',
    authorization: 'Bearer hunter-2',
  })),
).flat();
const lines = entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
const har = JSON.stringify({
  log: {
    entries: entries.map(({ time, status, path }) => ({
      startedDateTime: new Date(time).toISOString(),
      time: 5,
      request: {
        method: 'GET',
        url: `https://api.example.com${path}`,
        headers: [{ name: 'Authorization', value: 'Bearer hunter-2' }],
      },
      response: { status, headers: [{ name: 'Retry-After', value: '59' }] },
    })),
  },
});
const files = {
  'access.jsonl': lines,
  'traffic.har': har,
  'text.har': 'not json',
  'none.har': '{}',
  empty: '',
  noise: 'a\nb\n',
};

describe('ratelab infer', () => {
  it.each(['access.jsonl', 'traffic.har'])('reads %s, writes what it tells, and tells no secret', async (file) => {
    const cwd = temporaryFolder(files);
    const { code, stdout, stderr } = await ratelab(['infer', file, '--out', 'out'], cwd);
    expect(stderr).toContain('Read 56 requests.');
    expect(code).toBe(0);
    const text = readFileSync(join(cwd, 'out', 'discovery.json'), 'utf8');
    const results = parseDiscoveryResults(JSON.parse(text), 'discovery.json');
    expect(results).toMatchObject({
      mode: 'traffic',
      spent: { requests: 56, rejections: 16 },
      target: { kind: 'traffic' },
    });
    const written = ['discovery.json', 'discovered.policy.json', 'discovery.html', 'discovery.md'];
    for (const name of written) expect(readFileSync(join(cwd, 'out', name), 'utf8')).not.toContain('hunter');
    expect(stdout + stderr).not.toContain('hunter');
  });

  it('prints only JSON under --json, and one line under --quiet', async () => {
    const cwd = temporaryFolder(files);
    const json = await ratelab(['infer', 'access.jsonl', '--no-out', '--json'], cwd);
    expect(parseDiscoveryResults(JSON.parse(json.stdout), 'stdout').mode).toBe('traffic');
    expect(json.stderr).toBe('');
    const quiet = await ratelab(['infer', 'access.jsonl', '--no-out', '--quiet', '--field', 'org=tenant'], cwd);
    expect(quiet.stdout).toMatch(/^\d of \d limits decided, from 56 requests and 16 rejections\.\n$/);
  });

  it.each<[argv: string[], why: RegExp]>([
    [['absent.jsonl'], /^Cannot read absent\.jsonl: there is no such file/],
    [['absent.har'], /^Cannot read absent\.har: there is no such file/],
    [['.'], /^Cannot read \.: it is a folder, not a file/],
    [['text.har'], /^Cannot read text\.har: it must be JSON/],
    [['none.har'], /^Cannot read none\.har: it must be a HAR 1\.2 file/],
    [['empty'], /^Cannot infer from empty: it must hold at least one request, but of 0 entries there is none/],
    [['noise'], /^Cannot infer from noise: it must hold at least one request, but of 2 entries 2 no JSON/],
    [
      ['traffic.har', '--host', 'other.example'],
      /at least one request to other\.example, but of 56 entries 56 of another host/,
    ],
    [
      ['access.jsonl', '--field', 'size=bytes'],
      /--field must be a meaning, = and the name of a field; .* current value is "size=bytes"/,
    ],
    [['traffic.har', '--label-header', 'tenant=x'], /--label-header must be a label, = and the name of a header/],
    [['access.jsonl', '--time-is', 'never'], /Allowed choices are start, end/],
    [[], /missing required argument 'files'/],
  ])('%j: says what, where and why, exits 2 and writes nothing', async (argv, why) => {
    const cwd = temporaryFolder(files);
    const { code, stdout, stderr } = await ratelab(['infer', ...argv, '--out', 'out'], cwd);
    expect(stderr).toMatch(why);
    expect([code, stdout, existsSync(join(cwd, 'out', 'discovery.json'))]).toEqual([2, '', false]);
  });
});
