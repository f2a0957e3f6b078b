/** Whether two doors gave the same, request by request; if not, what the first one was that differs. */
import type { Played } from './doors.ts';
import type { Step } from './traffic.ts';

/** Text that shows the first request that two doors treated differently, decisions first; null: there is none. */
export function firstDifference(
  steps: readonly Step[],
  [oneName, one]: readonly [string, Played],
  [otherName, other]: readonly [string, Played],
): string | null {
  for (const [index, step] of steps.entries()) {
    const decisions = [one, other].map(({ seen }) => JSON.stringify(seen[index]));
    const answers = comparable(one, other, index);
    if (decisions[0] === decisions[1] && answers[0] === answers[1]) continue;
    const { body: _, ...shown } = step;
    return [
      `request ${index} of ${steps.length}: ${JSON.stringify(shown)}`,
      `${oneName}: ${decisions[0]} ${answers[0]}`,
      `${otherName}: ${decisions[1]} ${answers[1]}`,
    ].join('\n');
  }
  return one.given.length === other.given.length ? null : 'they answered different numbers of requests';
}

/** The two answers as text, as far as both can be the same. */
function comparable(one: Played, other: Played, index: number): [string, string] {
  const [first, second] = [one.given[index] ?? null, other.given[index] ?? null];
  const decision = one.seen[index]?.decision;
  if (one.isTransport === other.isTransport || decision === 'rejected' || first === null || second === null) {
    const isThrownBack = one.isTransport !== other.isTransport && decision === 'unknown';
    return isThrownBack ? SAME : [JSON.stringify(first), JSON.stringify(second)];
  }
  // What a resource says, the transport does not know; the headers are the decision's, unless the resource found no such thing.
  return first.status === second.status ? [JSON.stringify(first.headers), JSON.stringify(second.headers)] : SAME;
}

const SAME: [string, string] = ['', ''];
