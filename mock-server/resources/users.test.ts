import { expect, test } from 'vitest';
import { createWorld, type World } from './testing/world.ts';

const PATH = '/api/v2/users';

function allOf(world: World, parameters: string, org = 'acme'): { id: string; name: string; state: string }[] {
  const first = world.ask('GET', `${PATH}?pageSize=500&${parameters}`, { org }).body;
  const pages = Array.from(
    { length: first.pageCount },
    (_, at) => world.ask('GET', `${PATH}?pageSize=500&pageNumber=${at + 1}&${parameters}`, { org }).body.entities,
  );
  return pages.flat();
}

test('GET users lists more than 500 active ones in order of names, each with an id and a mail address of its own', () => {
  const users = allOf(createWorld(), '');
  expect(users.length).toBeGreaterThan(500);
  expect(users.every(({ state }) => state === 'active')).toBe(true);
  const names = users.map(({ name }) => name);
  expect(names.toSorted()).toEqual(names);
  expect(new Set(users.map(({ id }) => id)).size).toBe(users.length);
  expect(new Set(names).size).toBe(users.length);
});

test('GET users is the same for the same seed and organization, another for another', () => {
  const page = (seed: number, org: string) => createWorld(seed).ask('GET', PATH, { org }).body;
  expect(page(1, 'acme')).toEqual(page(1, 'acme'));
  expect(page(1, 'acme').entities).not.toEqual(page(2, 'acme').entities);
  expect(page(1, 'acme').entities).not.toEqual(page(1, 'other').entities);
});

test('GET users has 25 on a page unless told, and turns round with sortOrder', () => {
  const world = createWorld();
  expect(world.ask('GET', PATH).body.entities).toHaveLength(25);
  expect(allOf(world, 'sortOrder=desc')).toEqual(allOf(world, 'sortOrder=ASC').toReversed());
  expect(world.ask('GET', `${PATH}?sortOrder=up`).status).toBe(400);
});

test('GET users by state: active and inactive make up all', () => {
  const world = createWorld();
  const ids = (state: string) => allOf(world, `state=${state}`).map(({ id }) => id);
  expect(ids('inactive').length).toBeGreaterThan(10);
  expect([...ids('active'), ...ids('inactive')].toSorted()).toEqual(ids('any').toSorted());
  expect(ids('deleted')).toEqual([]);
  expect(world.ask('GET', `${PATH}?state=gone`).status).toBe(400);
});

test('GET users by id finds these, in any form of list; 100,000 ids are refused', () => {
  const world = createWorld();
  const [one, two] = world.ask('GET', PATH).body.entities;
  const foundBy = (query: string) =>
    world.ask('GET', `${PATH}?${query}`).body.entities.map(({ id }: { id: string }) => id);
  expect(foundBy(`id=${one.id}&id=${two.id}`)).toEqual([one.id, two.id]);
  expect(foundBy(`id=${one.id},${two.id},nobody`)).toEqual([one.id, two.id]);
  for (const separator of ['&id=', ',']) {
    const many = Array.from({ length: 100_000 }, (_, index) => index).join(separator);
    expect(world.ask('GET', `${PATH}?id=${many}`).status).toBe(400);
  }
});

test('GET a user gives what the list gave; an unknown one is 404', () => {
  const world = createWorld();
  const [, , user] = world.ask('GET', PATH).body.entities;
  expect(world.ask('GET', user.selfUri).body).toEqual(user);
  expect(world.ask('GET', user.selfUri, { org: 'other' }).status).toBe(404);
  expect(world.ask('GET', `${PATH}/__proto__`).status).toBe(404);
});

test('GET users/me is always the same user of the organization', () => {
  const world = createWorld();
  const me = world.ask('GET', `${PATH}/me`).body;
  expect(world.ask('GET', me.selfUri).body).toEqual(me);
  expect(world.ask('GET', `${PATH}/me`).body).toEqual(me);
  expect(world.ask('GET', `${PATH}/me`, { user: 'another' }).body).not.toEqual(me);
});

test('PATCH raises the version, later reads see it, and the stale version is a conflict', () => {
  const world = createWorld();
  const [user] = world.ask('GET', PATH).body.entities;
  const patch = (body: unknown) => world.ask('PATCH', user.selfUri, { body });
  const changed = patch({ version: user.version, name: 'Zz Top', title: '', state: 'inactive' });
  expect(changed).toEqual({
    status: 200,
    body: { ...user, name: 'Zz Top', title: '', state: 'inactive', version: user.version + 1 },
  });
  expect(world.ask('GET', user.selfUri).body).toEqual(changed.body);
  expect(allOf(world, 'state=any').at(-1)).toEqual(changed.body);
  expect(allOf(world, 'state=active').map(({ id }) => id)).not.toContain(user.id);
  expect(patch({ version: user.version, name: 'Again' })).toEqual({
    status: 409,
    body: { code: 'version.conflict', message: expect.stringContaining('does not match the current version') },
  });
});

test.each([
  [undefined, 'body must be an object.'],
  [[], 'body must be an object.'],
  [{}, 'version must be a whole number from 1 to 9007199254740991.'],
  [{ version: '1' }, 'version must be a whole number from 1 to 9007199254740991.'],
  [{ version: 1, addresses: [{ mediaType: 'PIGEON' }] }, 'addresses[0].mediaType must be one of PHONE, EMAIL, SMS.'],
  [{ version: 1, name: 'x'.repeat(257) }, 'name must be a text of 1 to 256 characters.'],
])('PATCH a user with %j answers 400', (body, message) => {
  const world = createWorld();
  const [user] = world.ask('GET', PATH).body.entities;
  expect(world.ask('PATCH', user.selfUri, { body }).body.message).toBe(message);
});

test('POST creates a user that is listed and read; hostile fields go nowhere', () => {
  const world = createWorld();
  const { total } = world.ask('GET', PATH).body;
  const body = JSON.parse(
    '{"name":"New","email":"new@example.com","__proto__":{"admin":true},"constructor":1,"version":99}',
  );
  const created = world.ask('POST', PATH, { body });
  expect(created.status).toBe(201);
  expect(created.body).toMatchObject({ name: 'New', version: 1, state: 'active' });
  expect(Object.hasOwn(created.body, 'constructor')).toBe(false);
  expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
  expect(world.ask('GET', created.body.selfUri).body).toEqual(created.body);
  expect(world.ask('GET', PATH).body.total).toBe(total + 1);
  expect(world.ask('POST', PATH, { body: { name: 'New', email: 'a@b.c', divisionId: 'none' } }).status).toBe(400);
});
