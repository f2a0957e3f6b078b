/** Whether two doors gave the same, request by request; if not, what the first one was that differs. */
import type { Given, Played } from './doors.ts';
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
  if (one.isTransport === other.isTransport) return [JSON.stringify(first), JSON.stringify(second)];
  const decision = one.seen[index]?.decision;
  if (decision === 'unknown') return SAME; // thrown back by the transport
  if (first === null || second === null || decision === 'rejected') return [unnumbered(first), unnumbered(second)];
  // What a resource says the transport does not know; the headers are the decision's, unless the resource found no such thing.
  return first.status === second.status ? [headersOf(first), headersOf(second)] : SAME;
}

const SAME: [string, string] = ['', ''];

/** Without the correlation id: the transport numbers decisions, a platform all its answers. */
function unnumbered(given: Given | null): string {
  const id = given?.headers['inin-correlation-id'] ?? '';
  return id === '' ? JSON.stringify(given) : JSON.stringify(given).replaceAll(id, '');
}

function headersOf({ headers }: Given): string {
  return JSON.stringify({ ...headers, 'inin-correlation-id': '' });
}
