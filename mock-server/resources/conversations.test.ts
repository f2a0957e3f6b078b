import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createWorld, STARTS_AT_MS, type World } from './testing/world.ts';

const PATH = '/api/v2/analytics/conversations/details/query';
const AGGREGATES = '/api/v2/analytics/conversations/aggregates/query';
const DAY = '2026-03-03T00:00:00.000Z/2026-03-04T00:00:00.000Z';

interface Conversation {
  readonly conversationId: string;
  readonly conversationStart: string;
  readonly conversationEnd: string;
}

const query = (world: World, body: object) => world.ask('POST', PATH, { body }).body;
const matches = (dimension: string, value: string) => ({
  type: 'or',
  predicates: [{ type: 'dimension', dimension, operator: 'matches', value }],
});

function allOf(world: World, body: object, pageSize = 100): Conversation[] {
  const { totalHits } = query(world, body);
  return Array.from({ length: Math.ceil(totalHits / pageSize) }, (_, at) =>
    query(world, { ...body, paging: { pageSize, pageNumber: at + 1 } }),
  ).flatMap(({ conversations }) => conversations);
}

test('details query: pages concatenate to totalHits conversations that begin within the interval, in order', () => {
  const world = createWorld();
  const all = allOf(world, { interval: DAY });
  expect(all.length).toBe(query(world, { interval: DAY }).totalHits);
  expect(all.length).toBeGreaterThan(1000);
  const [from = '', to = ''] = DAY.split('/');
  const starts = all.map(({ conversationStart }) => conversationStart);
  expect(starts.every((start) => start >= from && start < to)).toBe(true);
  expect(starts.toSorted()).toEqual(starts);
  const ends = all.map(({ conversationEnd }) => conversationEnd);
  expect(ends.toSorted()).toEqual(ends);
  expect(new Set(all.map(({ conversationId }) => conversationId)).size).toBe(all.length);
  expect(allOf(world, { interval: DAY, order: 'desc' }, 33)).toEqual(all.toReversed());
  expect(query(world, { interval: DAY, paging: { pageSize: 100, pageNumber: 1000 } })).toEqual({
    totalHits: all.length,
  });
});

test('details query: an interval has as many as its two halves, wherever it is cut', () => {
  const world = createWorld();
  const total = (from: number, to: number) =>
    query(world, { interval: `${new Date(from).toISOString()}/${new Date(to).toISOString()}` }).totalHits;
  const minute = fc.integer({ min: 1, max: 20_000_000 });
  fc.assert(
    fc.property(minute, minute, (one, other) => {
      const from = STARTS_AT_MS - 50_000_000;
      expect(total(from, from + one + other)).toBe(total(from, from + one) + total(from + one, from + one + other));
    }),
  );
});

test('details query knows nothing of the future', () => {
  const interval = '2026-03-04T08:00:00Z/2026-03-04T20:00:00Z';
  const hits = (nowMs: number) => createWorld().ask('POST', PATH, { body: { interval }, nowMs }).body.totalHits;
  expect(hits(STARTS_AT_MS)).toBeLessThanOrEqual(60);
  expect(hits(STARTS_AT_MS + 3_600_000)).toBeGreaterThan(100);
});

test('details query is the same for the same seed, another for another', () => {
  const first = (seed: number) => query(createWorld(seed), { interval: DAY });
  expect(first(1)).toEqual(first(1));
  expect(first(1)).not.toEqual(first(2));
});

test('details query filters by queue: the queues make up all', () => {
  const world = createWorld();
  const queues: { id: string }[] = world.ask('GET', '/api/v2/routing/queues').body.entities;
  const hits = queues.map(
    ({ id }) => query(world, { interval: DAY, segmentFilters: [matches('queueId', id)] }).totalHits,
  );
  expect(hits.reduce((sum, count) => sum + count, 0)).toBe(query(world, { interval: DAY }).totalHits);
  const { id } = queues[0]!;
  const [filtered] = query(world, { interval: DAY, segmentFilters: [matches('queueId', id)] }).conversations;
  expect(filtered.participants[1].sessions[0].segments[0].queueId).toBe(id);
  const both = {
    interval: DAY,
    segmentFilters: [matches('queueId', id)],
    conversationFilters: [matches('userId', 'x')],
  };
  expect(query(world, both)).toEqual({ totalHits: 0 });
});

test('agents of conversations are users', () => {
  const world = createWorld();
  const { conversations } = query(world, { interval: DAY });
  for (const { participants } of conversations) {
    expect(world.ask('GET', `/api/v2/users/${participants[2].userId}`).status).toBe(200);
  }
});

test.each([
  [undefined, 'body must be an object.'],
  [{}, 'interval must be an interval in ISO 8601'],
  [{ interval: '2026-03-04T00:00:00Z' }, 'interval must be an interval in ISO 8601'],
  [{ interval: '2026-02-30T00:00:00Z/2026-03-04T00:00:00Z' }, 'interval must be an interval in ISO 8601'],
  [{ interval: '2026-03-04T00:00Z/2026-03-03T00:00Z' }, 'interval must be an interval in ISO 8601'],
  [{ interval: '2026-01-01T00:00Z/2026-03-03T00:00Z' }, 'interval must be an interval of at most 31 days.'],
  [{ interval: '9'.repeat(500_000) }, 'interval must be an interval in ISO 8601'],
  [{ interval: DAY, order: 'up' }, 'order must be one of asc, desc.'],
  [
    { interval: DAY, paging: { pageSize: 101, pageNumber: 1 } },
    'paging.pageSize must be a whole number from 1 to 100.',
  ],
  [{ interval: DAY, paging: { pageSize: 1, pageNumber: -1 } }, 'paging.pageNumber must be a whole number from 1'],
  [{ interval: DAY, paging: [] }, 'paging must be an object.'],
  [{ interval: DAY, segmentFilters: {} }, 'segmentFilters must be a list of at most 50 entries.'],
  [
    { interval: DAY, segmentFilters: [{ predicates: [{ dimension: 'ani', value: '1' }] }] },
    'segmentFilters[0].predicates[0].dimension',
  ],
  [{ interval: DAY, segmentFilters: [{ predicates: [{ dimension: 'queueId' }] }] }, 'value must be a text'],
  [{ interval: DAY, surveyFilters: [{}] }, 'surveyFilters must be absent or empty'],
])('details query with %o answers 400', (body, message) => {
  const answer = createWorld().ask('POST', PATH, { body });
  expect(answer.status).toBe(400);
  expect(answer.body.message).toContain(message);
});

test('details query refuses more work than it is ready to do', () => {
  const predicates = Array.from({ length: 50 }, () => ({ dimension: 'userId', value: 'x' }));
  const body = {
    interval: '2026-02-02T00:00Z/2026-03-03T00:00Z',
    segmentFilters: Array.from({ length: 50 }, () => ({ predicates })),
  };
  expect(createWorld().ask('POST', PATH, { body }).body.message).toMatch(
    /^interval must be one of at most 80 conversations/,
  );
});

test('aggregates query counts what the details query lists', () => {
  const world = createWorld();
  const ask = (body: object) =>
    world.ask('POST', AGGREGATES, { body: { interval: DAY, metrics: ['nOffered', 'tHandle'], ...body } });
  const { totalHits } = query(world, { interval: DAY });
  const countsOf = (body: object): number[] =>
    ask(body).body.results.flatMap(({ data }: { data: { metrics: { stats: { count: number } }[] }[] }) =>
      data.map(({ metrics }) => metrics[0]!.stats.count),
    );
  expect(countsOf({})).toEqual([totalHits]);
  const byHour = countsOf({ granularity: 'PT1H' });
  expect(byHour).toHaveLength(24);
  const byGroup = countsOf({ granularity: 'PT6H', groupBy: ['mediaType', 'direction'] });
  for (const counts of [byHour, byGroup]) expect(counts.reduce((sum, count) => sum + count, 0)).toBe(totalHits);
  const [queue] = world.ask('GET', '/api/v2/routing/queues').body.entities;
  const filter = matches('queueId', queue.id);
  expect(countsOf({ filter })).toEqual([query(world, { interval: DAY, segmentFilters: [filter] }).totalHits]);
});

test('aggregates query: sum, least and most of a time belong together', () => {
  const world = createWorld();
  const [result] = world.ask('POST', AGGREGATES, { body: { interval: DAY, metrics: ['tTalk'] } }).body.results;
  const { count, sum, min, max } = result.data[0].metrics[0].stats;
  expect(min).toBeGreaterThan(0);
  expect(sum / count).toBeGreaterThan(min);
  expect(sum / count).toBeLessThan(max);
});

test.each([
  [{ metrics: [] }, 'metrics must be a list of at least 1 entry.'],
  [{ metrics: ['constructor'] }, 'metrics[0] must be one of nConnected'],
  [{ granularity: 'hourly' }, 'granularity must be a duration in ISO 8601'],
  [{ granularity: 'PT0S' }, 'granularity must be a duration in ISO 8601'],
  [{ groupBy: ['colour'] }, 'groupBy[0] must be one of'],
  [
    {
      groupBy: ['conversationId'],
      interval: '2026-02-02T00:00Z/2026-03-03T00:00Z',
      metrics: ['nOffered', 'tTalk', 'tAcw'],
    },
    'granularity must be one that gives at most 50000 statistics.',
  ],
])('aggregates query with %o answers 400', (body, message) => {
  const answer = createWorld().ask('POST', AGGREGATES, { body: { interval: DAY, metrics: ['nOffered'], ...body } });
  expect(answer.status).toBe(400);
  expect(answer.body.message).toContain(message);
});
