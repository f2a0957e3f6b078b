/** What a whole discovery says that Retry-After and rate headers are worth, where it is known what they are worth. */
import { describe, expect, it } from 'vitest';
import { parsePolicy } from '../../mock-server/policy.ts';
import { discover, type Findings } from '../../src/discovery/discover.ts';
import { targetOfPolicy } from '../../src/cli/discover-policy.ts';
import { createPolicyBlackBox } from '../../src/trial/black-box.ts';

const startsAtMs = Date.UTC(2026, 2, 2, 9);
const budget = { requests: 50_000, rejections: 20_000, timeMs: 1e9 };

async function found(loose: Record<string, unknown>, defy = true): Promise<Findings> {
  const policy = parsePolicy({ name: 'x', ...loose });
  const { callers, identities, routes } = targetOfPolicy(policy);
  const box = createPolicyBlackBox({ policy, callers, seed: 3, startsAtMs, deadlineMs: startsAtMs + 1e12 });
  const { fetch, clock, baseUrl } = box;
  const outcome = await box.run(() =>
    discover(
      { fetch, clock, baseUrl, identities: identities.slice(0, 1), routes },
      { budget, defy, exclusion: { requests: 200, overMs: 600_000 } },
    ),
  );
  if (outcome.kind !== 'done') throw new Error(outcome.detail);
  return outcome.value;
}

const ten = {
  name: 'ten',
  scope: ['org'],
  algorithm: { kind: 'fixed-window', limit: 10, windowMs: 43_210, anchor: 'first-request' },
};
describe('Retry-After of what was found', () => {
  it.each([
    ['exact', { kind: 'exact' }],
    ['exact', { kind: 'http-date' }],
    ['early', { kind: 'fixed', afterMs: 1000 }],
    ['late', { kind: 'fixed', afterMs: 120_000 }],
    ['random', { kind: 'uniform', fromMs: 1000, toMs: 90_000 }],
    ['absent', { kind: 'absent' }],
  ])('is %s where the gateway tells %j', async (kind, retryAfter) => {
    const { limits } = await found({ limits: [{ ...ten, retryAfter }] });
    expect(limits).toHaveLength(1);
    expect(limits[0]).toMatchObject({ status: 'found', retryAfter: { kind } });
  });
});

describe('rate headers', () => {
  const headers = { dialect: 'x-ratelimit', on: 'always' };

  it('are true, stale where they tell of some time ago, and absent where there are none', async () => {
    const stale = await found({ limits: [ten], headers: { ...headers, speaksOf: 'ten', staleMs: 700 } });
    expect(stale.headers).toMatchObject({ present: true, worth: 'stale' });
    const now = await found({ limits: [ten], headers: { ...headers, speaksOf: 'ten' } });
    expect(now.headers).toMatchObject({ present: true, speaksOf: 'limit-1', worth: 'true' });
    const none = await found({ limits: [ten] });
    expect(none.headers).toMatchObject({ present: false, worth: 'absent' });
  });
});
