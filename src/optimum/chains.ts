/** Calls that wait for other calls: pages of one query, steps of one export. */

/** The part of a call that chains look at. */
export interface ChainedCall {
  /** From the trial's start. */
  readonly releaseMs: number;
  readonly serviceMs: number;
  /** Index of the call that must be answered first, or -1. */
  readonly after: number;
}

/** What chains alone dictate, per call. */
export interface Chains {
  /** Earliest time each call can be sent: its release, or the earliest answer of the call before it. */
  readonly earliestMs: Float64Array;
  /** From a call's own answer to the answer of the last call that waits for it, at least: 0 at the end of a chain. */
  readonly tailMs: Float64Array;
}

/**
 * Computes both by one walk along each chain.
 *
 * @throws RangeError when `after` names no call, or chains form a circle.
 */
export function chainsOf(calls: readonly ChainedCall[]): Chains {
  const earliestMs = new Float64Array(calls.length);
  const tailMs = new Float64Array(calls.length);
  const order = firstToLast(calls);
  for (const index of order) {
    // A clock in epoch ms resolves 1/4096 of one: it may release a call that much early.
    const call = calls[index]!;
    const ready = call.after < 0 ? -Infinity : earliestMs[call.after]! + calls[call.after]!.serviceMs;
    earliestMs[index] = Math.max(Math.floor(call.releaseMs * 4096) / 4096, ready);
  }
  for (const index of order.toReversed()) {
    const call = calls[index]!;
    if (call.after >= 0) tailMs[call.after] = Math.max(tailMs[call.after]!, call.serviceMs + tailMs[index]!);
  }
  return { earliestMs, tailMs };
}

/** Indices so that every call comes after the one it waits for. */
function firstToLast(calls: readonly ChainedCall[]): number[] {
  const order: number[] = [];
  const state = new Uint8Array(calls.length); // 0 not seen, 1 on the path being walked, 2 placed
  for (let start = 0; start < calls.length; start++) {
    // Most calls wait for none and need no walk.
    if (state[start] === 0 && calls[start]!.after < 0) {
      state[start] = 2;
      order.push(start);
      continue;
    }
    const path: number[] = [];
    let index = start;
    while (index >= 0 && state[index] !== 2) {
      if (state[index] === 1)
        throw new RangeError(`Cannot bound the calls: calls[${index}].after must not lead back to itself`);
      state[index] = 1;
      path.push(index);
      const { after } = calls[index]!;
      if (after >= calls.length) {
        throw new RangeError(
          `Cannot bound the calls: calls[${index}].after must be -1 or an index below ${calls.length}, current value is ${after}`,
        );
      }
      index = after;
    }
    for (const placed of path.toReversed()) {
      state[placed] = 2;
      order.push(placed);
    }
  }
  return order;
}
