import { describe, expect, it } from 'vitest';

import type { Hypothesis } from '../hypothesis.ts';
import type { KnownLimit } from '../known-limits.ts';
import type { ProbeEvent, ProbeOutcome } from '../record.ts';
import { countsByRecord } from './counts-by-record.ts';

const TOLD = { retryAfterMs: null, limit: null, remaining: null, resetMs: null };
const IDENTITIES = [{ name: 'a', labels: { org: 'o' }, headers: {} }];

function events(...runs: readonly (readonly [atMs: number, many: number, outcome: ProbeOutcome])[]): ProbeEvent[] {
  return runs.flatMap(([atMs, many, outcome]) =>
    Array.from({ length: many }, () => ({
      sentMs: atMs,
      answeredMs: atMs + 10,
      identity: 0,
      route: 0,
      outcome,
      status: outcome === 'admitted' ? 200 : 429,
      told: TOLD,
    })),
  );
}

const of = (shape: Hypothesis['shape'], capacity: number): KnownLimit => ({
  scope: ['org'],
  costs: new Map([[0, 1]]),
  hypothesis: { shape, counts: 'admitted', capacity },
});
/** Five a second, and eight a minute, which is in question. */
const LIMITS = [
  of({ kind: 'sliding-window-log', windowMs: 1000 }, 5),
  of({ kind: 'fixed-window', windowMs: 60_000, anchor: 'first-request' }, 8),
];
const counted = (record: readonly ProbeEvent[], open = [1]) => countsByRecord(LIMITS, open, IDENTITIES, record);

describe('counts, by the record', () => {
  const full = [
    [0, 5, 'admitted'],
    [0, 10, 'rejected'],
  ] as const;

  it('are those of admitted requests where what another limit rejected took nothing', () => {
    expect(counted(events(...full, [1000, 3, 'admitted']))).toEqual(new Map([[1, 'admitted']]));
  });

  it('are those of all where what another limit rejected took what was left', () => {
    expect(counted(events(...full, [1000, 3, 'rejected']))).toEqual(new Map([[1, 'all']]));
  });

  it('stay open where nothing came after it, or where nothing explains the record', () => {
    expect(counted(events(...full))).toEqual(new Map());
    expect(counted(events(...full, [1000, 3, 'rejected'], [1000, 1, 'admitted']))).toEqual(new Map());
    expect(counted(events(...full, [1000, 3, 'admitted']), [])).toEqual(new Map());
  });
});
