import { describe, expect, it } from 'vitest';

import type { BlackBox } from '../black-box.ts';
import { Exploration, type LimitInHand } from '../explore/exploration.ts';
import type { Prober } from '../prober.ts';
import type { ProbeEvent, ProbeOutcome } from '../record.ts';
import { checkWholeRecord } from './whole-record.ts';

const TOLD = { retryAfterMs: null, limit: null, remaining: null, resetMs: null };
const BOX = { identities: [{ name: 'a', labels: {}, headers: {} }], routes: [] } as unknown as BlackBox;

function exploring(limits: readonly LimitInHand[], ...runs: readonly (readonly [number, number, ProbeOutcome])[]) {
  const events = runs.flatMap(([sentMs, many, outcome]) =>
    Array.from({ length: many }, (): ProbeEvent => {
      const status = outcome === 'admitted' ? 200 : 429;
      return { sentMs, answeredMs: sentMs + 10, identity: 0, route: 0, outcome, status, told: TOLD };
    }),
  );
  const exploration = new Exploration(BOX, { events } as unknown as Prober, { requests: 1, overMs: 1 });
  exploration.replace(limits);
  return exploration;
}

/** So many in any window of so many ms. */
function limit(capacity: number, windowMs: number, status: LimitInHand['status'] = 'found'): LimitInHand {
  const shape = { kind: 'sliding-window-log', windowMs } as const;
  return {
    known: { scope: [], costs: new Map([[0, 1]]), hypothesis: { shape, counts: 'admitted', capacity } },
    status,
    reason: '',
    alternatives: [],
    countsKnown: true,
    capacity: { low: capacity, high: capacity },
    windowMs: { low: windowMs, high: windowMs },
    refillPerSecond: null,
    stepMs: null,
    scopeUndecided: [],
    costsUndecided: new Set(),
    interference: [],
    events: { from: 0, to: 0 },
    points: [],
  };
}

const statuses = ({ limits }: Exploration) => limits.map(({ status }) => status);

describe('the whole record', () => {
  it('lets a limit stand that explains all of it', () => {
    const exploration = exploring([limit(5, 1000)], [0, 5, 'admitted'], [0, 1, 'rejected'], [1000, 5, 'admitted']);
    checkWholeRecord(exploration, true);
    expect(statuses(exploration)).toEqual(['found']);
  });

  it('makes a limit ambiguous that should have rejected what was admitted', () => {
    const exploration = exploring([limit(5, 1000)], [0, 5, 'admitted'], [0, 1, 'rejected'], [900, 5, 'admitted']);
    checkWholeRecord(exploration, false);
    expect(statuses(exploration)).toEqual(['ambiguous']);
  });

  it('makes a limit ambiguous beside a rejection without a reason, unless its route was left open or all was broken off', () => {
    const runs = [
      [0, 5, 'admitted'],
      [0, 1, 'rejected'],
      [2000, 1, 'rejected'],
    ] as const;
    const plain = exploring([limit(5, 1000)], ...runs);
    checkWholeRecord(plain, true);
    expect(statuses(plain)).toEqual(['ambiguous']);
    const left = exploring([limit(5, 1000)], ...runs);
    left.unsettledRoutes.add(0);
    checkWholeRecord(left, true);
    expect(statuses(left)).toEqual(['found']);
    const broken = exploring([limit(5, 1000)], ...runs);
    checkWholeRecord(broken, false);
    expect(statuses(broken)).toEqual(['found']);
  });

  it('lets a limit stand of which one way to count rejected requests explains all of it', () => {
    const uncounted = { ...limit(5, 1000), countsKnown: false };
    const exploration = exploring([uncounted], [0, 5, 'admitted'], [500, 5, 'rejected'], [1000, 1, 'rejected']);
    checkWholeRecord(exploration, true);
    expect(statuses(exploration)).toEqual(['found']);
  });

  it('forgets a limit that explains nothing that another one does not', () => {
    const exploration = exploring([limit(5, 1000), limit(5, 900)], [0, 5, 'admitted'], [0, 3, 'rejected']);
    checkWholeRecord(exploration, true);
    expect(exploration.limits.map(({ windowMs }) => windowMs?.low)).toEqual([1000]);
  });

  it('keeps each of two limits that explains something by itself', () => {
    const limits = [limit(5, 1000), limit(8, 5000)];
    const exploration = exploring(
      limits,
      [0, 5, 'admitted'],
      [0, 1, 'rejected'],
      [1000, 3, 'admitted'],
      [1000, 1, 'rejected'],
    );
    checkWholeRecord(exploration, true);
    expect(statuses(exploration)).toEqual(['found', 'found']);
  });
});
