import { expect, it } from 'vitest';

import { parsePolicy } from '../../mock-server/policy.ts';
import { identify } from '../../src/discovery/identify/identify.ts';
import { KnownLimits } from '../../src/discovery/known-limits.ts';
import { Prober } from '../../src/discovery/prober.ts';
import { createPolicyBlackBox } from '../../src/trial/black-box.ts';

const CALLER = { org: 'o', client: 'c', token: 't', user: 'u', app: 'a', ip: 'i', tier: 'standard', permitted: true };
const LIMITS = [
  { kind: 'sliding-window-log', limit: 74, windowMs: 29_332 },
  { kind: 'fixed-window', limit: 28, windowMs: 8577, anchor: 'first-request' },
] as const;

// A capacity that may be any fraction, with rejections that may count, fits what both do for a while.
it.each([1, 2, 3, 4, 5, 6])('takes two limits at one point for no third one, start %i', async (start) => {
  const startsAtMs = 1_775_561_440_592 + start * 123_457;
  const policy = parsePolicy({
    name: 'two',
    limits: LIMITS.map((algorithm) => ({
      name: algorithm.kind,
      scope: ['org'],
      algorithm,
      counts: 'admitted',
      cost: 1,
      retryAfter: 'absent',
    })),
    latency: [{ match: {}, medianMs: 50 }],
  });
  const box = createPolicyBlackBox({
    policy,
    callers: [CALLER],
    seed: start,
    startsAtMs,
    deadlineMs: startsAtMs + 1e11,
  });
  const outcome = await box.run(async () => {
    const prober = new Prober(
      {
        fetch: box.fetch,
        clock: box.clock,
        baseUrl: box.baseUrl,
        identities: [{ name: 'a', labels: {}, headers: { authorization: 'Bearer t' } }],
        routes: [{ name: 'r', method: 'GET', path: '/x', headers: {}, body: '' }],
      },
      { budget: { requests: 1e6, rejections: 1e6, timeMs: 1e12 }, inFlight: 1e5, defy: true },
    );
    return identify(
      { prober, points: [{ identity: 0, route: 0 }], known: new KnownLimits([], [], prober.events) },
      { lookRequests: 20_000, lookMs: 3_600_000 },
    );
  });
  if (outcome.kind !== 'done') throw new Error(`Cannot finish: ${JSON.stringify(outcome)}`);
  if (outcome.value.kind !== 'found') return;
  // One of the two may show alone for long enough.
  const { shape, capacity } = outcome.value.hypothesis;
  expect(LIMITS).toContainEqual({ ...shape, limit: capacity });
});
