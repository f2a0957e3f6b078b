import { describe, expect, test } from 'vitest';
import { parsePolicy } from '../../../mock-server/policy.ts';
import { digestRecord } from '../../metrics/measure.ts';
import type { Sample, TrialRecord } from '../../metrics/record.ts';
import { recordOf } from '../../metrics/testing/record-of.ts';
import { jobsAtOnce, retryEvery, runTiny, tinyScenario } from '../testing/tiny.ts';
import { binCount, binWidth } from './bins.ts';
import { timelineOf } from './timeline.ts';

const POLICY = parsePolicy({
  name: 'p',
  limits: [
    { name: 'quiet', algorithm: { kind: 'concurrency', limit: 10 } },
    { name: 'loud', scope: ['org'], algorithm: { kind: 'concurrency', limit: 10 } },
  ],
});
const CAUSES = ['quiet', 'loud'];

function timeline(record: TrialRecord, binding = 'service time') {
  return timelineOf(digestRecord(record), { policy: POLICY, binding, strategy: 's', seed: 1 });
}

describe('binWidth', () => {
  test.each([
    [0, 1],
    [299, 1],
    [299.9, 1],
    [300, 2],
    [598, 2],
    [2000, 10],
    [60_000, 500],
    [3_600_000, 20_000],
  ])(
    'binWidth of %i ms is the least of 1, 2, 5 x 10^n that needs no more than 300 bins: %i',
    (durationMs, expected) => {
      expect(binWidth(durationMs, 300)).toBe(expected);
      expect(binCount(durationMs, expected)).toBeLessThanOrEqual(300);
    },
  );
});

describe('timelineOf', () => {
  test('timelineOf puts attempts into the bin of their start', () => {
    const refused = { outcome: 'rejected', cause: 1 } as const;
    const record = recordOf(
      [
        { org: 'a', endMs: 3 },
        { org: 'b', availableMs: 1, endMs: 4 },
      ],
      [
        { row: 0, at: [0, 1], ...refused },
        { row: 0, at: [1.5, 3] },
        { row: 1, at: [1.75, 4] },
        { row: 1, at: [2, 4], outcome: 'cancelled' },
      ],
      { causes: CAUSES },
    );
    const { binMs, admitted, rejected, inFlight, backlog, heat } = timeline(record);
    expect({ binMs, admitted, rejected, inFlight, backlog }).toEqual({
      binMs: 1,
      admitted: [0, 2, 1, 0, 0],
      rejected: [1, 0, 0, 0, 0],
      inFlight: [1, 2, 3, 3, 2],
      backlog: [1, 2, 2, 1, 0],
    });
    expect(heat).toEqual({
      binMs: 1,
      orgs: ['a', 'b'],
      rejections: [
        [1, 0, 0, 0, 0],
        [0, 0, 0, 0, 0],
      ],
    });
  });

  test('timelineOf keeps peaks: in flight is the most of each bin', () => {
    const burst = Array.from({ length: 5 }, () => ({ row: 0, at: [100, 101] }) as const);
    const record = recordOf([{ org: 'a', endMs: 3000 }], [...burst, { row: 0, at: [2999, 3000] }]);
    const { binMs, inFlight } = timeline(record);
    expect(binMs).toBe(20);
    expect(inFlight[5]).toBe(5);
    expect(inFlight.filter((count) => count > 0)).toEqual([5, 1, 1]);
  });

  test('timelineOf draws the limit that binds, else the one that rejects most: its most charged bucket, least level in each bin', () => {
    const level = (limit: string, key: string, free: number) => ({ limit, key, free, capacity: 10 });
    const samples: Sample[] = [
      { atMs: 0.5, idle: false, levels: [level('quiet', '', 0), level('loud', 'a', 9)] },
      { atMs: 1.2, idle: false, levels: [level('quiet', '', 0), level('loud', 'a', 9), level('loud', 'b', 2)] },
      { atMs: 1.8, idle: false, levels: [level('quiet', '', 0), level('loud', 'b', 4)] },
      { atMs: 3.5, idle: false, levels: [] },
    ];
    const attempts = [
      { row: 0, at: [0, 1], outcome: 'rejected', cause: 0 },
      { row: 0, at: [1, 2], outcome: 'rejected', cause: 1 },
      { row: 0, at: [2, 4], outcome: 'rejected', cause: 1 },
    ] as const;
    const record = recordOf([{ org: 'a' }], attempts, { samples, causes: CAUSES });
    expect(timeline(record).bucket).toEqual({ limit: 'loud', key: 'b', capacity: 10, free: [10, 2, 2, 10, 10] });
    expect(timeline(record, 'quiet').bucket).toMatchObject({ limit: 'quiet', key: '' });
  });

  test('timelineOf draws the most charged bucket of all when nothing was rejected, and none without samples', () => {
    const samples: Sample[] = [
      {
        atMs: 0.5,
        idle: false,
        levels: [
          { limit: 'loud', key: 'a', free: 5, capacity: 10 },
          { limit: 'quiet', key: '', free: 1, capacity: 10 },
        ],
      },
    ];
    const attempts = [{ row: 0, at: [0, 1] }] as const;
    expect(timeline(recordOf([{ org: 'a' }], attempts, { samples })).bucket?.limit).toBe('quiet');
    expect(timeline(recordOf([{ org: 'a' }], attempts)).bucket).toBeNull();
  });

  test('timelineOf names forty organizations by harm and sums the others', () => {
    const orgs = Array.from({ length: 45 }, (_, index) => `org-${String(index).padStart(2, '0')}`);
    const attempts = orgs.flatMap((_, row) =>
      Array.from({ length: row }, () => ({ row, at: [0, 1], outcome: 'rejected' }) as const),
    );
    const { heat } = timeline(
      recordOf(
        orgs.map((org) => ({ org })),
        attempts,
      ),
    );
    expect(heat.orgs).toHaveLength(41);
    expect([heat.orgs[0], heat.orgs[39], heat.orgs[40]]).toEqual(['org-44', 'org-05', 'other']);
    expect(heat.rejections.map(([first]) => first)).toEqual([
      ...Array.from({ length: 40 }, (_, index) => 44 - index),
      0 + 1 + 2 + 3 + 4,
    ]);
  });
});

describe('samples', () => {
  test('samples never exceed 200 and are evenly spaced, however long the trial', async () => {
    for (const lastMs of [2000, 60_000, 3_000_000]) {
      const drafts = [0, lastMs].map((availableMs) => ({ sender: 0, path: '/a', availableMs }));
      const { record } = await runTiny(tinyScenario(drafts));
      const times = record.samples!.map(({ atMs }) => atMs);
      expect(times.length).toBeGreaterThanOrEqual(45);
      expect(times.length).toBeLessThan(200);
      const gaps = times.map((atMs, index) => atMs - (times[index - 1] ?? 0));
      expect(Math.max(...gaps) - Math.min(...gaps)).toBeLessThan(1e-2);
    }
  });

  test('samples see capacity idle while a plan holds work back, and not while the limit is what holds it', async () => {
    const scenario = tinyScenario(jobsAtOnce(30), { attemptsPerJobMax: 1000 });
    const held = await runTiny(scenario, retryEvery(10), {
      plans: [(jobs) => jobs.map((job) => ({ ...job, notBeforeMs: 20_000 }))],
    });
    const eager = await runTiny(scenario, retryEvery(10));
    expect([held.result.failure, eager.result.failure]).toEqual([null, null]);
    // Held back for 20 s; then, as in the eager trial, five at once and five a second.
    expect(eager.result.metrics?.makespanMs).toBeLessThan(5200);
    expect(eager.result.metrics?.idleShare).toBeLessThan(0.1);
    expect(held.result.metrics?.idleShare).toBeGreaterThan(0.78);
    expect(held.result.metrics?.idleShare).toBeLessThan(0.82);
  });

  test('samples follow the level of the bucket', async () => {
    const { timeline } = await runTiny(tinyScenario(jobsAtOnce(30)), retryEvery(10), { trace: true });
    expect(timeline?.bucket).toMatchObject({ limit: 'org', capacity: 5 });
    const { free } = timeline!.bucket!;
    expect(Math.max(...free.slice(5))).toBeLessThan(1);
    expect(Math.min(...free)).toBeGreaterThanOrEqual(0);
  });
});
