/** Which found limit is meant for which true one: the pairs that agree most, the best first. */
import { capacityOf, familyOf } from './canonical.ts';
import type { FoundAtom } from './found-atoms.ts';
import type { TrueAtom } from './observable.ts';

/** Pairs true atoms with found ones that share a route with them; each at most once. */
export function pairUp(truth: readonly TrueAtom[], found: readonly FoundAtom[]): ReadonlyMap<TrueAtom, FoundAtom> {
  const candidates = truth.flatMap((atom) =>
    found.flatMap((other) => {
      const likeness = likenessOf(atom, other);
      return likeness > 0 ? [{ atom, other, likeness }] : [];
    }),
  );
  const pairs = new Map<TrueAtom, FoundAtom>();
  const taken = new Set<FoundAtom>();
  // A stable sort: among equals the order of the policy and of the finding decides.
  for (const { atom, other } of candidates.toSorted((a, b) => b.likeness - a.likeness)) {
    if (pairs.has(atom) || taken.has(other)) continue;
    pairs.set(atom, other);
    taken.add(other);
  }
  return pairs;
}

/** 0: they have no route in common. */
function likenessOf(truth: TrueAtom, found: FoundAtom): number {
  if (!truth.routes.some((route) => found.routes.includes(route))) return 0;
  const { algorithm } = truth;
  const other = found.algorithm;
  let likeness = truth.shownBy === null ? 0.5 : 1;
  if (truth.sharing === found.sharing) likeness += 3;
  if (truth.routes.join() === found.routes.join()) likeness += 3;
  if (familyOf(algorithm) === familyOf(other)) likeness += 2;
  likeness += 2 * nearness(capacityOf(algorithm), capacityOf(other));
  if ('windowMs' in algorithm && 'windowMs' in other) likeness += 2 * nearness(algorithm.windowMs, other.windowMs);
  if ('refillPerSecond' in algorithm && 'refillPerSecond' in other)
    likeness += 2 * nearness(algorithm.refillPerSecond, other.refillPerSecond);
  return likeness;
}

/** 1: the same; 0: a factor of 2 and more apart. */
function nearness(one: number, other: number): number {
  return Math.max(0, 1 - Math.abs(Math.log2(one / other)));
}
