/** Which points are driven together, and in which order: fine groups first, so that what they hide in coarser ones is looked for later. Pure. */
import type { Identity, Label, Point } from '../black-box.ts';

/** One stage. */
export interface Stage {
  readonly points: readonly Point[];
}

/** Groups of identities around the first one, from itself to all. */
export function groupsOf(identities: readonly Identity[]): number[][] {
  const groups: number[][] = [[0]];
  const labels: readonly (Label | null)[] = ['user', 'client', 'ip', 'app', 'org', null];
  for (const label of labels) {
    const of = (at: number) => (label === null ? '' : identities[at]?.labels[label]);
    const members = identities.flatMap((_, at) => (of(0) !== undefined && of(at) === of(0) ? [at] : []));
    if (members.length > 1 && !groups.some((group) => group.join() === members.join())) groups.push(members);
  }
  return groups.sort((one, other) => one.length - other.length);
}

/** For each group: every route alone, then all routes together. */
export function stagesOf(identities: readonly Identity[], routes: number): Stage[] {
  return groupsOf(identities).flatMap((group) => {
    const alone = Array.from({ length: routes }, (_, route) => ({
      points: group.map((identity) => ({ identity, route })),
    }));
    return routes > 1 ? [...alone, { points: alone.flatMap(({ points }) => points) }] : alone;
  });
}
