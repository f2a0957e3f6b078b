import { expect, test } from 'vitest';
import { createWorld, STARTS_AT_MS } from './testing/world.ts';

const OBSERVATIONS = '/api/v2/analytics/queues/observations/query';
const SUMMARY = '/api/v2/analytics/queues/summary';

test('queues are listed, found by name, and read by id', () => {
  const world = createWorld();
  const { entities, total } = world.ask('GET', '/api/v2/routing/queues?pageSize=100').body;
  expect(entities).toHaveLength(total);
  for (const queue of entities) expect(world.ask('GET', queue.selfUri).body).toEqual(queue);
  expect(world.ask('GET', '/api/v2/routing/queues?name=sales').body.total).toBe(2);
  expect(world.ask('GET', '/api/v2/routing/queues/none').status).toBe(404);
});

test('observations query answers for each queue that is named, the same for ten seconds', () => {
  const world = createWorld();
  const [one, two] = world.ask('GET', '/api/v2/routing/queues').body.entities;
  const predicates = [one, two].map(({ id }) => ({ type: 'dimension', dimension: 'queueId', value: id }));
  const body = { filter: { type: 'or', predicates }, metrics: ['oWaiting', 'oOnQueueUsers'] };
  const at = (afterMs: number) => world.ask('POST', OBSERVATIONS, { body, nowMs: STARTS_AT_MS + afterMs }).body;
  expect(at(0).results.map(({ group }: { group: object }) => group)).toEqual([
    { queueId: one.id },
    { queueId: two.id },
  ]);
  expect(at(0).results[0].data[0]).toEqual({ metric: 'oWaiting', stats: { count: expect.any(Number) } });
  expect(at(9999)).toEqual(at(0));
  expect([1, 2, 3].map((tens) => at(tens * 10_000))).not.toEqual([at(0), at(0), at(0)]);
});

test.each([{ metrics: ['oWaiting'] }, { filter: {}, metrics: ['oNothing'] }, { filter: {}, metrics: [] }, []])(
  'observations query with %j answers 400',
  (body) => {
    expect(createWorld().ask('POST', OBSERVATIONS, { body }).status).toBe(400);
  },
);

test('the summary of a day is the sum of those of its intervals, and what the details query counts', () => {
  const world = createWorld();
  const offered = (query: string): number => {
    const { entities } = world.ask('GET', `${SUMMARY}?${query}`).body;
    return entities.reduce((sum: number, { nOffered }: { nOffered: number }) => sum + nOffered, 0);
  };
  const steps = Array.from({ length: 288 }, (_, index) => offered(`from=${index * 300}&granularity=PT300S`));
  const whole = offered('from=0&granularity=P1D');
  expect(steps.reduce((sum, count) => sum + count, 0)).toBe(whole);
  expect(offered('from=2026-03-03T00:00:00Z&granularity=PT24H')).toBe(whole);
  const interval = '2026-03-03T00:00:00Z/2026-03-04T00:00:00Z';
  const details = world.ask('POST', '/api/v2/analytics/conversations/details/query', { body: { interval } });
  expect(details.body.totalHits).toBe(whole);
});

test.each(['from=-1', 'from=yesterday', 'granularity=1h', 'granularity=P2D', 'from=999999999999999999'])(
  'the summary with %s answers 400',
  (query) => {
    expect(createWorld().ask('GET', `${SUMMARY}?${query}`).status).toBe(400);
  },
);
