/** `ratelab load` as users run it. */
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseLoadResults } from '../../src/results/load-results.ts';
import { ratelab, spawnRatelab, temporaryFolder } from './command-line.ts';

const policy = JSON.stringify({
  name: 'ten-an-hour',
  limits: [
    {
      name: 'ten',
      scope: [],
      algorithm: { kind: 'fixed-window', limit: 10, windowMs: 3_600_000, anchor: 'first-request' },
      source: 'assumed',
    },
  ],
});

/** A server that answers 200; resolves with its origin and the number of requests so far. */
async function server(): Promise<{ origin: string; seen: () => number }> {
  let seen = 0;
  const listening = createServer((_, outgoing) => {
    seen += 1;
    outgoing.end('ok');
  });
  await new Promise<void>((resolve) => {
    listening.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    listening.closeAllConnections();
    listening.close();
  });
  return { origin: `http://127.0.0.1:${(listening.address() as AddressInfo).port}`, seen: () => seen };
}

describe('ratelab load', () => {
  it('load drives a policy file and writes results and a report that name the first rejection', async () => {
    const cwd = temporaryFolder({ 'ten.json': policy });
    const argv = ['load', './ten.json', '--connections', '1', '--requests', '15', '--same-thread', '--out', 'out'];
    const { code, stdout, stderr } = await ratelab(argv, cwd);
    expect(stderr).toBe('Wrote out: load.json, load.html, load.md, charts\n');
    expect(stdout).toContain('The first rejection came at request 11 after');
    expect(code).toBe(0);
    for (const file of ['load.html', 'load.md', 'charts/latency.png', 'charts/over-time.png'])
      expect(existsSync(join(cwd, 'out', file))).toBe(true);
    const results = parseLoadResults(JSON.parse(readFileSync(join(cwd, 'out', 'load.json'), 'utf8')), 'load.json');
    expect(results.rejections).toEqual({ source: 'gateway', byCause: { ten: 5 } });
    expect(results.target).toEqual({ kind: 'policy', name: 'ten-an-hour' });
  });

  it('load runs the gateway in a thread of its own, and prints only JSON under --json', async () => {
    const cwd = temporaryFolder({ 'ten.json': policy });
    const argv = ['load', 'ten.json', '--rate', '50', '--duration', '0.5', '--orgs', '2', '--no-out', '--json'];
    const { code, stdout, stderr } = await spawnRatelab(argv, cwd);
    expect(code).toBe(0);
    // Progress shows once a second: none or one line, by how busy the machine is.
    expect(stderr).toMatch(/^(?:\d+\/\ds [^\n]*\n)*$/);
    const results = parseLoadResults(JSON.parse(stdout), 'stdout');
    expect(results.counts).toMatchObject({ sent: 25, admitted: 10, rejected: 15 });
    expect(results.rejections).toEqual({ source: 'gateway', byCause: { ten: 15 } });
    expect(results.senders.map(({ name, sent }) => [name, sent])).toEqual([
      ['org-1', 13],
      ['org-2', 12],
    ]);
    expect(existsSync(join(cwd, 'reports'))).toBe(false);
  });

  it('load drives a URL on loopback with the tokens of a file, and says one sentence under --quiet', async () => {
    const { origin, seen } = await server();
    const cwd = temporaryFolder({ tokens: 'hunter-1\nhunter-2\n\n' });
    const argv = ['load', origin, '--token-file', 'tokens', '--requests', '20', '--out', 'out', '--quiet'];
    const { code, stdout } = await ratelab(argv, cwd);
    expect([code, stdout, seen()]).toEqual([0, 'No request was rejected in 20 requests.\n', 20]);
    for (const file of ['load.json', 'load.html', 'load.md'])
      expect(readFileSync(join(cwd, 'out', file), 'utf8')).not.toContain('hunter-');
  });

  it.each([
    [['http://example.com'], /its host must be loopback, current value is example\.com\. Only if it is yours/],
    [['http://127.0.0.1.evil.com', '--allow-host', 'evil.com'], /current value is 127\.0\.0\.1\.evil\.com/],
    [['http://0.0.0.0:80'], /current value is 0\.0\.0\.0/],
    [['http://127.0.0.1', '--requests', 'Infinity'], /requests must be a whole number from 1 to 10000000/],
    [['http://127.0.0.1', '--duration', '1e9'], /duration \(s\) must be a number from 0\.1 to 3600/],
    [['http://127.0.0.1', '--rate', 'fast'], /--rate must be a number, current value is "fast"\n$/],
    [['http://127.0.0.1', '--rate', '-5'], /: rate must be a number from 0\.1 to 100000, current value is -5\n$/],
    [['http://127.0.0.1', '--rate', '5', '--steps', '3'], /--steps is for a --ramp/],
    [['http://127.0.0.1', '--ramp', '1..5', '--steps', '1'], /steps must be at least 2 where the rate changes/],
    [['http://127.0.0.1', '--ramp', '10-20'], /--ramp must be two numbers like 10\.\.200, current value is 10-20/],
    [['http://127.0.0.1', '--ramp', '1..2', '--rate', '3'], /--ramp takes the place of --rate/],
    [['http://127.0.0.1', '--orgs', '3'], /--orgs is for a policy/],
    [['http://127.0.0.1', '--header', 'X-A b'], /--header must be a name, a colon and a value/],
    [
      ['http://127.0.0.1', '--token-file', 'nowhere'],
      /Cannot read nowhere: it must be a file with one token per line, but there is no such file/,
    ],
    [['teaching-token-bucket', '--token', 't'], /--token is for a URL/],
    [['teaching-token-bucket', '--orgs', '2000'], /senders .* must be a number from 1 to 1000/],
    [
      ['no-such-policy'],
      /^Cannot load the target: no policy is named no-such-policy; ratelab list policies shows them/,
    ],
    [['teaching-token-bukket'], /no policy is named teaching-token-bukket; did you mean teaching-token-bucket\?/],
    [['constructor'], /no policy is named constructor/],
    [['./faulty.json'], /^Cannot read policy \.\/faulty\.json: .*limits\[0\]/s],
    [['./absent.json'], /Cannot read \.\/absent\.json: there is no such file/],
  ])('load refuses %j with exit code 2 and writes nothing', async (argv, why) => {
    const cwd = temporaryFolder({ 'faulty.json': '{"name":"faulty","limits":[{}]}' });
    const { code, stdout, stderr } = await ratelab(['load', ...argv, '--out', 'out'], cwd);
    expect(stderr).toMatch(why);
    expect(stderr).toMatch(/^Cannot /);
    expect([code, stdout, existsSync(join(cwd, 'out', 'load.json'))]).toEqual([2, '', false]);
  });

  it('load that is interrupted writes what was done and exits 130', async () => {
    const { origin, seen } = await server();
    const cwd = temporaryFolder();
    const { code, stderr } = await ratelab(['load', origin, '--rate', '20', '--duration', '600', '--out', 'out'], cwd, {
      onInterrupt(onFirst) {
        const poll = setInterval(() => (seen() > 5 ? onFirst() : undefined), 10);
        return () => clearInterval(poll);
      },
    });
    expect(code).toBe(130);
    expect(stderr).toContain('Stopping: what is done will be written.');
    const results = parseLoadResults(JSON.parse(readFileSync(join(cwd, 'out', 'load.json'), 'utf8')), 'load.json');
    expect(results.complete).toBe(false);
    expect(results.counts.admitted).toBeGreaterThan(0);
    expect(readFileSync(join(cwd, 'out', 'load.md'), 'utf8')).toContain('The load was interrupted');
  });
});
