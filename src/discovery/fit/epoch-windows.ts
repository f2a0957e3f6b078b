/** Windows that hang on the epoch: every whole millisecond is tried, most of them at a glance. */
import {
  type Candidate,
  compressed,
  fitted,
  type Left,
  type Listed,
  LISTED_MAX,
  SAMPLE,
  stillAlive,
  WINDOW_MS_MAX,
} from './candidate.ts';
import { counterFits, type Counting, epochFits, FIXED, glanceOf, packed, windowsBelow } from './packed.ts';
import { releasesOf, type View } from './view.ts';
import type { WorkBudget } from './work-budget.ts';

/** Windows that are ruled out at a glance in the time that a batch of a token bucket takes: measured, 10 to 30. */
const WINDOWS_A_BATCH = 10;
/** The geometric sample of windows that is tried first. */
const FIRST_WINDOWS: readonly number[] = firstWindows();
/** Fewer than this are no sample to plan by. */
const SPARSE = 15;

/** Fixed windows. */
export function listEpoch(view: View, work: WorkBudget, effort: number, left: Left): Listed {
  const releases = releasesOf(view).toReversed();
  const short = packed(compressed(view));
  const glance = glanceOf(short, FIXED);
  const passes = (windowMs: number) =>
    glance(windowMs) &&
    epochFits(short, windowMs) &&
    releases.every(
      ({ runFromMs, rejectedMs, admittedMs }) =>
        Math.floor(rejectedMs / windowMs) < Math.floor(admittedMs / windowMs) &&
        Math.floor(runFromMs / windowMs) === Math.floor(rejectedMs / windowMs),
    );
  const scan: Scan = {
    view,
    passes,
    glance: () => windowsBelow(WINDOW_MS_MAX, short, FIXED),
    fit: (windowMs) => fitted(view, { kind: 'fixed-window', windowMs, anchor: 'epoch' }, 'admitted'),
  };
  return listByScan(scan, work, effort, left);
}

/** Weighted counters. */
export function listCounter(
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
  const glance = glanceOf(short, counting);
  const scan: Scan = {
    view,
    passes: (windowMs) => glance(windowMs) && counterFits(short, windowMs, counting),
    glance: () => windowsBelow(WINDOW_MS_MAX, short, counting),
    fit: (windowMs) => fitted(view, { kind: 'sliding-window-counter', windowMs }, counts, whole),
  };
  return listByScan(scan, work, effort, left);
}

/** How the windows of one family are tried. */
interface Scan {
  readonly view: View;
  /** Whether a window is alive. */
  readonly passes: (windowMs: number) => boolean;
  /** All windows that are not ruled out at a glance. */
  readonly glance: () => readonly number[];
  /** What is alive of a window that passes. */
  readonly fit: (windowMs: number) => Candidate | null;
}

/** Tries a geometric sample first, and every whole ms only where the sample says that few are left; then goes on where it was. */
function listByScan(scan: Scan, work: WorkBudget, effort: number, left: Left): Listed {
  const { windows = FIRST_WINDOWS, scanned: before } = left;
  const some = windows.filter(scan.passes);
  const many = some.reduce((sum, ms) => sum + nextWindow(ms) - ms, 0);
  if (many > LISTED_MAX * effort && some.length >= SPARSE) {
    const stride = Math.max(1, some.length / SAMPLE);
    const picked = some.filter((_, at) => Math.floor(at / stride) !== Math.floor((at - 1) / stride));
    const candidates = picked.flatMap((ms) => scan.fit(ms) ?? []);
    return { candidates, complete: false, windows: some, ...(before === undefined ? {} : { scanned: before }) };
  }
  if (before === undefined) work.spend(WINDOW_MS_MAX / WINDOWS_A_BATCH);
  const glanced = before?.windows ?? scan.glance();
  const candidates = before === undefined ? [] : stillAlive(before.alive, scan.view, work);
  const most = 4 * LISTED_MAX * effort;
  let at = before?.tried ?? 0;
  for (; at < glanced.length && candidates.length <= most; at++) {
    const ms = glanced[at] as number;
    const candidate = scan.passes(ms) ? scan.fit(ms) : null;
    if (candidate !== null) candidates.push(candidate);
  }
  if (candidates.length <= most) return { candidates, complete: true };
  return { candidates, complete: false, windows: some, scanned: { windows: glanced, tried: at, alive: candidates } };
}

function firstWindows(): number[] {
  const windows: number[] = [];
  for (let ms = 1; ms < WINDOW_MS_MAX; ms = nextWindow(ms)) windows.push(ms);
  return windows;
}

function nextWindow(ms: number): number {
  return Math.max(ms + 1, Math.min(ms + 400, Math.floor(ms * 1.0012)));
}
