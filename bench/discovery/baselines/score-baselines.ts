/**
 * The baselines on a gateway that was discovered: each afresh, with at most as many requests as the discovery sent, and at a point where a limit
 * can be seen (which they could not know). Compared with the limit that they come nearest to.
 */
import { BudgetSpentError, Prober } from '../../../src/discovery/prober.ts';
import { capacityOf, familyOf } from '../canonical.ts';
import { requestsPerSecond } from '../draw-hierarchy.ts';
import { type BenchGateway, openBox } from '../generate.ts';
import type { TrueAtom } from '../observable.ts';
import type { Baseline, BaselineAnswer } from './baseline.ts';
import { burstLadder } from './burst-ladder.ts';
import { headerTrusting } from './header-trusting.ts';
import { linearSearch } from './linear-search.ts';
import { longTermBandwidth } from './long-term-bandwidth.ts';

/** All of them, in the order of the table. */
export const BASELINES: readonly Baseline[] = [headerTrusting, linearSearch, burstLadder, longTermBandwidth];

/** What one baseline was worth on one gateway. */
export interface BaselineScore {
  readonly name: string;
  /** Family right; of a fixed window whichever anchor. */
  readonly family: boolean;
  /** |log(found / true)|, null: no answer. A rate of 0 or without end is none. */
  readonly capacityLogError: number | null;
  readonly sustainedLogError: number | null;
  readonly sent: number;
}

const NO_ANSWER: BaselineAnswer = { family: null, requestsAtOnce: null, requestsPerSecond: null };
const TIME_MS = 30 * 86_400_000;

/** Scores all baselines. `requests`: at most so many each. */
export async function scoreBaselines(
  gateway: BenchGateway,
  truth: readonly TrueAtom[],
  requests: number,
): Promise<BaselineScore[]> {
  const seen = truth.filter(({ shownBy }) => shownBy !== null);
  const [first] = seen;
  if (first === undefined) return [];
  const point = { identity: 0, route: first.routes[0] as number };
  const here = seen.filter(({ routes }) => routes.includes(point.route));
  const scores: BaselineScore[] = [];
  for (const baseline of BASELINES) {
    const { box, target } = openBox(gateway);
    const budget = { requests, rejections: requests, timeMs: TIME_MS };
    const prober = new Prober(target, { budget, inFlight: 512, defy: true, allowPenalty: true });
    let answer = NO_ANSWER;
    const outcome = await box.run(async () => {
      try {
        await baseline.find(prober, point, (noted) => (answer = noted));
      } catch (error) {
        if (!(error instanceof BudgetSpentError)) throw error;
      }
    });
    // A box that fails (its time is over, say) leaves what was noted by then.
    if (outcome.kind === 'failed' && outcome.reason === 'threw') throw new Error(outcome.detail);
    scores.push({ name: baseline.name, ...nearest(gateway, here, point.route, answer), sent: prober.events.length });
  }
  return scores;
}

function nearest(
  gateway: BenchGateway,
  truth: readonly TrueAtom[],
  route: number,
  answer: BaselineAnswer,
): Omit<BaselineScore, 'name' | 'sent'> {
  const serviceMs = gateway.policy.latency[0]?.medianMs ?? 0;
  const scores = truth.map(({ algorithm, costs, routes }) => {
    const cost = costs[routes.indexOf(route)] ?? 1;
    const atOnce = capacityOf(algorithm) / cost;
    const perSecond = requestsPerSecond({ algorithm, costs: new Map([[0, cost]]) }, serviceMs);
    return {
      family:
        answer.family !== null &&
        `${familyOf(algorithm)}-`.startsWith(`${answer.family}-`) &&
        isSameBucket(answer, algorithm),
      capacityLogError: logError(answer.requestsAtOnce, atOnce),
      sustainedLogError: logError(answer.requestsPerSecond, perSecond),
    };
  });
  const distance = (score: (typeof scores)[number]) => (score.capacityLogError ?? 0) + (score.sustainedLogError ?? 0);
  return scores.reduce((one, other) => (distance(other) < distance(one) ? other : one));
}

/** A continuous bucket is not a stepwise one. */
function isSameBucket({ family }: BaselineAnswer, algorithm: TrueAtom['algorithm']): boolean {
  return family !== 'token-bucket' || (algorithm.kind === 'token-bucket' && algorithm.stepMs === 0);
}

function logError(found: number | null, truth: number): number | null {
  if (found === null || !(found > 0) || !Number.isFinite(found)) return null;
  return Math.abs(Math.log(found / truth));
}
