/** A record as one unknown limit sees it: what concerns it, in runs of simultaneous probes. All inference is a function of a view. */
import type { ProbeEvent } from '../record.ts';

/** Probes of one instant and one cost: first the admitted ones, then the rejected ones. */
export interface Batch {
  readonly atMs: number;
  readonly cost: number;
  readonly admitted: number;
  /** Rejections that this limit has to explain. */
  readonly rejected: number;
  /** Rejections that another limit explains: they charge where rejected requests count, and are no evidence. */
  readonly excused: number;
  /** When the admitted ones were answered. */
  readonly endsMs: readonly number[];
  /** Index of the first event in the record. */
  readonly event: number;
  /** Nobody asked: a trusted Retry-After told that it would be rejected. Evidence that charges nothing. */
  readonly told?: true;
  /** Where charges are seen late a batch stands in the view twice: as what was decided, which charges nothing, and once it is seen as what it charges. */
  readonly part?: 'decided' | 'charged';
}

/** See the head of this file. */
export type View = readonly Batch[];

/** How many rejected requests of a batch were really sent: these charge where rejected requests count. */
export function refusedOf({ rejected, excused, told, part }: Batch): number {
  return told === true || part === 'decided' ? 0 : rejected + excused;
}

/** What the admitted requests of a batch charge. */
export function takenOf({ cost, admitted, part }: Batch): number {
  return part === 'decided' ? 0 : cost * admitted;
}

/** What there was room for, as far as the batch proves it: of requests that do not see each other's charges, for one. */
export function neededOf({ cost, admitted, part }: Batch): number {
  if (part === 'charged' || admitted === 0) return 0;
  return part === 'decided' ? cost : cost * admitted;
}

/** Whether the batch proves that there was no room for one more. */
export function isFullAt({ rejected, part }: Batch): boolean {
  return rejected > 0 && part !== 'charged';
}

/** The view of a limit that sees each charge so much later, and counts it then at the time at which it was decided; what is seen by `untilMs`. */
export function seenLate(view: View, lagMs: number, untilMs: number): Batch[] {
  const late: Batch[] = [];
  let seen = 0;
  const seeUntil = (atMs: number) => {
    for (let next = view[seen]; next !== undefined && next.atMs + lagMs <= atMs; next = view[++seen])
      late.push({ ...next, endsMs: [], part: 'charged' });
  };
  for (const batch of view) {
    seeUntil(batch.atMs);
    late.push({ ...batch, part: 'decided' });
  }
  seeUntil(untilMs);
  return late;
}

/** What concerns the limit. */
export interface ViewOptions {
  /** Cost by event; 0: not concerned. */
  readonly costOf: (event: ProbeEvent, index: number) => number;
  /** Whether another limit explains this rejection. Default: none does. */
  readonly excused?: (event: ProbeEvent, index: number) => boolean;
}

/** Builds a view of events `from` on; probes without an outcome are left out. */
export function viewOf(events: readonly ProbeEvent[], { costOf, excused }: ViewOptions, from = 0): Batch[] {
  const view: Batch[] = [];
  let open: { -readonly [K in keyof Batch]: Batch[K] } & { endsMs: number[] } = emptyBatch(Number.NaN, 0, from);
  for (let index = from; index < events.length; index++) {
    const event = events[index];
    if (event === undefined || event.outcome === 'unknown') continue;
    const cost = costOf(event, index);
    if (cost <= 0) continue;
    const admitted = event.outcome === 'admitted';
    const turned = admitted && open.rejected + open.excused > 0;
    if (event.sentMs !== open.atMs || cost !== open.cost || turned) {
      open = emptyBatch(event.sentMs, cost, index);
      view.push(open);
    }
    if (admitted) {
      open.admitted += 1;
      open.endsMs.push(event.answeredMs);
    } else if (excused?.(event, index) === true) open.excused += 1;
    else open.rejected += 1;
  }
  return view;
}

const goesOn = new WeakMap<View, WeakMap<View, boolean>>();

/** Whether a view begins with all of another one, so that a replay over that one can go on. Compared once for all replays. */
export function goesOnFrom(view: View, before: View): boolean {
  if (view === before) return true;
  let known = goesOn.get(view);
  if (known === undefined) goesOn.set(view, (known = new WeakMap<View, boolean>()));
  let does = known.get(before);
  if (does === undefined) known.set(before, (does = beginsWith(view, before)));
  return does;
}

function beginsWith(view: View, before: View): boolean {
  return before.every((one, at) => {
    const now = view[at];
    return (
      now !== undefined &&
      now.atMs === one.atMs &&
      now.cost === one.cost &&
      now.admitted === one.admitted &&
      now.rejected === one.rejected &&
      now.excused === one.excused &&
      now.told === one.told &&
      now.part === one.part
    );
  });
}

function emptyBatch(atMs: number, cost: number, event: number) {
  return { atMs, cost, admitted: 0, rejected: 0, excused: 0, endsMs: [] as number[], event };
}

/** A release: rejected at `rejectedMs`, admitted at `admittedMs`, and nothing known in between. `runFromMs`: first of the rejections in a row. */
export interface Release {
  readonly runFromMs: number;
  readonly rejectedMs: number;
  readonly admittedMs: number;
  /** Index of the admitting batch in the view. */
  readonly at: number;
}

/** All releases of a view. */
export function releasesOf(view: View): Release[] {
  const releases: Release[] = [];
  let runFromMs = Number.NaN;
  let rejectedMs = Number.NaN;
  for (const [at, { atMs, admitted, rejected, part }] of view.entries()) {
    if (part === 'charged') continue;
    if (admitted > 0) {
      if (!Number.isNaN(rejectedMs) && atMs > rejectedMs) {
        releases.push({ runFromMs, rejectedMs, admittedMs: atMs, at });
      }
      runFromMs = Number.NaN;
      rejectedMs = Number.NaN;
    }
    if (rejected > 0) {
      if (Number.isNaN(runFromMs)) runFromMs = atMs;
      rejectedMs = atMs;
    }
  }
  return releases;
}
