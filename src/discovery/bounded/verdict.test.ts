import { describe, expect, it } from 'vitest';

import type { Alive, Family, Pool } from './pool.ts';
import { verdictOf } from './verdict.ts';

const LOG: Alive = {
  kind: 'log',
  all: false,
  capacities: { low: 20, high: 21 },
  windows: { low: 1000, high: 1040 },
  tokens: null,
};

/** What a verdict asks of a pool in which this is alive. */
function poolOf(alive: readonly Alive[], isAllKnown = true): Pool {
  const of = (family: Family) => alive.filter(({ kind, all }) => kind === family.kind && all === family.all);
  return { alive, isAllKnown, decided: false, of } as unknown as Pool;
}

describe('verdictOf', () => {
  const counting: Alive = { ...LOG, all: true, capacities: { low: 19, high: 20 }, windows: { low: 1010, high: 1050 } };

  it('is found with open counts where only those are left at last, and holds what either allows', () => {
    expect(verdictOf(poolOf([LOG, counting]), 50, false)).toBeNull();
    expect(verdictOf(poolOf([LOG, counting]), 50, true)).toMatchObject({
      kind: 'found',
      countsKnown: false,
      capacity: { low: 19, high: 21 },
      windowMs: { low: 1000, high: 1050 },
    });
  });

  it('is ambiguous where kinds are left, or where not all of them are known', () => {
    const opened: Alive = { ...LOG, kind: 'opened' };
    expect(verdictOf(poolOf([LOG, opened]), 50, true)).toMatchObject({ kind: 'ambiguous' });
    expect(verdictOf(poolOf([LOG, counting], false), 50, true)).toMatchObject({ kind: 'ambiguous' });
  });
});
