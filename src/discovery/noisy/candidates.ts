/** Which numbers are worth a replay: windows and phases that would explain when something passed again, rates that explain how much did. */
import type { Batch } from './batches.ts';
import type { Belief } from './use-model.ts';

/** Something passed again: after `fromMs`, at the latest at `toMs`; `size` passed then. Since `fullMs` nothing had passed; `filled` passed just before. */
export interface Release {
  readonly fullMs: number;
  readonly filled: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly size: number;
}

/** Releases of a record, largest first. */
export function releasesOf(batches: readonly Batch[]): Release[] {
  const releases: { -readonly [K in keyof Release]: Release[K] }[] = [];
  let lastRejectedMs: number | null = null;
  let fullMs = 0;
  let passing = 0;
  let filled = 0;
  let open: (typeof releases)[number] | null = null;
  for (const { sentMs, admitted, rejected } of batches) {
    if (admitted > 0) {
      if (open === null && lastRejectedMs !== null) {
        open = { fullMs, filled, fromMs: lastRejectedMs, toMs: sentMs, size: 0 };
        releases.push(open);
      }
      if (open !== null) open.size += admitted;
      passing += admitted;
    }
    if (rejected > 0) {
      if (passing > 0) {
        // A filling that went on in parts is one.
        filled = sentMs - fullMs < 2000 ? filled + passing : passing;
        fullMs = sentMs;
      }
      lastRejectedMs = sentMs;
      passing = 0;
      open = null;
    }
  }
  return releases.sort((a, b) => b.size - a.size);
}

/** What a search starts from: a belief and how far off its numbers may be. */
export interface Start {
  readonly belief: Belief;
  /** Of the window or of the rate, relative. */
  readonly spread: number;
  /** Of the phase. */
  readonly phaseSpreadMs: number;
}

const RELEASES_MAX = 8;
const CHARGES_MAX = 24;
const WINDOW_MIN_MS = 300;
const WINDOW_MAX_MS = 12_000_000;

/** Starts for all families. `size`: what a burst fills. */
export function startsOf(batches: readonly Batch[], size: number, jitterMs: number): Start[] {
  const releases = releasesOf(batches);
  const large = releases.filter((release) => release.size >= Math.max(1, size * 0.08)).slice(0, RELEASES_MAX);
  const starts: Start[] = [{ belief: { kind: 'concurrency' }, spread: 0, phaseSpreadMs: 0 }];
  const spans = windowSpans(batches, large);
  for (const { lowMs, highMs } of spans) {
    const windowMs = (lowMs + highMs) / 2;
    const spread = (highMs - lowMs) / 2 / windowMs;
    starts.push({ belief: { kind: 'fixed-window', anchor: 'first-request', windowMs }, spread, phaseSpreadMs: 0 });
    starts.push({ belief: { kind: 'sliding-window-log', windowMs }, spread, phaseSpreadMs: 0 });
  }
  const borders = epochWindows(large, jitterMs, WINDOW_MIN_MS, WINDOW_MAX_MS / 3);
  for (const windowMs of borders) {
    const belief: Belief = { kind: 'fixed-window', anchor: 'epoch', windowMs, phaseMs: 0 };
    starts.push({ belief, spread: 0, phaseSpreadMs: 0 });
  }
  const rates = rateStarts(batches, releases, size, stepsOf(releases, size, jitterMs));
  starts.push(...rates, ...counterStarts(rates, size, batches[batches.length >> 1]?.sentMs ?? 0));
  return starts;
}

/** Windows that lead from a charge to a release. */
function windowSpans(batches: readonly Batch[], releases: readonly Release[]): { lowMs: number; highMs: number }[] {
  const charges = batches.filter(({ admitted, unknown }) => admitted + unknown > 0);
  const spans: { lowMs: number; highMs: number }[] = [];
  for (const { fromMs, toMs } of releases) {
    const before = charges.filter(({ sentMs }) => sentMs < fromMs);
    const firsts = before.filter(
      (charge, at) => at === 0 || charge.sentMs - (before[at - 1] as Batch).sentMs > (toMs - charge.sentMs) * 0.02,
    );
    const heavy = before.toSorted((a, b) => b.admitted - a.admitted).slice(0, 6);
    for (const { sentMs } of new Set([...firsts.slice(-CHARGES_MAX), ...heavy])) {
      const lowMs = fromMs - sentMs;
      const highMs = toMs - sentMs;
      if (highMs >= WINDOW_MIN_MS && lowMs <= WINDOW_MAX_MS) spans.push({ lowMs, highMs });
    }
  }
  return thinned(spans);
}

/** One of those that are nearly the same. */
function thinned(spans: readonly { lowMs: number; highMs: number }[]): { lowMs: number; highMs: number }[] {
  const kept: { lowMs: number; highMs: number }[] = [];
  for (const span of spans.toSorted((a, b) => a.lowMs + a.highMs - b.lowMs - b.highMs)) {
    const last = kept.at(-1);
    const near =
      last !== undefined &&
      Math.abs(span.lowMs - last.lowMs) + Math.abs(span.highMs - last.highMs) < 0.002 * span.highMs;
    if (!near) kept.push(span);
  }
  return kept;
}

/** Rates: what passed after the first filling, over how long it took; for counters as well, whose border stands at the end of a silence. */
function rateStarts(
  batches: readonly Batch[],
  releases: readonly Release[],
  size: number,
  steps: readonly number[],
): Start[] {
  const firstRejected = batches.find(({ rejected }) => rejected > 0);
  const last = releases.toSorted((a, b) => b.toMs - a.toMs)[0];
  if (firstRejected === undefined || last === undefined) return [];
  const starts: Start[] = [];
  const rates = new Set<number>();
  let admitted = 0;
  let filledAtMs = firstRejected.sentMs;
  for (const batch of batches) {
    if (batch.sentMs <= firstRejected.sentMs) continue;
    admitted += batch.admitted;
    if (batch.rejected > 0 && admitted >= Math.max(1, size * 0.3)) {
      rates.add(Number((admitted / (batch.sentMs - filledAtMs)).toPrecision(3)));
      filledAtMs = batch.sentMs;
      admitted = 0;
    }
  }
  // Kept full, a limit gives most; over silences it seems to give less.
  const perMsAll = [...rates].sort((a, b) => b - a).slice(0, 4);
  for (const perMs of perMsAll) {
    starts.push({ belief: { kind: 'token-bucket', perMs, stepMs: 0 }, spread: 0.3, phaseSpreadMs: 0 });
  }
  for (const perMs of perMsAll.slice(0, 3)) {
    for (const stepMs of steps)
      starts.push({ belief: { kind: 'token-bucket', perMs, stepMs }, spread: 0.1, phaseSpreadMs: 0 });
  }
  return starts;
}

/** Counters whose rate is what was seen, with every phase. */
function counterStarts(rates: readonly Start[], size: number, nowMs: number): Start[] {
  const starts: Start[] = [];
  for (const { belief } of rates) {
    if (belief.kind !== 'token-bucket' || belief.stepMs > 0) continue;
    for (const factor of [0.7, 0.8, 0.9, 1, 1.12, 1.25, 1.4]) {
      const windowMs = (size / belief.perMs) * factor;
      if (windowMs < WINDOW_MIN_MS || windowMs > WINDOW_MAX_MS / 3) continue;
      for (let part = 0; part < PHASES; part++) {
        const phaseMs = nowMs + (part / PHASES) * windowMs;
        const start: Belief = { kind: 'sliding-window-counter', windowMs, phaseMs };
        starts.push({ belief: start, spread: 0.07, phaseSpreadMs: windowMs / PHASES });
      }
    }
  }
  return starts;
}

const PHASES = 10;
const EPOCH_WINDOWS_MAX = 160;

/**
 * Whole windows from the epoch, each of whose releases has a border in it and none before it while the limit was full, best first: a release
 * that is met is worth the logarithm of how unlikely that is by chance.
 */
function epochWindows(releases: readonly Release[], jitterMs: number, lowMs: number, highMs: number): number[] {
  const kept: { windowMs: number; worth: number }[] = [];
  let least = Number.NEGATIVE_INFINITY;
  for (let windowMs = Math.ceil(lowMs); windowMs <= highMs; windowMs++) {
    let worth = 0;
    for (const { fullMs, fromMs, toMs } of releases) {
      const border = Math.floor((toMs + jitterMs) / windowMs) * windowMs;
      const free = Math.floor((fromMs - jitterMs) / windowMs) * windowMs <= fullMs + jitterMs;
      const met = border > fromMs - jitterMs && free;
      worth += met ? Math.max(0, Math.log(windowMs / (toMs - fromMs + 2 * jitterMs + 1))) : -4;
    }
    if (worth <= least && kept.length >= EPOCH_WINDOWS_MAX) continue;
    kept.push({ windowMs, worth });
    if (kept.length < EPOCH_WINDOWS_MAX * 8) continue;
    kept.sort((a, b) => b.worth - a.worth || a.windowMs - b.windowMs);
    kept.length = EPOCH_WINDOWS_MAX;
    least = (kept.at(-1) as { worth: number }).worth;
  }
  kept.sort((a, b) => b.worth - a.worth || a.windowMs - b.windowMs);
  return kept.slice(0, EPOCH_WINDOWS_MAX).map(({ windowMs }) => windowMs);
}

const STEPS_MAX = 16;
const STEP_MIN_MS = 30;

/**
 * Steps, best first. While a bucket is kept empty its releases come at steps of one phase; where all has come back the phase is another one.
 * So within each run of releases there is a phase that has a step in each of them, and none before it while the bucket was empty.
 */
function stepsOf(releases: readonly Release[], size: number, jitterMs: number): number[] {
  const runs: Release[][] = [[]];
  for (const release of releases.toSorted((a, b) => a.toMs - b.toMs)) {
    if (release.size >= size * 0.8) runs.push([]);
    else if ((runs.at(-1) as Release[]).length < RUN_MAX) (runs.at(-1) as Release[]).push(release);
  }
  const used = runs.filter((run) => run.length >= 2).slice(-RUNS_MAX);
  if (used.length === 0) return [];
  const found: { stepMs: number; worth: number }[] = [];
  const longestMs = Math.max(...used.flat().map(({ toMs, fullMs }) => toMs - fullMs)) * 1.5 + 100;
  for (let stepMs = STEP_MIN_MS; stepMs < longestMs; stepMs *= 1.001) {
    let worth = 0;
    for (const run of used) worth += worthOf(run, stepMs, jitterMs);
    found.push({ stepMs, worth });
  }
  found.sort((a, b) => b.worth - a.worth);
  const kept: number[] = [];
  for (const { stepMs } of found) {
    if (kept.length === STEPS_MAX) break;
    if (!kept.some((other) => Math.abs(other / stepMs - 1) < 0.004)) kept.push(stepMs);
  }
  return kept;
}

const RUN_MAX = 14;
const RUNS_MAX = 5;

/** What the best phase makes of a run: how unlikely its hits are by chance, less its misses. */
function worthOf(run: readonly Release[], stepMs: number, jitterMs: number): number {
  let best = Number.NEGATIVE_INFINITY;
  for (const at of run) {
    for (const phaseMs of [at.toMs, at.fromMs + 1, (at.fromMs + at.toMs) / 2]) {
      // The phase itself is one free hit.
      let worth = -Math.max(0, Math.log(stepMs / (at.toMs - at.fromMs + 2 * jitterMs + 1)));
      for (const { fullMs, fromMs, toMs } of run) {
        const step = phaseMs + Math.floor((toMs + jitterMs - phaseMs) / stepMs) * stepMs;
        const before = phaseMs + Math.floor((fromMs - jitterMs - phaseMs) / stepMs) * stepMs;
        const met = step > fromMs - jitterMs && before <= fullMs + jitterMs;
        worth += met ? Math.max(0, Math.log(stepMs / (toMs - fromMs + 2 * jitterMs + 1))) : -3;
      }
      best = Math.max(best, worth);
    }
  }
  return best;
}
