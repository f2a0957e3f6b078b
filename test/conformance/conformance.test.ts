/**
 * 10,000 random timed requests through a real server, MSW and the in-process transport: the same decisions, at the same times, with the same
 * Retry-After and, at the two doors that have them, the same headers, correlation ids and bodies. The clocks are moved by hand, requests overlap in
 * service, clients give up.
 *
 * `CONFORMANCE_SEED=7 npx vitest run test/conformance` takes other requests.
 */
import { afterAll, describe, expect, it } from 'vitest';
import { causesOf } from '../../mock-server/gateway.ts';
import { policyOf } from '../../src/doors/gateway.ts';
import { firstDifference } from './comparison.ts';
import { type Door, inProcess, overHttp, overMsw, type Played } from './doors.ts';
import { settings } from './settings.ts';
import { trafficOf } from './traffic.ts';

const SEED = Number(process.env['CONFORMANCE_SEED'] ?? 1);

/** How often each cause occurred, by policy. */
const counts = new Map<string, Map<string, number>>();
const kinds = new Map<string, number>();
let compared = 0;

function count(policy: string, { seen }: Played): Map<string, number> {
  const byCause = new Map<string, number>();
  for (const { decision, cause, end } of seen) {
    const name = decision === 'rejected' ? cause : decision;
    byCause.set(name, (byCause.get(name) ?? 0) + 1);
    if (end === 'gone') byCause.set('(gave up)', (byCause.get('(gave up)') ?? 0) + 1);
  }
  counts.set(policy, byCause);
  return byCause;
}

/** How often limits of each algorithm, penalties, quirks and missing permission rejected. */
function countKinds(policy: (typeof settings)[number]['policy'], byCause: ReadonlyMap<string, number>): void {
  for (const cause of causesOf(policy)) {
    const limit = cause.kind === 'limit' ? policy.limits.find(({ name }) => name === cause.limit) : undefined;
    const kind = cause.kind === 'penalty' ? cause.effect : (limit?.algorithm.kind ?? cause.name);
    kinds.set(kind, (kinds.get(kind) ?? 0) + (byCause.get(cause.name) ?? 0));
  }
}

describe('the doors decide the same', () => {
  it.each(settings.map((setting) => [setting.policy.name, setting] as const))('%s', async (name, setting) => {
    const steps = trafficOf(setting, SEED);
    const virtual = await inProcess(setting, steps, SEED);
    const http = await overHttp(setting, steps, SEED);
    const msw = await overMsw(setting, steps, SEED);
    expect(firstDifference(steps, ['HTTP', http], ['MSW', msw])).toBeNull();
    expect(firstDifference(steps, ['in process', virtual], ['HTTP', http])).toBeNull();
    const byCause = count(name, http);
    countKinds(setting.policy, byCause);
    compared += steps.length;
    // A comparison in which nothing is rejected, or nothing overlaps, would prove nothing.
    const rejected = http.seen.filter(({ decision }) => decision === 'rejected').length;
    expect(rejected).toBeGreaterThan(steps.length / 20);
    expect(byCause.get('admitted') ?? 0).toBeGreaterThan(steps.length / 20);
    expect(byCause.get('(gave up)') ?? 0).toBeGreaterThan(0);
    expect(http.given.filter((given) => given === null)).toHaveLength(byCause.get('(gave up)') ?? 0);
  });

  it('10,000 requests were compared, and every algorithm, penalty and quirk rejected some', () => {
    expect(compared).toBe(10_000);
    const all = ['fixed-window', 'sliding-window-log', 'sliding-window-counter', 'token-bucket', 'concurrency'];
    all.push('tenant-block', 'unavailable', 'ip-ban', 'request-id-reuse', 'forbidden-as-429', 'not-permitted');
    expect(all.filter((kind) => (kinds.get(kind) ?? 0) === 0)).toEqual([]);
  });

  afterAll(() => {
    const lines = [...counts].map(
      ([policy, byCause]) => `${policy}: ${[...byCause].map(([cause, times]) => `${cause} ${times}`).join(', ')}`,
    );
    const byKind = [...kinds].map(([kind, times]) => `${kind} ${times}`).join(', ');
    console.log(
      [`${compared} requests compared at 3 doors (seed ${SEED})`, ...lines, `rejected by ${byKind}`].join('\n'),
    );
  });
});

describe('the comparison finds', () => {
  const setting = settings.find(({ policy }) => policy.name === 'users-fifty-orgs')!;
  const steps = trafficOf(setting, SEED).slice(0, 400);

  it.each<[string, Door]>([
    ['other dice', (setting, steps, seed) => overMsw(setting, steps, seed + 1)],
    [
      'a clock that is a ms off',
      (setting, [first, ...rest], seed) => {
        return overMsw(setting, [{ ...first!, afterMs: first!.afterMs + 1 }, ...rest], seed);
      },
    ],
    [
      'a limit that is one higher',
      (setting, steps, seed) => {
        const { policy } = setting;
        const [first, second] = policy.limits;
        const larger = { ...second!, algorithm: { ...second!.algorithm, capacity: 51 } };
        return overMsw({ ...setting, policy: policyOf({ ...policy, limits: [first!, larger] }) }, steps, seed);
      },
    ],
    [
      'clients that are not heard to give up',
      (setting, steps, seed) => {
        return overMsw(
          setting,
          steps.map((step) => ({ ...step, abort: null })),
          seed,
        );
      },
    ],
    [
      'requests of another organization',
      (setting, steps, seed) => {
        return overMsw(
          setting,
          steps.map((step) => ({ ...step, token: step.token.replace('org-02', 'org-01') })),
          seed,
        );
      },
    ],
  ])('%s', async (_, planted) => {
    const http = await overHttp(setting, steps, SEED);
    const other = await planted(setting, steps, SEED);
    expect(firstDifference(steps, ['HTTP', http], ['planted', other])).toMatch(
      /^request \d+ of 400: \{.*\nHTTP: .*\nplanted: /s,
    );
  });
});
