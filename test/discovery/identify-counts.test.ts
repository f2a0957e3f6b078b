import { describe, expect, it } from 'vitest';

import { type Algorithm, parsePolicy } from '../../mock-server/policy.ts';
import { settleCounts } from '../../src/discovery/identify/counts.ts';
import { KnownLimits } from '../../src/discovery/known-limits.ts';
import { Prober } from '../../src/discovery/prober.ts';
import { createPolicyBlackBox } from '../../src/trial/black-box.ts';

const CALLER = { org: 'o', client: 'c', token: 't', user: 'u', app: 'a', ip: 'i', tier: 'standard', permitted: true };
const IDENTITY = { name: 'a', labels: {}, headers: { authorization: 'Bearer t' } };
const WINDOW: Algorithm = { kind: 'fixed-window', limit: 40, windowMs: 60_000, anchor: 'epoch' };

/** Asks a limit whether it counts what it rejects, by routes of these costs; `low` to `high`: what its capacity is taken for. */
async function asked(counts: 'admitted' | 'all', costs: readonly number[], algorithm = WINDOW, low = 40, high = low) {
  const routes = costs.map((_, at) => ({ name: `r${at}`, method: 'GET', path: `/r${at}`, headers: {}, body: '' }));
  const [base = 1, ...more] = costs;
  const dearer = more.map((cost, at) => ({ match: { paths: [`/r${at + 1}`] }, base: cost }));
  const policy = parsePolicy({
    name: 'one',
    limits: [
      {
        name: 'one',
        scope: ['org'],
        algorithm,
        counts,
        cost: { base, routes: dearer },
        retryAfter: { kind: 'absent' },
      },
    ],
    latency: [{ match: {}, medianMs: 50 }],
  });
  const startsAtMs = 1_770_000_000_123;
  const box = createPolicyBlackBox({ policy, callers: [CALLER], seed: 1, startsAtMs, deadlineMs: startsAtMs + 1e11 });
  const outcome = await box.run(async () => {
    const { fetch, clock, baseUrl } = box;
    const prober = new Prober(
      { fetch, clock, baseUrl, identities: [IDENTITY], routes },
      { budget: { requests: 1e4, rejections: 1e4, timeMs: 1e12 }, inFlight: 1e4, defy: true },
    );
    const limit = { capacity: { low, high }, costs: new Map(costs.entries()), identity: 0 };
    const said = await settleCounts(prober, new KnownLimits([], [IDENTITY], prober.events), limit);
    return { said, probes: prober.events.length };
  });
  if (!('value' in outcome)) throw new Error(`Cannot finish: ${JSON.stringify(outcome)}`);
  return outcome.value;
}

describe('whether rejected requests count', () => {
  it.each(['admitted', 'all'] as const)(
    'shows in a fixed window where one route costs more than another: %s',
    async (counts) => {
      expect(await asked(counts, [1, 7])).toEqual({ said: counts, probes: 5 + 2 });
      expect(await asked(counts, [2, 3])).toMatchObject({ said: counts });
      expect(await asked(counts, [12, 8, 5])).toMatchObject({ said: counts });
    },
  );

  it.each(['admitted', 'all'] as const)('shows in steps of whole tokens too: %s', async (counts) => {
    const algorithm: Algorithm = { kind: 'token-bucket', capacity: 40, refillPerSecond: 10, stepMs: 1000 };
    expect(await asked(counts, [1, 7], algorithm)).toMatchObject({ said: counts });
  });

  it('is not asked where all cost the same, nor where no number of requests leaves too little for one only', async () => {
    expect(await asked('all', [3, 3])).toEqual({ said: null, probes: 0 });
    // 38 to 40: what is left may be too little for either.
    expect(await asked('all', [2, 3], WINDOW, 38, 40)).toEqual({ said: null, probes: 0 });
  });

  it('stays open where less fits than was thought', async () => {
    expect(await asked('all', [1, 7], { ...WINDOW, limit: 30 })).toMatchObject({ said: null });
  });
});
