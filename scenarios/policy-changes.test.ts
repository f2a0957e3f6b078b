import { expect, test } from 'vitest';
import { changeEveryLimit, changeLimit, withBackgroundRate, withoutLimit } from './policy-changes.ts';

const policy = {
  headers: { dialect: 'x-ratelimit', speaksOf: 'a' },
  limits: [{ name: 'a' }, { name: 'b' }],
  background: [{ name: 'x', ratePerSecond: 1 }],
};

test('withoutLimit takes the limit away, and headers no longer speak of it', () => {
  expect(withoutLimit(policy, 'a')).toMatchObject({ headers: { dialect: 'x-ratelimit' }, limits: [{ name: 'b' }] });
  expect(withoutLimit(policy, 'a')['headers']).not.toHaveProperty('speaksOf');
  expect(withoutLimit(policy, 'b')['headers']).toEqual(policy.headers);
});

test('withoutLimit refuses an unknown name', () => {
  expect(() => withoutLimit(policy, 'c')).toThrow('Cannot change limit c: it must be one of a, b');
});

test('changeLimit changes one, changeEveryLimit all', () => {
  expect(changeLimit(policy, 'b', { scope: ['org'] })['limits']).toEqual([
    { name: 'a' },
    { name: 'b', scope: ['org'] },
  ]);
  expect(changeEveryLimit(policy, { silent: true })['limits']).toEqual([
    { name: 'a', silent: true },
    { name: 'b', silent: true },
  ]);
});

test('withBackgroundRate sets the rate of all traffic', () => {
  expect(withBackgroundRate(policy, 0)['background']).toEqual([{ name: 'x', ratePerSecond: 0 }]);
});
