import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { existsOnPlatform, platformOperations } from './platform-paths.ts';
import { Router } from './router.ts';
import { createWorld } from './testing/world.ts';

/** Methods and how many operations have them, counted in the platform's API definition. */
const COUNTED = { DELETE: 357, GET: 1517, HEAD: 2, PATCH: 250, POST: 862, PUT: 277 };

const { operations } = createWorld();

test('platformOperations are all that the API definition counts', () => {
  const all = platformOperations();
  const counts = new Map<string, number>();
  for (const { method } of all) counts.set(method, (counts.get(method) ?? 0) + 1);
  expect(Object.fromEntries(counts)).toEqual(COUNTED);
  expect(new Set(all.map(({ method, path }) => `${method} ${path}`)).size).toBe(3265);
});

test('each of the 3,265 operations exists, and the router finds for it that operation or none', () => {
  const router = new Router(operations);
  const known = new Set(operations.map(({ method, path }) => `${method} ${path.replaceAll(/\{\w+\}/g, '{}')}`));
  let answered = 0;
  for (const { method, path } of platformOperations()) {
    const asked = path.replaceAll('{}', 'a1b2');
    expect(existsOnPlatform(method, asked)).toBe(true);
    const found = router.find(method, asked)?.operation.path.replaceAll(/\{\w+\}/g, '{}') ?? null;
    expect(found).toBe(known.has(`${method} ${path}`) ? path : null);
    if (found !== null) answered += 1;
  }
  expect(answered).toBe(operations.filter(({ method, path }) => existsOnPlatform(method, path)).length);
});

test('operations whose path another one would take for a name answer 501', () => {
  const world = createWorld();
  for (const path of ['/api/v2/users/search', '/api/v2/flows/datatables', '/api/v2/flows/lookup']) {
    expect(world.ask('GET', path)).toMatchObject({ status: 501, body: { code: 'not.implemented' } });
  }
});

test("operations that the platform does not have are the threads' alone", () => {
  const reported = operations.filter(({ method, path }) => !existsOnPlatform(method, path));
  expect(reported.map(({ method, path }) => `${method} ${path}`).toSorted()).toEqual([
    'GET /api/v2/analytics/interactions/query',
    'GET /api/v2/analytics/queues/summary',
    'GET /api/v2/architect/flows',
    'GET /api/v2/architect/flows/{flowId}',
    'GET /api/v2/recording/batchrequests',
    'POST /api/v2/analytics/interactions/query',
    'POST /api/v2/analytics/segments',
    'POST /api/v2/architect/flows',
    'PUT /api/v2/architect/flows/{flowId}',
  ]);
});

test.each([
  ['GET', '/api/v2/users/chats/me', true],
  ['GET', '/api/v2/users/chats/you', false],
  ['GET', '/api/v2/users/someone/queues', true],
  // A literal segment that leads nowhere may still be the value of a name.
  ['GET', '/api/v2/users/me/queues', true],
  ['TRACE', '/api/v2/users', false],
  ['get', '/api/v2/users', false],
  ['GET', '/api/v2/users/', false],
  ['GET', '/api/v2//users', false],
  ['GET', '/api/v2/users//queues', false],
  ['GET', '/api/v1/users', false],
  ['GET', '/api/v2/__proto__', false],
  ['GET', '/api/v2/constructor/toString', false],
  ['GET', '', false],
  ['GET', '/', false],
  ['GET', `/api/v2${'/users'.repeat(100_000)}`, false],
])('existsOnPlatform %s %s: %s', (method, path, expected) => {
  expect(existsOnPlatform(method, path)).toBe(expected);
});

test('existsOnPlatform and the router never throw, whatever the path', () => {
  const router = new Router(operations);
  const segment = fc.oneof(
    fc.string(),
    fc.constantFrom('..', '%', '%ff', '%2F', 'users', 'flows', '*', '{}', 'api', 'v2'),
  );
  const anyPath = fc.array(segment, { maxLength: 20 }).map((segments) => `/api/v2/${segments.join('/')}`);
  fc.assert(
    fc.property(fc.constantFrom('GET', 'POST', 'HEAD', 'x'), fc.oneof(anyPath, fc.string()), (method, path) => {
      expect(typeof existsOnPlatform(method, path)).toBe('boolean');
      router.find(method, path);
    }),
  );
});
