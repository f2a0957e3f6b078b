/** The families of counting, each with the shapes of it that a view allows. */
import type { Range } from '../stream.ts';
import {
  type Candidate,
  compressed,
  fitted,
  type Left,
  type Listed,
  LISTED_MAX,
  SAMPLE,
  tokenCandidate,
  WINDOW_MS_MAX,
  workOf,
} from './candidate.ts';
import { listCounter, listEpoch } from './epoch-windows.ts';
import { logsIn, type WindowBox } from './log-boxes.ts';
import { commonTo, someOf, unionOf, wholeIn } from './spans.ts';
import { BoxReplay, halvesOf, STEP_MS_MIN, type TokenBox, type Work } from './token-boxes.ts';
import { type TokenView, tokenViewOf } from './token-view.ts';
import { isFullAt, neededOf, releasesOf, takenOf, type View } from './view.ts';
import type { WorkBudget } from './work-budget.ts';

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

const BOXES_MAX = 3000;
const BOXES_SAMPLED = 60;
/** Batches that the token buckets of one kind are replayed over at each refit: about a second. */
const WORK_MAX = 3_000_000;

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

/** Capacities that a token bucket may have: at most what was admitted before the first rejection. */
function capacityRange(view: View): Range | null {
  let admitted = 0;
  let atOnce = 1;
  for (const batch of view) {
    admitted += takenOf(batch);
    atOnce = Math.max(atOnce, neededOf(batch));
    // One costlier than the others may be rejected a little earlier.
    if (isFullAt(batch)) return { low: atOnce, high: Math.max(atOnce, admitted + batch.cost - 1) };
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
