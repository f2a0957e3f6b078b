import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRandomSource } from '../../random/keyed-random.ts';
import type { Job, Sender } from '../../workload/workload.ts';
import { parseStrategy } from '../parse.ts';
import { respond, stubServer, TestClock, testContext } from '../testing-clock.ts';
import { openingTimes } from './off-peak.ts';

const sender = (org: string): Sender => ({
  org,
  client: 'client',
  token: `token-${org}`,
  user: 'user',
  app: 'app',
  ip: '192.0.2.1',
  tier: 'standard',
  permitted: true,
});
const senders = ['a', 'b', 'c'].map(sender);

function job(id: number, more: Partial<Job> = {}): Job {
  return {
    id,
    sender: 0,
    method: 'GET',
    path: `/things/${id}`,
    body: null,
    items: 1,
    availableMs: 0,
    notBeforeMs: 0,
    after: -1,
    covers: [id],
    mergeKey: 'things',
    mergeItemsMax: 100,
    changed: true,
    ...more,
  };
}

const startsAtMs = Date.UTC(2026, 0, 5, 9);

function planned(spec: string, jobs: readonly Job[]): readonly Job[] {
  const context = { random: createRandomSource(42), startsAtMs, senders };
  return parseStrategy(spec).plans.reduce((now, plan) => plan(now, context), jobs);
}

/** Random workloads: chains of pages, several senders, kinds and times. */
const workloads = fc
  .array(
    fc.record({
      sender: fc.nat(2),
      gapMs: fc.nat(800),
      kind: fc.constantFrom('', 'x', 'y'),
      back: fc.nat(4),
      changed: fc.boolean(),
      itemsMax: fc.integer({ min: 1, max: 6 }),
    }),
    { maxLength: 40 },
  )
  .map((drafts) => {
    let availableMs = 0;
    return drafts.map(({ sender: index, gapMs, kind, back, changed, itemsMax }, id) => {
      availableMs += gapMs;
      const after = back === 0 || back > id ? -1 : id - back;
      return job(id, { sender: index, availableMs, mergeKey: kind, changed, after, mergeItemsMax: itemsMax });
    });
  });

describe.each([
  'batch',
  'batch:size=3,windowMs=5000',
  'page-size:factor=3',
  'changed-since',
  'changed-since+batch+page-size',
  'stagger-start',
  'off-peak',
])('%s', (spec) => {
  test('covers each job once, sends nothing early, and leaves nothing waiting for what is not sent', () => {
    fc.assert(
      fc.property(workloads, (jobs) => {
        const plan = planned(spec, jobs);
        const covered = plan.flatMap(({ covers }) => covers).toSorted((a, b) => a - b);
        expect(covered).toEqual(jobs.map(({ id }) => id));
        const sent = new Set(plan.map(({ id }) => id));
        expect(plan.filter(({ after }) => after !== -1 && !sent.has(after))).toEqual([]);
        const early = plan.filter((one) =>
          one.covers.some((id) => (jobs[id]?.availableMs ?? Infinity) > Math.max(one.availableMs, one.notBeforeMs)),
        );
        expect(early).toEqual([]);
      }),
      { seed: 42, numRuns: 300 },
    );
  });

  test('leaves no jobs waiting for each other in a circle', () => {
    fc.assert(
      fc.property(workloads, (jobs) => {
        const plan = planned(spec, jobs);
        const done = new Set([-1]);
        for (let round = 0; round < plan.length; round++) {
          for (const { id, after } of plan) if (done.has(after)) done.add(id);
        }
        expect(plan.filter(({ id }) => !done.has(id))).toEqual([]);
      }),
      { seed: 42, numRuns: 300 },
    );
  });
});

describe('batch', () => {
  test('merges what comes within the window, up to size and up to what one request may carry', () => {
    const jobs = [0, 10, 20, 1500, 1510, 1520].map((availableMs, id) => job(id, { availableMs, mergeItemsMax: 2 }));
    const plan = planned('batch', jobs);
    expect(
      plan.map(({ id, items, covers, availableMs, notBeforeMs }) => [id, items, covers, availableMs, notBeforeMs]),
    ).toEqual([
      [0, 2, [0, 1], 0, 10],
      [2, 1, [2], 20, 0],
      [3, 2, [3, 4], 1500, 1510],
      [5, 1, [5], 1520, 0],
    ]);
  });

  test('keeps organizations, kinds and methods apart', () => {
    const jobs = [
      job(0),
      job(1, { sender: 1 }),
      job(2, { mergeKey: 'others' }),
      job(3, { method: 'POST' }),
      job(4, { mergeKey: '' }),
    ];
    expect(planned('batch', jobs)).toEqual(jobs);
  });

  test('joins bodies in one array', () => {
    const jobs = ['{"a":1}', '{"a":2}'].map((body, id) => job(id, { method: 'POST', body }));
    expect(planned('batch', jobs)[0]?.body).toBe('[{"a":1},{"a":2}]');
  });
});

describe('page-size', () => {
  test('asks for fewer, larger pages, each after the one before', () => {
    const jobs = Array.from({ length: 8 }, (_, id) =>
      job(id, { path: `/users?pageSize=25&pageNumber=${id + 1}`, after: id - 1 }),
    );
    const plan = planned('page-size:factor=4', jobs);
    expect(plan.map(({ path, items, after, covers }) => [path, items, after, covers])).toEqual([
      ['/users?pageSize=100&pageNumber=1', 4, -1, [0, 1, 2, 3]],
      ['/users?pageSize=100&pageNumber=2', 4, 0, [4, 5, 6, 7]],
    ]);
  });
});

describe('changed-since', () => {
  test('lets the listing cover what has not changed', () => {
    const jobs = [
      job(0, { path: '/flows' }),
      job(1, { after: 0, changed: false }),
      job(2, { after: 0 }),
      job(3, { after: 1 }),
      job(4, { after: 1, changed: false }),
    ];
    expect(planned('changed-since', jobs).map(({ id, after, covers }) => [id, after, covers])).toEqual([
      [0, -1, [0, 1, 4]],
      [2, 0, [2]],
      [3, 0, [3]],
    ]);
  });

  test('sends what nothing lists, and what belongs to a later sync', () => {
    const jobs = [job(0, { changed: false }), job(1, { changed: false, after: 0, availableMs: 60_000 })];
    expect(planned('changed-since', jobs)).toEqual(jobs);
  });
});

describe('stagger-start', () => {
  test('moves all jobs of an org by one offset in the range', () => {
    const jobs = Array.from({ length: 9 }, (_, id) => job(id, { sender: id % 3, availableMs: id * 100 }));
    const offsets = planned('stagger-start', jobs).map(({ notBeforeMs, availableMs }) =>
      (notBeforeMs - availableMs).toFixed(6),
    );
    expect(new Set(offsets).size).toBe(3);
    expect(offsets.slice(3, 6)).toEqual(offsets.slice(0, 3));
    expect(offsets.every((offset) => Number(offset) >= 10_000 && Number(offset) < 30_000)).toBe(true);
  });
});

describe('off-peak', () => {
  const opening = (iso: string, from: number, to: number, zone: string) =>
    new Date(openingTimes(from, to, zone)(Date.parse(iso))).toISOString();

  test.each([
    ['2026-01-05T09:00:00Z', 22, 6, 'UTC', '2026-01-05T22:00:00.000Z'],
    ['2026-01-05T23:10:00Z', 22, 6, 'UTC', '2026-01-05T23:10:00.000Z'],
    ['2026-01-05T05:59:59Z', 22, 6, 'UTC', '2026-01-05T05:59:59.000Z'],
    ['2026-01-05T06:00:00Z', 22, 6, 'UTC', '2026-01-05T22:00:00.000Z'],
    ['2026-01-05T09:00:00Z', 5, 5, 'UTC', '2026-01-05T09:00:00.000Z'],
    ['2026-01-05T20:00:00Z', 22, 6, 'America/Los_Angeles', '2026-01-06T06:00:00.000Z'],
    ['2026-07-05T20:00:00Z', 22, 6, 'America/Los_Angeles', '2026-07-06T05:00:00.000Z'],
    ['2026-01-05T09:00:00Z', 0, 1, 'Asia/Kolkata', '2026-01-05T18:30:00.000Z'],
    // In the night of 29 March 2026 the hour from 2 to 3 does not exist in Berlin.
    ['2026-03-29T00:30:00Z', 2, 3, 'Europe/Berlin', '2026-03-30T00:00:00.000Z'],
  ])('after %s, %i to %i h in %s opens at %s', (iso, from, to, zone, expected) => {
    expect(opening(iso, from, to, zone)).toBe(expected);
  });

  test('holds jobs until then, from the start of the trial', () => {
    const [early, late] = planned('off-peak:timeZone=UTC', [job(0), job(1, { availableMs: 14 * 3_600_000 })]);
    expect(early?.notBeforeMs).toBe(13 * 3_600_000);
    expect(late?.notBeforeMs).toBe(0);
  });
});

describe('cache', () => {
  async function run(spec: string, urls: readonly { atMs: number; url: string; init?: RequestInit }[], status = 200) {
    const clock = new TestClock();
    const server = stubServer(clock, (_, index) => new Response(`body ${index}`, { status }), 50);
    const fetch = parseStrategy(spec).pipeline(server.fetch, testContext(clock));
    const bodies: string[] = [];
    for (const { atMs, url, init } of urls) {
      clock.setTimer(
        () => void fetch(url, init).then(async (response) => bodies.push(await response.text())),
        atMs + 1,
      );
    }
    await clock.run(10_000_000);
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
    return { sent: server.arrivals.length, bodies };
  }

  test('answers within the time to live, and each reader can read', async () => {
    const url = 'https://a/users?page=1';
    const calls = [0, 100, 60_050, 60_052].map((atMs) => ({ atMs, url }));
    expect(await run('cache', calls)).toEqual({ sent: 2, bodies: ['body 0', 'body 0', 'body 1', 'body 1'] });
  });

  test('sends equal requests that are under way once', async () => {
    const calls = [0, 10, 20].map((atMs) => ({ atMs, url: 'https://a/users' }));
    expect(await run('cache:ttlMs=0', calls)).toEqual({ sent: 1, bodies: ['body 0', 'body 0', 'body 0'] });
  });

  test('keeps no refusal, and nothing but GET', async () => {
    const twice = [0, 100].map((atMs) => ({ atMs, url: 'https://a/users' }));
    expect((await run('cache', twice, 429)).sent).toBe(2);
    expect(
      (
        await run(
          'cache',
          twice.map((call) => ({ ...call, init: { method: 'POST' } })),
        )
      ).sent,
    ).toBe(2);
    expect(
      (
        await run(
          'cache',
          twice.map((call) => ({ ...call, init: { cache: 'no-store' } })),
        )
      ).sent,
    ).toBe(2);
  });

  test('keeps orgs apart and lets the oldest make room', async () => {
    const urls = ['https://a/1', 'https://b/1', 'https://a/1', 'https://c/1', 'https://a/1'];
    const calls = urls.map((url, index) => ({ atMs: index * 100, url }));
    expect((await run('cache', calls)).sent).toBe(3);
    expect((await run('cache:entriesMax=1', calls)).sent).toBe(5);
  });

  test('tells all who wait of a failure, and asks again next time', async () => {
    const clock = new TestClock();
    let asked = 0;
    const fetch = parseStrategy('cache').pipeline(async () => {
      asked += 1;
      if (asked === 1) throw new Error('broken line');
      return respond(200);
    }, testContext(clock));
    const both = await Promise.allSettled([fetch('https://a/1'), fetch('https://a/1')]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect((await fetch('https://a/1')).status).toBe(200);
    expect(asked).toBe(2);
  });
});
