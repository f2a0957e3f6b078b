/** When a virtual trial and its twin on the wire agree. The tolerances are the task's own: 3 % of the makespan; 5 % of the rejections, or three. */

/** Most relative difference of makespans. */
export const MAKESPAN_TOLERANCE = 0.03;
/** Most relative difference of rejections. */
export const REJECTED_TOLERANCE = 0.05;
/** That many rejections more or less always agree. */
export const REJECTED_FEW = 3;

/** Whether two pairs of figures agree; failed trials agree when both failed alike. */
export function agree(virtual, wire) {
  if (virtual.failure !== wire.failure) return false;
  if (virtual.makespanMs === null || wire.makespanMs === null) return virtual.makespanMs === wire.makespanMs;
  const rejected = Math.abs(wire.rejected - virtual.rejected);
  return (
    Math.abs(wire.makespanMs - virtual.makespanMs) <= MAKESPAN_TOLERANCE * virtual.makespanMs &&
    (rejected <= REJECTED_FEW || rejected <= REJECTED_TOLERANCE * virtual.rejected)
  );
}

/** Medians over the seeds of one side of a cell. */
export function medians(trials, side) {
  const failed = trials.map((trial) => trial[side].failure).filter((reason) => reason !== null);
  return {
    failure: failed[0] ?? null,
    makespanMs: median(trials.map((trial) => trial[side].makespanMs)),
    rejected: median(trials.map((trial) => trial[side].rejected)),
  };
}

/** Whether the medians of a cell agree. */
export function cellAgrees({ trials }) {
  return agree(medians(trials, 'virtual'), medians(trials, 'wire'));
}

/** How many single trials of a cell disagree. */
export function disagreements({ trials }) {
  return trials.filter(({ virtual, wire }) => !agree(virtual, wire)).length;
}

/** The middle value. */
export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
