/**
 * Whether one metric got worse: paired by seed, exact, and confirmed on seeds that had no part in raising the suspicion.
 *
 * ```
 * d = now against before, seed by seed;  U = one-sided 95 % upper bound, e = Hodges-Lehmann estimate, tol = what is tolerated
 *   U <= -tol -> improved      U <= tol -> within limits      else open (a suspect where p(worse) < 0.05), and then, with the held-out seeds:
 *   e of all seeds >= tol, and  suspect and p of the held-out seeds alone <= min(0.05, 0.5 / m)
 *                           or  p of all seeds together <= 0.025 / m                            -> regressed
 *   U of all seeds <= -tol or <= tol -> as above      else unsure
 * ```
 * For m checks of which none changed, the first way fails at most m * 0.05 * 0.5 / m = 2.5 % of all runs and the second at most
 * m * 0.025 / m = 2.5 %: a whole run fails falsely at most once in twenty, however many checks it has and however they depend on each other.
 */
import { hodgesLehmann, hodgesLehmannInterval, hodgesLehmannUpper } from '../statistics/hodges-lehmann.ts';
import { signedRankTest } from '../statistics/signed-rank.ts';
import type { Change } from './verdict.ts';

/** Level of the first look, which only raises suspicion. */
export const SUSPICION_LEVEL = 0.05;
/** Share of runs that each of the two ways to fail may fail falsely. */
const ERROR_SHARE = 0.025;

/** Values before and now, by seed, in the same order. */
export interface Pairs {
  readonly before: readonly number[];
  readonly now: readonly number[];
}

/** What is decided about. */
export interface Question {
  readonly scale: 'ratio' | 'difference';
  /** 0.05: 5 % more is tolerated. */
  readonly max: number;
  /** Tolerated in any case, in the metric's unit. */
  readonly min: number;
  readonly first: Pairs;
  /** Null: not run, or there are none. */
  readonly heldOut: Pairs | null;
  /** How many checks share the error, at least 1. */
  readonly checks: number;
  /** Where there are no held-out seeds at all: this check's p-value, adjusted for all checks. */
  readonly adjusted: number | null;
}

/** The answer. `open`: the held-out seeds would tell. */
export interface Decision {
  readonly verdict: 'improved' | 'within limits' | 'regressed' | 'unsure' | 'open';
  readonly reason: string;
  readonly change: Change | null;
}

/** Decides. */
export function decide(question: Question): Decision {
  const { first, heldOut, adjusted } = question;
  const scale = scaleOf(question);
  const seen = scale.differences(first);
  if (seen.length === 0) return { verdict: 'unsure', reason: 'no seed could be compared', change: null };
  const alone = changeOf(seen, 0, scale);
  const settled = settle(seen, scale.tolerance);
  if (settled !== null) return { verdict: settled, reason: '', change: alone };
  if (adjusted !== null) return byHolm(seen, adjusted, scale, alone);
  if (heldOut === null) return { verdict: 'open', reason: '', change: alone };
  const held = scale.differences(heldOut);
  const all = [...seen, ...held];
  const change = changeOf(all, held.length, scale);
  const worse = confirmed(seen, held, question.checks);
  if (worse !== '' && isBeyond(all, scale.tolerance)) return { verdict: 'regressed', reason: worse, change };
  const together = settle(all, scale.tolerance);
  return together === null ? unsure(all, change) : { verdict: together, reason: '', change };
}

/** The chance of pairs at least this much worse if nothing changed. */
export function worsePValue(question: Question): number {
  return signedRankTest(scaleOf(question).differences(question.first)).greater;
}

/** How the held-out seeds confirm a suspicion, in words; '' when they do not. */
function confirmed(seen: readonly number[], held: readonly number[], checks: number): string {
  const suspect = signedRankTest(seen).greater < SUSPICION_LEVEL;
  const level = Math.min(SUSPICION_LEVEL, ERROR_SHARE / SUSPICION_LEVEL / checks);
  if (suspect && signedRankTest(held).greater <= level) return `confirmed on ${held.length} fresh seeds`;
  if (signedRankTest([...seen, ...held]).greater <= ERROR_SHARE / checks)
    return `shown by ${seen.length} and ${held.length} fresh seeds together`;
  return '';
}

function byHolm(seen: readonly number[], adjusted: number, scale: Scale, change: Change): Decision {
  if (adjusted <= SUSPICION_LEVEL && isBeyond(seen, scale.tolerance))
    return { verdict: 'regressed', reason: 'after Holm, as the baseline has no held-out seeds', change };
  return unsure(seen, change);
}

function isBeyond(differences: readonly number[], tolerance: number): boolean {
  const estimate = hodgesLehmann(differences);
  return estimate >= tolerance && estimate > 0;
}

/** What the upper bound alone settles; null: nothing. */
function settle(differences: readonly number[], tolerance: number): 'improved' | 'within limits' | null {
  if (differences.every((difference) => difference === 0)) return 'within limits';
  const bound = hodgesLehmannUpper(differences);
  if (bound === null || bound.high > tolerance) return null;
  return bound.high <= -tolerance && bound.high < 0 ? 'improved' : 'within limits';
}

function unsure(differences: readonly number[], change: Change): Decision {
  const tooFew = hodgesLehmannUpper(differences) === null;
  const reason = tooFew
    ? `${differences.length} seeds can never tell: at least ${FEWEST} are needed`
    : `${differences.length} seeds leave open whether it got worse by more than is tolerated`;
  return { verdict: 'unsure', reason, change };
}

/** The exact test's smallest p is 1 / 2^n: below 0.05 from five on. */
const FEWEST = 5;

interface Scale {
  readonly differences: (pairs: Pairs) => number[];
  readonly tolerance: number;
  readonly kind: Change['kind'];
  /** From the scale of differences to the one that is shown. */
  readonly shown: (value: number) => number;
}

function scaleOf({ scale, max, min, first, heldOut }: Question): Scale {
  const before = [...first.before, ...(heldOut?.before ?? [])];
  const values = [...before, ...first.now, ...(heldOut?.now ?? [])];
  const mean = before.reduce((sum, value) => sum + value, 0) / Math.max(1, before.length);
  if (scale === 'ratio' && values.every((value) => value > 0)) {
    return {
      differences: (pairs) => pairs.before.map((value, index) => Math.log(pairs.now[index]! / value)),
      tolerance: Math.log1p(Math.max(max, min / mean)),
      kind: 'relative',
      shown: Math.expm1,
    };
  }
  const relative = before.every((value) => value > 0);
  return {
    differences: (pairs) => pairs.before.map((value, index) => pairs.now[index]! - value),
    tolerance: Math.max(max * mean, min),
    kind: relative ? 'relative' : 'absolute',
    shown: relative ? (value) => value / mean : (value) => value,
  };
}

function changeOf(differences: readonly number[], heldOut: number, { kind, shown, tolerance }: Scale): Change {
  const interval = hodgesLehmannInterval(differences);
  return {
    kind,
    estimate: shown(hodgesLehmann(differences)),
    interval: interval === null ? null : { low: shown(interval.low), high: shown(interval.high) },
    tolerance: shown(tolerance),
    seeds: differences.length,
    heldOut,
  };
}
