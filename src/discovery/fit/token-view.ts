/** A view in arrays, as token buckets are replayed over it: tens of thousands of times. */
import { type Batch, goesOnFrom, isFullAt, neededOf, refusedOf, takenOf, type View } from './view.ts';

/** See the head of this file. Places are those in the arrays, which leave out what says nothing. */
export interface TokenView {
  readonly view: View;
  /** Batches of the view, and of the arrays. */
  readonly length: number;
  readonly size: number;
  readonly timesMs: Float64Array;
  readonly costs: Float64Array;
  /** What there was room for, what was charged, in units of cost; and the most that there was room for at once. */
  readonly needed: Float64Array;
  readonly takens: Float64Array;
  readonly mostNeeded: number;
  /** 1: there was room for no more. */
  readonly full: Uint8Array;
  /** 1: a rejected request charges, so that nothing is left. */
  readonly emptied: Uint8Array;
  /** Charged by what was rejected for another reason, in units of cost. */
  readonly excused: Float64Array;
  /** 1: what was decided here charges later. */
  readonly decided: Uint8Array;
  /** Where charges are seen late, what may have been let in by now that did not fit, in units of cost. */
  readonly over: Float64Array;
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
  const needed = Float64Array.from(kept, neededOf);
  return {
    view,
    length: view.length,
    size: kept.length,
    timesMs: Float64Array.from(kept, ({ atMs }) => atMs),
    costs: Float64Array.from(kept, ({ cost }) => cost),
    needed,
    takens: Float64Array.from(kept, takenOf),
    mostNeeded: needed.reduce((most, one) => Math.max(most, one), 0),
    full: Uint8Array.from(kept, (batch) => (isFullAt(batch) ? 1 : 0)),
    emptied: Uint8Array.from(kept, (batch) => (batch.rejected > 0 && refusedOf(batch) > 0 ? 1 : 0)),
    excused: Float64Array.from(kept, ({ cost, excused, part }) => (part === 'decided' ? 0 : cost * excused)),
    decided: Uint8Array.from(kept, ({ part }) => (part === 'decided' ? 1 : 0)),
    over: overIn(kept),
    places,
    batches: Int32Array.from(batches),
  };
}

/**
 * The most that is used beyond the capacity where charges are seen late: when a request was admitted there was room for it by all that was seen,
 * so no more than what was charged by then and not seen, and what was admitted beside it.
 */
function overIn(view: readonly Batch[]): Float64Array {
  let unseen = 0;
  let over = 0;
  return Float64Array.from(view, (batch) => {
    const { cost, admitted, part } = batch;
    if (part === 'charged') unseen -= takenOf(batch);
    if (part === 'decided' && admitted > 0) {
      unseen += cost * admitted;
      over = unseen - cost;
    }
    return over;
  });
}

/** Whether a batch says nothing to a limit that counts admitted requests only: a later rejection of the same row implies it. */
export function isImplied(view: View, at: number): boolean {
  const { admitted, rejected, part } = view[at] as Batch;
  if (admitted > 0) return false;
  const next = view[at + 1];
  return rejected === 0 || part === 'charged' || (next !== undefined && next.admitted === 0 && isFullAt(next));
}

/** Whether a view begins with all of another one, so that a replay over that one can go on. */
export function extendsView(view: TokenView, before: TokenView): boolean {
  return goesOnFrom(view.view, before.view);
}
