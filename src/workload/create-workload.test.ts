import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createWorkload, sender, senders, type JobDraft } from './create-workload.ts';

const two = senders(2);

describe('createWorkload', () => {
  test('createWorkload fills every default', () => {
    expect(createWorkload(two, [{ sender: 1, path: '/a' }]).jobs).toEqual([
      {
        id: 0,
        sender: 1,
        method: 'GET',
        path: '/a',
        body: null,
        items: 1,
        availableMs: 0,
        notBeforeMs: 0,
        after: -1,
        covers: [0],
        mergeKey: '',
        mergeItemsMax: 1,
        changed: true,
      },
    ]);
  });

  test('createWorkload sorts by availability, keeps ties in order and translates after', () => {
    const { jobs } = createWorkload(two, [
      { sender: 0, path: '/late', availableMs: 9 },
      { sender: 0, path: '/next', availableMs: 3, after: 0 },
      { sender: 0, path: '/tie', availableMs: 3, after: 1 },
    ]);
    expect(jobs.map((job) => [job.id, job.path, job.after])).toEqual([
      [0, '/next', 2],
      [1, '/tie', 0],
      [2, '/late', -1],
    ]);
  });

  test('createWorkload keeps each job behind the same job, whatever the order (property)', () => {
    const draft = fc.record({ availableMs: fc.integer({ min: 0, max: 9 }), back: fc.integer({ min: 0, max: 5 }) });
    fc.assert(
      fc.property(fc.array(draft, { maxLength: 30 }), (rows) => {
        const drafts = rows.map((row, index): JobDraft => ({
          sender: 0,
          path: `/${index}`,
          availableMs: row.availableMs,
          after: row.back > 0 && index - row.back >= 0 ? index - row.back : -1,
        }));
        const { jobs } = createWorkload(two, drafts);
        for (const [id, job] of jobs.entries()) {
          expect(job.id).toBe(id);
          const after = drafts[Number(job.path.slice(1))]!.after!;
          expect(job.after < 0 ? -1 : jobs[job.after]!.path).toBe(after < 0 ? -1 : `/${after}`);
          expect(job.availableMs).toBeGreaterThanOrEqual(jobs[id - 1]?.availableMs ?? 0);
        }
      }),
      { seed: 42, numRuns: 200 },
    );
  });

  test.each<[string, JobDraft, string]>([
    [
      'sender',
      { sender: 2, path: '/a' },
      'jobs[0].sender must be a position in the list of 2 senders, current value is 2',
    ],
    ['path', { sender: 0, path: 'a' }, 'jobs[0].path must be a path that begins with /, current value is a'],
    [
      'items',
      { sender: 0, path: '/a', items: 0 },
      'jobs[0].items must be a whole number, at least 1, current value is 0',
    ],
    [
      'availableMs',
      { sender: 0, path: '/a', availableMs: NaN },
      'jobs[0].availableMs must be a finite number of ms, at least 0, current value is NaN',
    ],
    [
      'after itself',
      { sender: 0, path: '/a', after: 0 },
      'jobs[0].after must be the position of another job, or -1, current value is 0',
    ],
    [
      'after nobody',
      { sender: 0, path: '/a', after: 7 },
      'jobs[0].after must be the position of another job, or -1, current value is 7',
    ],
  ])('createWorkload refuses a wrong %s', (_, draft, message) => {
    expect(() => createWorkload(two, [draft])).toThrow(new RangeError(`Cannot create workload: ${message}`));
  });

  test('createWorkload refuses jobs that wait for each other', () => {
    const drafts = [
      { sender: 0, path: '/free' },
      { sender: 0, path: '/a', after: 2 },
      { sender: 0, path: '/b', after: 1 },
    ];
    expect(() => createWorkload(two, drafts)).toThrow(/the job for \/a must be one that does not wait for itself/);
  });

  test('createWorkload refuses two senders with one token', () => {
    const twins = [sender({ org: 'a', token: 't' }), sender({ org: 'b', token: 't' })];
    expect(() => createWorkload(twins, [])).toThrow(
      'Cannot create workload: senders[1].token must be unlike that of senders[0], current value is (a token, not shown)',
    );
  });

  test('createWorkload refuses a token that cannot travel in a header', () => {
    expect(() => createWorkload([sender({ org: 'ö', token: 'tö' })], [])).toThrow(
      /senders\[0\]\.token must be printable/,
    );
  });
});

describe('senders', () => {
  test('senders numbers organizations with equal width and takes changes', () => {
    const list = senders(100, (index) => (index === 99 ? { tier: 'premium' } : {}));
    expect([list[0]!.org, list[99]!.org, list[99]!.tier, list[0]!.tier]).toEqual([
      'org-001',
      'org-100',
      'premium',
      'standard',
    ]);
    expect(new Set(list.map((one) => one.token)).size).toBe(100);
  });

  test('senders derives the token of a renamed organization', () => {
    expect(senders(1, () => ({ org: 'acme' }))[0]).toMatchObject({ token: 'token-acme', client: 'client-acme' });
  });
});
