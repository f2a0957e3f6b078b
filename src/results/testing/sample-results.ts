/** A small, whole results file for tests: one scenario, two strategies, three seeds. Its numbers mean nothing. */
import { parsePolicy } from '../../../mock-server/policy.ts';
import type { TrialMetrics } from '../../metrics/metrics.ts';
import type { CellResult, SuiteResults, TrialResult } from '../results.ts';
import { suiteDigest } from '../suite-digest.ts';

/** Metrics of a trial with the given makespan and refused attempts; everything else is plain. */
export function sampleMetrics(makespanMs: number, rejected = 0): TrialMetrics {
  return {
    makespanMs,
    jobs: { total: 10, done: 10, failed: 0, lost: 0, doubled: 0 },
    attempts: { total: 10 + rejected, admitted: 10, rejected, cancelled: 0 },
    rejectionsByCause: rejected === 0 ? {} : { quota: rejected },
    rejectionsByStatus: rejected === 0 ? {} : { 429: rejected },
    wastedShare: rejected / (10 + rejected),
    waitMs: { p50: 100, p90: null, p95: null, p99: null, max: 200 },
    waitQuantilesMs: Array.from({ length: 41 }, (_, at) => at * 5),
    timeMs: { queued: 10, held: 20, backingOff: 30, inService: 40 },
    fairness: { jain: 1, worstOrg: 'org-1', worstOrgSlowdown: null, longestStarvationMs: 50 },
    penalties: { blocks: 0, unavailable: 0, bans: 0 },
    idleShare: 0.25,
    bound: { ms: makespanMs / 2, limit: 'quota', kind: 'token bucket' },
    boundRatio: 2,
  };
}

/** A trial that went well. */
export function sampleTrial(seed: number, makespanMs: number, rejected = 0): TrialResult {
  const digest = (seed * 1000 + makespanMs + rejected).toString(16).padStart(64, '0');
  return { seed, failure: null, metrics: sampleMetrics(makespanMs, rejected), digest };
}

/** A cell of the main matrix with one trial per makespan, seeds from 1. */
export function sampleCell(strategy: string, makespansMs: readonly number[], rejected = 0): CellResult {
  const trials = makespansMs.map((makespanMs, at) => sampleTrial(at + 1, makespanMs, rejected));
  return { variant: '', strategy, title: `Title of ${strategy}`, family: 'reacts', what: 'Does something.', trials };
}

/** A whole file around the given cells. */
export function sampleResults(
  cells: readonly CellResult[] = [sampleCell('none', [900, 910, 920], 4), sampleCell('retry-after', [700, 705, 710])],
): SuiteResults {
  const scenario = {
    name: 'sample',
    title: 'A sample',
    thread: { says: ['It fails.'], advice: ['Wait.'] },
    policy: parsePolicy({
      name: 'sample',
      limits: [
        { name: 'quota', algorithm: { kind: 'token-bucket', capacity: 10, refillPerSecond: 5 }, source: 'assumed' },
      ],
    }),
    facts: ['ten jobs'],
    parameters: { orgs: { value: 2, source: 'thread', note: 'said so' } },
    refusedShareMax: 0.2,
    proposal: 'retry-after',
    cells,
    claims: [
      {
        id: '1.1',
        kind: 'symptom' as const,
        says: 'It fails.',
        verdict: 'holds' as const,
        evidence: 'Four of 14 calls were refused.',
        boundary: '',
        bars: [{ label: 'none', value: 0.29, text: '29 %', lead: true }],
        restsOn: ['quota'],
      },
    ],
    timelines: [],
  };
  return {
    schemaVersion: 1,
    tool: { name: 'ratelab', version: '0.0.0' },
    mode: 'virtual',
    seeds: [1, 2, 3],
    digest: suiteDigest([scenario]),
    complete: true,
    replay: 'ratelab run sample --seeds 1-3',
    scenarios: [scenario],
  };
}
