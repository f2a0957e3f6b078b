/**
 * Which candidates are one and the same rule. A bucket whose steps bring 1/k of a token each has whole tokens at k steps, 2k steps, and so on: at the
 * very times at which a continuous one of that rate has them. Where every charge is a whole request, what was spent is a whole number, so
 *
 *     n requests fit when   floor(t / step) / k >= n   <=>   t >= n k step   <=>   t rate >= n
 *
 * and the bucket is full again when that holds for all that was spent. Both find the same charges full, count from the same instants, and no request
 * tells them apart. Of a fraction of a request that the capacity may have, the stepwise one uses what is a multiple of 1/k. A rejected request that is
 * counted takes what there is of a token: where steps bring whole ones that is nothing, else it tells the two apart.
 */
import type { Candidate } from '../fit/candidate.ts';
import type { Range } from '../stream.ts';

/** Rates and capacities are quotients: they are off in the last digits. */
const SLACK = 1e-9;

/** What a candidate is among those that are alive, but for its rate. A stepwise bucket that may be a continuous one has the name of that. */
export function classesOf(alive: readonly Candidate[]): (candidate: Candidate) => string {
  const continuous = alive.filter(({ shape, counts }) => {
    return shape.kind === 'token-bucket' && shape.stepMs === 0 && counts === 'admitted';
  });
  return (candidate) => {
    const smooth = continuous.length === 0 ? undefined : smoothOf(candidate, continuous);
    return classOf(smooth ?? candidate);
  };
}

/** The continuous bucket that a stepwise one may be; undefined: it is none, or that is ruled out. */
function smoothOf(candidate: Candidate, continuous: readonly Candidate[]): Candidate | undefined {
  const { shape, counts, low, high, refillPerSecond } = candidate;
  if (shape.kind !== 'token-bucket' || shape.stepMs === 0 || refillPerSecond === null) return undefined;
  // The fewest steps to a token that the rates allow; more steps than that to one are as good, but hardly ever within the same rates.
  const parts = Math.max(1, Math.ceil(1000 / (refillPerSecond.high * shape.stepMs) - SLACK));
  if (counts === 'all' && parts !== 1) return undefined;
  const rate = 1000 / (parts * shape.stepMs);
  if (!isIn(refillPerSecond, rate)) return undefined;
  // Where rejected requests count, they take the fraction that a capacity has: only a whole one is as good.
  const used = counts === 'all' ? Math.ceil(low - SLACK) : Math.floor(low * parts + SLACK) / parts;
  const usedMost = counts === 'all' ? used : Math.floor(high * parts + SLACK) / parts;
  if (used > high + SLACK) return undefined;
  return continuous.find((one) => {
    return one.low <= usedMost + SLACK && one.high >= used - SLACK && isIn(one.refillPerSecond as Range, rate);
  });
}

function isIn({ low, high }: Range, value: number): boolean {
  return low <= value * (1 + SLACK) && value * (1 - SLACK) <= high;
}

/** What a candidate is by itself, but for its rate. */
function classOf({ shape, counts, low: from, high }: Candidate): string {
  const low = Number.isInteger(from) && (high === from || shape.kind !== 'token-bucket') ? from : '';
  switch (shape.kind) {
    case 'fixed-window':
      return `fixed-window ${shape.anchor} ${shape.windowMs} ${low}`;
    case 'token-bucket':
      return `token-bucket ${shape.stepMs} ${counts} ${low}`;
    case 'concurrency':
      return `concurrency ${low}`;
    default:
      return `${shape.kind} ${shape.windowMs} ${counts} ${low}`;
  }
}
