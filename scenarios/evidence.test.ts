import { describe, expect, test } from 'vitest';
import type { TrialMetrics } from '../src/metrics/metrics.ts';
import type { CellResult, TrialResult } from '../src/results/results.ts';
import { claimOf, readCell } from './evidence.ts';
import { scenarios } from './index.ts';

/** Metrics of a made-up trial. */
function metricsOf(given: { total?: number; rejected?: number; done?: number; makespanMs?: number }): TrialMetrics {
  const { total = 100, rejected = 10, done = 50, makespanMs = 1000 } = given;
  return {
    makespanMs,
    jobs: { total: 50, done, failed: 50 - done, lost: 0, doubled: 0 },
    attempts: { total, admitted: total - rejected, rejected, cancelled: 0 },
    rejectionsByCause: rejected === 0 ? {} : { 'a-limit': rejected },
    rejectionsByStatus: rejected === 0 ? {} : { '429': rejected },
    wastedShare: total === 0 ? 0 : rejected / total,
    waitMs: { p50: null, p90: null, p95: null, p99: null, max: 0 },
    waitQuantilesMs: [],
    timeMs: { queued: 0, held: 0, backingOff: 0, inService: 0 },
    fairness: { jain: 1, worstOrg: '', worstOrgSlowdown: null, longestStarvationMs: 0 },
    penalties: { blocks: 0, unavailable: 0, bans: 0 },
    idleShare: 0,
    bound: { ms: 0, limit: 'arrivals', kind: 'last arrival' },
    boundRatio: 1,
  };
}

const trial = (seed: number, metrics: TrialMetrics | null, failed = false): TrialResult => ({
  seed,
  failure: failed ? { reason: 'deadline', detail: '' } : null,
  metrics,
  digest: '',
});

const cellOf = (trials: readonly TrialResult[], variant = ''): CellResult => ({
  variant,
  strategy: 'none',
  title: 'No strategy',
  family: 'reacts',
  what: '',
  trials,
});

describe('readCell', () => {
  test('readCell takes means over the given seeds and the median of complete makespans', () => {
    const cell = cellOf([
      trial(1, metricsOf({ total: 100, rejected: 10, makespanMs: 100 })),
      trial(2, metricsOf({ total: 200, rejected: 110, makespanMs: 300 })),
      trial(3, metricsOf({ total: 100, rejected: 100, done: 0, makespanMs: 1 })),
      trial(9, metricsOf({ total: 9000 })),
    ]);
    expect(readCell(cell, new Set([1, 2, 3]))).toMatchObject({
      trials: 3,
      attempts: 400 / 3,
      refusals: 220 / 3,
      refusedShare: 0.55,
      refusedShareMin: 0.1,
      refusedShareMax: 1,
      makespanMs: 200,
      trialsIncomplete: 1,
      byCause: { 'a-limit': 220 / 3 },
    });
  });

  test('readCell counts a failed trial as incomplete even when its jobs are done', () => {
    expect(readCell(cellOf([trial(1, metricsOf({}), true)]), new Set([1]))).toMatchObject({
      failedTrials: 1,
      trialsIncomplete: 1,
      makespanMs: null,
    });
  });
});

describe('claimOf', () => {
  const claim = claimOf({
    id: 'x',
    kind: 'symptom',
    says: '',
    needs: [{ strategy: 'none' }, { strategy: 'none', variant: 'other' }],
    restsOn: [],
    judge: (read) => ({
      verdict: 'holds',
      evidence: `${read('none').trials} ${read('none', 'other').trials}`,
      boundary: '',
      bars: [],
    }),
  });

  test('claimOf reads the seeds that all its cells share', () => {
    const many = cellOf([1, 2, 3, 4].map((seed) => trial(seed, metricsOf({}))));
    const few = cellOf(
      [2, 3, 5].map((seed) => trial(seed, metricsOf({}))),
      'other',
    );
    const evidence = { cell: (_: string, variant = '') => (variant === '' ? many : few) };
    expect(claim.check(evidence).evidence).toBe('2 2');
  });

  test('claimOf is not run when a cell has no figures', () => {
    const evidence = { cell: (_: string, variant = '') => cellOf([trial(1, null, true)], variant) };
    expect(claim.check(evidence).verdict).toBe('not run');
  });
});

describe.each(scenarios.map((scenario) => ({ name: scenario.name, scenario })))('claims of $name', ({ scenario }) => {
  test.each([
    ['no figures', [trial(1, null, true)], /not run/],
    ['failed trials', [trial(1, metricsOf({ done: 0 }), true)], /holds|refuted|depends/],
    ['nothing sent', [trial(1, metricsOf({ total: 0, rejected: 0, done: 0 }), true)], /holds|refuted|depends/],
    ['everything refused', [trial(1, metricsOf({ rejected: 100, done: 0 }))], /holds|refuted|depends/],
    ['nothing refused', [trial(1, metricsOf({ rejected: 0 }))], /holds|refuted|depends/],
  ])('claims judge %s without throwing', (_, trials, verdicts) => {
    const evidence = { cell: (_strategy: string, variant = '') => cellOf(trials, variant) };
    const faults = scenario.claims.flatMap(({ id, check }) => {
      const found = check(evidence);
      return [
        ...(verdicts.test(found.verdict) ? [] : [`${id} is ${found.verdict}`]),
        ...(/undefined|NaN|Infinity/.test(found.evidence) ? [`${id} says ${found.evidence}`] : []),
        ...(found.bars.every((bar) => Number.isFinite(bar.value)) && found.bars.length <= 4
          ? []
          : [`${id} has bad bars`]),
      ];
    });
    expect(faults).toEqual([]);
  });

  test('claims refute or depend where nothing is ever refused, unless they are about work done', () => {
    const evidence = { cell: (_: string, variant = '') => cellOf([trial(1, metricsOf({ rejected: 0 }))], variant) };
    const symptoms = scenario.claims.filter(({ kind }) => kind === 'symptom' || kind === 'cure');
    const holding = symptoms.filter(({ check }) => check(evidence).verdict === 'holds').map(({ id }) => id);
    // Round-robin cannot help, and more concurrency cannot gain, where nothing is refused.
    expect(holding.filter((id) => !['3.4', '3.9'].includes(id))).toEqual([]);
  });
});
