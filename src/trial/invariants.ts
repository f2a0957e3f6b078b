/** Laws that hold in every trial, whatever the scenario and the strategy. A broken one is a fault of the laboratory, and fails the trial. */
import type { Digested } from '../metrics/measure.ts';
import type { TrialMetrics } from '../metrics/metrics.ts';
import { waitParts } from '../metrics/spans.ts';

/** Times stand on a grid on which sums are exact; only the bound's own arithmetic rounds. */
const TOLERANCE_MS = 1e-6;

/** The first broken law in words, or null. */
export function brokenInvariant(digested: Digested, metrics: TrialMetrics): string | null {
  const { attempts, jobs, bound, makespanMs } = metrics;
  const ended = attempts.admitted + attempts.rejected + attempts.cancelled;
  if (ended !== attempts.total) {
    return `attempts must be admitted + rejected + cancelled (${ended}), current value is ${attempts.total}`;
  }
  const accounted = jobs.done + jobs.failed + jobs.lost;
  if (accounted !== jobs.total) {
    return `jobs must be done + failed + lost (${accounted}), current value is ${jobs.total}`;
  }
  if (makespanMs < bound.ms - TOLERANCE_MS) {
    return `makespan must be at least the bound by ${bound.limit} (${bound.ms} ms), current value is ${makespanMs} ms`;
  }
  return brokenWait(digested);
}

/** The four parts of each wait: none negative, and their sum the wait. */
function brokenWait({ record, outcomes, spans }: Digested): string | null {
  for (let index = 0; index < record.jobs.length; index++) {
    const row = outcomes.row[index]!;
    if (row < 0) continue;
    const availableMs = outcomes.availableMs[index]!;
    const { queued, held, backingOff, inService } = waitParts(record, spans, row, availableMs);
    const sum = queued + held + backingOff + inService;
    const wait = record.planned.endMs[row]! - availableMs;
    if (!(Math.abs(sum - wait) <= TOLERANCE_MS)) {
      return `parts of the wait of job ${record.jobs[index]!.id} must sum to ${wait} ms, current value is ${sum} ms`;
    }
    const least = Math.min(queued, held, backingOff, inService);
    if (least < -TOLERANCE_MS)
      return `parts of the wait of job ${record.jobs[index]!.id} must be at least 0, current value is ${least} ms`;
  }
  return null;
}
