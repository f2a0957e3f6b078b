import { describe, expect, it } from 'vitest';
import { Concurrency } from './concurrency.ts';

describe('Concurrency', () => {
  it('waits for as many ends as the cost needs, soonest first', () => {
    const slots = new Concurrency(4);
    for (const dueMs of [9000, 3000, 6000, 12_000]) slots.hold(1, dueMs);
    expect([1, 2, 3, 4, 5].map((cost) => slots.waitMs(cost, 1000))).toEqual([2000, 5000, 8000, 11_000, Infinity]);
    expect(slots.resetMs(1000)).toBe(11_000);
  });

  it('keeps its books whatever the order in which requests end, and twice is once', () => {
    const slots = new Concurrency(4);
    const [first, second, third, fourth] = [1000, 2000, 3000, 4000].map((dueMs) => slots.hold(1, dueMs));
    for (const hold of [second, fourth, second]) if (hold !== undefined) slots.release(hold);
    expect(slots.free()).toBe(2);
    expect([3, 4].map((cost) => slots.waitMs(cost, 0))).toEqual([1000, 3000]);
    for (const hold of [third, first]) if (hold !== undefined) slots.release(hold);
    expect([slots.free(), slots.isIdle(), slots.resetMs(0)]).toEqual([4, true, 0]);
  });

  it('expects an overdue request to end at any moment', () => {
    const slots = new Concurrency(1);
    slots.hold(1, 500);
    expect(slots.waitMs(1, 800)).toBe(1);
  });
});
