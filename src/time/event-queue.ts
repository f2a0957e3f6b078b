/**
 * The pending events of virtual time, earliest first; events of one instant in the order in which they were scheduled.
 *
 * A 4-ary heap: half the depth of a binary one. Cancelling only marks an event; marked ones are skipped when they come up and swept out
 * when they are the majority, so that a program that sets and clears a long timeout for every call does not fill the memory.
 */
import type { TimerHandle } from './clock.ts';

/** One scheduled call. Owned by the queue; whoever scheduled it only keeps it to cancel it. */
export class VirtualEvent implements TimerHandle {
  readonly dueMs: number;
  /** Position among the events of one instant. */
  readonly sequence: number;
  /** Null once it has run or been cancelled. */
  callback: ((argument: unknown) => void) | null;
  argument: unknown;

  constructor(dueMs: number, sequence: number, callback: (argument: unknown) => void, argument: unknown) {
    this.dueMs = dueMs;
    this.sequence = sequence;
    this.callback = callback;
    this.argument = argument;
  }
}

/** Below this many cancelled events sweeping is not worth it. */
const SWEEP_MIN = 1024;

/** The queue. */
export class EventQueue {
  #heap: VirtualEvent[] = [];
  #cancelled = 0;
  #sequence = 0;

  /** Events that will still run. */
  get size(): number {
    return this.#heap.length - this.#cancelled;
  }

  /** Events in memory, cancelled ones included. */
  get heldCount(): number {
    return this.#heap.length;
  }

  /** Schedules `callback(argument)`. */
  push(dueMs: number, callback: (argument: unknown) => void, argument: unknown): VirtualEvent {
    const event = new VirtualEvent(dueMs, this.#sequence++, callback, argument);
    this.#heap.push(event);
    siftUp(this.#heap, this.#heap.length - 1, event);
    return event;
  }

  /** Forgets an event; harmless when it has run or was cancelled before. */
  cancel(event: VirtualEvent): void {
    if (event.callback === null) return;
    event.callback = null;
    event.argument = undefined;
    this.#cancelled += 1;
    if (this.#cancelled > SWEEP_MIN && this.#cancelled * 2 > this.#heap.length) this.#sweep();
  }

  /** The next event, left in the queue, or null. */
  peek(): VirtualEvent | null {
    for (;;) {
      const first = this.#heap[0];
      if (first === undefined) return null;
      if (first.callback !== null) return first;
      this.#removeFirst();
      this.#cancelled -= 1;
    }
  }

  /** Removes the event that {@link peek} returned. */
  removeFirst(): void {
    this.#removeFirst();
  }

  /** Forgets all events. */
  clear(): void {
    for (const event of this.#heap) event.callback = null;
    this.#heap = [];
    this.#cancelled = 0;
  }

  #removeFirst(): void {
    const last = this.#heap.pop();
    if (last !== undefined && this.#heap.length > 0) siftDown(this.#heap, 0, last);
  }

  #sweep(): void {
    const live = this.#heap.filter((event) => event.callback !== null);
    for (let index = (live.length - 2) >> 2; index >= 0; index--) siftDown(live, index, live[index]!);
    this.#heap = live;
    this.#cancelled = 0;
  }
}

function isBefore(one: VirtualEvent, other: VirtualEvent): boolean {
  return one.dueMs < other.dueMs || (one.dueMs === other.dueMs && one.sequence < other.sequence);
}

function siftUp(heap: VirtualEvent[], start: number, event: VirtualEvent): void {
  let index = start;
  while (index > 0) {
    const parentIndex = (index - 1) >> 2;
    const parent = heap[parentIndex]!;
    if (isBefore(parent, event)) break;
    heap[index] = parent;
    index = parentIndex;
  }
  heap[index] = event;
}

function siftDown(heap: VirtualEvent[], start: number, event: VirtualEvent): void {
  const length = heap.length;
  let index = start;
  for (;;) {
    const firstChild = 4 * index + 1;
    if (firstChild >= length) break;
    let least = firstChild;
    let leastEvent = heap[firstChild]!;
    const end = Math.min(firstChild + 4, length);
    for (let child = firstChild + 1; child < end; child++) {
      const candidate = heap[child]!;
      if (isBefore(candidate, leastEvent)) {
        least = child;
        leastEvent = candidate;
      }
    }
    if (isBefore(event, leastEvent)) break;
    heap[index] = leastEvent;
    index = least;
  }
  heap[index] = event;
}
