import { describe, expect, it } from 'vitest';
import { loadScenario } from './sources.ts';

const perToken = {
  name: 'my-platform',
  limits: [
    {
      name: 'per-token',
      scope: ['token'],
      algorithm: { kind: 'fixed-window', limit: 300, windowMs: 60_000 },
    },
  ],
};
const source = { name: 'users-fifty-orgs', file: null };
const namesOf = async (policy: Record<string, unknown> | null) =>
  (await loadScenario({ ...source, policy })).variants.map(({ name }) => name);

describe('loadScenario', () => {
  it('loadScenario leaves out variants that change limits which another policy has not', async () => {
    const own = await namesOf(null);
    const others = await namesOf(perToken);
    expect(own).toContain('without-gateway-limit');
    expect(others).not.toContain('without-gateway-limit');
    expect(own).toEqual(expect.arrayContaining(others));
    expect(others).toContain('at-03');
  });

  it('loadScenario keeps every variant when the policy is the scenario’s own', async () => {
    const { policy } = await loadScenario({ ...source, policy: null });
    expect(await namesOf({ ...policy })).toEqual(await namesOf(null));
  });
});
