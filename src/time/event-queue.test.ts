import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EventQueue, type VirtualEvent } from './event-queue.ts';

function takeAll(queue: EventQueue): VirtualEvent[] {
  const taken: VirtualEvent[] = [];
  for (let event = queue.peek(); event !== null; event = queue.peek()) {
    queue.removeFirst();
    taken.push(event);
  }
  return taken;
}

describe('EventQueue', () => {
  test('gives events by due time, and by order of scheduling where due times are equal', () => {
    const operations = fc.array(fc.record({ dueMs: fc.integer({ min: 0, max: 20 }), cancels: fc.nat({ max: 60 }) }), {
      maxLength: 200,
    });
    fc.assert(
      fc.property(operations, (list) => {
        const queue = new EventQueue();
        const pushed: VirtualEvent[] = [];
        const cancelled = new Set<VirtualEvent>();
        for (const { dueMs, cancels } of list) {
          pushed.push(queue.push(dueMs, () => {}, null));
          const victim = pushed[cancels];
          if (victim === undefined) continue;
          queue.cancel(victim);
          cancelled.add(victim);
        }
        const kept = pushed.filter((event) => !cancelled.has(event));
        expect(queue.size).toBe(kept.length);
        // The oracle: a stable sort of what was pushed, in the order of pushing.
        expect(takeAll(queue)).toEqual(kept.toSorted((one, other) => one.dueMs - other.dueMs));
      }),
      { seed: 42, numRuns: 500 },
    );
  });

  test('keeps the order of what is left when it sweeps out cancelled events', () => {
    const queue = new EventQueue();
    const events = Array.from({ length: 10_000 }, (_, index) => queue.push((index * 7919) % 1000, () => {}, index));
    for (const [index, event] of events.entries()) if (index % 10 !== 0) queue.cancel(event);
    expect(queue.size).toBe(1000);
    const kept = events.filter((_, index) => index % 10 === 0);
    expect(takeAll(queue)).toEqual(kept.toSorted((one, other) => one.dueMs - other.dueMs));
  });

  test('forgets cancelled events before they are due, so that cleared timeouts do not fill the memory', () => {
    const queue = new EventQueue();
    for (let index = 0; index < 100_000; index++) queue.cancel(queue.push(1e9, () => {}, null));
    expect(queue.size).toBe(0);
    expect(queue.heldCount).toBeLessThan(3000);
  });

  test('cancel is harmless a second time and after clear', () => {
    const queue = new EventQueue();
    const event = queue.push(1, () => {}, null);
    const other = queue.push(2, () => {}, null);
    queue.cancel(event);
    queue.cancel(event);
    expect(queue.size).toBe(1);
    queue.clear();
    queue.cancel(other);
    expect(queue.size).toBe(0);
    expect(queue.peek()).toBeNull();
  });
});
