/** What was found, in canonical form. */
import type { Algorithm } from '../../mock-server/policy.ts';
import type { FoundLimit } from '../../src/results/discovery-results.ts';
import { type Atom, atomsOf } from './canonical.ts';
import type { DrawnLimit } from './draw-limit.ts';
import { isAlone } from './observable.ts';
import { ROUTES } from './universe.ts';

/** One atom of what was found. */
export interface FoundAtom extends Atom {
  readonly limit: FoundLimit;
  /** Of the whole limit, in the atom's units. */
  readonly alternatives: readonly Algorithm[];
}

/** The atoms of a found limit of a gateway that truly has `limits`. */
export function foundAtomsOf(limit: FoundLimit, limits: readonly DrawnLimit[]): readonly FoundAtom[] {
  const { scope, algorithm, counts } = limit;
  const costs = new Map(
    limit.routes.map(({ route, cost }) => [ROUTES.findIndex(({ name }) => name === route), cost] as const),
  );
  const alone = isAlone(limits, [...costs.keys()]);
  const atomsFor = (one: Algorithm) => atomsOf({ scope, costs, algorithm: one, counts }, alone);
  const others = limit.alternatives.map(atomsFor);
  return atomsFor(algorithm).map((atom, at) => ({
    ...atom,
    limit,
    alternatives: others.map((atoms) => (atoms[at] as Atom).algorithm),
  }));
}
