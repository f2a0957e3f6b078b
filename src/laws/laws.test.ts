import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  atMostInFlight,
  attemptsText,
  everyJobDone,
  fairAmongOrgs,
  neverBeforeRetryAfter,
  neverMoreThan,
  noJobDoubled,
  noJobLost,
  noStarvation,
  recoversWithin,
  terminates,
  usesItsQuota,
  violationsOf,
  wastesAtMost,
  worstWindow,
} from './index.ts';
import { historyFrom, jobOf, refused, type ShortAttempt } from './testing/hand-made.ts';

/** Calls that start at these moments. */
const startsAt = (...startsMs: number[]): ShortAttempt[] => startsMs.map((startMs) => ({ startMs }));

describe('worstWindow', () => {
  test.each([
    ['no starts', [], 1000, { count: 0, fromMs: 0, toMs: 0 }],
    ['one start', [7], 1000, { count: 1, fromMs: 7, toMs: 7 }],
    ['starts one window apart', [0, 1000], 1000, { count: 1, fromMs: 0, toMs: 0 }],
    ['starts just inside', [0, 999], 1000, { count: 2, fromMs: 0, toMs: 999 }],
    ['starts in any order', [2000, 500, 0, 1200], 1000, { count: 2, fromMs: 0, toMs: 500 }],
    ['starts at one moment', [5, 5, 5], 1, { count: 3, fromMs: 5, toMs: 5 }],
  ])('worstWindow of %s', (_, starts, windowMs, expected) => {
    expect(worstWindow(starts, windowMs)).toEqual(expected);
  });

  test('worstWindow is the fullest of the windows that begin at a start (property, brute force)', () => {
    const starts = fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 40 });
    fc.assert(
      fc.property(starts, fc.integer({ min: 1, max: 30 }), (list, windowMs) => {
        const counts = list.map((from) => list.filter((start) => start >= from && start < from + windowMs).length);
        const { count, fromMs, toMs } = worstWindow(list, windowMs);
        expect(count).toBe(Math.max(0, ...counts));
        expect(list.filter((start) => start >= fromMs && start <= toMs)).toHaveLength(count);
      }),
      { seed: 42, numRuns: 500 },
    );
  });

  test('worstWindow refuses a window of no length', () => {
    expect(() => worstWindow([1], 0)).toThrow(
      'Cannot check worstWindow: windowMs must be a positive number of ms, current value is 0',
    );
  });
});

describe('neverMoreThan', () => {
  const law = neverMoreThan({ limit: 2, windowMs: 1000 });

  test.each([
    ['the limit in one window', [0, 999]],
    ['one more, a window after the first', [0, 10, 1000]],
    ['nothing', []],
    ['one more that is early by less than any clock can tell', [0.5, 10, 1000.25]],
  ])('neverMoreThan is obeyed by %s', (_, starts) => {
    expect(law(historyFrom(startsAt(...starts)))).toBeNull();
  });

  test('neverMoreThan is broken by one more, 1 ms before the window is over', () => {
    expect(law(historyFrom(startsAt(0, 10, 999)))).toEqual({
      law: 'neverMoreThan',
      sentence: '3 calls started within 1s (from 0 ms to 999 ms), at most 2 may',
      atMs: 999,
      attempts: [0, 1, 2],
      jobs: [],
      measured: 3,
      allowed: 2,
    });
  });

  test('neverMoreThan counts by key, retries too, and names the worst key', () => {
    const history = historyFrom([
      { startMs: 0 },
      refused(1, 1, null, { org: 'org-02' }),
      { startMs: 2, org: 'org-02', job: 1 },
      { startMs: 3, org: 'org-02' },
      { startMs: 4 },
    ]);
    expect(law(history)?.measured).toBe(5);
    expect(neverMoreThan({ limit: 3, windowMs: 1000, by: 'org' })(history)).toBeNull();
    expect(neverMoreThan({ limit: 1, windowMs: 1000, by: 'org' })(history)).toMatchObject({
      sentence: '3 calls of org-02 started within 1s (from 1 ms to 3 ms), at most 1 may',
      attempts: [1, 2, 3],
      atMs: 2,
    });
    expect(neverMoreThan({ limit: 4, windowMs: 1000, by: ({ route }) => route })(history)?.measured).toBe(5);
  });

  test('neverMoreThan never shows a token', () => {
    const violation = neverMoreThan({ limit: 1, windowMs: 10, by: 'token' })(historyFrom(startsAt(0, 0)));
    expect(violation?.sentence).toBe('2 calls of one access token started within 10ms (all at 0 ms), at most 1 may');
  });

  test('neverMoreThan agrees with worstWindow on whole ms (property)', () => {
    const starts = fc.array(fc.integer({ min: 0, max: 3000 }), { maxLength: 30 });
    fc.assert(
      fc.property(starts, fc.integer({ min: 1, max: 6 }), fc.constantFrom(1, 250, 1000), (list, limit, windowMs) => {
        const sorted = list.toSorted((a, b) => a - b);
        const violation = neverMoreThan({ limit, windowMs })(historyFrom(startsAt(...sorted)));
        const { count } = worstWindow(list, windowMs);
        expect(violation?.measured ?? null).toBe(count > limit ? count : null);
      }),
      { seed: 42, numRuns: 300 },
    );
  });

  test.each([
    [{ limit: 0, windowMs: 1 }, 'limit must be a whole number, at least 1, current value is 0'],
    [{ limit: 1.5, windowMs: 1 }, 'limit must be a whole number, at least 1, current value is 1.5'],
    [{ limit: 1, windowMs: NaN }, 'windowMs must be at least 1, current value is NaN'],
  ])('neverMoreThan refuses %o', (options, rule) => {
    expect(() => neverMoreThan(options)).toThrow(new RangeError(`Cannot check neverMoreThan: ${rule}`));
  });
});

describe('atMostInFlight', () => {
  test('atMostInFlight lets a call start when another ends, not 1 ms before', () => {
    const law = atMostInFlight({ limit: 1 });
    expect(law(historyFrom(startsAt(0, 100, 200)))).toBeNull();
    expect(law(historyFrom(startsAt(0, 99, 199)))).toMatchObject({
      sentence: '2 calls were under way at 99 ms, at most 1 may',
      attempts: [0, 1],
      atMs: 99,
    });
  });

  test('atMostInFlight counts by key', () => {
    const history = historyFrom([{ startMs: 0 }, { startMs: 1, org: 'org-02' }, { startMs: 2 }]);
    expect(atMostInFlight({ limit: 2, by: 'org' })(history)).toBeNull();
    expect(atMostInFlight({ limit: 1, by: 'org' })(history)?.attempts).toEqual([0, 2]);
    expect(atMostInFlight({ limit: 2 })(history)?.measured).toBe(3);
  });
});

describe('jobs', () => {
  const done = historyFrom(startsAt(0, 10));
  const withJobs = (...jobs: ReturnType<typeof jobOf>[]) => historyFrom(startsAt(0), { jobs, endMs: 500 });

  test('noJobLost, everyJobDone and noJobDoubled hold when each job is done once', () => {
    expect(violationsOf(done, [noJobLost, everyJobDone, noJobDoubled, terminates])).toEqual([]);
  });

  test('noJobLost is broken by a job that never settles, not by one that is given up', () => {
    const lost = jobOf(1, 20, 0, { outcome: 'lost', endedMs: null, answers: 0 });
    const failed = jobOf(2, 30, 40, { outcome: 'failed', answers: 0 });
    expect(noJobLost(withJobs(jobOf(0, 0, 100), failed))).toBeNull();
    expect(noJobLost(withJobs(jobOf(0, 0, 100), lost))).toMatchObject({
      sentence: 'one job was lost: job 1 of org-01 was handed over at 20 ms and never settled',
      jobs: [1],
      atMs: 20,
    });
    expect(noJobLost(withJobs({ ...lost, handedMs: null }))?.sentence).toContain('was never handed over');
    expect(everyJobDone(withJobs(failed, lost))).toMatchObject({
      sentence: 'two jobs were not done: job 2 of org-01 was given up at 40 ms',
      jobs: [2, 1],
    });
  });

  test('noJobDoubled is broken by a second answer', () => {
    expect(noJobDoubled(withJobs(jobOf(0, 0, 100, { answers: 2 })))?.sentence).toBe(
      'one job was done more than once: job 0 of org-01 2 times',
    );
  });

  test('terminates is broken by a trial that was stopped', () => {
    expect(terminates(historyFrom(startsAt(0), { stopped: 'deadline: not over by then' }))?.sentence).toBe(
      'it did not come to its end: deadline: not over by then',
    );
  });
});

describe('noStarvation', () => {
  test('noStarvation: an organization waits from its first open job, and anew from each admission', () => {
    const history = historyFrom(startsAt(1000, 2000), { jobs: [jobOf(0, 0, 1100), jobOf(1, 0, 2100)] });
    expect(noStarvation({ withinMs: 1000 })(history)).toBeNull();
    expect(noStarvation({ withinMs: 999 })(history)).toMatchObject({ measured: 1000, atMs: 999, attempts: [0] });
    expect(noStarvation({ withinMs: 1999, by: 'job' })(history)).toMatchObject({
      sentence:
        'job 1 of org-01 was not admitted for 2s (from 0 ms to 2,000 ms) though it could be sent, at most 2s may pass',
      jobs: [1],
    });
    expect(noStarvation({ withinMs: 2000, by: 'job' })(history)).toBeNull();
  });

  test('noStarvation: nothing waits between two jobs, while another job must be done first, or after giving up', () => {
    const history = historyFrom(startsAt(0, 9000), {
      jobs: [
        jobOf(0, 0, 100),
        jobOf(1, 100, 9100, { couldStartMs: 9000 }),
        jobOf(2, 200, 300, { outcome: 'failed', answers: 0 }),
      ],
    });
    expect(noStarvation({ withinMs: 100 })(history)).toBeNull();
    expect(noStarvation({ withinMs: 99 })(history)?.measured).toBe(100);
  });

  test('noStarvation: the admissions of others do not count', () => {
    const history = historyFrom([{ startMs: 0 }, { startMs: 400, org: 'org-02' }, { startMs: 800 }], {
      jobs: [jobOf(0, 0, 100), jobOf(1, 100, 500, { org: 'org-02' }), jobOf(2, 0, 900)],
    });
    expect(noStarvation({ withinMs: 799 })(history)).toMatchObject({ measured: 800, attempts: [2] });
  });
});

describe('neverBeforeRetryAfter', () => {
  const law = neverBeforeRetryAfter();

  test.each([
    ['exactly then', [refused(0, 0, 1000), { startMs: 1010, job: 0 }]],
    ['later', [refused(0, 0, 1000), { startMs: 5000, job: 0 }]],
    ['never again', [refused(0, 0, 1000)]],
    ['after nothing was told', [refused(0, 0, null), { startMs: 10, job: 0 }]],
    ['at once after Retry-After: 0', [refused(0, 0, 0), { startMs: 10, job: 0 }]],
    ['by another job', [refused(0, 0, 1000), { startMs: 20, job: 1 }]],
    ['early by less than any clock can tell', [refused(0, 0, 1000), { startMs: 1009.25, job: 0 }]],
  ])('neverBeforeRetryAfter is obeyed %s', (_, attempts: ShortAttempt[]) => {
    expect(law(historyFrom(attempts))).toBeNull();
  });

  test('neverBeforeRetryAfter is broken 1 ms early', () => {
    expect(law(historyFrom([{ startMs: 0, job: 7 }, refused(0, 0, 1000), { startMs: 1009, job: 0 }]))).toMatchObject({
      sentence:
        'job 0 of org-01 was tried again at 1,009 ms, 1 ms before 1,010 ms, as job 0 was told (Retry-After: 1 at 10 ms)',
      attempts: [1, 2],
      atMs: 1009,
      measured: 999,
      allowed: 1000,
    });
  });

  test('neverBeforeRetryAfter by job is broken by a retry at the moment of the refusal', () => {
    expect(law(historyFrom([refused(0, 0, 1000), { startMs: 10, job: 0 }]))?.attempts).toEqual([0, 1]);
  });

  test('neverBeforeRetryAfter by organization holds for every job that could know', () => {
    const byOrg = neverBeforeRetryAfter({ by: 'org' });
    const at = (startMs: number) => historyFrom([refused(0, 0, 1000), { startMs, job: 1 }]);
    expect(byOrg(at(5))).toBeNull();
    expect(byOrg(at(10))).toBeNull();
    expect(byOrg(at(11))?.sentence).toContain('job 1 of org-01 was tried at 11 ms');
    expect(byOrg(at(1010))).toBeNull();
    expect(byOrg(historyFrom([refused(0, 0, 1000), { startMs: 11, job: 1, org: 'org-02' }]))).toBeNull();
  });
});

describe('wastesAtMost', () => {
  test('wastesAtMost lets exactly that share pass', () => {
    const history = historyFrom([refused(0, 0, null), refused(10, 1, null), { startMs: 20 }, { startMs: 30 }]);
    expect(wastesAtMost(0.5)(history)).toBeNull();
    expect(wastesAtMost(0.49)(history)).toMatchObject({
      sentence: '2 of 4 calls were refused (50.0\u00A0%), at most 49.0\u00A0% may be',
      attempts: [0, 1],
      atMs: 10,
    });
    expect(wastesAtMost(0)(historyFrom([]))).toBeNull();
  });

  test('wastesAtMost refuses a percentage', () => {
    expect(() => wastesAtMost(20)).toThrow('share must be a number from 0 to 1, current value is 20');
  });
});

describe('recoversWithin', () => {
  const after = (backMs: number) => historyFrom([refused(0, 0, 1000), { startMs: backMs, job: 0 }]);

  test('recoversWithin counts from the end of what was told', () => {
    expect(recoversWithin({ ms: 500 })(after(1510))).toBeNull();
    expect(recoversWithin({ ms: 500 })(after(1511))).toMatchObject({ measured: 501, atMs: 1510, attempts: [0, 1] });
    expect(recoversWithin({ ms: 0 })(historyFrom(startsAt(0, 9000)))).toBeNull();
  });

  test('recoversWithin counts from the end of an outage, also for who sent nothing in it', () => {
    const outages = [{ fromMs: 100, toMs: 2000 }];
    const history = (startMs: number) =>
      historyFrom(startsAt(startMs), { outages, jobs: [jobOf(0, 500, startMs + 100)] });
    expect(recoversWithin({ ms: 1000 })(history(3000))).toBeNull();
    expect(recoversWithin({ ms: 1000 })(history(3001))?.measured).toBe(1001);
  });

  test('recoversWithin: of a row of refusals the last one counts', () => {
    const row = [refused(0, 0, null), refused(500, 0, null), refused(900, 0, null), { startMs: 1000, job: 0 }];
    expect(recoversWithin({ ms: 90 })(historyFrom(row))).toBeNull();
    expect(recoversWithin({ ms: 89 })(historyFrom(row))?.measured).toBe(90);
  });

  test('recoversWithin: what is admitted after the refusal, before its time has passed, is recovery', () => {
    const jobs = [jobOf(0, 0, 5100), jobOf(1, 0, 600), jobOf(2, 0, 5100)];
    const history = (startMs: number) =>
      historyFrom(
        [refused(0, 0, 1000), { startMs, job: 1 }, { startMs: 5000, job: 0 }, { startMs: 5000, job: 2 }].toSorted(
          (a, b) => a.startMs - b.startMs,
        ),
        { jobs },
      );
    expect(recoversWithin({ ms: 100 })(history(500))).toBeNull();
    expect(recoversWithin({ ms: 100 })(history(0))?.measured).toBe(3990);
  });

  test('recoversWithin lets a job wait as long as it was told', () => {
    const history = historyFrom([
      refused(0, 0, 9000),
      refused(1, 1, 1000),
      { startMs: 1011, job: 1 },
      { startMs: 9010, job: 0 },
    ]);
    expect(recoversWithin({ ms: 10 })(history)).toBeNull();
  });

  test('recoversWithin is broken by jobs that are still given up long after', () => {
    const given = (availableMs: number) =>
      historyFrom([refused(0, 0, 1000)], {
        endMs: 9000,
        jobs: [
          jobOf(0, 0, 20, { outcome: 'failed', answers: 0 }),
          jobOf(1, availableMs, availableMs + 1, { outcome: 'failed', answers: 0 }),
        ],
      });
    expect(recoversWithin({ ms: 500 })(given(1510))).toBeNull();
    expect(recoversWithin({ ms: 500 })(given(1511))?.sentence).toContain(
      'job 1 of org-01, available at 1,511 ms, was given up without having been refused',
    );
  });

  test('recoversWithin: where no work was open, there was nothing to admit', () => {
    const history = historyFrom([refused(0, 0, 100), { startMs: 9000 }], {
      jobs: [jobOf(0, 0, 20, { outcome: 'failed', answers: 0 }), jobOf(1, 9000, 9100)],
    });
    expect(recoversWithin({ ms: 10 })(history)).toBeNull();
  });
});

describe('usesItsQuota', () => {
  /** Calls that were all there at 0. */
  const burst = (...startsMs: number[]) =>
    historyFrom(startsAt(...startsMs), { jobs: startsMs.map((startMs, id) => jobOf(id, 0, startMs + 100)) });
  const law = usesItsQuota({ limit: 2, windowMs: 1000, share: 0.8 });

  test('usesItsQuota holds for the quickest limiter, and for one that is quicker', () => {
    expect(law(burst(0, 0, 1000, 1000, 2000))).toBeNull();
    expect(law(burst(0, 0, 0, 0, 0))).toBeNull();
  });

  test('usesItsQuota: exactly the share obeys', () => {
    expect(law(burst(0, 0, 1000, 1000, 2750))).toBeNull();
    expect(law(burst(0, 0, 1000, 1000, 2751))).toMatchObject({
      sentence:
        'call 5 started at 2,751 ms, 2 per 1s allow it at 2,000 ms: 80.0\u00A0% of the quota was used, at least 80.0\u00A0% must be',
      attempts: [4],
    });
  });

  test('usesItsQuota is broken by calls that are held though the quota is free', () => {
    const late = historyFrom(startsAt(400), { jobs: [jobOf(0, 0, 500)] });
    expect(law(late)?.measured).toBeCloseTo(1000 / 1400, 12);
  });

  test('usesItsQuota is broken by tokens that leak', () => {
    const leaking = burst(0, 0, 1000, 2000, 3000, 4000, 5000);
    // The sixth call is allowed at 2,000; the seventh, at 3,000, is two seconds late as well, but of more.
    expect(law(leaking)).toMatchObject({ attempts: [5], measured: 3000 / 5000, allowed: 0.8 });
  });

  test('usesItsQuota: a repeated attempt takes a place and is not judged', () => {
    const history = historyFrom([refused(0, 0, 1000), { startMs: 0, job: 1 }, { startMs: 3000, job: 0 }], {
      jobs: [jobOf(0, 0, 3100), jobOf(1, 0, 100)],
    });
    expect(law(history)).toBeNull();
  });
});

describe('fairAmongOrgs', () => {
  /** org-01 has ten calls at 0, one a second; org-02 has one call, available at 500. */
  const waits = (smallMs: number) => {
    const large = Array.from({ length: 10 }, (_, index) => ({ startMs: index * 1000 }));
    const small = { startMs: smallMs, org: 'org-02', job: 99 };
    const attempts = [...large, small]
      .toSorted((a, b) => a.startMs - b.startMs)
      .map((one, index) => ({ job: index, ...one }));
    const ids = attempts.filter(({ job }) => job !== 99).map(({ job, startMs }) => jobOf(job, 0, startMs + 100));
    return historyFrom(attempts, { jobs: [...ids, jobOf(99, 500, smallMs + 100, { org: 'org-02' })] });
  };

  test('fairAmongOrgs holds where the small organization is served in turn, and for one alone', () => {
    expect(fairAmongOrgs()(waits(600))).toBeNull();
    expect(fairAmongOrgs()(waits(1500))).toBeNull();
    expect(fairAmongOrgs({ shareAtLeast: 1 })(historyFrom(startsAt(0, 1000, 2000)))).toBeNull();
  });

  test('fairAmongOrgs is broken where it waits behind all of the large one', () => {
    // Nine admissions while two waited, and its own: entitled to 9/2 + 1.
    expect(fairAmongOrgs()(waits(9500))).toMatchObject({ measured: 2 / 6.5, jobs: [99], atMs: 500 });
    expect(fairAmongOrgs({ shareAtLeast: 2 / 6.5 })(waits(9500))).toBeNull();
  });

  test('fairAmongOrgs: whoever is admitted at the same moment has not waited', () => {
    const together = historyFrom([...startsAt(0, 0, 0, 0, 0), { startMs: 0, org: 'org-02' }]);
    expect(fairAmongOrgs({ shareAtLeast: 1 })(together)).toBeNull();
  });
});

describe('attemptsText', () => {
  test('attemptsText marks the attempts of a violation and says what was not done', () => {
    const history = historyFrom(
      [{ startMs: 0 }, refused(0, 1, 1000), refused(10, 1, null, { status: 503, cause: 'outage' })],
      {
        outages: [{ fromMs: 5, toMs: 900 }],
      },
    );
    const text = attemptsText(history, { violation: neverBeforeRetryAfter()(history) });
    expect(text).toBe(
      [
        '    time  org     job  try  answered  answer',
        '    0 ms  org-01    0    1    100 ms  200',
        '>   0 ms  org-01    1    1     10 ms  429 limit, Retry-After: 1',
        '>  10 ms  org-01    1    2     20 ms  503 outage',
        'outage: from 5 ms to 900 ms',
        'job 1 of org-01, available at 0 ms: failed at 20 ms',
        'the trial ended at 100 ms',
      ].join('\n'),
    );
  });

  test('attemptsText shows the lines around the violation when not all fit', () => {
    const history = historyFrom(startsAt(...Array.from({ length: 50 }, (_, index) => index * 100)));
    const violation = { ...terminates({ ...history, stopped: 'x' })!, attempts: [25], atMs: 2500 };
    const lines = attemptsText(history, { violation, linesMax: 5 }).split('\n');
    expect(lines).toHaveLength(1 + 1 + 5 + 1 + 1);
    expect(lines[1]).toBe('  ... 23 before');
    expect(lines.filter((line) => line.startsWith('>'))).toHaveLength(1);
    expect(lines.at(-2)).toBe('  ... 22 after');
  });

  test('attemptsText shows both ends of a violation whose attempts lie far apart', () => {
    const history = historyFrom(startsAt(...Array.from({ length: 50 }, (_, index) => index * 100)));
    const violation = { ...terminates({ ...history, stopped: 'x' })!, attempts: [3, 40], atMs: 4000 };
    const lines = attemptsText(history, { violation, linesMax: 6 }).split('\n');
    expect(lines.filter((line) => line.startsWith('>')).map((line) => line.slice(1, 12).trim())).toEqual([
      '300 ms',
      '4,000 ms',
    ]);
    expect(lines.filter((line) => line.startsWith('  ...'))).toEqual(['  ... 2 before', '  ... 34', '  ... 8 after']);
  });
});
