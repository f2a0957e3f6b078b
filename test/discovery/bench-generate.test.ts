import { describe, expect, it } from 'vitest';
import { CAPACITY, type DrawnLimit, STEP_MS_MIN, WINDOW_MS } from '../../bench/discovery/draw-limit.ts';
import { type BenchGateway, generateGateway, openBox } from '../../bench/discovery/generate.ts';
import { ROWS } from '../../bench/discovery/rows.ts';
import { CALLERS, IDENTITIES, LABELS, ROUTES } from '../../bench/discovery/universe.ts';

const SEEDS = Array.from({ length: 300 }, (_, index) => index + 1);
const rows = new Map(ROWS.map(({ name }) => [name, SEEDS.map((seed) => generateGateway(name, seed))]));
const all = [...rows.values()].flat();
const limits = all.flatMap((gateway) => gateway.limits);

describe('the generator of gateways', () => {
  it('gives the same gateway for the same row and seed, and others for others', () => {
    expect(generateGateway('mixed', 17)).toEqual(generateGateway('mixed', 17));
    expect(new Set(all.map(({ policy }) => JSON.stringify(policy.limits))).size).toBeGreaterThan(0.99 * all.length);
  });

  it('stays within the stated bounds', () => {
    const capacities = limits.map(capacityOf);
    expect(capacities.every((capacity) => isWholeWithin(capacity, ...CAPACITY))).toBe(true);
    expect(limits.every((limit) => Math.floor(capacityOf(limit) / Math.min(...limit.costs.values())) >= 5)).toBe(true);
    expect(limits.every((limit) => Math.max(...limit.costs.values()) <= capacityOf(limit))).toBe(true);
    const windows = limits.flatMap(({ algorithm }) => ('windowMs' in algorithm ? [algorithm.windowMs] : []));
    expect(windows.every((windowMs) => isWholeWithin(windowMs, ...WINDOW_MS))).toBe(true);
    const steps = limits.flatMap(({ algorithm }) => ('stepMs' in algorithm ? [algorithm.stepMs] : []));
    expect(steps.every((stepMs) => stepMs === 0 || isWholeWithin(stepMs, STEP_MS_MIN, WINDOW_MS[1]))).toBe(true);
  });

  it('is off any grid: windows, steps and large capacities hardly repeat, few are round', () => {
    const windows = limits.flatMap(({ algorithm }) => ('windowMs' in algorithm ? [algorithm.windowMs] : []));
    expect(new Set(windows).size / windows.length).toBeGreaterThan(0.9);
    expect(windows.filter((windowMs) => windowMs % 100 === 0).length / windows.length).toBeLessThan(0.03);
    const capacities = limits.flatMap(({ algorithm }) => ('windowMs' in algorithm ? [algorithm.limit] : []));
    const large = capacities.filter((capacity) => capacity > 500);
    expect(large.filter((capacity) => capacity % 100 === 0).length / large.length).toBeLessThan(0.05);
  });

  it('draws every algorithm, both ways to count, every label, and one, some and all routes', () => {
    const kinds = new Set(limits.map(kindOf));
    expect([...kinds].toSorted()).toEqual([
      'concurrency',
      'fixed-window epoch',
      'fixed-window first-request',
      'sliding-window-counter',
      'sliding-window-log',
      'token-bucket continuous',
      'token-bucket stepwise',
    ]);
    expect(new Set(limits.flatMap(({ scope }) => scope))).toEqual(new Set([...LABELS, 'route']));
    expect(new Set(limits.map(({ counts }) => counts))).toEqual(new Set(['admitted', 'all']));
    expect(new Set(limits.map(({ costs }) => costs.size))).toEqual(new Set([1, 2, 3, 4]));
    expect(limits.some(({ costs }) => new Set(costs.values()).size > 1)).toBe(true);
  });

  it('gives each row what its name says', () => {
    const of = (name: string) => rows.get(name) as readonly BenchGateway[];
    const counts = (name: string) => new Set(of(name).map((gateway) => gateway.limits.length));
    expect([counts('quiet-1'), counts('quiet-2'), counts('quiet-3-4')]).toEqual([
      new Set([1]),
      new Set([2]),
      new Set([3, 4]),
    ]);
    expect(of('errors-20').every(({ disturbance }) => disturbance.errorShare === 0.2)).toBe(true);
    expect(
      of('background-10').every(
        ({ policy, backgroundShare }) => policy.background.length > 0 && backgroundShare === 0.1,
      ),
    ).toBe(true);
    expect(of('lag').every(({ policy }) => policy.enforcementLagMs >= 5)).toBe(true);
    expect(of('penalties-default-manner').every(({ policy }) => policy.penalties.length === 1)).toBe(true);
    expect(
      of('quiet-1').every(({ policy, disturbance }) => policy.background.length === 0 && disturbance.jitterMs === 0),
    ).toBe(true);
  });

  it('knows no row of another name', () => {
    expect(() => generateGateway('loud', 1)).toThrow(/rows must be one of quiet-1, .*current value is "loud"/);
  });
});

describe('the universe', () => {
  it('has, for each label, an identity that differs from the first in it and in nothing that it does not imply', () => {
    const [first] = CALLERS;
    const implied: Record<string, readonly string[]> = {
      client: ['token'],
      user: ['token'],
      app: ['token'],
      ip: ['token'],
      org: ['token', 'client', 'user'],
      token: [],
    };
    for (const label of LABELS) {
      const wanted = new Set([label, ...(implied[label] as readonly string[])]);
      const found = CALLERS.some((one) =>
        LABELS.every((other) => (one[other] === first?.[other]) !== wanted.has(other)),
      );
      expect([label, found]).toEqual([label, true]);
    }
  });

  it('can be spoken to through the box', async () => {
    const { box, target } = openBox(generateGateway('quiet-1', 1));
    const outcome = await box.run(async () => {
      const statuses: number[] = [];
      for (const { headers } of IDENTITIES) {
        for (const { method, path } of ROUTES)
          statuses.push((await target.fetch(`${target.baseUrl}${path}`, { method, headers })).status);
      }
      return statuses;
    });
    expect(outcome.kind).toBe('done');
    expect(box.arrived).toBe(32);
  });
});

function kindOf({ algorithm }: DrawnLimit): string {
  if (algorithm.kind === 'fixed-window') return `fixed-window ${algorithm.anchor}`;
  if (algorithm.kind === 'token-bucket') return `token-bucket ${algorithm.stepMs === 0 ? 'continuous' : 'stepwise'}`;
  return algorithm.kind;
}

function capacityOf({ algorithm }: DrawnLimit): number {
  return algorithm.kind === 'token-bucket' ? algorithm.capacity : algorithm.limit;
}

function isWholeWithin(value: number, from: number, to: number): boolean {
  return Number.isInteger(value) && value >= from && value <= to;
}
