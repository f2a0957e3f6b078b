/** From an unexplained rejection to a limit in hand, where others use it as well. */
import type { Point } from '../black-box.ts';
import type { Exploration, FoundOnStream, LimitInHand } from '../explore/exploration.ts';
import type { Settled } from '../explore/settle.ts';
import { scopeOf } from '../explore/scope.ts';
import { undecided } from '../explore/undecided.ts';
import type { Hypothesis, Shape } from '../hypothesis.ts';
import type { KnownLimit } from '../known-limits.ts';
import type { ProbeEvent } from '../record.ts';
import { askCosts } from './ask-costs.ts';
import { askCounts } from './ask-counts.ts';
import { askWho } from './ask-who.ts';
import { identifyBesideOthers } from './identify-beside-others.ts';

/** Most probes of one volley, and longest recovery. */
const BURST = 12_000;
const HORIZON_MS = 9_000_000;

/** Beside others one goes by so much less than a limit was seen to give: the exclusion is that much weaker. */
const STEERED_SHARE = 0.55;
const STEERED_LESS = 3;
const RATE_SHARE = 0.65;
/** What passes while others are away is no contradiction. */
const BOUNDLESS = 1e12;
/** A rejection that stays for so many looks is no accident. */
const LOOKS = 7;

/** Settles the limit that rejected event `event`. `atOnce`: what passed at once before. */
export async function settleBesideOthers(exploration: Exploration, event: number, atOnce: number): Promise<Settled> {
  const { prober, box } = exploration;
  const { identity, route } = prober.events[event] as ProbeEvent;
  const base: Point = { identity, route };
  const from = prober.events.length;
  await prober.waitUntil(prober.nowMs + HORIZON_MS / 10);
  const identified = await identifyBesideOthers(
    { prober, points: [base], known: exploration.known },
    { burst: BURST, horizonMs: HORIZON_MS, sizeHint: Math.ceil(atOnce * 1.2) + 3 },
  );
  if (identified.kind === 'none') return { kind: 'none' };
  if (identified.kind === 'conflict') return { kind: 'open', points: [base], reason: identified.reason };
  const found = identified.kind === 'found' ? identified : undecided(identified.candidates);
  if (found === null) {
    const reason = identified.kind === 'ambiguous' ? identified.reason : 'nothing that is known fits';
    return { kind: 'open', points: [base], reason };
  }
  const filling = { base, size: found.capacity.high, spanMs: spanOf(found.hypothesis) };
  const sharing = await askWho(prober, box, filling);
  const decided = scopeOf(box.identities, identity, sharing.identities, sharing.separateIdentities);
  const asked = await askCosts(prober, filling, sharing.routes);
  const { costs, undecided: open } = asked;
  const counts = found.countsKnown || found.alternatives.length > 0 ? null : await askCounts(prober, filling, asked);
  const counted =
    counts === null ? found : { ...found, hypothesis: { ...found.hypothesis, counts }, countsKnown: true };
  const inUnits = scaled(counted, costs.get(route) ?? 1);
  const reasons = [
    identified.kind === 'ambiguous' ? identified.reason : '',
    decided.consistent ? '' : 'no set of labels tells those who share it from those who do not',
    sharing.unclear.length === 0 ? '' : `whether ${sharing.unclear.length} points share it was not seen`,
  ].filter((reason) => reason !== '');
  const known: KnownLimit = {
    scope: decided.scope,
    costs,
    hypothesis: inUnits.hypothesis,
    tightest: steered(inUnits.hypothesis),
    loosest: { ...steered(inUnits.hypothesis), capacity: BOUNDLESS },
  };
  const limit: LimitInHand = {
    known,
    status: reasons.length === 0 ? 'found' : 'ambiguous',
    reason: reasons.join('; '),
    alternatives: inUnits.alternatives,
    countsKnown: inUnits.countsKnown,
    capacity: inUnits.capacity,
    windowMs: inUnits.windowMs,
    refillPerSecond: inUnits.refillPerSecond,
    stepMs: inUnits.stepMs,
    scopeUndecided: decided.undecided,
    costsUndecided: open,
    interference: sharing.matrix,
    events: { from, to: prober.events.length },
    points: [base],
  };
  return { kind: 'limit', limit };
}

/** Whether a rejection beside others is more than what they happened to use: it stays although there should be room, time after time. */
export async function persists({ prober, known }: Exploration, event: number): Promise<boolean> {
  const { identity, route } = prober.events[event] as ProbeEvent;
  const spans = known.limits.map(({ hypothesis }) => spanOf(hypothesis));
  for (let look = 0; look < LOOKS; look++) {
    const fitMs = known.nextFitMs({ identity, route }, prober.nowMs + Math.max(1000, ...spans));
    if (!Number.isFinite(fitMs)) return false;
    await prober.waitUntil(fitMs);
    if ((await prober.send({ identity, route })).outcome === 'admitted') return false;
  }
  return true;
}

/** From full to empty. */
function spanOf({ shape, capacity }: Hypothesis): number {
  if (shape.kind === 'concurrency') return 2000;
  if (shape.kind === 'token-bucket') return Math.max(shape.stepMs, (capacity / shape.refillPerSecond) * 1000);
  return shape.kind === 'sliding-window-counter' ? 2 * shape.windowMs : shape.windowMs;
}

/** The same limit in units of which one request of its base route costs `unit`. */
function scaled(found: FoundOnStream, unit: number): FoundOnStream {
  const hypothesis = (one: Hypothesis): Hypothesis => ({
    ...one,
    capacity: one.capacity * unit,
    shape:
      one.shape.kind === 'token-bucket'
        ? { ...one.shape, refillPerSecond: one.shape.refillPerSecond * unit }
        : one.shape,
  });
  const rates = found.refillPerSecond;
  return {
    ...found,
    hypothesis: hypothesis(found.hypothesis),
    alternatives: found.alternatives.map(hypothesis),
    capacity: { low: found.capacity.low * unit, high: (found.capacity.high + 1) * unit - 1 },
    refillPerSecond: rates === null ? null : { low: rates.low * unit, high: rates.high * unit },
  };
}

/** What one may go by whatever others do: less of it, and no sooner than any window allows. */
function steered({ shape, counts, capacity }: Hypothesis): Hypothesis {
  const kept = Math.max(1, Math.floor(capacity * STEERED_SHARE) - STEERED_LESS);
  return { shape: slower(shape), counts, capacity: kept };
}

function slower(shape: Shape): Shape {
  if (shape.kind === 'token-bucket')
    return { ...shape, refillPerSecond: shape.refillPerSecond * RATE_SHARE, stepMs: 0 };
  if (shape.kind === 'concurrency') return shape;
  const windowMs = Math.ceil(shape.windowMs * (shape.kind === 'sliding-window-counter' ? 2 : 1.05));
  return { kind: 'sliding-window-log', windowMs };
}
