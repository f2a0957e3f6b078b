/** A small baseline and candidates made from it, for tests. */
import type { Baseline } from '../baseline.ts';
import type { JudgeInput } from '../judge.ts';
import type { GatedTrial, Measurement } from '../measurement.ts';
import { METRICS_VERSION } from '../metrics.ts';

/** Seeds of the baseline; as many are held out. */
const SEEDS = 10;

/** A trial with plain values, drawn by a wave over the seeds. */
function trialOf(seed: number): GatedTrial {
  const wave = 1 + 0.03 * Math.sin(seed * 2.4);
  return {
    seed,
    digest: seed.toString(16).padStart(64, '0'),
    failure: null,
    values: {
      failures: 0,
      'jobs-unfinished': 0,
      bans: 0,
      makespan: 60_000 * wave,
      rejected: Math.round(100 * wave),
      'wasted-share': 0.1 * wave,
      'wait-p95': 5000 * wave,
      'worst-org-slowdown': 1.5 * wave,
      penalties: 0,
    },
  };
}

/** One scenario, two strategies, ten seeds and ten held out. */
export function sampleBaseline(): Baseline {
  const numbers = Array.from({ length: 2 * SEEDS }, (_, index) => index + 1);
  return {
    mode: 'virtual',
    metricsVersion: METRICS_VERSION,
    tool: '0.1.0',
    madeAt: '2026-11-01T12:00:00.000Z',
    commit: null,
    seeds: numbers.slice(0, SEEDS),
    heldOutSeeds: numbers.slice(SEEDS),
    policy: null,
    notes: [],
    scenarios: [
      {
        scenario: 'small',
        source: './small.ts',
        fingerprint: { 'policy limit quota': 'a1', 'parameter jobs': '20' },
        strategies: ['./limiter.ts', 'retry-after'].map((strategy) => ({
          strategy,
          source: strategy,
          contentHash: null,
          packages: [],
          trials: numbers.map(trialOf),
        })),
      },
    ],
  };
}

/** What one build did: the baseline with every trial of the first strategy changed. */
export function changedBuild(
  change: (trial: GatedTrial) => GatedTrial,
  { mode, metricsVersion, scenarios }: Measurement = sampleBaseline(),
): Measurement {
  return {
    mode,
    metricsVersion,
    scenarios: scenarios.map((scenario) => ({
      ...scenario,
      strategies: scenario.strategies.map((strategy, index) =>
        index === 0 ? { ...strategy, trials: strategy.trials.map(change) } : strategy,
      ),
    })),
  };
}

/** A change of one metric; the digest changes with it. */
export function times(metric: keyof GatedTrial['values'], factor: number): (trial: GatedTrial) => GatedTrial {
  return (trial) => ({
    ...trial,
    digest: trial.digest.replace(/^0/, 'f'),
    values: { ...trial.values, [metric]: (trial.values[metric] ?? 0) * factor * (1 + 0.01 * Math.cos(trial.seed)) },
  });
}

/** What the judge is given where nothing is absent and thresholds are the defaults. */
export function inputOf(now: Measurement, more: Partial<JudgeInput> = {}): JudgeInput {
  return { baseline: sampleBaseline(), now, absent: [], thresholds: {}, ...more };
}
