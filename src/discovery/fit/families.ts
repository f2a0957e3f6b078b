/** The families of counting, each with the shapes of it that a view allows. */
import type { Shape } from '../hypothesis.ts';
import type { Range } from '../stream.ts';
import { counterFits, epochFits, packed, type Packed } from './packed.ts';
import { Replay } from './replay.ts';
import { commonTo, someOf, unionOf, wholeIn } from './spans.ts';
import { tokenRates } from './token-rates.ts';
import { releasesOf, type View } from './view.ts';

/** A shape that is alive, with what it leaves open. */
export interface Candidate {
  readonly shape: Shape;
  readonly counts: 'admitted' | 'all';
  /** Whole capacities that fit, both inclusive; `high` may be Infinity. */
  readonly low: number;
  readonly high: number;
  /** Token buckets: all rates that fit; the shape holds one of them. */
  readonly refillPerSecond: Range | null;
}

/** The families that are told apart. */
export const FAMILIES = [
  'fixed-window epoch',
  'fixed-window first-request',
  'sliding-window-log admitted',
  'sliding-window-log all',
  'sliding-window-counter admitted',
  'sliding-window-counter all',
  'token-bucket admitted',
  'token-bucket all',
  'stepwise admitted',
  'stepwise all',
  'concurrency',
] as const;

/** One of {@link FAMILIES}. Fixed windows count either way: with one cost nobody can tell. */
export type Family = (typeof FAMILIES)[number];

/** Candidates of a family; not `complete`: a sample of more than could be listed. */
export interface Listed {
  readonly candidates: readonly Candidate[];
  readonly complete: boolean;
}

/** How far windows and steps are looked for, ms. */
export const WINDOW_MS_MAX = 4_000_000;
const LISTED_MAX = 3000;
const SAMPLE = 600;

/** All of a family that a view allows, or a sample of it. */
export function listFamily(family: Family, view: View): Listed {
  switch (family) {
    case 'fixed-window epoch':
      return listEpoch(view);
    case 'fixed-window first-request':
      return listBySpans(view, 'admitted', (windowMs) => ({ kind: 'fixed-window', windowMs, anchor: 'first-request' }));
    case 'sliding-window-log admitted':
      return listBySpans(view, 'admitted', (windowMs) => ({ kind: 'sliding-window-log', windowMs }));
    case 'sliding-window-log all':
      return listBySpans(view, 'all', (windowMs) => ({ kind: 'sliding-window-log', windowMs }));
    case 'sliding-window-counter admitted':
      return listCounter(view, 'admitted');
    case 'sliding-window-counter all':
      return listCounter(view, 'all');
    case 'token-bucket admitted':
      return listTokens(view, 'admitted', [0]);
    case 'token-bucket all':
      return listTokens(view, 'all', [0]);
    case 'stepwise admitted':
      return listSteps(view, 'admitted');
    case 'stepwise all':
      return listSteps(view, 'all');
    case 'concurrency':
  }
  const fit = fitted(view, { kind: 'concurrency' }, 'admitted');
  return { candidates: fit === null ? [] : [fit], complete: true };
}

/** Those of a complete list that a view which has grown still allows. */
export function stillAlive(candidates: readonly Candidate[], view: View): Candidate[] {
  const short = new Map<string, View>();
  return candidates.flatMap((candidate) => {
    const { shape, counts } = candidate;
    if (shape.kind !== 'token-bucket') return fitted(view, shape, counts) ?? [];
    let some = short.get(counts);
    if (some === undefined) short.set(counts, (some = counts === 'all' ? view : compressed(view)));
    return tokensAt(some, counts, candidate.low, shape.stepMs);
  });
}

/** A shape's candidate, null: the view rules it out. */
export function fitted(view: View, shape: Shape, counts: 'admitted' | 'all'): Candidate | null {
  const replay = new Replay(shape, counts);
  if (!replay.follow(view)) return null;
  return { shape, counts, low: replay.low, high: replay.high, refillPerSecond: null };
}

/** Without rejections that a later one of the same row implies; for limits that count admitted requests only. */
export function compressed(view: View): View {
  return view.filter(({ admitted, rejected }, at) => {
    const next = view[at + 1];
    return admitted > 0 || (rejected > 0 && (next === undefined || next.admitted > 0 || next.rejected === 0));
  });
}

/** A release needs an admitted charge (or any, where rejected ones count) to have become one window old. */
function listBySpans(view: View, counts: 'admitted' | 'all', shapeOf: (windowMs: number) => Shape): Listed {
  let spans: Range[] = [{ low: 0, high: WINDOW_MS_MAX }];
  for (const { rejectedMs, admittedMs, at } of releasesOf(view)) {
    const own: Range[] = [];
    for (let index = 0; index < at; index++) {
      const { atMs, admitted } = view[index] as View[number];
      if (admitted === 0 && counts === 'admitted') continue;
      own.push({ low: Math.max(0, rejectedMs - atMs), high: admittedMs - atMs });
    }
    spans = commonTo(spans, unionOf(own));
  }
  const complete = wholeIn(spans) <= LISTED_MAX;
  const short = counts === 'admitted' ? compressed(view) : view;
  const candidates = someOf(spans, complete ? LISTED_MAX : SAMPLE).flatMap(
    (windowMs) => fitted(short, shapeOf(windowMs), counts) ?? [],
  );
  return { candidates, complete };
}

function listEpoch(view: View): Listed {
  const releases = releasesOf(view).reverse();
  const short = packed(compressed(view));
  const passes = (windowMs: number) =>
    releases.every(
      ({ runFromMs, rejectedMs, admittedMs }) =>
        Math.floor(rejectedMs / windowMs) < Math.floor(admittedMs / windowMs) &&
        Math.floor(runFromMs / windowMs) === Math.floor(rejectedMs / windowMs),
    ) && epochFits(short, windowMs);
  return listByScan(passes, (windowMs) =>
    fitted(view, { kind: 'fixed-window', windowMs, anchor: 'epoch' }, 'admitted'),
  );
}

function listCounter(view: View, counts: 'admitted' | 'all'): Listed {
  const short: Packed = packed(counts === 'admitted' ? compressed(view) : view);
  return listByScan(
    (windowMs) => counterFits(short, windowMs, counts === 'all'),
    (windowMs) => fitted(view, { kind: 'sliding-window-counter', windowMs }, counts),
  );
}

/** Tries a geometric sample first, and every whole ms only where the sample says that few are left. */
function listByScan(passes: (ms: number) => boolean, fit: (ms: number) => Candidate | null): Listed {
  const some: number[] = [];
  let left = 0;
  for (let ms = 1, next = 1; ms < WINDOW_MS_MAX; ms = next) {
    next = Math.max(ms + 1, Math.floor(ms * 1.0012));
    if (!passes(ms)) continue;
    some.push(ms);
    left += next - ms;
  }
  if (left > LISTED_MAX * 4) {
    const stride = Math.max(1, some.length / SAMPLE);
    const picked = some.filter((_, at) => Math.floor(at / stride) !== Math.floor((at - 1) / stride));
    return { candidates: picked.flatMap((ms) => fit(ms) ?? []), complete: false };
  }
  const candidates: Candidate[] = [];
  for (let ms = 1; ms < WINDOW_MS_MAX; ms++) {
    if (!passes(ms)) continue;
    const candidate = fit(ms);
    if (candidate !== null) candidates.push(candidate);
    if (candidates.length > LISTED_MAX * 4) return { candidates, complete: false };
  }
  return { candidates, complete: true };
}

/** Capacities that a token bucket may have: at most what was admitted before the first rejection. */
function capacitiesToTry(view: View): number[] {
  let admitted = 0;
  let atOnce = 1;
  for (const batch of view) {
    admitted += batch.admitted * batch.cost;
    atOnce = Math.max(atOnce, batch.admitted * batch.cost);
    if (batch.rejected > 0) {
      // One costlier than the others may be rejected a little earlier.
      return Array.from({ length: admitted + batch.cost - atOnce }, (_, at) => atOnce + at);
    }
  }
  return [];
}

function listTokens(view: View, counts: 'admitted' | 'all', steps: readonly number[]): Listed {
  const short = counts === 'all' ? view : compressed(view);
  const candidates = steps.flatMap((stepMs) =>
    capacitiesToTry(view).flatMap((capacity) => tokensAt(short, counts, capacity, stepMs)),
  );
  return { candidates, complete: true };
}

function tokensAt(view: View, counts: 'admitted' | 'all', capacity: number, stepMs: number): Candidate[] {
  // A step that refills everything is a fixed window from the first request on.
  const high = stepMs > 0 ? capacity / stepMs : Number.POSITIVE_INFINITY;
  return tokenRates(view, counts, capacity, stepMs, 0, high).map(({ low, high }) => {
    const middle = high === Number.POSITIVE_INFINITY ? Math.max(low * 2, 1e-6) : (low + high) / 2;
    return {
      shape: { kind: 'token-bucket', refillPerSecond: middle * 1000, stepMs },
      counts,
      low: capacity,
      high: capacity,
      refillPerSecond: { low: low * 1000, high: high * 1000 },
    };
  });
}

function listSteps(view: View, counts: 'admitted' | 'all'): Listed {
  const short = counts === 'all' ? view : compressed(view);
  const capacities = capacitiesToTry(view);
  const first = releasesOf(view)[0];
  if (first === undefined || capacities.length === 0) return { candidates: [], complete: false };
  const longestMs = Math.min(WINDOW_MS_MAX, first.admittedMs - (view[0] as View[number]).atMs);
  const stride = Math.max(1, capacities.length / 30);
  const tried = capacities.filter(
    (_, at) => at >= capacities.length - 8 || Math.floor(at / stride) !== Math.floor((at - 1) / stride),
  );
  const some: Candidate[] = [];
  let left = 0;
  for (let ms = 1, next = 1; ms <= longestMs; ms = next) {
    next = Math.max(ms + 1, Math.floor(ms * 1.01));
    const found = tried.flatMap((capacity) => tokensAt(short, counts, capacity, ms));
    some.push(...found);
    if (found.length > 0) left += (next - ms) * Math.max(1, (found.length * capacities.length) / tried.length);
  }
  if (left > LISTED_MAX * 2 || longestMs * capacities.length > 2_000_000) return { candidates: some, complete: false };
  const candidates: Candidate[] = [];
  for (let ms = 1; ms <= longestMs; ms++) {
    for (const capacity of capacities) {
      const found = tokensAt(short, counts, capacity, ms);
      if (found.length > 0) candidates.push(...found);
    }
    if (candidates.length > LISTED_MAX * 3) return { candidates, complete: false };
  }
  return { candidates, complete: true };
}
