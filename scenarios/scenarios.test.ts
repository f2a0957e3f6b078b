import { describe, expect, test } from 'vitest';
import { createRandomSource } from '../src/random/keyed-random.ts';
import { parseStrategy } from '../src/strategies/index.ts';
import { settingOf } from '../src/trial/setting.ts';
import { COMMON_STRATEGIES } from './common-strategies.ts';
import { scenarios } from './index.ts';

const CLAIM_IDS = [
  ['0.1', '0.2', '0.3', '0.4', '0.5', '0.6', '0.7', '0.8'],
  ['1.1', '1.2', '1.3', '1.4', '1.5', '1.6', '1.7', '1.8', '1.9', '1.10', '1.11'],
  ['2.1', '2.2', '2.3', '2.4', '2.5', '2.6', '2.7', '2.8', '2.9', '2.10', '2.11'],
  ['3.1', '3.2', '3.3', '3.4', '3.5', '3.6', '3.7', '3.8', '3.9', '3.10'],
  ['4.1', '4.2', '4.3', '4.4', '4.5', '4.6', '4.7'],
];

const canonical = (spec: string) => parseStrategy(spec).spec;

test('scenarios stand in the order of their threads', () => {
  expect(scenarios.map(({ name }) => name)).toEqual([
    'bulk-segments',
    'interactions-query',
    'architect-sync',
    'users-fifty-orgs',
    'daily-export',
  ]);
});

test('scenarios check all 47 claims, each once', () => {
  expect(scenarios.map(({ claims }) => claims.map(({ id }) => id))).toEqual(CLAIM_IDS);
  expect(CLAIM_IDS.flat()).toHaveLength(47);
});

describe.each(scenarios.map((scenario) => ({ name: scenario.name, scenario })))('$name', ({ scenario }) => {
  const variants = ['', ...scenario.variants.map(({ name }) => name)];

  test('policy parses in every variant, and every variant differs from the scenario', () => {
    const signature = (variant: string) => {
      const { policy, startsAtMs, workload } = settingOf(scenario, variant);
      return JSON.stringify([policy, startsAtMs, workload(createRandomSource(1))]);
    };
    const signatures = variants.map(signature);
    expect(new Set(signatures).size).toBe(variants.length);
  });

  test('workload is the same for the same seed and another for the next', () => {
    const { workload } = settingOf(scenario);
    const [first, again, next] = [7, 7, 8].map((seed) => JSON.stringify(workload(createRandomSource(seed))));
    expect(again).toBe(first);
    expect(next).not.toBe(first);
  });

  test('workload never starts most of its independent jobs at one instant', () => {
    const { jobs } = settingOf(scenario).workload(createRandomSource(1));
    const starts = jobs.filter(({ after }) => after < 0).map(({ availableMs }) => availableMs);
    expect(new Set(starts).size).toBeGreaterThan(starts.length * 0.4);
  });

  test('strategies parse, are unlike one another, and hold the common ones and the proposal', () => {
    const specs = scenario.strategies.map(canonical);
    expect(new Set(specs).size).toBe(specs.length);
    expect(specs).toEqual(expect.arrayContaining([...COMMON_STRATEGIES.map(canonical), canonical(scenario.proposal)]));
  });

  test('strategies of the matrix make the same calls', () => {
    const { workload, startsAtMs } = settingOf(scenario);
    const random = createRandomSource(1);
    const { jobs, senders } = workload(random);
    for (const spec of scenario.strategies) {
      const plans = parseStrategy(spec).plans;
      const planned = plans.reduce((kept, plan) => plan(kept, { random, startsAtMs, senders }), jobs);
      expect(planned).toHaveLength(jobs.length);
    }
  });

  test('claims need cells that exist, and every variant is needed', () => {
    const needs = scenario.claims.flatMap((claim) => claim.needs);
    for (const { strategy } of needs) expect(() => parseStrategy(strategy)).not.toThrow();
    const used = new Set(needs.map(({ variant }) => variant ?? ''));
    expect([...used].filter((variant) => !variants.includes(variant))).toEqual([]);
    expect(variants.filter((variant) => !used.has(variant))).toEqual([]);
  });

  test('claims rest on named limits that nobody documented', () => {
    const { policy } = settingOf(scenario);
    const quirks = [policy.quirks.requestIdReuse, policy.quirks.forbiddenAs429];
    const sources = new Map<string, string | undefined>([
      ...[...policy.limits, ...policy.penalties].map(({ name, source }) => [name, source] as const),
      ['request-id-reuse', quirks[0]?.source],
      ['forbidden-as-429', quirks[1]?.source],
    ]);
    const faults = scenario.claims.flatMap(({ id, restsOn }) => {
      const known = restsOn.filter((name) => ['reported', 'assumed'].includes(sources.get(name) ?? ''));
      return restsOn.length > 0 && known.length === restsOn.length ? [] : [id];
    });
    expect(faults).toEqual([]);
  });

  test('facts, parameters and thread are told', () => {
    const values = Object.fromEntries(Object.entries(scenario.parameters).map(([name, { value }]) => [name, value]));
    expect(scenario.facts(values).join(' ')).not.toMatch(/undefined|NaN/);
    for (const { note } of Object.values(scenario.parameters)) expect(note).not.toBe('');
    expect(scenario.thread.says.length * scenario.thread.advice.length).toBeGreaterThan(0);
  });
});

test('scenarios ask for at most 110 cells beside the matrices', () => {
  const cells = scenarios.flatMap((scenario) => {
    const matrix = new Set(scenario.strategies.map(canonical));
    return [...new Set(scenario.claims.flatMap(({ needs }) => needs.map(cellOf)))].filter(
      (cell) => !matrix.has(cell.slice(0, -1)) || !cell.endsWith('@'),
    );
  });
  expect(cells.length).toBeLessThanOrEqual(110);
});

function cellOf({ strategy, variant = '' }: { readonly strategy: string; readonly variant?: string }): string {
  return `${canonical(strategy)}@${variant}`;
}
