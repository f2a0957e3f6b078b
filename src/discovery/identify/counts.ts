/**
 * Whether a limit counts the requests that it rejects, where that does not show by itself: in a fixed window, and in a bucket whose steps bring whole
 * tokens, a rejected request finds nothing left to take, unless some route costs more than another. Then: all but a little of what fits, one request
 * that costs more than the rest, and one that costs no more. The last one passes unless the rejected one took what was left.
 */
import type { Point } from '../black-box.ts';
import type { Hypothesis } from '../hypothesis.ts';
import type { KnownLimits } from '../known-limits.ts';
import type { Prober } from '../prober.ts';
import type { ProbeEvent } from '../record.ts';
import type { Range } from '../stream.ts';

/** What is known of the limit. */
export interface Uncounted {
  readonly capacity: Range;
  /** By route. */
  readonly costs: ReadonlyMap<number, number>;
  /** Who asks. */
  readonly identity: number;
}

/** Longer than two windows of those that are looked for. */
const REST_MS = 8_100_000;
const TRIES = 3;

/** Asks once from idle, and again where an answer says nothing; null: no requests can tell, or they did not. */
export async function settleCounts(
  prober: Prober,
  known: KnownLimits,
  limit: Uncounted,
): Promise<Hypothesis['counts'] | null> {
  const points = tellingOrder(limit);
  if (points === null || !leaveRoom(known, points)) return null;
  for (let tried = 0; tried < TRIES; tried++) {
    await prober.waitUntil(prober.nowMs + REST_MS);
    const outcomes = (await sendInOrder(prober, points)).map(({ outcome }) => outcome);
    const last = outcomes.at(-1);
    if (outcomes.includes('unknown')) continue;
    const isAsExpected = outcomes.slice(0, -2).every((outcome) => outcome === 'admitted');
    if (!isAsExpected || outcomes.at(-2) !== 'rejected') return null;
    return last === 'admitted' ? 'admitted' : 'all';
  }
  return null;
}

/** At one instant; where charges are seen late one after the other, since those of one instant do not see each other's. */
async function sendInOrder(prober: Prober, points: readonly Point[]): Promise<ProbeEvent[]> {
  if (prober.lagMs === 0) return prober.sendMany(points);
  const fill = await prober.sendMany(points.slice(0, -2));
  const last = [];
  for (const point of points.slice(-2)) last.push(await prober.send(point));
  return [...fill, ...last];
}

/** The fewest requests that tell: what fills it, the dear one, the cheap one. Null: there are none. */
function tellingOrder({ capacity: { low, high }, costs, identity }: Uncounted): readonly Point[] | null {
  let best: readonly [dear: number, dears: number, cheap: number, cheaps: number] | null = null;
  for (const [dear, much] of costs) {
    for (const [cheap, little] of costs) {
      if (little >= much) continue;
      // More of the cheap ones than cost what one dear one does come to the same again.
      for (let cheaps = 0; cheaps <= much; cheaps++) {
        const dears = Math.floor((low - little * (1 + cheaps)) / much);
        const left = high - little * cheaps - much * dears;
        if (dears < 0 || left >= much) continue;
        if (best === null || dears + cheaps < best[1] + best[3]) best = [dear, dears, cheap, cheaps];
      }
    }
  }
  if (best === null) return null;
  const [dear, dears, cheap, cheaps] = best;
  const of = (route: number, many: number) => Array.from({ length: many }, (): Point => ({ identity, route }));
  return [...of(dear, dears), ...of(cheap, cheaps), ...of(dear, 1), ...of(cheap, 1)];
}

/** Whether no known limit could be what rejects. */
function leaveRoom({ limits }: KnownLimits, points: readonly Point[]): boolean {
  return limits.every(({ costs, hypothesis, tightest = hypothesis }) => {
    const sum = points.reduce((sum, { route }) => sum + (costs.get(route) ?? 0), 0);
    return sum <= tightest.capacity;
  });
}
