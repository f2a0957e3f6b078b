/** From who shares a bucket to what it counts by. Pure. */
import type { Identity, Label } from '../black-box.ts';

/** What a bucket counts by, as far as the identities at hand tell. */
export interface DecidedScope {
  readonly scope: readonly Label[];
  /** Labels that could stand beside the scope or instead of a part of it: these identities would not show it. */
  readonly undecided: readonly Label[];
  /** False: no set of labels tells those who share from those who do not. */
  readonly consistent: boolean;
}

const LABELS: readonly Label[] = ['token', 'user', 'client', 'org', 'app', 'ip'];
/** What a label settles by its nature. */
const SETTLES: Readonly<Partial<Record<Label, readonly Label[]>>> = {
  token: ['client', 'user', 'org', 'app'],
  client: ['org', 'app'],
  user: ['org'],
};

/**
 * The labels that all who share agree in and that tell apart whoever does not share. Of nested labels the finest stands; of labels that
 * these identities never tell apart, the first that suffices.
 */
export function scopeOf(
  identities: readonly Identity[],
  base: number,
  sharing: readonly number[],
  separate: readonly number[],
): DecidedScope {
  const value = (identity: number, label: Label) => identities[identity]?.labels[label];
  const agrees = (identity: number, label: Label) =>
    value(identity, label) !== undefined && value(identity, label) === value(base, label);
  const known = LABELS.filter((label) => value(base, label) !== undefined);
  const agreed = known.filter((label) => sharing.every((identity) => agrees(identity, label)));
  const separates = (labels: readonly Label[]) =>
    separate.every((identity) => labels.some((label) => !agrees(identity, label)));
  if (!separates(agreed)) return { scope: agreed, undecided: [], consistent: false };
  const sets = subsetsBySize(agreed).filter(separates);
  const smallest = sets.filter((set) => set.length === sets[0]?.length);
  const scope = smallest.find((set) => smallest.every((other) => set === other || coarserOrOther(set, other))) ?? [];
  const chosen = scope.length > 0 || sets[0]?.length === 0 ? scope : (smallest[0] ?? []);
  const settled = new Set(chosen.flatMap((label) => SETTLES[label] ?? []));
  const undecided = agreed.filter((label) => !chosen.includes(label) && !settled.has(label));
  return { scope: inOrder(chosen), undecided: inOrder(undecided), consistent: true };
}

/** Whether `set` may stand for both: everything in `other` is in it or coarser than it. */
function coarserOrOther(set: readonly Label[], other: readonly Label[]): boolean {
  return other.every((label) => set.some((mine) => mine === label || SETTLES[mine]?.includes(label) === true));
}

function inOrder(labels: readonly Label[]): Label[] {
  const order: readonly Label[] = ['org', 'client', 'token', 'user', 'app', 'ip'];
  return order.filter((label) => labels.includes(label));
}

/** All subsets, small ones first, and among those of a size the finer labels first. */
function subsetsBySize(labels: readonly Label[]): Label[][] {
  const sets: Label[][] = [];
  for (let mask = 0; mask < 1 << labels.length; mask++) sets.push(labels.filter((_, at) => (mask >> at) % 2 === 1));
  return sets.sort((one, other) => one.length - other.length);
}
