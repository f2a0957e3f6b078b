import { beforeAll, describe, expect, test } from 'vitest';
import type { PublishedComparison, TrialResult } from '../../src/results/results.ts';
import { parseStrategy } from '../../src/strategies/index.ts';
import { heldAgainst } from '../../src/suite/published.ts';
import { runTrial } from '../../src/trial/run-trial.ts';
import { aws2015Backoff } from './aws-2015-backoff.ts';

const scenario = aws2015Backoff;
/** Fixed: seeds 1 to 20 of each algorithm. */
const SEEDS = 20;

describe('the comparison of 2015', () => {
  let comparison: PublishedComparison;
  const trialsBySpec = new Map<string, TrialResult[]>();

  beforeAll(async () => {
    for (const spec of scenario.strategies) {
      const strategy = parseStrategy(spec);
      const trials: TrialResult[] = [];
      for (let seed = 1; seed <= SEEDS; seed++) trials.push((await runTrial({ scenario, strategy, seed })).result);
      trialsBySpec.set(strategy.spec, trials);
    }
    const cells = [...trialsBySpec].map(([strategy, trials]) => ({
      variant: '',
      strategy,
      title: strategy,
      family: 'reacts' as const,
      what: '',
      trials,
    }));
    comparison = heldAgainst(scenario, cells)!;
  });

  test('every trial ends well, and every client writes once', () => {
    const trials = [...trialsBySpec.values()].flat();
    expect(trials).toHaveLength(5 * SEEDS);
    for (const { failure, metrics } of trials) {
      expect(failure).toBeNull();
      expect(metrics!.jobs).toEqual({ total: 100, done: 100, failed: 0, lost: 0, doubled: 0 });
    }
  });

  test('half of the attempts are reads, and only writes are refused', () => {
    for (const { metrics } of [...trialsBySpec.values()].flat()) {
      const { total, admitted, rejected, cancelled } = metrics!.attempts;
      expect({ admitted, cancelled }).toEqual({ admitted: total / 2 + 100, cancelled: 0 });
      expect(metrics!.rejectionsByCause).toEqual({ conflict: rejected });
    }
  });

  // Two means agree when they differ by no more than three standard errors of both together: the published one's is its standard
  // deviation over the root of its 20 runs. For five algorithms a true model fails this in about one of 75 sets of seeds; ours are fixed.
  test('calls of all five algorithms agree with the published means', () => {
    const calls = comparison.figures.filter(({ quantity }) => quantity === 'calls');
    expect(calls).toHaveLength(5);
    for (const { label, standardErrors } of calls)
      expect({ label, within: standardErrors! <= 3 }).toEqual({ label, within: true });
  });

  // No spread of the completion was published: ours stands in for it, over the published number of runs.
  test('completion of all five algorithms agrees with the published means', () => {
    const completion = comparison.figures.filter(({ quantity }) => quantity === 'completion');
    expect(completion).toHaveLength(5);
    for (const { label, strategy, published, measured } of completion) {
      const values = trialsBySpec.get(strategy)!.map(({ metrics }) => metrics!.makespanMs / 1000);
      const { mean } = measured!;
      const variance = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0) / (SEEDS - 1);
      const error = Math.sqrt(variance * (1 / SEEDS + 1 / 20));
      expect({ label, within: Math.abs(mean - published) <= 3 * error }).toEqual({ label, within: true });
    }
  });

  test('the published ranking comes out: full, equal, decorrelated, none, no backoff by calls; no backoff first by time', () => {
    const ranked = (quantity: string) =>
      comparison.figures
        .filter((figure) => figure.quantity === quantity)
        .toSorted((a, b) => a.measured!.mean - b.measured!.mean)
        .map(({ label }) => label);
    expect(ranked('calls')).toEqual([
      'Full jitter',
      'Equal jitter',
      'Decorrelated jitter',
      'Exponential, no jitter',
      'No backoff',
    ]);
    expect(ranked('completion')[0]).toBe('No backoff');
  });
});
