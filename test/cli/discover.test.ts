/** `ratelab discover` as users run it: what it refuses, what it writes, what it never tells. */
import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parsePolicy } from '../../mock-server/policy.ts';
import { parseLog } from '../../src/discovery/log.ts';
import { parseDiscoveryResults } from '../../src/results/discovery-results.ts';
import { ratelab, temporaryFolder } from './command-line.ts';

const policy = JSON.stringify({
  name: 'five-a-minute',
  limits: [
    {
      name: 'five',
      scope: ['org'],
      algorithm: { kind: 'fixed-window', limit: 5, windowMs: 60_000, anchor: 'first-request' },
      source: 'assumed',
    },
  ],
});
const identity = { name: 'a', labels: { org: 'one' }, token: { env: 'TOKEN_A' } };
const route = { path: '/things' };
const small = ['--requests', '300', '--explore-requests', '50', '--explore-time', '5m'];

/** A server that answers as told; resolves with its origin and what it was sent. */
async function server(
  answer: (outgoing: ServerResponse, number: number) => void,
): Promise<{ origin: string; seen: IncomingMessage[] }> {
  const seen: IncomingMessage[] = [];
  const listening = createServer((incoming, outgoing) => {
    incoming.resume();
    answer(outgoing, seen.push(incoming));
  });
  await new Promise<void>((resolve) => {
    listening.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    listening.closeAllConnections();
    listening.close();
  });
  return { origin: `http://127.0.0.1:${(listening.address() as AddressInfo).port}`, seen };
}

function resultsIn(folder: string) {
  return parseDiscoveryResults(JSON.parse(readFileSync(join(folder, 'discovery.json'), 'utf8')), 'discovery.json');
}

const header = {
  kind: 'ratelab-discovery-log',
  schemaVersion: 1,
  version: '0.1.0',
  target: { kind: 'policy', name: 'five-a-minute' },
  startedAtMs: 1,
  options: {
    requests: 10,
    rejections: 10,
    timeMs: 1000,
    inFlight: 1,
    defy: false,
    allowPenalty: false,
    exploreRequests: 1,
    exploreTimeMs: 1,
    seed: 1,
  },
  identities: [{ name: 'a', labels: {} }],
  routes: [{ name: 'r', method: 'GET', path: '/r' }],
};
const probe = { n: 0, sentMs: 5, answeredMs: 6, identity: 0, route: 0, outcome: 'admitted', status: 200 };
const log = (...lines: unknown[]) =>
  lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join('');

const files = {
  'five.json': policy,
  'faulty.json': '{"name":"faulty","limits":[{}]}',
  'text.json': 'not json',
  'target.json': JSON.stringify({ identities: [identity], routes: [route] }),
  'no-identity.json': JSON.stringify({ identities: [], routes: [route] }),
  'unknown-field.json': JSON.stringify({ identities: [{ ...identity, tokne: 1 }], routes: [route] }),
  'unknown-label.json': JSON.stringify({
    identities: [{ ...identity, labels: { organization: 'x' } }],
    routes: [route],
  }),
  'literal-token.json': JSON.stringify({ identities: [{ ...identity, token: 'hunter-2' }], routes: [route] }),
  'doubled.json': JSON.stringify({ identities: [identity, identity], routes: [route, route] }),
  'wrong-path.json': JSON.stringify({ identities: [identity], routes: [{ path: 'things' }] }),
  'secret-path.json': JSON.stringify({ identities: [identity], routes: [{ path: '/x?access_token=hunter-2' }] }),
  'wrong-method.json': JSON.stringify({ identities: [identity], routes: [{ ...route, method: 'G E T' }] }),
  'body-of-get.json': JSON.stringify({ identities: [identity], routes: [{ ...route, body: 'hunter-2' }] }),
  'wrong-header.json': JSON.stringify({ identities: [{ ...identity, headers: { 'x y': 'z' } }], routes: [route] }),
  'header-number.json': JSON.stringify({ identities: [{ ...identity, headers: { 'x-key': 5 } }], routes: [route] }),
  'absent-secret.json': JSON.stringify({ identities: [{ ...identity, token: { file: 'nowhere' } }], routes: [route] }),
  tokens: 'hunter-2\nhunter-3\n',
  empty: '',
  'no-log.jsonl': '{"a":1}\n',
  'newer-log.jsonl': log({ ...header, schemaVersion: 2 }),
  'no-probe.jsonl': log(header),
  'spoiled-header.jsonl': log({ ...header, routes: [] }),
  'spoiled-line.jsonl': log(header, 'perhaps', probe),
  'spoiled-probe.jsonl': log(header, { ...probe, outcome: 'maybe' }),
  'backwards.jsonl': log(header, { ...probe, answeredMs: 1 }),
  'far-probe.jsonl': log(header, { ...probe, route: 7 }),
  'doubled-probe.jsonl': log(header, probe, probe),
  'complete.jsonl': log(header, probe, { end: 'complete' }),
  'other.jsonl': log({ ...header, target: { kind: 'policy', name: 'other' } }, probe),
};

const local = 'http://127.0.0.1:9';

describe('ratelab discover, given bad input', () => {
  it.each<[argv: string[], why: RegExp]>([
    [[], /^Cannot discover the target: it must be named: a URL, a built-in policy or a policy file/],
    [
      ['http://example.com'],
      /^Cannot discover http:\/\/example\.com: its host must be loopback, .* --allow-host example\.com/,
    ],
    [['http://127.0.0.1.evil.com', '--allow-host', 'evil.com'], /current value is 127\.0\.0\.1\.evil\.com/],
    [
      ['http://10.0.0.1', '--allow-host', '10.0.0.1'],
      /Probes will exhaust limits of 10\.0\.0\.1 on purpose\. .* must be confirmed: --yes/,
    ],
    [['ftp://127.0.0.1'], /^Cannot discover the target: url must be an http or https URL/],
    [['http://me:hunter-2@127.0.0.1'], /the URL must not hold a user name or a password/],
    [['teaching-token-bukket'], /no policy is named teaching-token-bukket; did you mean teaching-token-bucket\?/],
    [['./faulty.json'], /^Cannot read policy \.\/faulty\.json: .*limits\[0\]/s],
    [['./text.json'], /^Cannot read \.\/text\.json: it must be JSON/],
    [['./absent.json'], /^Cannot read \.\/absent\.json: there is no such file/],
    [['five.json', '--path', '/x'], /^Cannot discover the target: --path is for a URL/],
    [['five.json', '--token-file', 'tokens'], /--token-file is for a URL/],
    [
      ['five.json', '--requests', '0', '--time', 'soon', '--verify', 'x', '--in-flight', '-3'],
      /^Cannot read the command line: --requests must be a whole number from 1 to 100000000, current value is "0"\n {2}--time must be a time from 1 s .*\n {2}--in-flight must be .*\n {2}--verify must be/,
    ],
    [
      ['five.json', '--seed', '1e3'],
      /--seed must be a whole number from 0 to 9007199254740991, current value is "1e3"/,
    ],
    [['five.json', '--explore-time', '3 weeks'], /--explore-time must be a time/],
    [[local, '--target', 'absent.json'], /^Cannot read absent\.json: there is no such file/],
    [[local, '--target', 'text.json'], /^Cannot read text\.json: it must be JSON/],
    [
      [local, '--target', 'no-identity.json'],
      /^Cannot read no-identity\.json: identities must be a list of at least 1/,
    ],
    [[local, '--target', 'unknown-field.json'], /identities\[0\]\.tokne must be left out \(it is not a known field\)/],
    [[local, '--target', 'unknown-label.json'], /identities\[0\]\.labels\.organization must be left out/],
    [
      [local, '--target', 'literal-token.json'],
      /identities\[0\]\.token must be \{"env": "<variable>"\} or \{"file": "<path>"\}, current value is "\(not shown\)"/,
    ],
    [
      [local, '--target', 'doubled.json'],
      /identities\[1\]\.name must be another one than those before it.*\n {2}routes\[1\]\.name must be another/,
    ],
    [[local, '--target', 'wrong-path.json'], /routes\[0\]\.path must be a path that begins with \//],
    [
      [local, '--target', 'secret-path.json'],
      /routes\[0\]\.path must be without secrets, .* current value is "\/x\?access_token=…"/,
    ],
    [[local, '--target', 'wrong-method.json'], /routes\[0\]\.method must be an HTTP method, current value is "G E T"/],
    [
      [local, '--target', 'body-of-get.json'],
      /routes\[0\]\.body must be left out, as GET has none, current value is "8 characters"/,
    ],
    [[local, '--target', 'wrong-header.json'], /identities\[0\]\.headers/],
    [[local, '--target', 'header-number.json'], /identities\[0\]\.headers\.x-key must be a text, \{"env"/],
    [
      [local, '--target', 'target.json'],
      /^Cannot read target\.json: identities\[0\]\.token must be in the variable TOKEN_A, but it is not set, or empty/,
    ],
    [
      [local, '--target', 'absent-secret.json'],
      /^Cannot read nowhere: identities\[0\]\.token must be in it, but there is no such file/,
    ],
    [[local, '--target', 'target.json', '--token', 'hunter-2'], /--token cannot be given together with --target/],
    [
      [local, '--token-file', 'empty'],
      /^Cannot read empty: it must be a file with one token per line, but it is empty/,
    ],
    [[local, '--path', 'x'], /--path must be a path that begins with \/.*current value is "x"/],
    [[local, '--path', '/x', '--path', '/x'], /--path must be another one than those before it/],
    [[local, '--token', 'hunter 2'], /--token must be a text without spaces, current value is "8 characters"/],
    [['five.json', '--resume', '--log', 'nowhere'], /^Cannot read nowhere: there is no such file/],
    [['five.json', '--resume', '--no-out'], /--resume needs a log: --log <file>/],
    [
      ['five.json', '--resume', '--log', 'no-log.jsonl'],
      /^Cannot read no-log\.jsonl: it must be a log of ratelab discover, but its first line is none/,
    ],
    [
      ['five.json', '--resume', '--log', 'complete.jsonl'],
      /^Cannot resume from complete\.jsonl: its discovery is complete/,
    ],
    [
      ['five.json', '--resume', '--log', 'other.jsonl'],
      /^Cannot resume from other\.jsonl: target must be what the log was made with/,
    ],
    [
      ['five.json', '--resume', '--log', 'other.jsonl', '--defy'],
      /^Cannot resume from other\.jsonl: defy must be what the log was made with, false, current value is true/,
    ],
    [['five.json', '--log', 'tokens'], /^Cannot write tokens: there is a file of that name/],
    [['five.json', '--from-log', 'other.jsonl'], /a target cannot be given together with --from-log/],
    [['--from-log', 'other.jsonl', '--verify'], /--verify cannot be given together with --from-log/],
    [['--from-log', 'empty'], /^Cannot read empty: it must be a log of ratelab discover, but it has no whole line/],
    [['--from-log', 'newer-log.jsonl'], /^Cannot read newer-log\.jsonl: schemaVersion must be 1, current value is 2/],
    [['--from-log', 'no-probe.jsonl'], /it must hold at least one probe/],
    [
      ['--from-log', 'spoiled-header.jsonl'],
      /^Cannot read spoiled-header\.jsonl, line 1: routes must be a list of at least 1/,
    ],
    [['--from-log', 'spoiled-line.jsonl'], /^Cannot read spoiled-line\.jsonl, line 2: it must be JSON/],
    [
      ['--from-log', 'spoiled-probe.jsonl'],
      /^Cannot read spoiled-probe\.jsonl, line 2: outcome must be one of "admitted", "rejected", "unknown"/,
    ],
    [['--from-log', 'backwards.jsonl'], /line 2: answeredMs must be sentMs or later, current value is 1/],
    [['--from-log', 'far-probe.jsonl'], /line 2: identity and route must be among those of the first line/],
    [['--from-log', 'doubled-probe.jsonl'], /probe 0 must stand in it once, but it stands twice/],
    [['five.json', '--out', 'tokens'], /^Cannot write to tokens: it must be a folder that takes files/],
  ])('%j: says what, where and why, exits 2 and writes nothing', async (argv, why) => {
    const cwd = temporaryFolder(files);
    const isOut = argv.includes('--out') || argv.includes('--no-out');
    const { code, stdout, stderr } = await ratelab(['discover', ...argv, ...(isOut ? [] : ['--out', 'out'])], cwd);
    expect(stderr).toMatch(why);
    expect(stderr).toMatch(/^Cannot /);
    expect(stderr).not.toContain('hunter');
    expect([code, stdout, existsSync(join(cwd, 'out', 'discovery.json'))]).toEqual([2, '', false]);
  });

  it('says that nobody listens', async () => {
    const { code, stderr } = await ratelab(['discover', 'http://127.0.0.1:10000', '--no-out'], temporaryFolder());
    expect(stderr).toMatch(/Cannot discover http:\/\/127\.0\.0\.1:10000: it must answer, but nobody listens there/);
    expect(code).toBe(2);
  });

  it('says that an identity is not let in', async () => {
    const { origin } = await server((outgoing) => outgoing.writeHead(401).end());
    const { code, stderr } = await ratelab(['discover', origin, '--token', 'hunter-2', '--no-out'], temporaryFolder());
    expect(stderr).toMatch(/identity token 1|identity .* must be let in, but its first request was answered 401/);
    expect(stderr).not.toContain('hunter');
    expect(code).toBe(2);
  });

  it.each([
    ['n', /it was not confirmed/],
    ['', /it was not confirmed/],
  ])('asks before it probes a host that is not loopback: %j is no', async (answer, why) => {
    const asked: string[] = [];
    const ask = (question: string) => {
      asked.push(question);
      return Promise.resolve(answer);
    };
    const argv = ['discover', 'http://192.0.2.1', '--allow-host', '192.0.2.1', '--no-out'];
    const { code, stderr } = await ratelab(argv, temporaryFolder(), { ask });
    expect(asked.join()).toMatch(/Probes will exhaust limits of 192\.0\.2\.1 on purpose/);
    expect(stderr).toMatch(why);
    expect(code).toBe(2);
  });

  it.each(['discovery.json', 'discovered.policy.json', 'probes.jsonl', 'discovery.html'])(
    'does not overwrite somebody else\u2019s %s',
    async (name) => {
      const cwd = temporaryFolder({ 'five.json': policy });
      const out = temporaryFolder({ [name]: '{"kind":"mine"}' });
      const { code, stderr } = await ratelab(['discover', 'five.json', '--out', out, ...small], cwd);
      expect(stderr).toContain(`${name} there is none of ratelab discover's, and would be overwritten`);
      expect(code).toBe(2);
      expect(readdirSync(out)).toEqual([name]);
      expect(readFileSync(join(out, name), 'utf8')).toBe('{"kind":"mine"}');
    },
  );
});

describe('ratelab discover', () => {
  it('discovers a policy file in virtual time, and writes what it found', async () => {
    const cwd = temporaryFolder({ 'five.json': policy });
    const { code, stdout, stderr } = await ratelab(['discover', 'five.json', '--out', 'out', ...small], cwd);
    expect(stderr).toContain('Discovering five-a-minute: 7 identities, 1 route.\nBudget: at most 300 probes');
    expect(stderr).toContain('Retry-After is obeyed; the first sign of a penalty ends it.');
    expect(stdout).toContain('policy five-a-minute');
    expect(code).toBe(0);
    const out = join(cwd, 'out');
    const results = resultsIn(out);
    expect(results).toMatchObject({ mode: 'active', target: { kind: 'policy', name: 'five-a-minute' }, penalty: null });
    expect(results.spent.requests).toBeLessThanOrEqual(300);
    const log = parseLog(readFileSync(join(out, 'probes.jsonl'), 'utf8'), 'probes.jsonl');
    expect(log.events).toHaveLength(results.spent.requests);
    expect(log.end).not.toBeNull();
    parsePolicy(JSON.parse(readFileSync(join(out, 'discovered.policy.json'), 'utf8')), 'discovered');
  });

  it('gives the same bytes for the same seed', async () => {
    const cwd = temporaryFolder({ 'five.json': policy });
    const argv = ['discover', 'five.json', '--json', '--no-out', '--seed', '3', '--verify', '40', ...small];
    const [one, two] = [await ratelab(argv, cwd), await ratelab(argv, cwd)];
    expect(one).toEqual(two);
    expect(parseDiscoveryResults(JSON.parse(one.stdout), 'stdout').kind).toBe('discovery');
    expect(one.stderr).toBe('');
  });

  it('infers the same from its log, without sending anything', async () => {
    const cwd = temporaryFolder({ 'five.json': policy });
    await ratelab(['discover', 'five.json', '--out', 'out', ...small], cwd);
    const argv = ['discover', '--from-log', 'out/probes.jsonl', '--out', 'again'];
    const { code, stderr } = await ratelab(argv, cwd);
    expect(stderr).toContain('Nothing is sent.');
    expect(code).toBe(0);
    const [live, inferred] = [resultsIn(join(cwd, 'out')), resultsIn(join(cwd, 'again'))];
    expect(inferred.mode).toBe('log');
    expect(inferred.limits).toEqual(live.limits);
    expect(inferred.spent).toEqual(live.spent);
  });

  it('goes on from the log of an interrupted discovery, whose last line was torn', async () => {
    const cwd = temporaryFolder({ 'five.json': policy });
    const argv = ['discover', 'five.json', '--out', 'out', ...small];
    await ratelab(argv, cwd);
    const file = join(cwd, 'out', 'probes.jsonl');
    const lines = readFileSync(file, 'utf8').split('\n');
    writeFileSync(file, `${lines.slice(0, 31).join('\n')}\n`);
    appendFileSync(file, '{"n":30,"sentMs":17');
    const refused = await ratelab(argv, cwd);
    expect(refused.stderr).toMatch(
      /probes\.jsonl there is the log of an interrupted discovery, 30 probes, which would be lost: --resume/,
    );
    expect(refused.code).toBe(2);
    const { code, stderr } = await ratelab([...argv, '--resume'], cwd);
    expect(stderr).toContain(
      'The last line of the log was torn, and is left out.\n30 probes are known from the log.\n',
    );
    expect(code).toBe(0);
    const log = parseLog(readFileSync(file, 'utf8'), 'probes.jsonl');
    expect(log.isTorn).toBe(false);
    expect(log.events).toHaveLength(resultsIn(join(cwd, 'out')).spent.requests);
    expect(log.events.slice(0, 30).map((event) => JSON.stringify(event))).toHaveLength(30);
  });

  it('says one line under --quiet, and exits 3 under --strict when something was left open', async () => {
    const cwd = temporaryFolder({ 'five.json': policy });
    const argv = ['discover', 'five.json', '--no-out', '--quiet', '--strict', '--requests', '4'];
    const { code, stdout, stderr } = await ratelab(argv, cwd);
    expect(stdout).toBe('0 limits found, with 4 probes and 0 rejections; not complete.\n');
    expect([code, stderr]).toEqual([3, '']);
  });

  it('probes a server with what the target file says, and tells nobody its secrets', async () => {
    const { origin, seen } = await server((outgoing, number) => {
      outgoing.writeHead(200, { 'x-secret': 'hunter-9', 'set-cookie': 'hunter-8' });
      outgoing.end(`hunter-7 ${number}`);
    });
    const target = {
      identities: [
        { name: 'a', labels: { org: 'one' }, token: { env: 'TOKEN_A' } },
        { name: 'b', labels: { org: 'two' }, token: { file: 'b.token' }, headers: { 'X-Api-Key': { env: 'KEY' } } },
      ],
      routes: [
        route,
        { name: 'make', method: 'post', path: '/things?size=2', body: '{"a":"hunter-6"}', headers: { 'x-kind': 'k' } },
      ],
    };
    const cwd = temporaryFolder({ 'target.json': JSON.stringify(target), 'b.token': 'hunter-2\n' });
    const argv = [
      'discover',
      `${origin}/api`,
      '--target',
      'target.json',
      '--requests',
      '40',
      '--out',
      'out',
      '--time',
      '5s',
    ];
    const { code, stdout, stderr } = await ratelab(argv, cwd, { env: { TOKEN_A: 'hunter-1', KEY: 'hunter-3' } });
    expect(code).toBe(0);
    expect(seen).toHaveLength(resultsIn(join(cwd, 'out')).spent.requests);
    const said = seen.map(({ method, url, headers }) =>
      [method, url, headers.authorization, headers['x-api-key']].join(' '),
    );
    expect(new Set(said)).toEqual(expect.objectContaining({}));
    expect(said).toContain('GET /api/things Bearer hunter-1 ');
    for (const name of readdirSync(join(cwd, 'out'))) {
      if (name === 'charts') continue;
      expect(readFileSync(join(cwd, 'out', name), 'utf8')).not.toContain('hunter');
    }
    expect(stdout + stderr).not.toContain('hunter');
  });

  it('writes what is known when it is interrupted, exits 130, and can go on', async () => {
    const { origin, seen } = await server((outgoing) => setTimeout(() => outgoing.end('ok'), 10));
    const cwd = temporaryFolder();
    const argv = [
      'discover',
      origin,
      '--out',
      'out',
      '--explore-requests',
      '60',
      '--explore-time',
      '2s',
      '--time',
      '20s',
    ];
    const interrupted = await ratelab(argv, cwd, {
      onInterrupt(onFirst) {
        const poll = setInterval(() => (seen.length > 5 ? onFirst() : undefined), 5);
        return () => clearInterval(poll);
      },
    });
    expect(interrupted.code).toBe(130);
    expect(interrupted.stderr).toContain('Stopping: what is known will be written.');
    const before = resultsIn(join(cwd, 'out'));
    expect(before.complete).toBe(false);
    expect(before.spent.requests).toBe(seen.length);
    const log = parseLog(readFileSync(join(cwd, 'out', 'probes.jsonl'), 'utf8'), 'probes.jsonl');
    expect([log.end, log.events.length]).toEqual(['interrupted', seen.length]);
    const { code } = await ratelab([...argv, '--resume'], cwd);
    expect(code).toBe(0);
    expect(resultsIn(join(cwd, 'out')).spent.requests).toBe(seen.length);
    expect(seen.length).toBeGreaterThan(before.spent.requests);
  });

  it('hears an interruption while a policy is played, and writes what is known', async () => {
    const cwd = temporaryFolder();
    const interrupted = await ratelab(['discover', 'architect-sync', '--defy', '--out', 'out'], cwd, {
      onInterrupt(onFirst) {
        const timer = setTimeout(onFirst, 300);
        return () => clearTimeout(timer);
      },
    });
    expect(interrupted.code).toBe(130);
    expect(resultsIn(join(cwd, 'out')).complete).toBe(false);
  });

  it('stops at the first sign of a penalty, and says so', async () => {
    const { origin, seen } = await server((outgoing, number) => outgoing.writeHead(number > 12 ? 403 : 200).end());
    const cwd = temporaryFolder();
    const { code, stdout } = await ratelab(['discover', origin, '--out', 'out', '--time', '20s'], cwd);
    const results = resultsIn(join(cwd, 'out'));
    expect(results.penalty).toMatchObject({ sign: 'forbidden', status: 403 });
    expect(results.complete).toBe(false);
    expect(seen.length).toBeLessThan(13 + 20);
    expect(stdout).toContain('403');
    expect(code).toBe(0);
  });
});
