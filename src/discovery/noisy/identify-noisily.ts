/**
 * Identifies one limit under noise. Nothing is ever eliminated: a scripted protocol of cycles makes a record, every family is fitted to the whole
 * of it by likelihood, and an answer is given only where the best is clearly ahead of all that are not equivalent to it.
 */
import type { Noise } from '../noise/noise.ts';
import { noiseOf } from '../noise/noise.ts';
import type { Identified, Stream } from '../stream.ts';
import { answerOf } from './answer.ts';
import { type Batch, batchesOf, realBatchesOf } from './batches.ts';
import { Drive } from './drive.ts';
import { type Fit, fitAll, fitShared } from './fit.ts';
import { scanTimes } from './plan.ts';
import { judge } from './verdict.ts';

/** Options of {@link identifyNoisily}. */
export interface NoisyOptions {
  /** Probes that may be spent, beside what the prober's budget says. Default 40,000. */
  readonly requests?: number;
  /** A burst of so many that nothing rejects means that there is no limit. Default 12,000. */
  readonly burst?: number;
  /** The longest recovery waited for. Default 2.5 hours. */
  readonly horizonMs?: number;
  /** Whether time is real. Default false. */
  readonly isReal?: boolean;
}

/** Rounds after the first two recoveries. */
const ROUNDS_MAX = 5;
/** The same where time is real: no two records blur alike, so more of them help. */
const ROUNDS_MAX_REAL = 10;

/** See the head of this file. */
export async function identifyNoisily(
  stream: Stream,
  noise: Noise,
  { requests = 40_000, burst = 12_000, horizonMs = 9_000_000, isReal = false }: NoisyOptions = {},
): Promise<Identified> {
  const startedMs = stream.prober.nowMs;
  const drive = new Drive(stream, burst);
  const first = await fillFirst(drive, burst);
  if (first === null) {
    return { kind: 'none', looked: { requests: drive.spent, overMs: drive.nowMs - startedMs } };
  }
  let size = first;
  for (let round = 0; round < 2; round++) size = Math.max(size, await recover(drive, size, horizonMs));
  let fits: Fit[] = [];
  let batches: Batch[] = [];
  let surroundings: Noise = noise;
  for (let round = 0; round < (isReal ? ROUNDS_MAX_REAL : ROUNDS_MAX); round++) {
    const events = drive.events();
    batches = isReal ? realBatchesOf(events) : batchesOf(events);
    surroundings = { ...noiseOf(events, isReal), enforcementLagMs: noise.enforcementLagMs };
    fits = fitNow(batches, surroundings, size);
    const verdict = judge(fits, batches);
    if (round >= 2 && verdict.clear && verdict.sharp) break;
    size = Math.max(1, fits[0]?.supposition.capacity ?? size);
    // Two cycles are what tells the families apart; more only sharpen the numbers.
    if (drive.spent > Math.min(requests, round < 2 ? requests : 5 * size + 500)) break;
    await early(drive, fits, batches, size, surroundings.jitterMs, round);
  }
  const events = drive.events();
  batches = isReal ? realBatchesOf(events) : batchesOf(events);
  surroundings = { ...noiseOf(events, isReal), enforcementLagMs: noise.enforcementLagMs };
  fits = fitNow(batches, surroundings, size);
  return answerOf(batches, fits, surroundings);
}

/** Fits without others' use first; with it where that leaves anything unexplained. */
function fitNow(batches: readonly Batch[], noise: Noise, size: number): Fit[] {
  const jitterMs = noise.jitterMs < 0.5 || noise.jitterFrom !== 'rejected' ? 0 : noise.jitterMs;
  const errorsCharge =
    noise.errorsCharge === null ? (noise.errorShare > 0 ? [false, true] : [false]) : [noise.errorsCharge];
  const lagMs = noise.enforcementLagMs === null ? 0 : (noise.enforcementLagMs.low + noise.enforcementLagMs.high) / 2;
  const alone = fitAll(batches, { jitterMs, errorsCharge, lagMs, size });
  // Without others a true hypothesis leaves next to nothing unexplained.
  const expected = 12 + batches.length * (jitterMs > 1 ? 0.12 : 0.02);
  return (alone[0]?.score ?? 0) > -expected ? alone : fitShared(batches, alone, [0.04, 0.1, 0.2]);
}

/** Fills the limit for the first time, in growing volleys; gives what passed, null: nothing was rejected. */
async function fillFirst(drive: Drive, burst: number): Promise<number | null> {
  let admitted = 0;
  for (let count = 1; admitted < burst; count = Math.ceil(count * 1.6)) {
    const seen = await drive.volley(count);
    admitted += seen.admitted;
    if (seen.rejected > 0) {
      admitted += await drive.drain(admitted);
      return Math.max(1, admitted);
    }
  }
  return null;
}

/** Keeps a full limit full, looking ever more seldom, until as much as it holds has passed again; gives the largest that passed at once. */
async function recover(drive: Drive, size: number, horizonMs: number): Promise<number> {
  const fromMs = drive.nowMs;
  let passed = 0;
  let largest = 0;
  for (let afterMs = 40; afterMs < horizonMs; afterMs *= 1.22) {
    await drive.waitUntil(fromMs + afterMs);
    afterMs = Math.max(afterMs, drive.nowMs - fromMs);
    const admitted = await drive.drain(size);
    passed += admitted;
    largest = Math.max(largest, admitted);
    if (passed >= size * 0.9) break;
  }
  return largest;
}

/** How long a fit takes from full to empty. */
function spanOf(fit: Fit | undefined): number {
  if (fit === undefined) return 60_000;
  const { belief, capacity } = fit.supposition;
  if (belief.kind === 'concurrency') return 400;
  return belief.kind === 'token-bucket' ? Math.max(belief.stepMs, capacity / belief.perMs) : belief.windowMs;
}

/**
 * One cycle: silence, a part of the capacity early, the rest later, then looks where hypotheses disagree. Windows from the first request end
 * with the early part, logs give it back alone, windows from the epoch end elsewhere.
 */
async function early(
  drive: Drive,
  fits: readonly Fit[],
  batches: readonly Batch[],
  size: number,
  jitterMs: number,
  round: number,
): Promise<void> {
  const spanMs = spanOf(fits[0]);
  await drive.waitUntil(drive.nowMs + spanMs * (2.15 + 0.37 * round));
  const earlyMs = drive.nowMs;
  const part = Math.max(1, Math.round(size * 0.3));
  const first = await drive.volley(part);
  await drive.waitUntil(earlyMs + spanMs * [0.43, 0.61, 0.29, 0.71, 0.5][round % 5]!);
  const filledMs = drive.nowMs;
  const second = await drive.volley(size - first.admitted + 3);
  if (second.rejected === 0) await drive.fill(Math.ceil(size * 0.1));
  const times = scanTimes(fits, batches, earlyMs, filledMs, spanMs, jitterMs, Math.max(25, jitterMs * 0.5));
  let passed = 0;
  for (const atMs of times) {
    if (atMs < drive.nowMs) continue;
    await drive.waitUntil(atMs);
    passed += await drive.drain(size);
    if (passed >= size * 1.2) break;
  }
}
