/** One trial over time, in at most 300 bins whose width adapts to its duration; peaks are kept. */
import type { Policy } from '../../../mock-server/policy.ts';
import type { Timeline } from '../../results/results.ts';
import { binCount, binWidth } from './bins.ts';
import { drawnBucket } from './drawn-bucket.ts';
import { heatOf } from './heat.ts';
import type { Digested } from '../../metrics/measure.ts';
import { penaltyEpisodes } from '../../metrics/penalties.ts';
import { attemptOutcome, jobOutcome, type TrialRecord } from '../../metrics/record.ts';

/** Most bins of a timeline. */
const BINS_MAX = 300;

/** The timeline of a trial; `binding` names what sets its lower bound. Attempts stand in the bin in which they reached the gateway. */
export function timelineOf(
  digested: Digested,
  about: { readonly policy: Policy; readonly binding: string; readonly strategy: string; readonly seed: number },
): Timeline {
  const { record } = digested;
  const binMs = binWidth(record.endMs, BINS_MAX);
  const bins = binCount(record.endMs, binMs);
  return {
    strategy: about.strategy,
    seed: about.seed,
    binMs,
    startsAtMs: record.startsAtMs,
    bucket: drawnBucket(record, { policy: about.policy, binding: about.binding, binMs, bins }),
    admitted: startsPerBin(record, binMs, bins, (attempt) => record.attempts.cause[attempt] === NO_CAUSE),
    rejected: startsPerBin(
      record,
      binMs,
      bins,
      (attempt) => record.attempts.outcome[attempt] === attemptOutcome.rejected,
    ),
    inFlight: inFlightPeaks(record, binMs, bins),
    backlog: backlogAtEnds(digested, binMs, bins),
    heat: heatOf(record),
    penalties: penaltyEpisodes(record, about.policy).map(({ name, key, fromMs, toMs }) => ({
      name,
      key,
      fromMs,
      toMs,
    })),
  };
}

const NO_CAUSE = -1;

function startsPerBin(
  { attempts }: TrialRecord,
  binMs: number,
  bins: number,
  counts: (attempt: number) => boolean,
): number[] {
  const perBin = Array.from({ length: bins }, () => 0);
  for (let attempt = 0; attempt < attempts.count; attempt++) {
    if (counts(attempt)) perBin[Math.floor(attempts.startMs[attempt]! / binMs)]! += 1;
  }
  return perBin;
}

/** The most attempts that were under way at any moment of each bin. */
function inFlightPeaks({ attempts }: TrialRecord, binMs: number, bins: number): number[] {
  const peaks = Array.from({ length: bins }, () => 0);
  const ends = attempts.endMs.slice(0, attempts.count).sort();
  let current = 0;
  let ended = 0;
  let bin = 0;
  const endUntil = (atMs: number) => {
    for (; ended < ends.length && ends[ended]! <= atMs; ended++) {
      enterBin(Math.floor(ends[ended]! / binMs));
      current -= 1;
    }
  };
  const enterBin = (next: number) => {
    while (bin < next) peaks[++bin] = current;
  };
  for (let attempt = 0; attempt < attempts.count; attempt++) {
    const startMs = attempts.startMs[attempt]!;
    endUntil(startMs);
    enterBin(Math.floor(startMs / binMs));
    current += 1;
    peaks[bin] = Math.max(peaks[bin]!, current);
  }
  endUntil(Infinity);
  enterBin(bins - 1);
  return peaks;
}

/** Jobs of the workload that were available and not done at each bin's end. */
function backlogAtEnds({ record, outcomes }: Digested, binMs: number, bins: number): number[] {
  const change = Array.from({ length: bins }, () => 0);
  record.jobs.forEach((job, index) => {
    const from = Math.floor(job.availableMs / binMs);
    if (from >= bins) return;
    change[from]! += 1;
    const row = outcomes.row[index]!;
    if (outcomes.outcome[index] !== jobOutcome.done) return;
    const to = Math.floor(record.planned.endMs[row]! / binMs);
    change[to]! -= 1;
  });
  let open = 0;
  return change.map((delta) => (open += delta));
}
