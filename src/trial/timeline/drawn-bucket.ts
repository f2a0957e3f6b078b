/** The bucket that a timeline draws: the most charged bucket of the limit that binds, so that two strategies show the same limit. */
import type { Policy } from '../../../mock-server/policy.ts';
import type { Timeline } from '../../results/results.ts';
import { attemptOutcome, type TrialRecord } from '../../metrics/record.ts';

type Bucket = NonNullable<Timeline['bucket']>;

interface Charge {
  readonly limit: string;
  readonly key: string;
  readonly capacity: number;
  /** Sum over samples of the share that was used. */
  used: number;
}

/**
 * The bucket with the highest mean use over all samples, among those of the limit that sets the lower bound (`binding`); where no limit
 * does, of the limit with the most rejections; where none rejected, of all limits. Null when nothing was sampled. A bucket that does not
 * exist at a sample is full, by the gateway's definition.
 */
export function drawnBucket(
  record: TrialRecord,
  about: { readonly policy: Policy; readonly binding: string; readonly binMs: number; readonly bins: number },
): Bucket | null {
  const { policy, binding, binMs, bins } = about;
  const binds = policy.limits.some(({ name }) => name === binding);
  const limit = binds ? binding : limitThatRejectsMost(record, policy);
  const charges = new Map<string, Charge>();
  for (const sample of record.samples ?? []) {
    for (const { limit: name, key, free, capacity } of sample.levels) {
      if (limit !== null && name !== limit) continue;
      const id = `${name}\n${key}`;
      const charge = charges.get(id) ?? { limit: name, key, capacity, used: 0 };
      charge.used += capacity > 0 ? 1 - free / capacity : 0;
      charges.set(id, charge);
    }
  }
  const drawn = [...charges.entries()].sort(([a, x], [b, y]) => y.used - x.used || (a < b ? -1 : 1))[0]?.[1];
  if (drawn === undefined) return null;
  const { capacity, key } = drawn;
  return { limit: drawn.limit, key, capacity, free: leastFreePerBin(record, drawn, binMs, bins) };
}

function limitThatRejectsMost({ attempts, causes }: TrialRecord, policy: Policy): string | null {
  const counts = policy.limits.map(() => 0);
  for (let attempt = 0; attempt < attempts.count; attempt++) {
    const cause = attempts.cause[attempt]!;
    if (attempts.outcome[attempt] === attemptOutcome.rejected && cause < counts.length) counts[cause]! += 1;
  }
  const most = Math.max(0, ...counts);
  return most === 0 ? null : causes[counts.indexOf(most)]!;
}

/** The least level seen in each bin; a bin without a sample repeats the one before. */
function leastFreePerBin({ samples }: TrialRecord, drawn: Charge, binMs: number, bins: number): number[] {
  const free = Array.from({ length: bins }, () => Infinity);
  for (const { atMs, levels } of samples ?? []) {
    const level = levels.find(({ limit, key }) => limit === drawn.limit && key === drawn.key)?.free ?? drawn.capacity;
    const bin = Math.min(bins - 1, Math.floor(atMs / binMs));
    free[bin] = Math.min(free[bin]!, level);
  }
  let last = drawn.capacity;
  return free.map((level) => (last = level === Infinity ? last : level));
}
