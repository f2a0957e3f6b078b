/** How likely a record is under a belief: a replay in which the belief is taught by what was observed. */
import type { Batch } from './batches.ts';
import { type Belief, createUseModel, type UseModel } from './use-model.ts';

/** What is supposed of the surroundings. */
export interface Surroundings {
  readonly jitterMs: number;
  readonly errorsCharge: boolean;
  /** Of the sustained rate, what others use. */
  readonly backgroundShare: number;
  readonly lagMs: number;
}

/** One complete hypothesis about a record. */
export interface Supposition {
  readonly belief: Belief;
  readonly counts: 'admitted' | 'all';
  readonly capacity: number;
  readonly surroundings: Surroundings;
}

/** Where in the time that jitter leaves open a decision may lie against an earlier one: two ways differ by a triangular density. */
const OFFSETS: readonly (readonly [share: number, weight: number])[] = [
  [0, 0.36],
  [-0.4, 0.24],
  [0.4, 0.24],
  [-0.85, 0.08],
  [0.85, 0.08],
];
const NO_OFFSET: readonly (readonly [number, number])[] = [[0, 1]];

/** What a batch costs that cannot be: log-likelihood, growing with how far off it is. */
function impossible(off: number): number {
  return -7 - 2 * Math.log1p(Math.max(0, off));
}

/** Requests of others per ms under a supposition. */
export function unseenPerMs(belief: Belief, capacity: number, backgroundShare: number): number {
  if (backgroundShare === 0 || belief.kind === 'concurrency') return 0;
  return backgroundShare * (belief.kind === 'token-bucket' ? belief.perMs : capacity / belief.windowMs);
}

/** Below this use nothing counts any more. */
const IDLE_USE = 0.5;

/** What a replay tells of each batch, for whoever searches. */
export type OnBatch = (use: number, admitted: number, rejected: number) => void;

/** Log-likelihood of a record. */
export function logLikelihood(batches: readonly Batch[], supposition: Supposition, onBatch?: OnBatch): number {
  const { belief, counts, capacity, surroundings } = supposition;
  const { jitterMs, errorsCharge, backgroundShare, lagMs } = surroundings;
  const model = createUseModel(belief, unseenPerMs(belief, capacity, backgroundShare));
  const offsets = jitterMs === 0 ? NO_OFFSET : OFFSETS;
  const pending: Batch[] = [];
  const noisy = backgroundShare > 0;
  let sum = 0;
  // How uncertain the times of the charges are that still count.
  let carriedMs = 0;
  for (const batch of batches) {
    const atMs = batch.sentMs;
    if (lagMs > 0) {
      while (pending.length > 0 && (pending[0] as Batch).sentMs + lagMs <= atMs) {
        teach(model, pending.shift() as Batch, counts, capacity);
      }
    }
    const { rejected } = batch;
    const admitted = batch.admitted + (errorsCharge ? batch.unknown : 0);
    if (admitted + rejected === 0) continue;
    const together = lagMs > 0;
    const use = model.useAt(atMs);
    onBatch?.(use, together ? Math.min(1, admitted) : admitted, rejected);
    if (use < IDLE_USE) carriedMs = 0;
    const eitherMs = Math.max(jitterMs, batch.blurMs + carriedMs);
    sum += scoreOf(model, atMs, admitted, rejected, capacity, offsets, eitherMs, together);
    if (admitted > 0) carriedMs = Math.max(carriedMs, batch.blurMs);
    const seen = { ...batch, admitted };
    if (lagMs > 0) {
      pending.push(seen);
      continue;
    }
    if (noisy && rejected > 0) {
      model.correct(Math.max(0, capacity - admitted), atMs);
    } else if (noisy && use + admitted > capacity) {
      model.correct(Math.max(0, capacity - admitted), atMs);
    }
    teach(model, seen, counts, capacity);
  }
  return sum;
}

function teach(model: UseModel, batch: Batch, counts: 'admitted' | 'all', capacity: number): void {
  const { sentMs, answeredMs, admitted, rejected } = batch;
  if (admitted > 0) model.charge(admitted, sentMs, answeredMs, true, capacity);
  if (rejected > 0 && counts === 'all') model.charge(rejected, sentMs, answeredMs, false, capacity);
}

function scoreOf(
  model: UseModel,
  atMs: number,
  admitted: number,
  rejected: number,
  capacity: number,
  offsets: readonly (readonly [number, number])[],
  jitterMs: number,
  together: boolean,
): number {
  let chance = 0;
  let off = Number.POSITIVE_INFINITY;
  let least = Number.POSITIVE_INFINITY;
  let most = 0;
  // Under a lag, probes of one instant do not see each other.
  const ahead = together ? Math.min(1, admitted) : admitted;
  for (const [share, weight] of offsets) {
    const use = Math.min(capacity, model.useAt(atMs + share * jitterMs));
    const variance = model.varianceAt(atMs + share * jitterMs);
    least = Math.min(least, use);
    most = Math.max(most, use);
    const over = admitted > 0 ? Math.max(0, use + ahead - capacity - 1e-6) : 0;
    const behind = together ? 0 : admitted;
    const under = rejected > 0 ? Math.max(0, capacity - use - behind - 1 + 1e-6) : 0;
    off = Math.min(off, over + under);
    if (variance > 0) chance += weight * softly(use, variance, capacity, admitted, rejected);
    else if (over === 0 && under === 0) chance += weight;
  }
  // A window may end while a batch arrives: the first of it are rejected, the last admitted.
  if (rejected > 0 && admitted > 0 && most - least >= 1) {
    const wanted = capacity - admitted;
    if (wanted >= least - 1 && wanted <= most) chance += 0.3 / (most - least + 1);
  }
  return Math.max(impossible(off), Math.log(chance + 1e-300));
}

/** Use is believed normal around its mean; whole requests, so halves are between. */
function softly(use: number, variance: number, capacity: number, admitted: number, rejected: number): number {
  const deviation = Math.sqrt(variance);
  const fitsAll = normal((capacity - admitted + 0.5 - use) / deviation);
  if (rejected === 0) return fitsAll;
  const fitsOneMore = normal((capacity - admitted - 0.5 - use) / deviation);
  return admitted === 0 ? 1 - fitsOneMore : fitsAll - fitsOneMore;
}

/** The standard normal distribution function, to 1e-7 (Abramowitz and Stegun 26.2.17). */
function normal(x: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(x));
  const poly = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = 0.3989422804014327 * Math.exp((-x * x) / 2) * poly;
  return x >= 0 ? 1 - tail : tail;
}
