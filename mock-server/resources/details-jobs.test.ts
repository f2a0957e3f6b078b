import { expect, test } from 'vitest';
import { createWorld, STARTS_AT_MS, type World } from './testing/world.ts';

const PATH = '/api/v2/analytics/conversations/details/jobs';
const INTERVAL = '2026-03-01T00:00:00.000Z/2026-03-04T00:00:00.000Z';
/** By then every job is done. */
const LATER = { nowMs: STARTS_AT_MS + 60_000 };

function submit(world: World, body: object = {}): string {
  const answer = world.ask('POST', PATH, { body: { interval: INTERVAL, ...body } });
  expect(answer.status).toBe(202);
  return answer.body.jobId;
}

function resultsOf(world: World, jobId: string, pageSize: number): { pages: number[]; ids: string[] } {
  const pages: number[] = [];
  const ids: string[] = [];
  for (let cursor: string | undefined = ''; cursor !== undefined;) {
    const query: string = `pageSize=${pageSize}${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`;
    const { body } = world.ask('GET', `${PATH}/${jobId}/results?${query}`, LATER);
    pages.push(body.conversations.length);
    ids.push(...body.conversations.map(({ conversationId }: { conversationId: string }) => conversationId));
    cursor = body.cursor;
  }
  return { pages, ids };
}

test('a job is queued, runs, and is fulfilled within a few simulated seconds', () => {
  const world = createWorld();
  const jobId = submit(world);
  const at = (afterMs: number) => world.ask('GET', `${PATH}/${jobId}`, { nowMs: STARTS_AT_MS + afterMs }).body;
  expect(at(0)).toEqual({ state: 'QUEUED', submissionDate: '2026-03-04T09:00:00.000Z' });
  expect(at(1500).state).toBe('RUNNING');
  const done = at(5000);
  expect(done).toMatchObject({ state: 'FULFILLED', submissionDate: '2026-03-04T09:00:00.000Z' });
  expect(done.completionDate > done.submissionDate && done.completionDate < done.expirationDate).toBe(true);
});

test('results before the job is fulfilled are a conflict, and gone when it has expired', () => {
  const world = createWorld();
  const jobId = submit(world);
  expect(world.ask('GET', `${PATH}/${jobId}/results`)).toMatchObject({
    status: 409,
    body: { code: 'job.not.fulfilled' },
  });
  const nextWeek = { nowMs: STARTS_AT_MS + 7 * 86_400_000 };
  expect(world.ask('GET', `${PATH}/${jobId}/results`, nextWeek).status).toBe(404);
  expect(world.ask('GET', `${PATH}/${jobId}`, nextWeek).status).toBe(404);
});

test.each([1000, 100, 77])('results in pages of %i are all that the details query lists, each once', (pageSize) => {
  const world = createWorld();
  const { totalHits } = world.ask('POST', '/api/v2/analytics/conversations/details/query', {
    body: { interval: INTERVAL },
  }).body;
  const { pages, ids } = resultsOf(world, submit(world), pageSize);
  expect(ids).toHaveLength(totalHits);
  expect(new Set(ids).size).toBe(totalHits);
  expect(pages.slice(0, -1).every((length) => length === pageSize)).toBe(true);
  expect(resultsOf(world, submit(world, { order: 'desc' }), pageSize).ids).toEqual(ids.toReversed());
});

test('a job keeps to its limit and its filters', () => {
  const world = createWorld();
  expect(resultsOf(world, submit(world, { limit: 5 }), 2).pages).toEqual([2, 2, 1]);
  const filters = [{ type: 'and', predicates: [{ dimension: 'mediaType', value: 'email' }] }];
  const { totalHits } = world.ask('POST', '/api/v2/analytics/conversations/details/query', {
    body: { interval: INTERVAL, segmentFilters: filters },
  }).body;
  expect(resultsOf(world, submit(world, { segmentFilters: filters }), 100).ids).toHaveLength(totalHits);
  expect(world.ask('POST', PATH, { body: { interval: INTERVAL, limit: 1, segmentFilters: filters } }).status).toBe(400);
});

test('an interval without conversations gives one empty page', () => {
  const world = createWorld();
  const jobId = submit(world, { interval: '2027-01-01T00:00:00Z/2027-01-02T00:00:00Z' });
  expect(world.ask('GET', `${PATH}/${jobId}/results`, LATER).body.conversations).toEqual([]);
});

test('a cursor that this job did not give answers 400', () => {
  const world = createWorld();
  const [one, other] = [submit(world), submit(world)];
  const { cursor } = world.ask('GET', `${PATH}/${one}/results?pageSize=10`, LATER).body;
  const status = (jobId: string, text: string) =>
    world.ask('GET', `${PATH}/${jobId}/results?cursor=${encodeURIComponent(text)}`, LATER).status;
  expect(status(one, cursor)).toBe(200);
  for (const wrong of [`${cursor}0`, cursor.slice(1), 'x', '__proto__', 'f'.repeat(40), cursor.toUpperCase()]) {
    expect(status(one, wrong)).toBe(400);
  }
  expect(status(other, cursor)).toBe(400);
  expect(world.ask('GET', `${PATH}/${one}/results?pageSize=1001`, LATER).status).toBe(400);
});

test("a job is the organization's own; deleted, it is gone", () => {
  const world = createWorld();
  const jobId = submit(world);
  expect(world.ask('GET', `${PATH}/${jobId}`, { org: 'other' }).status).toBe(404);
  expect(world.ask('DELETE', `${PATH}/${jobId}`, { org: 'other' }).status).toBe(404);
  expect(world.ask('DELETE', `${PATH}/${jobId}`)).toEqual({ status: 204, body: undefined });
  expect(world.ask('GET', `${PATH}/${jobId}`).status).toBe(404);
});

test('a thousand jobs are remembered, the oldest is forgotten', () => {
  const world = createWorld();
  const ids = Array.from({ length: 1001 }, () => submit(world));
  expect(world.ask('GET', `${PATH}/${ids[0]}`).status).toBe(404);
  expect(world.ask('GET', `${PATH}/${ids[1]}`).status).toBe(200);
  expect(world.ask('GET', `${PATH}/${ids[1000]}`).status).toBe(200);
});

test('availability tells the present', () => {
  expect(createWorld().ask('GET', `${PATH}/availability`).body).toEqual({
    dataAvailabilityDate: '2026-03-04T09:00:00.000Z',
  });
});
