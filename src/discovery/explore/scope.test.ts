import { describe, expect, it } from 'vitest';
import type { Identity } from '../black-box.ts';
import { scopeOf } from './scope.ts';

const identity = (org: string, client: string, token: string, ip: string): Identity => ({
  name: token,
  labels: { org, client, token, ip },
  headers: {},
});

/** Differs from the first: by token; by address too; by client too; in everything. */
const IDENTITIES = [
  identity('o1', 'c1', 't1', 'i1'),
  identity('o1', 'c1', 't2', 'i1'),
  identity('o1', 'c1', 't3', 'i2'),
  identity('o1', 'c2', 't4', 'i1'),
  identity('o2', 'c3', 't5', 'i2'),
];

describe('scopeOf', () => {
  it.each([
    [[0], [1, 2, 3, 4], ['token']],
    [
      [0, 1],
      [2, 3, 4],
      ['client', 'ip'],
    ],
    [[0, 1, 2], [3, 4], ['client']],
    [[0, 1, 2, 3], [4], ['org']],
    [[0, 1, 3], [2, 4], ['ip']],
    [[0, 1, 2, 3, 4], [], []],
  ])('says what %j share and %j do not: %j', (sharing, separate, scope) => {
    expect(scopeOf(IDENTITIES, 0, sharing, separate)).toMatchObject({ scope, consistent: true });
  });

  it('says when no labels do: the first shares with one who differs more than one who does not', () => {
    expect(scopeOf(IDENTITIES, 0, [0, 4], [1]).consistent).toBe(false);
  });

  it('names the labels that these identities would not tell apart from the scope', () => {
    const alike = [identity('o1', 'c1', 't1', 'i1'), identity('o2', 'c2', 't2', 'i2')];
    const { scope, undecided } = scopeOf(alike, 0, [0], [1]);
    expect([...scope, ...undecided].sort()).toContain('ip');
  });
});
