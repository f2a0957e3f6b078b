import { expect, test } from 'vitest';
import { FLOW_TYPES } from './flow-names.ts';
import { createWorld, STARTS_AT_MS, type World } from './testing/world.ts';

const PATHS = ['/api/v2/flows', '/api/v2/architect/flows'];
const [DOCUMENTED = '', REPORTED = ''] = PATHS;

interface Flow {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly version: number;
  readonly selfUri: string;
  readonly publishedVersion?: { readonly datePublished: string };
}

function allOf(world: World, parameters = '', path = DOCUMENTED): Flow[] {
  const first = world.ask('GET', `${path}?pageSize=500&${parameters}`).body;
  const pages = Array.from(
    { length: first.pageCount },
    (_, at) => world.ask('GET', `${path}?pageSize=500&pageNumber=${at + 1}&${parameters}`).body.entities,
  );
  return pages.flat();
}

test.each(PATHS)('GET %s lists more than 500 flows in order of ids, each readable', (path) => {
  const world = createWorld();
  const flows = allOf(world, '', path);
  expect(flows.length).toBeGreaterThan(500);
  const ids = flows.map(({ id }) => id);
  expect(ids.toSorted()).toEqual(ids);
  expect(new Set(flows.map(({ name }) => name)).size).toBe(flows.length);
  for (const flow of flows) expect(world.ask('GET', `${path}/${flow.id}`).body).toEqual(flow);
  expect(world.ask('GET', `${path}/nothing`).status).toBe(404);
});

test('GET flows by type, name and division: each filter keeps what it says', () => {
  const world = createWorld();
  const flows = allOf(world);
  expect(new Set(flows.map(({ type }) => type))).toEqual(new Set(FLOW_TYPES));
  expect(allOf(world, 'type=inboundcall&type=BOT')).toEqual(
    flows.filter(({ type }) => ['INBOUNDCALL', 'BOT'].includes(type)),
  );
  expect(allOf(world, 'name=billing')).toEqual(flows.filter(({ name }) => name.includes('Billing')));
  expect(allOf(world, 'name=bill*BOUND*')).toEqual(flows.filter(({ name }) => /Bill.*bound/.test(name)));
  expect(allOf(world, 'divisionId=none')).toEqual([]);
});

test('GET flows by time of publishing leaves out what was never published', () => {
  const world = createWorld();
  const flows = allOf(world);
  const instant = '2025-12-01T00:00:00.000Z';
  const published = flows.filter((flow) => flow.publishedVersion !== undefined);
  expect(published.length).toBeLessThan(flows.length);
  const [before, after] = ['publishedBefore', 'publishedAfter'].map((name) => allOf(world, `${name}=${instant}`));
  expect(after).toEqual(published.filter(({ publishedVersion }) => publishedVersion!.datePublished >= instant));
  expect([...before!, ...after!]).toHaveLength(published.length);
  expect(world.ask('GET', `${DOCUMENTED}?publishedAfter=yesterday`).status).toBe(400);
});

test('GET flows sorts by name both ways', () => {
  const world = createWorld();
  const names = allOf(world, 'sortBy=name').map(({ name }) => name);
  expect(names.toSorted()).toEqual(names);
  expect(allOf(world, 'sortBy=name&sortOrder=desc').map(({ name }) => name)).toEqual(names.toReversed());
  expect(world.ask('GET', `${DOCUMENTED}?sortBy=colour`).status).toBe(400);
});

test.each(PATHS)('PUT %s/{flowId} raises the version, seen by later reads and by last_modified', (path) => {
  const world = createWorld();
  const flow = allOf(world)[7]!;
  const since = `last_modified=${new Date(STARTS_AT_MS).toISOString()}`;
  expect(allOf(world, since)).toEqual([]);
  const sent = { body: { ...flow, name: 'Renamed' }, nowMs: STARTS_AT_MS + 60_000 };
  const changed = world.ask('PUT', `${path}/${flow.id}`, sent);
  expect(changed.status).toBe(200);
  expect(changed.body).toMatchObject({ id: flow.id, name: 'Renamed', version: flow.version + 1 });
  expect(changed.body.savedVersion.dateSaved).toBe(STARTS_AT_MS + 60_000);
  expect(world.ask('GET', flow.selfUri).body).toEqual(changed.body);
  expect(allOf(world, since)).toEqual([changed.body]);
  expect(allOf(world)).toHaveLength(allOf(createWorld()).length);
  expect(world.ask('PUT', `${path}/${flow.id}`, sent)).toMatchObject({
    status: 409,
    body: { code: 'version.conflict' },
  });
  expect(world.ask('PUT', `${path}/${flow.id}`, { body: { name: 'Without version' } }).body.version).toBe(
    flow.version + 2,
  );
  expect(world.ask('PUT', `${path}/unknown`, sent).status).toBe(404);
});

test('POST creates a flow that is listed once and changed like others', () => {
  const world = createWorld();
  const { total } = world.ask('GET', DOCUMENTED).body;
  const created = world.ask('POST', DOCUMENTED, { body: { name: 'New', type: 'bot' } });
  expect(created).toMatchObject({ status: 200, body: { name: 'New', type: 'BOT', version: 1, active: false } });
  expect(world.ask('GET', DOCUMENTED).body.total).toBe(total + 1);
  expect(allOf(world, 'name=new&type=bot')).toContainEqual(created.body);
  expect(world.ask('PUT', created.body.selfUri, { body: { version: 1, description: 'd' } }).body.version).toBe(2);
});

test.each([
  [{ name: 'x' }, 'type must be a text of 1 to 32 characters.'],
  [{ name: 'x', type: 'opera' }, `type must be one of ${FLOW_TYPES.join(', ')}.`],
  [[{ name: 'x', type: 'bot' }], 'body must be an object.'],
  [
    { name: 'x', type: 'bot', division: { id: 'none' } },
    'division.id must be the id of a division of the organization.',
  ],
])('POST flows with %j answers 400', (body, message) => {
  expect(createWorld().ask('POST', DOCUMENTED, { body })).toEqual({
    status: 400,
    body: { code: 'bad.request', message },
  });
});

test("POST at the threads' path takes what the scenario sends, one flow or a batch", () => {
  const world = createWorld();
  expect(world.ask('POST', REPORTED, { body: { flow: 'acme-flow-1' } }).body.name).toBe('acme-flow-1');
  const batch = world.ask('POST', REPORTED, { body: [{ flow: 'one' }, { flow: 'two' }] });
  expect(batch.body.entities.map(({ name }: Flow) => name)).toEqual(['one', 'two']);
  expect(world.ask('POST', REPORTED, { body: [{ flow: 'one' }, 3] }).status).toBe(400);
  expect(world.ask('POST', REPORTED, { body: Array.from({ length: 501 }, () => ({ flow: 'x' })) }).status).toBe(400);
});

test('items of GET flows are pages of 25, as the documented limit counts; what will be refused counts as one', () => {
  const world = createWorld();
  const items = ['', 'pageSize=1', 'pageSize=26', 'pageSize=100', 'pageSize=500', 'pageSize=501', 'pageSize=x'];
  expect(items.map((query) => world.itemsOf('GET', `${DOCUMENTED}?${query}`))).toEqual([1, 1, 2, 4, 20, 1, 1]);
  expect(world.itemsOf('POST', REPORTED, { body: [{ flow: 'a' }, { flow: 'b' }] })).toBe(2);
  expect(world.itemsOf('POST', REPORTED, { body: { flow: 'a' } })).toBe(1);
});
