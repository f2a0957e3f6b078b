import { expect, it } from 'vitest';
import type { KnownLimit } from '../known-limits.ts';
import type { ProbeEvent } from '../record.ts';
import { headersWorth } from './headers-worth.ts';
import { retryAfterWorth } from './retry-after-worth.ts';

const NOW = 1_770_000_000_000;
const identities = [{ name: 'a', labels: { org: 'o' }, headers: {} }];
const limit: KnownLimit = {
  scope: ['org'],
  costs: new Map([[0, 1]]),
  hypothesis: {
    shape: { kind: 'fixed-window', windowMs: 10_000, anchor: 'first-request' },
    counts: 'admitted',
    capacity: 3,
  },
};

interface Said {
  readonly atMs: number;
  readonly waitMs?: number | null;
  readonly remaining?: number | null;
  readonly limit?: number | null;
}

/** A probe as the window of three would have answered it; `waitMs`: it was rejected and told that. */
function probe({ atMs, waitMs, remaining = null, limit: said = null }: Said): ProbeEvent {
  const sentMs = NOW + atMs;
  const isRejected = waitMs !== undefined;
  return {
    sentMs,
    answeredMs: sentMs + 10,
    identity: 0,
    route: 0,
    outcome: isRejected ? 'rejected' : 'admitted',
    status: isRejected ? 429 : 200,
    told: { retryAfterMs: waitMs ?? null, limit: said, remaining, resetMs: null },
  };
}

const three = [probe({ atMs: 0 }), probe({ atMs: 100 }), probe({ atMs: 200 })];
const worthOf = (...waits: Said[]) => retryAfterWorth([...three, ...waits.map(probe)], [limit], identities)[0];

it('retryAfterWorth: whole seconds rounded up are exact', () => {
  expect(worthOf({ atMs: 500, waitMs: 10_000 }, { atMs: 9800, waitMs: 1000 })).toEqual({
    kind: 'exact',
    told: { low: 1000, high: 10_000 },
    errorMs: { low: 500, high: 800 },
    tested: 2,
  });
});

it('retryAfterWorth: too short is early, too long is late, either is random', () => {
  expect(worthOf({ atMs: 500, waitMs: 5000 }, { atMs: 1500, waitMs: 3000 })?.kind).toBe('early');
  expect(worthOf({ atMs: 500, waitMs: 12_000 })).toMatchObject({ kind: 'late', errorMs: { low: 2500, high: 2500 } });
  expect(worthOf({ atMs: 500, waitMs: 5000 }, { atMs: 9500, waitMs: 5000 })?.kind).toBe('random');
});

it('retryAfterWorth: absent, and untested without a rejection', () => {
  expect(worthOf({ atMs: 500, waitMs: null })).toMatchObject({ kind: 'absent', tested: 1 });
  expect(worthOf()).toMatchObject({ kind: 'untested', tested: 0 });
});

/** Five windows of three, and what is told after each. */
const windows = (told: (left: number) => number) =>
  Array.from({ length: 15 }, (_, at) =>
    probe({ atMs: Math.floor(at / 3) * 11_000 + (at % 3) * 1000, remaining: told(2 - (at % 3)), limit: 3 }),
  );

it('headersWorth: true numbers name their limit', () => {
  const other = { ...limit, hypothesis: { ...limit.hypothesis, capacity: 5 } };
  expect(
    headersWorth(
      windows((left) => left),
      [other, limit],
      identities,
    ),
  ).toMatchObject({
    present: true,
    speaksOf: 1,
    worth: 'true',
  });
});

it('headersWorth: numbers of some time ago are stale', () => {
  const late = windows((left) => Math.min(3, left + 1));
  expect(headersWorth(late, [limit], identities)).toMatchObject({ speaksOf: 0, worth: 'stale' });
});

it('headersWorth: the right capacity with wrong numbers is misleading, no numbers are absent', () => {
  expect(
    headersWorth(
      windows(() => 3),
      [limit],
      identities,
    ),
  ).toMatchObject({ worth: 'misleading' });
  expect(headersWorth(three, [limit], identities)).toMatchObject({ present: false, worth: 'absent' });
});
