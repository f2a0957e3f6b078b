/**
 * The sliding logs that a view allows, by branch and bound over the window: a longer window never holds less, so over a box of windows the least
 * use is that of its shortest one, and the greatest that of its longest.
 */
import { isFullAt, neededOf, refusedOf, takenOf, type View } from './view.ts';

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
  // What charges, in the order of time: where charges are seen late, up to `seen`.
  const charges = view.some(({ part }) => part !== undefined) ? view.filter(({ part }) => part === 'charged') : view;
  const charged = (batch: View[number]) => takenOf(batch) + (all ? batch.cost * refusedOf(batch) : 0);
  const hasLeft = (head: number, window: number, atMs: number) =>
    head < seen && (charges[head] as View[number]).atMs + window <= atMs;
  let seen = 0;
  for (const batch of view) {
    const { atMs, cost, part } = batch;
    for (; hasLeft(shortHead, low, atMs); shortHead++) short -= charged(charges[shortHead] as View[number]);
    for (; hasLeft(longHead, high, atMs); longHead++) long -= charged(charges[longHead] as View[number]);
    const needed = neededOf(batch);
    if (needed > 0 && short + needed > capacityLow) capacityLow = short + needed;
    if (isFullAt(batch) && long + takenOf(batch) + cost - 1 < capacityHigh)
      capacityHigh = long + takenOf(batch) + cost - 1;
    if (capacityLow > capacityHigh) return false;
    if (part === 'decided') continue;
    short += charged(batch);
    long += charged(batch);
    seen += 1;
  }
  return true;
}
