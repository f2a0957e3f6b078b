import { describe, expect, it } from 'vitest';
import { scoreBaselines } from '../../bench/discovery/baselines/score-baselines.ts';
import type { DrawnLimit } from '../../bench/discovery/draw-limit.ts';
import { type BenchGateway, generateGateway } from '../../bench/discovery/generate.ts';
import { trueAtoms } from '../../bench/discovery/observable.ts';
import { byDifficulty } from '../../bench/discovery/difficulty.ts';
import { type GatewayOutcome, lostOutcome } from '../../bench/discovery/outcome.ts';
import { failureLines, reportOf } from '../../bench/discovery/report.ts';
import { summarize } from '../../bench/discovery/summary.ts';
import { parsePolicy } from '../../mock-server/policy.ts';

/** A gateway of one limit for all, with truthful headers or none. */
function gatewayOf(algorithm: DrawnLimit['algorithm'], dialect: 'none' | 'x-ratelimit'): BenchGateway {
  const drawn = generateGateway('quiet-1', 1);
  const limit = {
    ...(drawn.limits[0] as DrawnLimit),
    scope: [],
    costs: new Map([0, 1, 2, 3].map((route) => [route, 1])),
    algorithm,
    counts: 'admitted',
  } as const;
  const policy = parsePolicy({ name: 'one', limits: [{ name: 'limit-1', algorithm }], headers: { dialect } });
  return { ...drawn, limits: [limit], policy };
}

async function scored(gateway: BenchGateway, requests = 3000) {
  return new Map((await scoreBaselines(gateway, trueAtoms(gateway), requests)).map((score) => [score.name, score]));
}

describe('the baselines', () => {
  it('are right where their rule holds', async () => {
    const window = { kind: 'fixed-window', limit: 23, windowMs: 60_000, anchor: 'first-request' } as const;
    const told = await scored(gatewayOf(window, 'x-ratelimit'));
    expect(told.get('headers trusted')).toMatchObject({ family: true, capacityLogError: 0 });
    expect(told.get('headers trusted')?.sustainedLogError).toBeLessThan(0.02);
    expect(told.get('linear search')).toMatchObject({ family: true, capacityLogError: 0 });

    const bucket = { kind: 'token-bucket', capacity: 40, refillPerSecond: 4, stepMs: 0 } as const;
    const silent = await scored(gatewayOf(bucket, 'none'));
    expect(silent.get('largest clean burst over recovery')).toMatchObject({ family: true, capacityLogError: 0 });

    const policer = { kind: 'token-bucket', capacity: 20, refillPerSecond: 97, stepMs: 0 } as const;
    const policed = await scored(gatewayOf(policer, 'none'), 50_000);
    expect(policed.get('BBR long-term bandwidth')?.family).toBe(true);
    expect(policed.get('BBR long-term bandwidth')?.sustainedLogError).toBeLessThan(0.15);
  });

  it('never send more than they may', async () => {
    for (const seed of [900_001, 900_002, 900_003]) {
      const scores = await scored(generateGateway('quiet-2', seed), 500);
      expect(scores.size).toBe(4);
      expect([...scores.values()].every(({ sent }) => sent <= 500)).toBe(true);
    }
  });
});

describe('the report', () => {
  const lost = [1, 2, 3].map((seed) => lostOutcome({ row: 'quiet-1', seed, baselines: false }, 'the process ended: 1'));

  it('counts a discovery that failed as missed, and lists its seed', () => {
    const summary = summarize('quiet-1', lost);
    expect(summary.gatewaysRight).toMatchObject({ hits: 0, of: 3 });
    expect(summary.limitVerdicts).toMatchObject({ missed: 3, right: 0 });
    const { markdown } = reportOf(['quiet-1'], lost, { gateways: 3, firstSeed: 1 });
    expect(markdown).toContain('- quiet-1, seed 2: the process ended: 1');
    expect(failureLines(lost)).toContain('quiet-1 seed 3: missed');
  });

  it('holds nothing that depends on the machine', () => {
    const slower = lost.map((outcome): GatewayOutcome => ({ ...outcome, cpuMs: 12_345 }));
    const choice = { gateways: 3, firstSeed: 1 };
    expect(reportOf(['quiet-1'], slower, choice)).toEqual(reportOf(['quiet-1'], lost, choice));
  });

  it('puts each limit under one kind of each sort', () => {
    const sorted = byDifficulty(lost);
    for (const by of new Set(sorted.map((one) => one.by))) {
      expect(sorted.filter((one) => one.by === by).reduce((sum, { right }) => sum + right.of, 0)).toBe(3);
    }
  });
});
