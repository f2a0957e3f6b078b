import { describe, expect, it } from 'vitest';
import { IDENTITIES } from '../../../bench/discovery/universe.ts';
import { groupsWith } from './who-shares.ts';

describe('groupsWith', () => {
  it('gives each group of identities that some labels make, once', () => {
    const groups = groupsWith(IDENTITIES, 0).map((group) => group.join());
    expect(new Set(groups).size).toBe(groups.length);
    expect(groups).toContain('0');
    expect(groups).toContain('0,1,2,3,4');
    expect(groups).toContain('0,1,2,3,4,5,6,7');
    expect(groups.every((group) => group.split(',').includes('0'))).toBe(true);
  });

  it('knows only of labels that the base has', () => {
    expect(
      groupsWith(
        [
          { name: 'one', labels: {}, headers: {} },
          { name: 'other', labels: {}, headers: {} },
        ],
        0,
      ),
    ).toEqual([[0, 1]]);
  });
});
