import { expect, test } from 'vitest';
import { createWorld } from './testing/world.ts';

const SEGMENTS = '/api/v2/analytics/segments';
const INTERACTIONS = '/api/v2/analytics/interactions/query';

test('segments are created one by one and in bulk, charged by their number', () => {
  const world = createWorld();
  const one = world.ask('POST', SEGMENTS, { body: { name: 'segment-1-2' } });
  expect(one).toMatchObject({ status: 200, body: { name: 'segment-1-2', dateCreated: '2026-03-04T09:00:00.000Z' } });
  const bulk = world.ask('POST', SEGMENTS, { body: [{ name: 'segment-1-2' }, { name: 'other' }] });
  expect(bulk.body).toMatchObject({ total: 2, entities: [one.body, { name: 'other' }] });
  expect(world.itemsOf('POST', SEGMENTS, { body: [{}, {}, {}] })).toBe(3);
  expect(world.itemsOf('POST', SEGMENTS, { body: [] })).toBe(1);
});

test.each([
  [undefined],
  [{}],
  [[{ name: 'x' }, {}]],
  [Array.from({ length: 1001 }, () => ({ name: 'x' }))],
  ['text'],
  [7],
])('segments with a wrong body answer 400', (body) => {
  expect(createWorld().ask('POST', SEGMENTS, { body }).status).toBe(400);
});

test('interactions: pages of the body concatenate to the whole of the last 24 hours', () => {
  const world = createWorld();
  const page = (pageNumber: number) =>
    world.ask('POST', INTERACTIONS, { body: { report: 'daily', paging: { pageSize: 100, pageNumber } } }).body;
  const { totalHits } = page(1);
  const ids = Array.from({ length: Math.ceil(totalHits / 100) + 1 }, (_, at) => page(at + 1).interactions)
    .flat()
    .map(({ id }: { id: string }) => id);
  expect(new Set(ids).size).toBe(totalHits);
  expect(ids).toHaveLength(totalHits);
  expect(world.ask('GET', `${INTERACTIONS}?pageSize=10`).body).toMatchObject({ total: totalHits, pageSize: 10 });
  expect(
    world.ask('POST', INTERACTIONS, { body: [{ paging: { pageSize: 5, pageNumber: 1 } }] }).body.interactions,
  ).toHaveLength(5);
  expect(world.ask('POST', INTERACTIONS, { body: { paging: 1 } }).status).toBe(400);
});

test('requests for recordings: the list is there and empty', () => {
  expect(createWorld().ask('GET', '/api/v2/recording/batchrequests')).toMatchObject({
    status: 200,
    body: { entities: [] },
  });
});
