/** A view in arrays, as token buckets are replayed over it: tens of thousands of times. */
import { type Batch, goesOnFrom, type View } from './view.ts';

/** See the head of this file. Places are those in the arrays, which leave out what says nothing. */
export interface TokenView {
  readonly view: View;
  /** Batches of the view, and of the arrays. */
  readonly length: number;
  readonly size: number;
  readonly timesMs: Float64Array;
  readonly costs: Float64Array;
  /** What was admitted, in units of cost; and the most of it at once. */
  readonly takens: Float64Array;
  readonly mostTaken: number;
  /** 1: some were rejected. */
  readonly rejected: Uint8Array;
  /** Rejected for another reason, in units of cost. */
  readonly excused: Float64Array;
  readonly told: Uint8Array;
  /** By batch of the view: its place, or that of the next one that has one. One more than there are batches. */
  readonly places: Int32Array;
  /** By place: which batch of the view it is. */
  readonly batches: Int32Array;
}

const made = { admitted: new WeakMap<View, TokenView>(), all: new WeakMap<View, TokenView>() };

/** The arrays of a view; `all`: rejected requests charge too. */
export function tokenViewOf(view: View, all: boolean): TokenView {
  const known = made[all ? 'all' : 'admitted'];
  const before = known.get(view);
  if (before !== undefined && before.length === view.length) return before;
  const fresh = packed(view, all);
  known.set(view, fresh);
  return fresh;
}

function packed(view: View, all: boolean): TokenView {
  const kept: Batch[] = [];
  const batches: number[] = [];
  const places = new Int32Array(view.length + 1);
  for (const [at, batch] of view.entries()) {
    places[at] = kept.length;
    if (!all && isImplied(view, at)) continue;
    kept.push(batch);
    batches.push(at);
  }
  places[view.length] = kept.length;
  const takens = Float64Array.from(kept, ({ cost, admitted }) => cost * admitted);
  return {
    view,
    length: view.length,
    size: kept.length,
    timesMs: Float64Array.from(kept, ({ atMs }) => atMs),
    costs: Float64Array.from(kept, ({ cost }) => cost),
    takens,
    mostTaken: takens.reduce((most, taken) => Math.max(most, taken), 0),
    rejected: Uint8Array.from(kept, ({ rejected }) => (rejected > 0 ? 1 : 0)),
    excused: Float64Array.from(kept, ({ cost, excused }) => cost * excused),
    told: Uint8Array.from(kept, ({ told }) => (told === true ? 1 : 0)),
    places,
    batches: Int32Array.from(batches),
  };
}

/** Whether a batch says nothing to a limit that counts admitted requests only: a later rejection of the same row implies it. */
export function isImplied(view: View, at: number): boolean {
  const { admitted, rejected } = view[at] as Batch;
  if (admitted > 0) return false;
  const next = view[at + 1];
  return rejected === 0 || (next !== undefined && next.admitted === 0 && next.rejected > 0);
}

/** Whether a view begins with all of another one, so that a replay over that one can go on. */
export function extendsView(view: TokenView, before: TokenView): boolean {
  return goesOnFrom(view.view, before.view);
}
