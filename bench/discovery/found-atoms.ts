/** What was found, in canonical form. */
import type { Algorithm } from '../../mock-server/policy.ts';
import type { FoundLimit } from '../../src/results/discovery-results.ts';
import { type Atom, atomsOf } from './canonical.ts';
import { ROUTES } from './universe.ts';

/** One atom of what was found. */
export interface FoundAtom extends Atom {
  readonly limit: FoundLimit;
  /** Of the whole limit, in the atom's units. */
  readonly alternatives: readonly Algorithm[];
}

/** The atoms of a found limit. `alone`: the gateway has one limit. */
export function foundAtomsOf(limit: FoundLimit, alone: boolean): readonly FoundAtom[] {
  const { scope, algorithm, counts } = limit;
  const costs = new Map(
    limit.routes.map(({ route, cost }) => [ROUTES.findIndex(({ name }) => name === route), cost] as const),
  );
  const atomsFor = (one: Algorithm) => atomsOf({ scope, costs, algorithm: one, counts }, alone);
  const others = limit.alternatives.map(atomsFor);
  return atomsFor(algorithm).map((atom, at) => ({
    ...atom,
    limit,
    alternatives: others.map((atoms) => (atoms[at] as Atom).algorithm),
  }));
}
