import { describe, expect, it } from 'vitest';
import { baselineText, parseBaseline } from './baseline.ts';
import { sampleBaseline } from './testing/sample-baseline.ts';

type Loose = ReturnType<typeof loose>;

function loose() {
  return JSON.parse(baselineText(sampleBaseline())) as {
    seeds: number[];
    columns: string[];
    scenarios: { strategies: { trials: unknown[][] }[] }[];
  };
}

function changed(change: (file: Loose) => void): Loose {
  const file = loose();
  change(file);
  return file;
}

describe('parseBaseline', () => {
  it.each(['real-io', 'out-of-memory', 'gateway-lost', 'threw'] as const)(
    'reads back a trial that failed: %s',
    (failure) => {
      const baseline = sampleBaseline();
      const failed = {
        ...baseline,
        scenarios: baseline.scenarios.map((scenario) => ({
          ...scenario,
          strategies: scenario.strategies.map((strategy) => ({
            ...strategy,
            trials: strategy.trials.map((trial) => ({ ...trial, failure })),
          })),
        })),
      };
      const read = parseBaseline(JSON.parse(baselineText(failed)), 'b.json');
      expect(read.scenarios[0]?.strategies[0]?.trials[0]).toMatchObject({ failure, values: { failures: 1 } });
    },
  );

  it.each([
    ['a seed twice', (file: Loose) => file.seeds.push(1), /seeds and heldOutSeeds must name each seed once/],
    ['a held-out seed that is none', (file: Loose) => file.seeds.push(11), /must name each seed once/],
    [
      'a scenario twice',
      (file: Loose) => file.scenarios.push(file.scenarios[0]!),
      /scenarios must be a list with each scenario once, /,
    ],
    [
      'a strategy twice',
      ({ scenarios: [first] }: Loose) => first!.strategies.push(first!.strategies[0]!),
      /strategies must be a list with each strategy once, /,
    ],
    [
      'a trial twice',
      ({ scenarios: [first] }: Loose) => first!.strategies[0]!.trials.push(first!.strategies[0]!.trials[0]!),
      /trials must be one trial for each seed, /,
    ],
    ['other columns', (file: Loose) => file.columns.push('more'), /columns must be seed, digest, failure/],
  ])('refuses %s', (_, change, message) => {
    const file = changed((each) => void change(each));
    expect(() => parseBaseline(file, 'b.json')).toThrow(message);
  });
});
