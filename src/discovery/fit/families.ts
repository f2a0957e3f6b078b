/** The families of counting, each with the shapes of it that a view allows. */
import type { Shape } from '../hypothesis.ts';
import type { Range } from '../stream.ts';
import { logsIn, type WindowBox } from './log-boxes.ts';
import { counterFits, type Counting, epochFits, FIXED, packed, windowsBelow } from './packed.ts';
import { Replay } from './replay.ts';
import { commonTo, someOf, unionOf, wholeIn } from './spans.ts';
import { BoxReplay, halvesOf, STEP_MS_MIN, type TokenBox, type Work } from './token-boxes.ts';
import { isImplied, type TokenView, tokenViewOf } from './token-view.ts';
import { releasesOf, type View } from './view.ts';
import type { WorkBudget } from './work-budget.ts';

/** A shape that is alive, with what it leaves open. */
export interface Candidate {
  readonly shape: Shape;
  readonly counts: 'admitted' | 'all';
  /** Whole capacities that fit, both inclusive; `high` may be Infinity. With a grain: any from `low` on and below `high`. */
  readonly low: number;
  readonly high: number;
  /** Token buckets: all rates that fit; the shape holds one of them. */
  readonly refillPerSecond: Range | null;
  /** Token buckets: the replay that goes on with the view. */
  readonly replay?: BoxReplay;
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
  /** Token buckets: what was not ruled out; where to go on once the view has grown. */
  readonly boxes?: readonly BoxReplay[];
  /** Windows of the first sample that were not ruled out: no other of it needs to be looked at again. */
  readonly windows?: readonly number[];
}

/** What a shorter view left of a family: where to go on. */
export type Left = Pick<Listed, 'boxes' | 'windows'>;

/** How far windows and steps are looked for, ms. */
export const WINDOW_MS_MAX = 4_000_000;
const LISTED_MAX = 1500;
const SAMPLE = 250;
const BOXES_MAX = 3000;
const BOXES_SAMPLED = 60;
/** Batches that the token buckets of one kind are replayed over at each refit: a tenth of a second. */
const WORK_MAX = 8_000_000;
/** Windows that are ruled out at a glance in the time that a batch of a token bucket takes. */
const WINDOWS_A_BATCH = 2;
/** The geometric sample of windows that is tried first. */
const FIRST_WINDOWS: readonly number[] = firstWindows();
/** Fewer than this are no sample to plan by. */
const SPARSE = 15;

/** All of a family that a view allows, or a sample of it. `boxes`: what a shorter view left of its token buckets. */
export function listFamily(
  family: Family,
  view: View,
  work: WorkBudget,
  effort = 1,
  left: Left = {},
  grain?: number,
): Listed {
  switch (family) {
    case 'fixed-window epoch':
      return listEpoch(view, work, effort, left);
    case 'fixed-window first-request':
      return listFromFirst(view, effort);
    case 'sliding-window-log admitted':
      return listLogs(view, 'admitted', work, effort);
    case 'sliding-window-log all':
      return listLogs(view, 'all', work, effort);
    case 'sliding-window-counter admitted':
      return listCounter(view, 'admitted', work, effort, left, grain);
    case 'sliding-window-counter all':
      return listCounter(view, 'all', work, effort, left, grain);
    case 'token-bucket admitted':
      return listTokens(view, 'admitted', false, work, effort, left, grain);
    case 'token-bucket all':
      return listTokens(view, 'all', false, work, effort, left, grain);
    case 'stepwise admitted':
      return listTokens(view, 'admitted', true, work, effort, left, grain);
    case 'stepwise all':
      return listTokens(view, 'all', true, work, effort, left, grain);
    case 'concurrency':
  }
  const fit = fitted(view, { kind: 'concurrency' }, 'admitted');
  return { candidates: fit === null ? [] : [fit], complete: true };
}

/** Those of a complete list that a view which has grown still allows. `grain`: that the list was made with. */
export function stillAlive(
  candidates: readonly Candidate[],
  view: View,
  budget: WorkBudget,
  grain?: number,
): Candidate[] {
  const work = workOf(budget, Number.POSITIVE_INFINITY);
  let last: BoxReplay | null = null;
  return candidates.flatMap((candidate) => {
    const { shape, counts, replay } = candidate;
    if (shape.kind !== 'token-bucket' || replay === undefined) {
      work.batches -= view.length;
      return fitted(view, shape, counts, grain === undefined || shape.kind !== 'sliding-window-counter') ?? [];
    }
    // One that is left with several spans of rates stands in the list several times, in a row.
    if (replay === last) return [];
    last = replay;
    return replay.rates(tokenViewOf(view, counts === 'all'), work).map((rate) => tokenCandidate(replay, counts, rate));
  });
}

/** A shape's candidate, null: the view rules it out. */
export function fitted(view: View, shape: Shape, counts: 'admitted' | 'all', whole = true): Candidate | null {
  const replay = new Replay(shape, counts, 1, Number.POSITIVE_INFINITY, whole);
  if (!replay.follow(view)) return null;
  return { shape, counts, low: replay.low, high: replay.high, refillPerSecond: null };
}

/** Without rejections that a later one of the same row implies; for limits that count admitted requests only. */
export function compressed(view: View): View {
  return view.filter((_, at) => !isImplied(view, at));
}

/** A release needs an admitted request to have become one window old. */
function listFromFirst(view: View, effort: number): Listed {
  let spans: Range[] = [{ low: 0, high: WINDOW_MS_MAX }];
  for (const { rejectedMs, admittedMs, at } of releasesOf(view)) {
    const own: Range[] = [];
    for (let index = 0; index < at; index++) {
      const { atMs, admitted } = view[index] as View[number];
      if (admitted > 0) own.push({ low: Math.max(0, rejectedMs - atMs), high: admittedMs - atMs });
    }
    spans = commonTo(spans, unionOf(own));
  }
  const complete = wholeIn(spans) <= LISTED_MAX * effort;
  const short = compressed(view);
  const candidates = someOf(spans, complete ? LISTED_MAX * effort : SAMPLE).flatMap(
    (windowMs) => fitted(short, { kind: 'fixed-window', windowMs, anchor: 'first-request' }, 'admitted') ?? [],
  );
  return { candidates, complete };
}

function listLogs(view: View, counts: 'admitted' | 'all', work: WorkBudget, effort: number): Listed {
  const short = counts === 'admitted' ? compressed(view) : view;
  let open: WindowBox[] = [{ low: 1, high: WINDOW_MS_MAX }];
  const left: WindowBox[] = [];
  for (let tried = 0; open.length > 0 && tried + open.length < BOXES_MAX * effort;) {
    const next: WindowBox[] = [];
    for (const box of open) {
      tried++;
      work.spend(short.length);
      if (!logsIn(box, short, counts === 'all')) continue;
      const { low, high } = box;
      if (low === high) left.push(box);
      else {
        const middle = Math.floor(high > 2 * low ? Math.sqrt(low * high) : (low + high) / 2);
        next.push({ low, high: middle }, { low: middle + 1, high });
      }
    }
    open = next;
  }
  const complete = open.length === 0 && left.length <= LISTED_MAX * effort;
  const spans = unionOf([...left, ...open].map(({ low, high }) => ({ low: low - 1, high })));
  const candidates = someOf(spans, complete ? LISTED_MAX * effort : SAMPLE).flatMap(
    (windowMs) => fitted(short, { kind: 'sliding-window-log', windowMs }, counts) ?? [],
  );
  return { candidates, complete };
}

function listEpoch(view: View, work: WorkBudget, effort: number, left: Left): Listed {
  const releases = releasesOf(view).toReversed();
  const short = packed(compressed(view));
  const passes = (windowMs: number) =>
    epochFits(short, windowMs) &&
    releases.every(
      ({ runFromMs, rejectedMs, admittedMs }) =>
        Math.floor(rejectedMs / windowMs) < Math.floor(admittedMs / windowMs) &&
        Math.floor(runFromMs / windowMs) === Math.floor(rejectedMs / windowMs),
    );
  return listByScan(
    passes,
    () => windowsBelow(WINDOW_MS_MAX, short, FIXED),
    (windowMs) => fitted(view, { kind: 'fixed-window', windowMs, anchor: 'epoch' }, 'admitted'),
    work,
    effort,
    left,
  );
}

function listCounter(
  view: View,
  counts: 'admitted' | 'all',
  work: WorkBudget,
  effort: number,
  left: Left,
  grain?: number,
): Listed {
  const whole = grain === undefined;
  const counting: Counting = { counter: true, all: counts === 'all', whole };
  const short = packed(counting.all ? view : compressed(view));
  return listByScan(
    (windowMs) => counterFits(short, windowMs, counting),
    () => windowsBelow(WINDOW_MS_MAX, short, counting),
    (windowMs) => fitted(view, { kind: 'sliding-window-counter', windowMs }, counts, whole),
    work,
    effort,
    left,
  );
}

/** Tries a geometric sample first, and every whole ms that passes at a glance only where the sample says that few are left. */
function listByScan(
  passes: (ms: number) => boolean,
  glanced: () => readonly number[],
  fit: (ms: number) => Candidate | null,
  work: WorkBudget,
  effort: number,
  { windows = FIRST_WINDOWS }: Left,
): Listed {
  const some = windows.filter(passes);
  const left = some.reduce((sum, ms) => sum + nextWindow(ms) - ms, 0);
  if (left > LISTED_MAX * effort && some.length >= SPARSE) {
    const stride = Math.max(1, some.length / SAMPLE);
    const picked = some.filter((_, at) => Math.floor(at / stride) !== Math.floor((at - 1) / stride));
    return { candidates: picked.flatMap((ms) => fit(ms) ?? []), complete: false, windows: some };
  }
  const candidates: Candidate[] = [];
  work.spend(WINDOW_MS_MAX / WINDOWS_A_BATCH);
  for (const ms of glanced()) {
    if (!passes(ms)) continue;
    const candidate = fit(ms);
    if (candidate !== null) candidates.push(candidate);
    if (candidates.length > 4 * LISTED_MAX * effort) return { candidates, complete: false, windows: some };
  }
  return { candidates, complete: true };
}

function firstWindows(): number[] {
  const windows: number[] = [];
  for (let ms = 1; ms < WINDOW_MS_MAX; ms = nextWindow(ms)) windows.push(ms);
  return windows;
}

function nextWindow(ms: number): number {
  return Math.max(ms + 1, Math.min(ms + 400, Math.floor(ms * 1.0012)));
}

/** Capacities that a token bucket may have: at most what was admitted before the first rejection. */
function capacityRange(view: View): Range | null {
  let admitted = 0;
  let atOnce = 1;
  for (const batch of view) {
    admitted += batch.admitted * batch.cost;
    atOnce = Math.max(atOnce, batch.admitted * batch.cost);
    // One costlier than the others may be rejected a little earlier.
    if (batch.rejected > 0) return { low: atOnce, high: Math.max(atOnce, admitted + batch.cost - 1) };
  }
  return null;
}

/** Splits boxes until they are single buckets, or the work is too much. */
function listTokens(
  view: View,
  counts: 'admitted' | 'all',
  stepwise: boolean,
  budget: WorkBudget,
  effort: number,
  { boxes }: Left,
  grain?: number,
): Listed {
  const all = counts === 'all';
  const short = tokenViewOf(view, all);
  const first = boxes === undefined ? firstBox(view, stepwise, grain) : null;
  const from = boxes ?? (first === null ? null : [new BoxReplay(first, all)]);
  if (from === null) return { candidates: [], complete: false };
  let work = workOf(budget, WORK_MAX * effort);
  // What was left is judged again first: most of it goes, and only the rest is split.
  let open = from.filter((one) => work.batches <= 0 || one.rates(short, work).length > 0);
  work = workOf(budget, WORK_MAX * effort);
  const candidates: Candidate[] = [];
  const single: BoxReplay[] = [];
  while (open.length > 0 && open.length < BOXES_MAX * effort && work.batches > 0) {
    const next: BoxReplay[] = [];
    for (const [at, one] of open.entries()) {
      if (work.batches <= 0) {
        next.push(...open.slice(at));
        break;
      }
      const rates = one.rates(short, work);
      if (rates.length === 0) continue;
      const halves = halvesOf(one.box);
      if (halves !== null) {
        next.push(...halves.map((half) => new BoxReplay(half, all)));
        continue;
      }
      single.push(one);
      for (const rate of rates) candidates.push(tokenCandidate(one, counts, rate));
    }
    open = next;
  }
  if (open.length === 0) return { candidates, complete: true };
  const sampling = workOf(budget, WORK_MAX);
  const stride = Math.max(1, open.length / BOXES_SAMPLED);
  for (let at = 0; at < open.length && sampling.batches > 0; at += stride) {
    const found = anyIn(open[Math.floor(at)] as BoxReplay, short, counts, sampling);
    if (found !== null) candidates.push(found);
  }
  return { candidates, complete: false, boxes: [...single, ...open] };
}

/** So many batches at most, counted down on the budget too. */
function workOf(budget: WorkBudget, most: number): Work {
  let left = Math.min(most, budget.left);
  return {
    get batches() {
      return left;
    },
    set batches(now: number) {
      budget.spend(left - now);
      left = now;
    },
  };
}

/** All buckets that there may be, as one box; null: nothing was rejected and admitted again yet. */
function firstBox(view: View, stepwise: boolean, grain?: number): TokenBox | null {
  const capacities = capacityRange(view);
  const first = releasesOf(view)[0];
  if (capacities === null || first === undefined) return null;
  const longestMs = Math.max(
    STEP_MS_MIN,
    Math.ceil(Math.min(WINDOW_MS_MAX, first.admittedMs - (view[0] as View[number]).atMs)),
  );
  return {
    stepLow: stepwise ? STEP_MS_MIN : 0,
    stepHigh: stepwise ? longestMs : 0,
    capacityLow: capacities.low,
    capacityHigh: grain === undefined ? capacities.high : capacities.high + 1,
    ...(grain === undefined ? {} : { grain }),
  };
}

/** One bucket of a box that the view allows; null: none that a few tries came upon. */
function anyIn(within: BoxReplay, view: TokenView, counts: 'admitted' | 'all', work: Work): Candidate | null {
  // What was come upon before would be again, as long as it is alive: whatever was ruled out on the way to it stays so.
  const [known] = within.witness?.rates(view, work) ?? [];
  if (known !== undefined) return tokenCandidate(within.witness as BoxReplay, counts, known);
  within.witness = null;
  const open = [within];
  for (let tried = 0; tried < 40; tried++) {
    const one = open.pop();
    if (one === undefined) return null;
    const [rate] = one.rates(view, work);
    if (rate === undefined) continue;
    const halves = halvesOf(one.box);
    if (halves === null) {
      within.witness = one;
      return tokenCandidate(one, counts, rate);
    }
    open.push(...halves.map((half) => new BoxReplay(half, counts === 'all')));
  }
  return null;
}

function tokenCandidate(replay: BoxReplay, counts: 'admitted' | 'all', { low, high }: Range): Candidate {
  const { box } = replay;
  const middle = high === Number.POSITIVE_INFINITY ? Math.max(low * 2, 1e-6) : (low + high) / 2;
  return {
    shape: { kind: 'token-bucket', refillPerSecond: middle * 1000, stepMs: box.stepLow },
    counts,
    low: box.capacityLow,
    high: box.capacityHigh,
    refillPerSecond: { low: low * 1000, high: high * 1000 },
    replay,
  };
}
