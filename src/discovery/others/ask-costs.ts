/** What each route costs a limit that others use as well: some of it, then as many of the base as still pass, against what passes without it. */
import type { Point } from '../black-box.ts';
import type { Prober } from '../prober.ts';
import type { Filling } from './ask-who.ts';

const REPEATS = 3;
const REST_SPANS = 3;
/** Dearest cost that is looked for, in units of the greatest common divisor. */
const COST_MAX = 20;
/** A ratio is known where its standard error is less than this share of a unit. */
const SURE = 0.25;

/** Costs in whole units without a common factor; routes whose cost is not known cost what the base does. */
export interface AskedCosts {
  readonly costs: ReadonlyMap<number, number>;
  readonly undecided: ReadonlySet<number>;
}

/** Asks for the costs of the routes that share the limit with the base's. */
export async function askCosts(prober: Prober, filling: Filling, routes: readonly number[]): Promise<AskedCosts> {
  const { base, size } = filling;
  const others = routes.filter((route) => route !== base.route);
  const undecided = new Set<number>();
  if (others.length === 0) return { costs: new Map([[base.route, 1]]), undecided };
  const alone: number[] = [];
  for (let repeat = 0; repeat < REPEATS; repeat++) alone.push((await mixed(prober, filling, null, 0)).base);
  const ratios = new Map<number, { ratio: number; error: number }>();
  for (const route of others) {
    const beside: number[] = [];
    let first = 0;
    for (let repeat = 0; repeat < REPEATS; repeat++) {
      const seen = await mixed(
        prober,
        filling,
        { identity: base.identity, route },
        Math.max(1, Math.round(size * 0.6)),
      );
      beside.push(seen.base);
      first += seen.first / REPEATS;
    }
    const ratio = (mean(alone) - mean(beside)) / Math.max(1, first);
    const error = (Math.sqrt(variance(alone) + variance(beside)) / Math.sqrt(REPEATS) + 0.5) / Math.max(1, first);
    ratios.set(route, { ratio: Math.max(1 / COST_MAX, ratio), error });
  }
  const unit = unitOf([...ratios.values()]);
  const costs = new Map([[base.route, unit]]);
  for (const [route, { ratio, error }] of ratios) {
    if (error * unit > SURE) undecided.add(route);
    costs.set(route, Math.max(1, Math.round(ratio * unit)));
  }
  return { costs, undecided };
}

/** The fewest units of the base that make all ratios whole, as far as they are known. */
function unitOf(ratios: readonly { readonly ratio: number; readonly error: number }[]): number {
  for (let unit = 1; unit <= COST_MAX; unit++) {
    if (
      ratios.every(({ ratio, error }) => Math.abs(ratio * unit - Math.round(ratio * unit)) <= 2 * error * unit + 0.02)
    )
      return unit;
  }
  return 1;
}

async function mixed(
  prober: Prober,
  { base, size, spanMs }: Filling,
  other: Point | null,
  count: number,
): Promise<{ readonly first: number; readonly base: number }> {
  await prober.waitUntil(prober.nowMs + spanMs * REST_SPANS);
  // The other one may be dearer: only so much of it as leaves something for the base.
  let first = 0;
  if (other !== null) {
    const probe = Math.max(1, Math.ceil(count / COST_MAX));
    const sent = await prober.sendMany([
      ...Array.from({ length: probe }, () => other),
      ...Array.from({ length: size + 2 }, () => base),
    ]);
    first = sent.slice(0, probe).filter(({ outcome }) => outcome === 'admitted').length;
    const left = sent.slice(probe).filter(({ outcome }) => outcome === 'admitted').length;
    return { first, base: left };
  }
  const answers = await prober.sendMany(Array.from({ length: size + 2 }, () => base));
  return { first, base: answers.filter(({ outcome }) => outcome === 'admitted').length };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function variance(values: readonly number[]): number {
  const middle = mean(values);
  return values.reduce((sum, value) => sum + (value - middle) * (value - middle), 0) / Math.max(1, values.length - 1);
}
