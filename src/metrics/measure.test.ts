import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parsePolicy } from '../../mock-server/policy.ts';
import { jain } from './fairness.ts';
import { digestRecord, measure } from './measure.ts';
import { percentilesOf, quantilesOf } from './percentiles.ts';
import { penaltyEpisodes } from './penalties.ts';
import type { TrialRecord } from './record.ts';
import { waitParts } from './spans.ts';
import { type JobSketch, recordOf } from './testing/record-of.ts';

const POLICY = parsePolicy({
  name: 'p',
  limits: [{ name: 'limit', algorithm: { kind: 'concurrency', limit: 1 } }],
  penalties: [
    {
      name: 'defiance',
      memoryMs: 60_000,
      stages: [
        { name: 'block', afterStrikes: 2, effect: 'tenant-block', durationMs: 1000 },
        { name: 'ban', afterStrikes: 9, effect: 'ip-ban', durationMs: 5000 },
      ],
    },
  ],
});
const CAUSES = ['limit', 'defiance: block', 'defiance: ban'];
const NO_BOUND = { ms: 0, limit: 'service time', kind: 'longest call' };

function metricsOf(record: TrialRecord) {
  return measure(digestRecord(record), { policy: POLICY, bound: NO_BOUND, isolatedMakespanMs: null });
}

describe('measure', () => {
  test('measure counts waits from the intended start and the makespan from the first job', () => {
    const jobs = [
      { org: 'a', availableMs: 100, endMs: 300 },
      { org: 'a', availableMs: 150, endMs: 950 },
    ];
    const { makespanMs, waitMs, waitQuantilesMs } = metricsOf(recordOf(jobs, []));
    expect(makespanMs).toBe(850);
    expect(waitMs).toEqual({ p50: null, p90: null, p95: null, p99: null, max: 800 });
    expect([waitQuantilesMs.length, waitQuantilesMs[0], waitQuantilesMs[20], waitQuantilesMs[40]]).toEqual([
      41, 200, 200, 800,
    ]);
  });

  test('measure tells rejections by cause and status, in the order of their names', () => {
    const refused = (cause: number, status: number) =>
      ({ row: 0, at: [0, 1], outcome: 'rejected', cause, status }) as const;
    const attempts = [refused(1, 429), refused(0, 429), refused(2, 403), refused(0, 429)];
    const metrics = metricsOf(recordOf([{ org: 'a' }], attempts, { causes: CAUSES }));
    expect(JSON.stringify(metrics.rejectionsByCause)).toBe('{"defiance: ban":1,"defiance: block":1,"limit":2}');
    expect(metrics.rejectionsByStatus).toEqual({ '403': 1, '429': 3 });
    expect(metrics.wastedShare).toBe(1);
  });

  test('measure takes the idle share from samples within the makespan', () => {
    const sample = (atMs: number, idle: boolean) => ({ atMs, idle, levels: [] });
    const samples = [
      sample(5, true),
      sample(10, true),
      sample(20, false),
      sample(30, false),
      sample(40, true),
      sample(60, true),
    ];
    const { idleShare } = metricsOf(recordOf([{ org: 'a', availableMs: 10, endMs: 50 }], [], { samples }));
    expect(idleShare).toBe(0.5);
  });

  test('measure of a trial in which nothing was done', () => {
    const { makespanMs, jobs, timeMs, waitMs, boundRatio, fairness } = metricsOf(
      recordOf([{ org: 'a' }], [], { endMs: 500 }),
    );
    expect({ makespanMs, timeMs, boundRatio }).toEqual({
      makespanMs: 0,
      timeMs: { queued: 0, held: 0, backingOff: 0, inService: 0 },
      boundRatio: 1,
    });
    expect(jobs).toMatchObject({ total: 1, done: 0, lost: 1 });
    expect(waitMs.max).toBe(0);
    expect(fairness).toMatchObject({ worstOrg: 'a', longestStarvationMs: 500 });
  });
});

describe('waitParts', () => {
  test('waitParts splits a wait: queued, held, in service, backing off, held', () => {
    const record = recordOf(
      [{ org: 'a', availableMs: 100, predecessorEndMs: 150, endMs: 1000 }],
      [
        { row: 0, at: [170, 180], outcome: 'rejected' },
        { row: 0, at: [500, 700] },
        { row: 0, at: [600, 900], outcome: 'cancelled' },
      ],
    );
    const parts = waitParts(record, digestRecord(record).spans, 0, 100);
    expect(parts).toEqual({ queued: 50, held: 20 + 100, inService: 10 + 400, backingOff: 320 });
  });

  test('waitParts ignores what is on its way after the end', () => {
    const record = recordOf(
      [{ org: 'a', endMs: 100 }],
      [
        { row: 0, at: [0, 100] },
        { row: 0, at: [50, 400], outcome: 'cancelled' },
        { row: 0, at: [300, 400], outcome: 'cancelled' },
      ],
    );
    const parts = waitParts(record, digestRecord(record).spans, 0, 0);
    expect(parts).toEqual({ queued: 0, held: 0, inService: 100, backingOff: 0 });
  });
});

describe('percentilesOf', () => {
  const ascending = (count: number) => Float64Array.from({ length: count }, (_, index) => index + 1);

  test.each([
    [9, { p50: null, p90: null, p95: null, p99: null, max: 9 }],
    [10, { p50: 5, p90: null, p95: null, p99: null, max: 10 }],
    [49, { p50: 25, p90: null, p95: null, p99: null, max: 49 }],
    [50, { p50: 25, p90: 45, p95: null, p99: null, max: 50 }],
    [99, { p50: 50, p90: 90, p95: null, p99: null, max: 99 }],
    [100, { p50: 50, p90: 90, p95: 95, p99: null, max: 100 }],
    [500, { p50: 250, p90: 450, p95: 475, p99: 495, max: 500 }],
  ])('percentilesOf %i values tells no percentile with fewer than five values beyond it', (count, expected) => {
    expect(percentilesOf(ascending(count))).toEqual(expected);
  });

  test('quantilesOf are values that occurred, ascending, from least to greatest (property)', () => {
    fc.assert(
      fc.property(fc.float64Array({ min: 0, max: 1e6, noNaN: true, minLength: 1, maxLength: 200 }), (values) => {
        const sorted = values.sort();
        const quantiles = quantilesOf(sorted);
        expect(quantiles).toHaveLength(41);
        expect([quantiles[0], quantiles[40]]).toEqual([sorted[0], sorted.at(-1)]);
        for (const [index, quantile] of quantiles.entries()) {
          const notGreater = sorted.filter((value) => value <= quantile).length;
          const less = sorted.filter((value) => value < quantile).length;
          expect(notGreater * 40).toBeGreaterThanOrEqual(sorted.length * index);
          expect(less * 40).toBeLessThanOrEqual(sorted.length * index);
        }
      }),
      { seed: 42, numRuns: 200 },
    );
  });
});

describe('fairness', () => {
  test('jain is 1 for equals and 1/n when one has all', () => {
    expect(jain([3, 3, 3])).toBe(1);
    expect(jain([1, 0, 0, 0])).toBe(0.25);
    expect(jain([])).toBe(1);
  });

  test('fairness names the organization whose jobs waited longest for their service', () => {
    const jobs: JobSketch[] = [
      { org: 'a', endMs: 100 },
      { org: 'b', endMs: 400 },
    ];
    const attempts = [
      { row: 0, at: [0, 100] },
      { row: 1, at: [300, 400] },
    ] as const;
    const { fairness } = metricsOf(recordOf(jobs, attempts));
    expect(fairness.worstOrg).toBe('b');
    expect(fairness.jain).toBeCloseTo((1 + 4) ** 2 / (2 * (1 + 16)), 12);
    expect(fairness.longestStarvationMs).toBe(300);
  });

  test('fairness does not blame an organization for the wait for another job', () => {
    const jobs: JobSketch[] = [
      { org: 'a', endMs: 100 },
      { org: 'b', endMs: 100 },
      { org: 'b', endMs: 200, predecessorEndMs: 100, after: 1 },
    ];
    const attempts = [
      { row: 0, at: [0, 100] },
      { row: 1, at: [0, 100] },
      { row: 2, at: [100, 200] },
    ] as const;
    const { fairness } = metricsOf(recordOf(jobs, attempts));
    expect(fairness).toMatchObject({ jain: 1, longestStarvationMs: 0 });
  });

  test('fairness takes the worst of the isolated runs', () => {
    const record = recordOf(
      [
        { org: 'a', endMs: 100 },
        { org: 'b', endMs: 400 },
      ],
      [],
    );
    const isolatedMakespanMs = new Map([
      ['a', 10],
      ['b', 100],
    ]);
    const { fairness } = measure(digestRecord(record), { policy: POLICY, bound: NO_BOUND, isolatedMakespanMs });
    expect(fairness).toMatchObject({ worstOrg: 'a', worstOrgSlowdown: 10 });
  });
});

describe('longestStarvationMs', () => {
  /** By definition: the longest stretch of one organization's waiting time that holds no admission. */
  function bruteForce(jobs: readonly Waiting[]): number {
    let longest = 0;
    for (const org of ['a', 'b']) {
      const own = jobs.filter((job) => job.org === org);
      const admissions = own.map((job) => job.admittedMs);
      let run = 0;
      for (let tick = 0; tick < 40; tick++) {
        // Between tick and tick + 1: somebody waits, and a run ends wherever one is admitted.
        const waits = own.some((job) => job.availableMs <= tick && job.admittedMs > tick);
        if (!waits || admissions.includes(tick)) run = 0;
        if (waits) run += 1;
        longest = Math.max(longest, run);
      }
    }
    return longest;
  }

  interface Waiting {
    readonly org: string;
    readonly availableMs: number;
    readonly admittedMs: number;
  }

  test('longestStarvationMs is what counting tick by tick gives (property)', () => {
    const waiting = fc
      .record({
        org: fc.constantFrom('a', 'b'),
        availableMs: fc.integer({ min: 0, max: 20 }),
        waits: fc.integer({ min: 0, max: 15 }),
      })
      .map(({ org, availableMs, waits }): Waiting => ({ org, availableMs, admittedMs: availableMs + waits }));
    fc.assert(
      fc.property(fc.array(waiting, { minLength: 1, maxLength: 12 }), (jobs) => {
        const sketches = jobs.map(({ org, availableMs, admittedMs }) => ({ org, availableMs, endMs: admittedMs + 3 }));
        const attempts = jobs
          .map(({ admittedMs }, row) => ({ row, at: [admittedMs, admittedMs + 3] as const }))
          .toSorted((x, y) => x.at[0] - y.at[0]);
        expect(metricsOf(recordOf(sketches, attempts)).fairness.longestStarvationMs).toBe(bruteForce(jobs));
      }),
      { seed: 42, numRuns: 500 },
    );
  });
});

describe('penaltyEpisodes', () => {
  test('penaltyEpisodes join rejections of one stage and key that are no further apart than its duration', () => {
    const refused = (row: number, atMs: number, cause: number) =>
      ({ row, at: [atMs, atMs + 1], outcome: 'rejected', cause }) as const;
    const attempts = [
      refused(0, 0, 0),
      refused(0, 100, 1),
      refused(1, 200, 1),
      refused(0, 1100, 1),
      refused(0, 2101, 1),
      refused(1, 3000, 2),
    ];
    const record = recordOf([{ org: 'a' }, { org: 'b' }], attempts, { causes: CAUSES });
    expect(penaltyEpisodes(record, POLICY)).toEqual([
      { name: 'defiance: block', effect: 'tenant-block', key: 'a', fromMs: 100, toMs: 1100 },
      { name: 'defiance: block', effect: 'tenant-block', key: 'b', fromMs: 200, toMs: 200 },
      { name: 'defiance: block', effect: 'tenant-block', key: 'a', fromMs: 2101, toMs: 2101 },
      { name: 'defiance: ban', effect: 'ip-ban', key: 'ip-b', fromMs: 3000, toMs: 3000 },
    ]);
    expect(metricsOf(record).penalties).toEqual({ blocks: 3, unavailable: 0, bans: 1 });
  });
});
