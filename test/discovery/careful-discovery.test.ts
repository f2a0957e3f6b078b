/** A whole discovery in the careful manner: what it finds, and that no penalty comes of it. */
import { describe, expect, it } from 'vitest';
import { parsePolicy } from '../../mock-server/policy.ts';
import { policies } from '../../mock-server/policies/index.ts';
import { targetOfPolicy } from '../../src/cli/discover-policy.ts';
import { DEFAULTS } from '../../src/cli/discover-settings.ts';
import { discover, type Findings } from '../../src/discovery/discover.ts';
import { createPolicyBlackBox } from '../../src/trial/black-box.ts';

const startsAtMs = Date.UTC(2026, 2, 2, 9);
const options = { ...DEFAULTS.policy, exploreRequests: 300, exploreTimeMs: 3_600_000, requests: 4000 };

/** Discovers as the command line does unless told otherwise; gives what was found, and how often each stage of a penalty rejected. */
async function careful(loose: unknown): Promise<{ findings: Findings; penalties: number }> {
  const policy = parsePolicy(loose);
  const { callers, identities, routes } = targetOfPolicy(policy);
  const box = createPolicyBlackBox({ policy, callers, seed: 7, startsAtMs, deadlineMs: startsAtMs + 1e12 });
  const outcome = await box.run(() =>
    discover(
      { fetch: box.fetch, clock: box.clock, baseUrl: box.baseUrl, identities, routes },
      {
        budget: options,
        inFlight: options.inFlight,
        defy: false,
        exclusion: { requests: options.exploreRequests, overMs: options.exploreTimeMs },
      },
    ),
  );
  if (outcome.kind !== 'done') throw new Error(outcome.kind);
  const byStage = box.rejectionsByCause.slice(policy.limits.length);
  return { findings: outcome.value, penalties: byStage.reduce((sum, count) => sum + count, 0) };
}

const ladder = [
  {
    name: 'defiance',
    scope: ['org'],
    graceMs: 0,
    memoryMs: 86_400_000,
    extends: true,
    stages: [{ name: 'ban', afterStrikes: 1, effect: 'ip-ban', durationMs: 1_800_000 }],
    source: 'assumed',
  },
];

describe('a careful discovery', () => {
  it.each([
    ['org', { kind: 'fixed-window', limit: 7, windowMs: 61_234, anchor: 'first-request' }],
    ['client', { kind: 'fixed-window', limit: 11, windowMs: 34_567, anchor: 'first-request' }],
  ])('finds a limit per %s, and obeys every Retry-After on the way', async (key, algorithm) => {
    const limits = [{ name: 'l', scope: [key], algorithm, source: 'assumed' }];
    const { findings, penalties } = await careful({ name: 'x', limits, penalties: ladder });
    expect(penalties).toBe(0);
    expect(findings.penalty).toBeNull();
    expect(findings.limits).toHaveLength(1);
    expect(findings.limits[0]).toMatchObject({ status: 'found', scope: [key], algorithm });
  });

  it('triggers no penalty of the platform of thread 4, whose penalties are a ladder', async () => {
    const { penalties, findings } = await careful(policies['daily-export']);
    expect(penalties).toBe(0);
    expect(findings.penalty).toBeNull();
  });
});
