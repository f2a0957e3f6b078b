import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import type { Snapshot } from '../../mock-server/operator/snapshot.ts';
import type { Output } from '../../src/cli/io.ts';
import { ended, ratelab, startRatelab, temporaryFolder } from './command-line.ts';

const folder = temporaryFolder({
  'small.json': JSON.stringify({
    name: 'small',
    title: 'Small \u001B[31mand red',
    limits: [
      {
        name: 'per-org',
        scope: ['org'],
        algorithm: { kind: 'token-bucket', capacity: 3, refillPerSecond: 1 },
        source: 'assumed',
      },
    ],
    latency: [{ match: { methods: [], paths: [] }, medianMs: 100, sigma: 0 }],
  }),
  'faulty.json': JSON.stringify({
    name: 'x',
    limits: [{ name: 'a', algorithm: { kind: 'token-bucket', capacity: -5 } }],
  }),
  'text.json': 'no JSON',
});

/** What the command prints with `--json`. */
interface Told {
  readonly url: string;
  readonly operatorUrl: string | null;
  readonly operatorKey: string | null;
  readonly operatorPageUrl: string | null;
}

/** Starts the command in this process; what it printed once it listens, and how to stop it. */
async function started(argv: readonly string[], env: Record<string, string> = {}) {
  let interrupt = () => {};
  const stdout: string[] = [];
  let tell = () => {};
  const first = new Promise<void>((resolve) => (tell = resolve));
  const output: Output = {
    isTerminal: false,
    colour: false,
    columns: 100,
    write: (text) => {
      stdout.push(text);
      tell();
    },
  };
  const outcome = ratelab(['gateway', '--port', '0', ...argv], folder, {
    env,
    stdout: output,
    onInterrupt: (onFirst) => {
      interrupt = onFirst;
      return () => {};
    },
  });
  await Promise.race([first, outcome.then(({ stderr }) => Promise.reject(new Error(stderr)))]);
  return {
    printed: stdout.join(''),
    stop: async () => {
      interrupt();
      return { ...(await outcome), stdout: stdout.join('') };
    },
  };
}

/** Signs in and gives how to call with the token; each call a connection of its own. */
async function signedIn(url: string): Promise<(path?: string) => Promise<Response>> {
  const response = await fetch(`${url}/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa('sync@acme:secret')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  const { access_token: token } = (await response.json()) as { access_token: string };
  return (path = '/api/v2/users') => fetch(`${url}${path}`, { headers: { authorization: `Bearer ${token}` } });
}

describe('ratelab gateway', () => {
  it('prints where it is, how to sign in, the limits and how to end it; the printed sign-in works', async () => {
    const { printed, stop } = await started(['--policy', 'small.json', '--no-latency']);
    expect(printed).toMatch(/^Small \uFFFD\[31mand red \(small\)\n/);
    const [, url = ''] = /^ {2}platform {2}(http:\/\/127\.0\.0\.1:\d+)$/m.exec(printed) ?? [];
    const [, page = ''] = /^ {2}operator {2}(http:\/\/127\.0\.0\.1:\d+\/\?key=[\w-]{32})$/m.exec(printed) ?? [];
    expect(printed).toContain(
      `curl -u my-client@my-org:my-secret -d grant_type=client_credentials ${url}/oauth/token\n`,
    );
    expect(printed).toContain(`setGateway({ protocol: 'http', host: '127.0.0.1', port: ${new URL(url).port} });`);
    expect(printed).toMatch(/^ {2}per-org {2}per org {2}bucket of 3, refills 1\/s {2}assumed$/m);
    expect(printed).toContain('Ctrl-C ends it');
    expect((await fetch(page)).status).toBe(401);
    expect((await fetch(page, { redirect: 'manual' })).status).toBe(303);
    const call = await signedIn(url);
    const statuses: number[] = [];
    for (let times = 0; times < 6; times++) statuses.push((await call()).status);
    expect(statuses[0]).toBe(200);
    expect(statuses).toContain(429);
    const admitted = statuses.filter((status) => status === 200).length;
    const { code, stderr } = await stop();
    expect(code).toBe(0);
    expect(stderr).toBe(
      `Stopping: no new connections. Ctrl-C again quits at once.\nStopped after 6 decisions: ${admitted} admitted, ${6 - admitted} rejected (${6 - admitted} by per-org).\n`,
    );
  });

  it('--json prints one line of JSON and nothing else; key and addresses in it work; every start has another key', async () => {
    const { printed, stop } = await started(['--json', '--policy', 'small.json', '--speed', '0', '--no-latency']);
    const told = JSON.parse(printed) as Told;
    expect(told).toMatchObject({ policy: 'small', seed: 1, speed: 0, latency: false });
    const call = await signedIn(told.url);
    const statuses: number[] = [];
    for (let times = 0; times < 5; times++) statuses.push((await call()).status);
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
    const headers = { authorization: `Bearer ${told.operatorKey ?? ''}` };
    const state = (await (await fetch(`${told.operatorUrl}/state`, { headers })).json()) as Snapshot;
    expect(state.url).toBe(told.url);
    expect(state.totals.slice(0, 2).map(({ cause, count }) => [cause, count])).toEqual([
      [null, 3],
      ['per-org', 2],
    ]);
    const metrics = await (await fetch(`${told.operatorUrl}/metrics`, { headers })).text();
    expect(metrics).toContain('\nratelab_requests_total{status="429",cause="per-org"} 2\n');
    expect(metrics).toMatch(/\nprocess_resident_memory_bytes \d+\n/);
    const body = JSON.stringify({ advanceMs: 1000 });
    expect((await fetch(`${told.operatorUrl}/clock`, { method: 'POST', headers, body })).status).toBe(200);
    expect((await call()).status).toBe(200);
    const { stdout } = await stop();
    expect(stdout).toBe(printed);
    expect(stdout.split('\n')).toHaveLength(2);
    const again = await started(['--json']);
    expect((JSON.parse(again.printed) as Told).operatorKey).not.toBe(told.operatorKey);
    await again.stop();
  });

  it('--quiet prints the two addresses, --no-operator the first only', async () => {
    const quiet = await started(['-q']);
    expect(quiet.printed).toMatch(/^http:\/\/127\.0\.0\.1:\d+\nhttp:\/\/127\.0\.0\.1:\d+\/\?key=\S+\n$/);
    await quiet.stop();
    const alone = await started(['-q', '--no-operator']);
    expect(alone.printed).toMatch(/^http:\/\/127\.0\.0\.1:\d+\n$/);
    expect((await alone.stop()).code).toBe(0);
    const json = await started(['--json', '--no-operator']);
    expect(JSON.parse(json.printed)).toMatchObject({ operatorUrl: null, operatorKey: null, operatorPageUrl: null });
    await json.stop();
  });

  it('takes a key that stays from the environment', async () => {
    const key = 'a-key-for-prometheus-012345';
    const { printed, stop } = await started(['--json'], { RATELAB_OPERATOR_KEY: key });
    const { operatorUrl } = JSON.parse(printed) as Told;
    expect((await fetch(`${operatorUrl}/state`, { headers: { authorization: `Bearer ${key}` } })).status).toBe(200);
    await stop();
  });

  it('warns when others can reach it, and keeps the operator\u2019s door to this machine', async () => {
    const { printed, stop } = await started(['--json', '--host', '0.0.0.0']);
    expect((JSON.parse(printed) as Told).operatorUrl).toMatch(/^http:\/\/127\.0\.0\.1:/);
    expect((await stop()).stderr).toMatch(/^Warning: --host 0\.0\.0\.0 lets everybody in who reaches this machine/);
  });

  const taken = createServer();
  const port = new Promise<number>((resolve) =>
    taken.listen(0, '127.0.0.1', () => resolve((taken.address() as AddressInfo).port)),
  );
  afterAll(() => void taken.close());

  it('says which port is taken, and leaves nothing behind', async () => {
    const rule = `must be a port that nobody listens at (0 finds one), current value is ${await port}\n`;
    const first = await ratelab(['gateway', '--port', String(await port)], folder);
    expect(first).toEqual({ code: 2, stdout: '', stderr: `Cannot start the gateway: --port ${rule}` });
    const second = await ratelab(['gateway', '--port', '0', '--operator-port', String(await port)], folder);
    expect(second).toEqual({
      code: 2,
      stdout: '',
      stderr: `Cannot start the operator\u2019s door: --operator-port ${rule}`,
    });
  });

  it.each([
    [
      ['--policy', 'documented-platfrom'],
      'Cannot start the gateway: no policy is named documented-platfrom; did you mean documented-platform?\n',
    ],
    [
      ['--policy', 'zzzzzzzz'],
      'Cannot start the gateway: no policy is named zzzzzzzz; ratelab list policies shows them, and a file ends in .json\n',
    ],
    [['--policy', 'absent.json'], 'Cannot read absent.json: there is no such file or folder\n'],
    [['--policy', './text.json'], /^Cannot read \.\/text\.json: it must be JSON, but /],
    [['--policy', 'faulty.json'], /^Cannot read policy faulty\.json: .*limits\[0\]\.algorithm\.capacity must be /s],
    [
      ['--port', '65536', '--speed', 'fast', '--seed', '-1', '--operator-port', 'x'],
      'Cannot read the command line: --port must be a whole number from 0 to 65535, current value is "65536"\n  --seed must be a whole number from 0 to 9007199254740991, current value is "-1"\n  --speed must be a number from 0 to 1000, current value is "fast"\n  --operator-port must be a whole number from 0 to 65535, current value is "x"\n',
    ],
    [['--speed', '1001'], /^Cannot read the command line: --speed must be a number from 0 to 1000/],
    [['--speed', '-1'], /^Cannot read the command line: /],
    [
      ['--host', '192.0.2.1', '--port', '0'],
      'Cannot start the gateway: --host must be an address of this machine, current value is "192.0.2.1"\n',
    ],
    [['--host', ''], 'Cannot read the command line: --host must be an address of this machine, current value is ""\n'],
    [['--prot', '5'], /^Cannot read the command line: unknown option '--prot'; did you mean --port\?/],
  ])('cannot start with %j', async (argv, says) => {
    const { code, stdout, stderr } = await ratelab(['gateway', ...argv], folder);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(says);
  });

  it('refuses a weak key from the environment without showing it', async () => {
    const { code, stderr } = await ratelab(['gateway', '--port', '0'], folder, {
      env: { RATELAB_OPERATOR_KEY: 'hunter2' },
    });
    expect(code).toBe(2);
    expect(stderr).toContain('RATELAB_OPERATOR_KEY must be at least 22 characters');
    expect(stderr).not.toContain('hunter2');
  });

  it('stands in the help with an example, and its policies in the list', async () => {
    expect((await ratelab(['--help'], folder)).stdout).toMatch(/^ {2}ratelab gateway --policy /m);
    expect((await ratelab(['gateway', '--help'], folder)).stdout).toContain('one that is free (default: 8089)');
    const { stdout } = await ratelab(['list', 'policies'], folder);
    expect(stdout).toMatch(/^ {2}documented-platform +The platform as documented +\d+ limits$/m);
  });
});

describe('ratelab gateway as a process', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'answers what is in service at %s, then exits 0 and says so',
    async (signal) => {
      const child = startRatelab(
        ['gateway', '--port', '0', '--json', '--policy', 'small.json', '--speed', '0'],
        folder,
      );
      const outcome = ended(child);
      const line = await Promise.race([
        new Promise<string>((resolve) => child.stdout.once('data', (chunk: Buffer) => resolve(String(chunk)))),
        outcome.then(({ stderr }) => Promise.reject(new Error(`it ended: ${stderr}`))),
      ]);
      const { url, operatorUrl, operatorKey } = JSON.parse(line) as Told;
      const headers = { authorization: `Bearer ${operatorKey ?? ''}` };
      const order = (advanceMs: number) =>
        fetch(`${operatorUrl}/clock`, { method: 'POST', headers, body: JSON.stringify({ advanceMs }) });
      // The clock stands, and whatever takes time is answered when the operator moves it, not before.
      let isIn = false;
      const signing = signedIn(url).finally(() => (isIn = true));
      await expect.poll(async () => (await order(5000), isIn), { timeout: 30_000 }).toBe(true);
      const call = await signing;
      const inService = call();
      const state = async () => (await (await fetch(`${operatorUrl}/state`, { headers })).json()) as Snapshot;
      await expect.poll(async () => (await state()).inService, { timeout: 30_000 }).toBe(1);
      const said = new Promise<string>((resolve) =>
        child.stderr.once('data', (chunk: Buffer) => resolve(String(chunk))),
      );
      child.kill(signal);
      expect(await said).toMatch(/^Stopping: no new connections, 1 request in service will be answered\. /);
      await expect(fetch(`${url}/api/v2/users`)).rejects.toThrow('fetch failed');
      await order(60_000);
      expect((await inService).status).toBe(200);
      const { code, stdout, stderr } = await outcome;
      expect(code).toBe(0);
      expect(stdout).toBe(line);
      expect(stderr).toMatch(/\nStopped after 1 decision: 1 admitted, 0 rejected\.\n$/);
    },
  );
});
