import { expect, test } from 'vitest';
import { Router } from './router.ts';

const router = new Router(
  ['/a', '/a/{x}', '/a/me', '/a/{x}/c', '/a/{x}/{y}', '/a/b/{y}'].map((path) => ({
    method: 'GET',
    path,
    handle: () => ({ status: 200, body: path }),
  })),
);

test.each([
  ['/a', '/a', {}],
  ['/a/me', '/a/me', {}],
  ['/a/you', '/a/{x}', { x: 'you' }],
  ['/a/%C3%A4%2Fb', '/a/{x}', { x: 'ä/b' }],
  ['/a/1/c', '/a/{x}/c', { x: '1' }],
  ['/a/1/2', '/a/{x}/{y}', { x: '1', y: '2' }],
  ['/a/b/2', '/a/b/{y}', { y: '2' }],
  ['/a/__proto__', '/a/{x}', { x: '__proto__' }],
])('Router finds for %s the operation %s', (path, template, parameters) => {
  const found = router.find('GET', path);
  expect(found?.operation.path).toBe(template);
  expect(found?.parameters).toEqual(parameters);
});

test.each(['', '/', '/b', '/a/', '/a//c', '/a/%ff', '/a/1/2/3'])('Router finds nothing for %s', (path) => {
  expect(router.find('GET', path)).toBeNull();
});

test('Router asks for the method too', () => {
  expect(router.find('POST', '/a')).toBeNull();
  expect(router.find('get', '/a')).toBeNull();
});
