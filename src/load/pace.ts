/**
 * When each request of an open load is due: a pure function of its number, so that no answer, however late, moves the next request.
 *
 *   rate ▲        ┌────┐        A ramp is a staircase of equal times; within a step requests are spaced evenly. autocannon's own rate is
 *        │   ┌────┘    │        a counter that is emptied once a second: it sends each second's share in one burst at its start, and a
 *        └───┴─────────▶ time   connection that waits for an answer sends nothing at all.
 */

/** A rate over time. */
export interface Rate {
  /** Requests per second in the first step. */
  readonly fromPerSecond: number;
  /** In the last. */
  readonly toPerSecond: number;
  /** At least 1; 1 for a constant rate. */
  readonly steps: number;
}

/** The timetable of an open load. */
export interface Pace {
  /** Requests that fall due within the duration. */
  readonly total: number;
  /** When request `number` (from 0) is due, ms from the start. */
  dueMs(number: number): number;
  /** The rate that holds at a time, requests per second. */
  ratePerSecond(atMs: number): number;
}

/** The timetable of a rate over `durationMs`. The first request is due at once. */
export function paceOf(rate: Rate, durationMs: number): Pace {
  const stepMs = durationMs / rate.steps;
  const rateOf = (step: number) =>
    rate.steps === 1
      ? rate.fromPerSecond
      : rate.fromPerSecond + ((rate.toPerSecond - rate.fromPerSecond) * step) / (rate.steps - 1);
  /** Requests (not whole) that are due before each step, and in all at the end. */
  const before = [0];
  for (let step = 0; step < rate.steps; step++) before.push((before[step] ?? 0) + (rateOf(step) * stepMs) / 1000);
  const stepAt = (number: number) => {
    let step = 0;
    while (step < rate.steps - 1 && (before[step + 1] ?? 0) <= number) step += 1;
    return step;
  };
  return {
    total: Math.ceil((before[rate.steps] ?? 0) - 1e-9),
    dueMs(number) {
      const step = stepAt(number);
      return step * stepMs + ((number - (before[step] ?? 0)) * 1000) / rateOf(step);
    },
    ratePerSecond: (atMs) => rateOf(Math.min(rate.steps - 1, Math.max(0, Math.floor(atMs / stepMs)))),
  };
}
