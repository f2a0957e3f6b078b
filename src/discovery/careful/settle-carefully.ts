/**
 * From a rejection to a limit in hand where every Retry-After is obeyed: identified first, on one identity and route alone; then it is filled with
 * exactly what fits, so that nothing is rejected, and others are asked one by one while no room is left. Each rejection costs a wait, and tells of
 * one who shares.
 */
import type { Point } from '../black-box.ts';
import { type Exploration, type Interference, type LimitInHand, numbersOf, samePoint } from '../explore/exploration.ts';
import { scopeOf } from '../explore/scope.ts';
import type { Identify, Settled } from '../explore/settle.ts';
import { undecided } from '../explore/undecided.ts';
import type { Hypothesis } from '../hypothesis.ts';
import { type KnownLimit, KnownLimits } from '../known-limits.ts';
import type { UnknownFact } from '../../results/discovery-results.ts';
import type { ProbeEvent } from '../record.ts';
import type { Identified } from '../stream.ts';

/** Rounds of filling and asking, beside one for each who may share. */
const ROUNDS_MORE = 4;
/** Requests of another route that all pass where nothing fits: that one does not share. */
const TRIES_OTHER_ROUTE = 4;
const COST_MAX = 200;
/** Longest rest for a token bucket's sake. */
const REST_MS_MAX = 600_000;

/** Said where obedience left numbers open. */
const WITH_DEFIANCE: UnknownFact = {
  what: 'exact numbers where only bounds are given',
  kind: 'not-identifiable',
  why: 'Every Retry-After was obeyed, so each rejection cost a whole wait. --defy sends before the told times have passed and can find exact numbers; it risks whatever the gateway does to callers that ignore Retry-After: longer blocks, bans, errors for everybody of the organization.',
};

/** Settles the limit that rejected event `event` while `driven` was driven. */
export async function settleCarefully(
  exploration: Exploration,
  identify: Identify,
  driven: readonly Point[],
  event: number,
): Promise<Settled> {
  const { prober, box } = exploration;
  const { identity, route } = prober.events[event] as ProbeEvent;
  const base = { identity, route };
  const isAlone = driven.every((point) => samePoint(point, base));
  const points = isAlone ? [base] : [base, ...driven.filter((point) => !samePoint(point, base))];
  const from = exploration.limits.length === 0 ? 0 : event;
  const concerns = (one: ProbeEvent) => (points.some((point) => samePoint(point, one)) ? 1 : 0);
  await rest(exploration, points, event);
  const identified = await identify({ prober, points, known: exploration.known, costOf: concerns });
  if (identified.kind === 'none') return { kind: 'none' };
  if (identified.kind !== 'found') exploration.say(WITH_DEFIANCE);
  if (identified.kind === 'conflict') return { kind: 'open', points, reason: identified.reason };
  if (identified.kind === 'ambiguous') {
    const limit = bounded(exploration, base, points, identified, { from, to: prober.events.length });
    return limit === null ? { kind: 'open', points, reason: identified.reason } : { kind: 'limit', limit };
  }
  const { hypothesis, alternatives, capacity } = identified;
  const isSharp = isAlone && alternatives.length === 0 && capacity.low === capacity.high;
  const asked = isSharp ? await askOthers(exploration, base, hypothesis) : askNobody(exploration, base);
  const of = (outcome: Interference['outcome'], sameRoute: boolean) =>
    asked
      .filter((one) => one.outcome === outcome && (one.probed.route === route) === sameRoute)
      .map((one) => one.probed);
  const sharing = [identity, ...of('shared', true).map((point) => point.identity)];
  const separate = of('separate', true).map((point) => point.identity);
  const decided = scopeOf(box.identities, identity, sharing, separate);
  const unclear = asked.filter(({ outcome }) => outcome === 'unclear').length;
  const costs = new Map([[route, 1]]);
  const costsUndecided = new Set<number>();
  for (const { route: other } of of('shared', false)) {
    const cost = await costOf(exploration, { identity, route: other }, hypothesis);
    costs.set(other, cost ?? 1);
    if (cost === null) costsUndecided.add(other);
  }
  const reasons = [
    decided.consistent ? '' : 'no set of labels tells those who share it from those who do not',
    unclear === 0 ? '' : `whether ${unclear} others share it was not seen, as every Retry-After was obeyed`,
    costsUndecided.size === 0
      ? ''
      : `what ${costsUndecided.size} of its routes cost was not seen, as every Retry-After was obeyed`,
  ].filter((reason) => reason !== '');
  const limit: LimitInHand = {
    known: { scope: decided.scope, costs, hypothesis },
    status: reasons.length === 0 ? 'found' : 'ambiguous',
    reason: reasons.join('; '),
    ...numbersOf(identified),
    scopeUndecided: decided.undecided,
    costsUndecided,
    interference: asked,
    events: { from, to: prober.events.length },
    points,
  };
  return { kind: 'limit', limit };
}

/** A limit of which only bounds are known: on one identity and route, whoever else shares it. Null: not even that. */
function bounded(
  exploration: Exploration,
  base: Point,
  points: readonly Point[],
  { candidates, reason }: Extract<Identified, { kind: 'ambiguous' }>,
  events: LimitInHand['events'],
): LimitInHand | null {
  const found = undecided(candidates);
  if (found === null) return null;
  const { hypothesis } = found;
  const decided = scopeOf(exploration.box.identities, base.identity, [base.identity], []);
  return {
    known: { scope: decided.scope, costs: new Map([[base.route, 1]]), hypothesis },
    status: 'ambiguous',
    reason: `${reason}; who else shares it was not asked`,
    ...numbersOf(found),
    scopeUndecided: decided.undecided,
    costsUndecided: new Set(),
    interference: askNobody(exploration, base),
    events,
    points,
  };
}

/**
 * Waits until nothing of what was sent counts any more, as far as what was told tells: twice as long as it took to fill it and was then told; a
 * token bucket is told the time of one token, and takes that for each.
 */
async function rest({ prober }: Exploration, points: readonly Point[], event: number): Promise<void> {
  const rejected = prober.events[event] as ProbeEvent;
  const before = prober.events.slice(0, event).filter((one) => points.some((point) => samePoint(point, one)));
  const fromMs = before.findLast(
    ({ outcome }, at) => outcome === 'admitted' && before[at - 1]?.outcome === 'rejected',
  )?.sentMs;
  const filledMs = rejected.answeredMs - (fromMs ?? before[0]?.sentMs ?? rejected.sentMs);
  const toldMs = rejected.told.retryAfterMs ?? 0;
  const admitted = before.filter(({ outcome }) => outcome === 'admitted').length;
  const restMs = Math.max(2 * (filledMs + toldMs), Math.min(admitted * toldMs, REST_MS_MAX));
  await prober.waitUntil(prober.nowMs + restMs);
}

/** Everybody else on the base's route, and as the base on every other route. */
function others({ box }: Exploration, base: Point): Point[] {
  return [
    ...box.identities.map((_, identity) => ({ identity, route: base.route })),
    ...box.routes.map((_, route) => ({ identity: base.identity, route })),
  ].filter((point) => !samePoint(point, base));
}

function askNobody(exploration: Exploration, base: Point): Interference[] {
  return others(exploration, base).map((probed) => ({ exhausted: base, probed, outcome: 'unclear' }));
}

async function askOthers(exploration: Exploration, base: Point, hypothesis: Hypothesis): Promise<Interference[]> {
  const { prober } = exploration;
  const outcomes = new Map<Point, Interference['outcome']>();
  const points = others(exploration, base);
  if (hypothesis.shape.kind !== 'concurrency') {
    for (let round = 0; round < points.length + ROUNDS_MORE; round++) {
      const open = points.filter((point) => !outcomes.has(point));
      if (open.length === 0) break;
      await prober.waitUntil(prober.nowMs + recoveryMs(hypothesis));
      if (!(await askRound(exploration, base, hypothesis, open, outcomes))) break;
    }
  }
  return points.map((probed) => ({ exhausted: base, probed, outcome: outcomes.get(probed) ?? 'unclear' }));
}

/** Fills the fresh bucket as the base, and asks until somebody is rejected. False: the base was, where the limit found leaves room. */
async function askRound(
  { prober, box, known }: Exploration,
  base: Point,
  hypothesis: Hypothesis,
  open: readonly Point[],
  outcomes: Map<Point, Interference['outcome']>,
): Promise<boolean> {
  const record: ProbeEvent[] = [];
  const mine = new KnownLimits([aloneOn(base.route, 1, hypothesis)], box.identities, record);
  const fill = async () => {
    for (let room = mine.room(base, prober.nowMs, hypothesis.capacity); room > 0;) {
      for (; room > 0; room--) {
        const event = await prober.send(base);
        record.push(event);
        if (event.outcome === 'rejected') return false;
      }
      room = mine.room(base, prober.nowMs, hypothesis.capacity);
    }
    return true;
  };
  for (const point of open) {
    const tries = point.route === base.route ? 1 : TRIES_OTHER_ROUTE;
    let passed = 0;
    for (; passed < tries; passed++) {
      if (!(await fill())) return false;
      // What a known limit would reject tells nothing of this one.
      if (known.rejecting(point, prober.nowMs).length > 0) break;
      const event = await prober.send(point);
      if (event.outcome === 'rejected') {
        if (passed === 0) outcomes.set(point, 'shared');
        return true;
      }
      const wasFull = mine.room(base, event.answeredMs, 1) === 0;
      if (event.outcome !== 'admitted' || !wasFull) break;
    }
    if (passed === tries) outcomes.set(point, 'separate');
  }
  return true;
}

/** What one request of a sharing route costs: a burst from a fresh bucket up to one rejection; null: several costs explain it, or none. */
async function costOf({ prober, box }: Exploration, point: Point, hypothesis: Hypothesis): Promise<number | null> {
  await prober.waitUntil(prober.nowMs + recoveryMs(hypothesis));
  const record: ProbeEvent[] = [];
  for (let sent = 0; sent <= 2 * hypothesis.capacity; sent++) {
    const event = await prober.send(point);
    record.push(event);
    if (event.outcome === 'rejected') break;
  }
  const explains = (cost: number) => {
    const known = new KnownLimits([aloneOn(point.route, cost, hypothesis)], box.identities, record);
    return known.unexplained.length === 0 && known.contradicted.length === 0;
  };
  const costs = Array.from({ length: Math.min(COST_MAX, hypothesis.capacity) }, (_, at) => at + 1).filter(explains);
  return costs.length === 1 ? (costs[0] ?? null) : null;
}

function aloneOn(route: number, cost: number, hypothesis: Hypothesis): KnownLimit {
  return { scope: [], costs: new Map([[route, cost]]), hypothesis };
}

/** After this long in silence the bucket is as good as new. */
function recoveryMs({ shape, capacity }: Hypothesis): number {
  if (shape.kind === 'concurrency') return 0;
  if (shape.kind === 'token-bucket') return (capacity / shape.refillPerSecond) * 1000 + shape.stepMs + 1;
  return (shape.kind === 'sliding-window-counter' ? 2 : 1) * shape.windowMs + 1;
}
