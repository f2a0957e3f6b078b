/** What a simple method answers: the numbers that its rule gives, and the family that its rule implies. */
import type { Point } from '../../../src/discovery/black-box.ts';
import type { Prober } from '../../../src/discovery/prober.ts';
import type { ProbeEvent } from '../../../src/discovery/record.ts';

/** An answer; null: the rule says nothing of it. */
export interface BaselineAnswer {
  /** As in `familyOf`, or `fixed-window` where the rule leaves the anchor open. */
  readonly family: string | null;
  readonly requestsAtOnce: number | null;
  readonly requestsPerSecond: number | null;
}

/** A method with one identity and one route. It may stop the run by its budget at any time: `note` keeps the best answer so far. */
export interface Baseline {
  readonly name: string;
  find(prober: Prober, point: Point, note: (answer: BaselineAnswer) => void): Promise<void>;
}

/** Sends so many at once. */
export function burst(prober: Prober, point: Point, count: number): Promise<ProbeEvent[]> {
  return prober.sendMany(Array.from({ length: count }, () => point));
}

/** How many of them were admitted. */
export function admittedOf(events: readonly ProbeEvent[]): number {
  return events.filter(({ outcome }) => outcome === 'admitted').length;
}

/** Whether any of them was rejected. */
export function anyRejected(events: readonly ProbeEvent[]): boolean {
  return events.some(({ outcome }) => outcome === 'rejected');
}
