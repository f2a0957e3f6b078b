/**
 * The sliding logs that a view allows, by branch and bound over the window: a longer window never holds less, so over a box of windows the least
 * use is that of its shortest one, and the greatest that of its longest.
 */
import { refusedOf, type View } from './view.ts';

/** Windows from low to high, whole ms, ends included. */
export interface WindowBox {
  readonly low: number;
  readonly high: number;
}

/** Whether some capacity and window of a box fit; for one window exactly, else never wrongly no. */
export function logsIn({ low, high }: WindowBox, view: View, all: boolean): boolean {
  let capacityLow = 1;
  let capacityHigh = Number.POSITIVE_INFINITY;
  let short = 0;
  let long = 0;
  let shortHead = 0;
  let longHead = 0;
  const charged = (at: number) => {
    const batch = view[at] as View[number];
    return batch.cost * (batch.admitted + (all ? refusedOf(batch) : 0));
  };
  for (const batch of view) {
    const { atMs, cost, admitted, rejected } = batch;
    for (; (view[shortHead] as View[number]).atMs + low <= atMs; shortHead++) short -= charged(shortHead);
    for (; (view[longHead] as View[number]).atMs + high <= atMs; longHead++) long -= charged(longHead);
    short += cost * admitted;
    long += cost * admitted;
    if (admitted > 0 && short > capacityLow) capacityLow = short;
    if (rejected > 0 && long + cost - 1 < capacityHigh) capacityHigh = long + cost - 1;
    if (capacityLow > capacityHigh) return false;
    if (all) {
      short += cost * refusedOf(batch);
      long += cost * refusedOf(batch);
    }
  }
  return true;
}
