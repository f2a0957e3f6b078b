/** Whether a token bucket stands on what happened alone, without what was told. */
import { compressed } from '../fit/candidate.ts';
import { ratesIn } from '../fit/token-boxes.ts';
import type { Batch } from '../fit/view.ts';
import type { Candidate } from './candidate.ts';
import type { Observation } from './observation.ts';

/** Rates that far away are to be ruled out. */
const RATE_SHARE = 0.02;

/** Whether outcomes exclude a capacity one less and one more, a step of 1 ms less and more, and rates 2 % away. */
export function tokensConfirmed({ shape, counts, capacityLow }: Candidate, record: readonly Observation[]): boolean {
  if (shape.kind !== 'token-bucket') return false;
  const { stepMs, refillPerSecond } = shape;
  const all = record.map(batchOf);
  const view = counts === 'all' ? all : compressed(all);
  const ratesOf = (step: number, capacity: number) =>
    ratesIn({ stepLow: step, stepHigh: step, capacityLow: capacity, capacityHigh: capacity }, view, counts === 'all');
  const isClose = ratesOf(stepMs, capacityLow).every(
    ({ low, high }) =>
      low * 1000 > refillPerSecond * (1 - RATE_SHARE) && high * 1000 < refillPerSecond * (1 + RATE_SHARE),
  );
  const capacities = [capacityLow - 1, capacityLow + 1].filter((capacity) => capacity > 0);
  const steps = stepMs === 0 ? [] : [stepMs - 1, stepMs + 1];
  return (
    isClose &&
    capacities.every((capacity) => ratesOf(stepMs, capacity).length === 0) &&
    steps.every((step) => ratesOf(step, capacityLow).length === 0)
  );
}

function batchOf({ atMs, admitted, rejected }: Observation): Batch {
  const isAdmitted = admitted > 0;
  return {
    atMs,
    cost: isAdmitted ? admitted : rejected,
    admitted: isAdmitted ? 1 : 0,
    rejected: isAdmitted ? 0 : 1,
    excused: 0,
    endsMs: [],
    event: 0,
  };
}
