/**
 * Whether a limit that others use as well counts what it rejects, where some route costs more than another: the dearest is sent until it is rejected, and
 * at the same instant a cheaper one is asked. What was left passes it, unless what was rejected took that too. How much was left is chance; so it is asked
 * until one passes, or until it is very unlikely that there was never enough.
 */
import type { Point } from '../black-box.ts';
import type { Hypothesis } from '../hypothesis.ts';
import { blurMsOf } from '../noise/noise.ts';
import type { Prober } from '../prober.ts';
import type { AskedCosts } from './ask-costs.ts';
import type { Filling } from './ask-who.ts';

const REST_SPANS = 3;
/** More than fits. */
const OVERFULL = 1.4;
const MORE = 6;
/** Asked of the cheaper one: more than fit beside a dear one of 20 units. */
const ASKED = 24;
/** Times that are asked at most, and how likely it may be that there was never enough left. */
const TRIES_MAX = 16;
const UNLIKELY = 0.002;

/** null: no route costs more than another, or what was asked does not tell. */
export async function askCounts(
  prober: Prober,
  { base, size, spanMs }: Filling,
  { costs, undecided }: AskedCosts,
): Promise<Hypothesis['counts'] | null> {
  if (blurMsOf(prober.events) > 0 || prober.lagMs > 0) return null;
  const byCost = [...costs].sort(([, one], [, other]) => one - other);
  const [cheap, dear] = [byCost[0], byCost.at(-1)];
  if (cheap === undefined || dear === undefined || cheap[1] === dear[1]) return null;
  const of = (route: number, many: number) =>
    Array.from({ length: many }, (): Point => ({ identity: base.identity, route }));
  const fits = (size * (costs.get(base.route) ?? 1)) / dear[1];
  const filling = of(dear[0], Math.ceil(fits * OVERFULL) + MORE);
  const tries = Math.ceil(Math.log(UNLIKELY) / Math.log(cheap[1] / dear[1]));
  let told = 0;
  for (let tried = 0; tried < Math.min(tries, TRIES_MAX); tried++) {
    await prober.waitUntil(prober.nowMs + spanMs * REST_SPANS);
    // One more of the cheap ones each time: so that what is left differs even where others use none of it.
    const answers = await prober.sendMany([...of(cheap[0], tried), ...filling, ...of(cheap[0], ASKED)]);
    const outcomes = answers.map(({ outcome }) => outcome);
    const asked = outcomes.splice(-ASKED);
    if (!outcomes.includes('rejected') || asked.at(-1) !== 'rejected') continue;
    if (asked.includes('admitted')) return 'admitted';
    told += 1;
  }
  const isKnown = !undecided.has(cheap[0]) && !undecided.has(dear[0]);
  return isKnown && told >= tries ? 'all' : null;
}
