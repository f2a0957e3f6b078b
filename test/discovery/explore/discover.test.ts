import { describe, expect, it } from 'vitest';
import { generateGateway, openBox } from '../../../bench/discovery/generate.ts';
import { discover } from '../../../src/discovery/discover.ts';
import { oracle } from './oracle.ts';

const BUDGET = { requests: 400_000, rejections: 200_000, timeMs: 30 * 86_400_000 };

async function discovered(seed: number, budget = BUDGET) {
  const gateway = generateGateway('quiet-1', seed);
  const { box, target } = openBox(gateway);
  const outcome = await box.run(() =>
    discover(target, {
      budget,
      defy: true,
      exclusion: { requests: 800, overMs: 600_000 },
      identify: oracle(gateway, box),
    }),
  );
  if (outcome.kind !== 'done') throw new Error(JSON.stringify(outcome));
  return { findings: outcome.value, gateway };
}

describe('discover', () => {
  it.each([[2], [12], [15]])('finds scope, routes and costs of one limit: seed %i', async (seed) => {
    const { findings, gateway } = await discovered(seed);
    const [truth] = gateway.limits;
    expect(findings.complete).toBe(true);
    expect(findings.limits.map(({ status, scope, routes }) => [status, scope, routes.map(({ cost }) => cost)])).toEqual(
      [['found', truth?.scope, [...(truth?.costs.values() ?? [])]]],
    );
  });

  it('tells what it knows by then when the budget ends', async () => {
    const { findings } = await discovered(2, { ...BUDGET, requests: 60 });
    expect(findings.complete).toBe(false);
    expect(findings.unknown.map(({ kind }) => kind)).toContain('budget');
    expect(findings.spent.requests).toBeLessThanOrEqual(60);
  });
});
