/** Which numbers are worth a replay: windows and phases that would explain when something passed again, rates that explain how much did. */
import type { Batch } from './batches.ts';
import type { Belief } from './use-model.ts';

/** Something passed again: after `fromMs`, at the latest at `toMs`; `size` passed then. */
export interface Release {
  readonly fromMs: number;
  readonly toMs: number;
  readonly size: number;
}

/** Releases of a record, largest first. */
export function releasesOf(batches: readonly Batch[]): Release[] {
  const releases: { fromMs: number; toMs: number; size: number }[] = [];
  let lastRejectedMs: number | null = null;
  let open: { fromMs: number; toMs: number; size: number } | null = null;
  for (const { sentMs, admitted, rejected } of batches) {
    if (admitted > 0) {
      if (open === null && lastRejectedMs !== null) {
        open = { fromMs: lastRejectedMs, toMs: sentMs, size: 0 };
        releases.push(open);
      }
      if (open !== null) open.size += admitted;
    }
    if (rejected > 0) {
      lastRejectedMs = sentMs;
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
export function startsOf(batches: readonly Batch[], size: number, steps: boolean): Start[] {
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
  starts.push(...borderStarts(large, batches));
  starts.push(...rateStarts(batches, releases, size, steps));
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

/** Windows whose borders two releases are. */
function borderStarts(releases: readonly Release[], batches: readonly Batch[]): Start[] {
  const starts: Start[] = [];
  const byTime = releases.toSorted((a, b) => a.toMs - b.toMs);
  const startMs = batches[0]?.sentMs ?? 0;
  const add = (windowMs: number, borderMs: number, spread: number, phaseSpreadMs: number) => {
    if (windowMs < WINDOW_MIN_MS || windowMs > WINDOW_MAX_MS) return;
    const phaseMs = borderMs - Math.floor((borderMs - startMs) / windowMs) * windowMs;
    for (const kind of ['fixed-window', 'sliding-window-counter'] as const) {
      const belief: Belief =
        kind === 'fixed-window' ? { kind, anchor: 'epoch', windowMs, phaseMs } : { kind, windowMs, phaseMs };
      starts.push({ belief, spread, phaseSpreadMs });
    }
  };
  for (const [at, first] of byTime.entries()) {
    for (const second of byTime.slice(at + 1)) {
      const betweenMs = (second.fromMs + second.toMs - first.fromMs - first.toMs) / 2;
      const wide = second.toMs - second.fromMs + first.toMs - first.fromMs;
      for (let windows = 1; windows <= 6; windows++) {
        const windowMs = betweenMs / windows;
        add(windowMs, (first.fromMs + first.toMs) / 2, Math.min(0.4, wide / 2 / betweenMs), first.toMs - first.fromMs);
      }
    }
  }
  return starts;
}

/** Rates: what passed after the first filling, over how long it took; for counters as well, whose border stands at the end of a silence. */
function rateStarts(batches: readonly Batch[], releases: readonly Release[], size: number, steps: boolean): Start[] {
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
  const perMsAll = [...rates].slice(0, 4);
  for (const perMs of perMsAll) {
    starts.push({ belief: { kind: 'token-bucket', perMs, stepMs: 0 }, spread: 0.3, phaseSpreadMs: 0 });
    for (const { fromMs, toMs } of releases.slice(0, 6)) {
      const windowMs = size / perMs;
      const belief: Belief = { kind: 'sliding-window-counter', windowMs, phaseMs: (fromMs + toMs) / 2 };
      starts.push({ belief, spread: 0.3, phaseSpreadMs: Math.max(toMs - fromMs, windowMs / 20) });
    }
    if (!steps || (perMs !== perMsAll[0] && perMs !== perMsAll[1])) continue;
    for (const stepMs of stepsOf(batches, releases, size / perMs)) {
      starts.push({ belief: { kind: 'token-bucket', perMs, stepMs }, spread: 0.1, phaseSpreadMs: 0 });
    }
  }
  return starts;
}

/** Steps that lead from a charge that may have found the bucket full to a release, whole or in parts. */
function stepsOf(batches: readonly Batch[], releases: readonly Release[], fullMs: number): number[] {
  const anchors = batches.filter(
    ({ admitted, sentMs }, at) =>
      admitted > 0 && (at === 0 || sentMs - (batches[at - 1] as Batch).sentMs > fullMs * 0.4),
  );
  const steps = new Set<number>();
  for (const { fromMs, toMs } of releases.slice(0, 10)) {
    const anchor = anchors.findLast(({ sentMs }) => sentMs < fromMs);
    if (anchor === undefined) continue;
    const sinceMs = (fromMs + toMs) / 2 - anchor.sentMs;
    for (let parts = 1; parts <= 12; parts++) {
      const stepMs = sinceMs / parts;
      if (stepMs > 20 && stepMs < fullMs * 1.5) steps.add(Number(stepMs.toPrecision(4)));
    }
  }
  return [...steps];
}
