import { describe, expect, it } from 'vitest';
import { parsePolicy } from '../../mock-server/policy.ts';
import { askCosts } from '../../src/discovery/others/ask-costs.ts';
import { askCounts } from '../../src/discovery/others/ask-counts.ts';
import { Prober } from '../../src/discovery/prober.ts';
import { createPolicyBlackBox } from '../../src/trial/black-box.ts';

const CALLER = { org: 'o', client: 'c', token: 't', user: 'u', app: 'a', ip: 'i', tier: 'standard', permitted: true };
const STARTS_AT_MS = Date.UTC(2026, 0, 5);
const CAPACITY = 120;
const WINDOW_MS = 30_000;
const SHARE = 0.1;

/** What is said of a window that others use a tenth of, where the second route costs `cost`. */
async function asked(cost: number, counts: 'admitted' | 'all') {
  const policy = parsePolicy({
    name: 'uneven',
    limits: [
      {
        name: 'one',
        scope: ['org'],
        algorithm: { kind: 'fixed-window', limit: CAPACITY, windowMs: WINDOW_MS, anchor: 'first-request' },
        cost: { base: 1, routes: [{ match: { paths: ['/dear'] }, base: cost }] },
        counts,
      },
    ],
    background: [
      { name: 'others', identity: { org: 'o' }, path: '/x', ratePerSecond: (SHARE * CAPACITY * 1000) / WINDOW_MS },
    ],
  });
  const box = createPolicyBlackBox({
    policy,
    callers: [CALLER],
    seed: 11,
    startsAtMs: STARTS_AT_MS,
    deadlineMs: STARTS_AT_MS + 1e11,
  });
  const identities = [{ name: 'a', labels: { org: 'o' }, headers: { authorization: 'Bearer t' } }];
  const routes = ['/x', '/dear'].map((path) => ({ name: path, method: 'GET', path, headers: {}, body: '' }));
  const played = await box.run(async () => {
    const prober = new Prober(
      { fetch: box.fetch, clock: box.clock, baseUrl: box.baseUrl, identities, routes },
      { budget: { requests: 1e6, rejections: 1e6, timeMs: 1e11 }, inFlight: 1e5, defy: true },
    );
    const filling = { base: { identity: 0, route: 0 }, size: CAPACITY, spanMs: WINDOW_MS };
    const costs = await askCosts(prober, filling, [0, 1]);
    return { ...costs, counts: await askCounts(prober, filling, costs) };
  });
  if (played.kind !== 'done') throw new Error(JSON.stringify(played));
  return played.value;
}

describe('askCosts and askCounts', () => {
  it.each([
    { cost: 2, counts: 'admitted' },
    { cost: 2, counts: 'all' },
    { cost: 5, counts: 'admitted' },
    { cost: 1, counts: 'all' },
  ] as const)('a route of $cost where $counts counts', async ({ cost, counts }) => {
    const said = await asked(cost, counts);
    expect(said.undecided.has(1) || said.costs.get(1) === cost).toBe(true);
    // Where all cost the same nothing that is rejected leaves anything to take; and what is seen to pass is never explained by charges.
    const right = counts === 'admitted' ? [counts] : cost === 1 ? [null] : [null, counts];
    expect(right).toContain(said.counts);
  });
});
