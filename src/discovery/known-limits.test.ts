import { expect, it } from 'vitest';
import type { Hypothesis } from './hypothesis.ts';
import { type KnownLimit, KnownLimits } from './known-limits.ts';
import type { ProbeEvent } from './record.ts';

const point = { identity: 0, route: 0 };
const identities = [{ name: 'one', labels: { token: 'one' }, headers: {} }];
const log = (capacity: number, windowMs: number): Hypothesis => ({
  shape: { kind: 'sliding-window-log', windowMs },
  counts: 'admitted',
  capacity,
});
const limit = (alternatives: readonly Hypothesis[]): KnownLimit => ({
  scope: ['token'],
  costs: new Map([[0, 1]]),
  hypothesis: log(3, 1000),
  alternatives,
});
const sent = (sentMs: number, outcome: ProbeEvent['outcome']): ProbeEvent => ({
  ...point,
  sentMs,
  answeredMs: sentMs,
  outcome,
  status: outcome === 'rejected' ? 429 : 200,
  told: { retryAfterMs: null, limit: null, remaining: null, resetMs: null },
});

it('is steered clear of what any alternative rejects', () => {
  const events = [sent(0, 'admitted'), sent(0, 'admitted')];
  const known = new KnownLimits([limit([log(2, 5000)])], identities, events);
  expect(known.room(point, 0, 10)).toBe(0);
  expect(known.nextFitMs(point, 0)).toBe(5000);
  expect(new KnownLimits([limit([])], identities, events).room(point, 0, 10)).toBe(1);
});

it('takes a rejection for explained where any alternative explains it, and an admission for impossible where none allows it', () => {
  const early = [sent(0, 'admitted'), sent(0, 'admitted'), sent(0, 'rejected')];
  expect(new KnownLimits([limit([log(2, 5000)])], identities, early).unexplained).toEqual([]);
  expect(new KnownLimits([limit([])], identities, early).unexplained).toEqual([2]);
  const many = [0, 0, 0, 0].map((atMs) => sent(atMs, 'admitted'));
  expect(new KnownLimits([limit([log(4, 5000)])], identities, many).contradicted).toEqual([]);
  expect(new KnownLimits([limit([log(2, 5000)])], identities, many).contradicted).toEqual([{ event: 3, limit: 0 }]);
});

it('takes account of what routes may cost instead', () => {
  const costing = { costs: new Map([[0, 2]]), hypothesis: log(3, 1000) };
  const free = { costs: new Map<number, number>(), hypothesis: log(3, 1000) };
  const one = [sent(0, 'admitted')];
  expect(new KnownLimits([{ ...limit([]), costings: [costing] }], identities, one).room(point, 0, 10)).toBe(0);
  const many = [0, 0, 0, 0].map((atMs) => sent(atMs, 'admitted'));
  expect(new KnownLimits([{ ...limit([]), costings: [costing] }], identities, many).contradicted).toHaveLength(1);
  expect(new KnownLimits([{ ...limit([]), costings: [free] }], identities, many).contradicted).toEqual([]);
});
