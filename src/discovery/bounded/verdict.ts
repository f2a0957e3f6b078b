/** From what is alive to what is said: found where one family is left, or where only whether rejected requests count is left open. */
import type { Hypothesis } from '../hypothesis.ts';
import type { Identified, Range } from '../stream.ts';
import { type Alive, capacityOf, FAMILIES, type Pool, shapeOf } from './pool.ts';

/** Numbers are narrow within this share, or so many times what the delays blur. */
const NARROW = 0.01;
const BLURS = 1.5;

/** The answer; null: go on. `isLast`: nothing more can be done. */
export function verdictOf(pool: Pool, blurMs: number, isLast: boolean): Identified | null {
  const { alive } = pool;
  if (alive.length === 0 && pool.isAllKnown)
    return { kind: 'conflict', from: 0, reason: 'no single limit explains the record within the delays' };
  if (pool.decided) {
    const found = foundOf(alive);
    return isLast || isNarrow(found, blurMs) ? found : null;
  }
  if (!isLast) return null;
  if (pool.isAllKnown && new Set(alive.map(({ kind }) => kind)).size === 1) return foundOf(alive);
  const names = FAMILIES.flatMap((family) => {
    const some = pool.of(family);
    return some.length === 0 ? [] : [some[some.length >> 1] as Alive];
  });
  return {
    kind: 'ambiguous',
    candidates: names.map(hypothesisOf),
    reason: `within the delays of up to ${blurMs.toFixed(0)} ms several families explain the record: ${names.map(({ kind, all }) => (all ? `${kind} that counts rejected requests` : kind)).join(', ')}`,
  };
}

function hypothesisOf(alive: Alive): Hypothesis {
  return { shape: shapeOf(alive), counts: alive.all ? 'all' : 'admitted', capacity: capacityOf(alive) };
}

type Found = Extract<Identified, { kind: 'found' }>;

function foundOf(alive: readonly Alive[]): Found {
  const [first] = alive as readonly [Alive];
  const hull = (low: (one: Alive) => number, high: (one: Alive) => number): Range => ({
    low: Math.min(...alive.map(low)),
    high: Math.max(...alive.map(high)),
  });
  const capacities = hull(
    ({ capacities: { low } }) => low,
    ({ capacities: { high } }) => high,
  );
  const windows =
    first.windows === null
      ? null
      : hull(
          (one) => one.windows?.low ?? 0,
          (one) => one.windows?.high ?? 0,
        );
  const rates =
    first.tokens === null
      ? null
      : hull(
          (one) => (one.tokens?.rateLow ?? 0) * 1000,
          (one) => (one.tokens?.rateHigh ?? 0) * 1000,
        );
  const steps =
    first.tokens === null
      ? null
      : hull(
          (one) => one.tokens?.stepLow ?? 0,
          (one) => one.tokens?.stepHigh ?? 0,
        );
  const middle: Alive = {
    ...first,
    capacities,
    windows,
    tokens:
      rates === null || steps === null
        ? null
        : { rateLow: rates.low / 1000, rateHigh: rates.high / 1000, stepLow: steps.low, stepHigh: steps.high },
  };
  // Of windows one by one the middle may be none that is alive.
  const windowsAre = first.kind === 'epoch' || first.kind === 'counter';
  const shown = windowsAre ? { ...middle, windows: (alive[alive.length >> 1] as Alive).windows } : middle;
  return {
    kind: 'found',
    hypothesis: hypothesisOf(shown),
    alternatives: [],
    countsKnown: first.kind !== 'epoch' && first.kind !== 'opened' && alive.every(({ all }) => all === first.all),
    capacity: capacities,
    windowMs: windows,
    refillPerSecond: rates,
    stepMs: steps,
  };
}

function isNarrow({ capacity, windowMs, refillPerSecond, stepMs, hypothesis }: Found, blurMs: number): boolean {
  const within = (range: Range | null, slack: number) =>
    range === null || range.high - range.low <= Math.max(slack, range.low * NARROW);
  const isWhole = hypothesis.shape.kind !== 'token-bucket' && hypothesis.shape.kind !== 'sliding-window-counter';
  return (
    within(capacity, isWhole ? 0 : 1) &&
    within(windowMs, BLURS * blurMs) &&
    within(refillPerSecond, 0) &&
    (stepMs === null || stepMs.low === 0 || within(stepMs, BLURS * blurMs))
  );
}
