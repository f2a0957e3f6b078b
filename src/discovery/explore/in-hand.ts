/** From what a stream was identified as to a limit in hand: with who shares it, what each route costs, and how sure all of that is. */
import type { Point } from '../black-box.ts';
import type { Hypothesis } from '../hypothesis.ts';
import { settleCounts } from '../identify/counts.ts';
import type { KnownLimit } from '../known-limits.ts';
import type { Identified } from '../stream.ts';
import { type Exploration, type FoundOnStream, type LimitInHand, numbersOf } from './exploration.ts';
import type { Sharing } from './interference.ts';
import type { Identify, Settled } from './settle.ts';
import { drainedByOthers } from './shared-use.ts';
import { undecided } from './undecided.ts';
import { type Costed, withCosts } from './with-costs.ts';

const LATE = 'charges are seen late, so that more was admitted than fits, and what was told apart may not be';

/** What was identified, with the costs of the routes. */
export async function inHand(
  exploration: Exploration,
  identify: Identify,
  seen: Sharing,
  points: readonly Point[],
  identified: Identified,
  from: number,
): Promise<Settled> {
  const { prober } = exploration;
  if (identified.kind === 'none') return { kind: 'none' };
  if (identified.kind === 'conflict') return { kind: 'open', points, reason: identified.reason };
  const base = points[0] as Point;
  const first = identified.kind === 'found' ? identified : undecided(identified.candidates);
  if (first === null) return { kind: 'open', points, reason: 'nothing that is known fits' };
  if (await drainedByOthers(exploration, base, first)) return { kind: 'open', points, reason: 'others use it as well' };
  const costed = await withCosts(exploration, identify, seen, points, base, first);
  const { sharing, decided } = costed;
  const { scope } = decided;
  const reasons = [
    identified.kind === 'ambiguous' ? identified.reason : '',
    decided.consistent ? '' : 'no set of labels tells those who share it from those who do not',
    ...(sharing.unclear.length === 0 ? [] : [`whether ${sharing.unclear.length} points share it was not seen`]),
    costed.reason,
    // Where times are uncertain too, most of what was called found under lag was wrong.
    exploration.isLagging && exploration.isBlurred && identified.kind === 'found' ? LATE : '',
  ].filter((reason) => reason !== '');
  const found = await counted(exploration, base, costed);
  const { hypothesis, alternatives } = found;
  const others = identified.kind === 'ambiguous' ? { alternatives } : {};
  const limit: LimitInHand = {
    known: { scope, costs: costed.costs, hypothesis, ...readings(found), ...others, costings: costed.costings },
    status: reasons.length === 0 ? 'found' : 'ambiguous',
    reason: reasons.join('; '),
    ...numbersOf(found),
    scopeUndecided: decided.undecided,
    costsUndecided: costed.undecided,
    interference: sharing.matrix,
    events: { from, to: prober.events.length },
    points,
    again: async () => {
      const settled = await inHand(exploration, identify, seen, points, identified, from);
      return settled.kind === 'limit' ? settled.limit : null;
    },
  };
  return { kind: 'limit', limit };
}

/** What was found, with whether rejected requests count, where that is open and costs can tell. */
async function counted(
  { prober, known, isReal, isBlurred }: Exploration,
  { identity }: Point,
  { found, costs, undecided: open }: Costed,
): Promise<FoundOnStream> {
  const isUncertain = isReal || isBlurred;
  if (found.countsKnown || found.alternatives.length > 0 || open.size > 0 || isUncertain) return found;
  const counts = await settleCounts(prober, known, { capacity: found.capacity, costs, identity });
  return counts === null ? found : { ...found, hypothesis: { ...found.hypothesis, counts }, countsKnown: true };
}

/** The least and the most that a limit may admit, where its numbers are intervals. */
function readings({ hypothesis, capacity, refillPerSecond }: FoundOnStream): Pick<KnownLimit, 'tightest' | 'loosest'> {
  const { shape } = hypothesis;
  if (capacity.low === capacity.high && shape.kind !== 'token-bucket') return {};
  const at = (end: 'low' | 'high'): Hypothesis => ({
    ...hypothesis,
    capacity: capacity[end],
    shape:
      shape.kind === 'token-bucket'
        ? { ...shape, refillPerSecond: refillPerSecond?.[end] ?? shape.refillPerSecond }
        : shape,
  });
  return { tightest: at('low'), loosest: at('high') };
}
