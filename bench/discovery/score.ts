/**
 * What a finding is worth, limit by limit. Verdicts are kept apart: `right`; `ambiguous` (it says so, and the truth is in the class that it names); `outside`
 * (it says so, and the truth is not in that class); `missed`; `wrong` (it says found, and the structure is another). A limit that is found and not
 * there is `wrong` too. A true limit that no driver can see (see `observable.ts`) is not asked for.
 */
import type { Algorithm } from '../../mock-server/policy.ts';
import type { FoundLimit, Interval } from '../../src/results/discovery-results.ts';
import { type Atom, capacityOf, familyOf, isOneAtATime, sharingOf } from './canonical.ts';
import { requestsPerSecond } from './draw-hierarchy.ts';
import { type FoundAtom, foundAtomsOf } from './found-atoms.ts';
import type { BenchGateway } from './generate.ts';
import type { TrueAtom } from './observable.ts';
import { pairUp } from './pair-up.ts';

/** See the head of this file. */
export type Verdict = 'right' | 'ambiguous' | 'outside' | 'missed' | 'wrong';

/** From bad to good. */
const WORST_FIRST: readonly Verdict[] = ['wrong', 'missed', 'outside', 'ambiguous', 'right'];

/** What of a limit is right. Null: it cannot be asked here. */
export interface Parts {
  readonly scope: boolean;
  readonly routes: boolean;
  readonly family: boolean;
  readonly counts: boolean | null;
  readonly costs: boolean;
  /** `limit` or `capacity` (in whole requests of the cheapest route), `windowMs`, `stepMs`: all exact; costs too. */
  readonly integers: boolean;
}

/** One interval, and whether it holds the truth. */
export interface Coverage {
  readonly of: 'capacity' | 'windowMs' | 'refillPerSecond' | 'stepMs';
  readonly covered: boolean;
  /** Its width over the truth; null: open at an end. */
  readonly width: number | null;
}

/** One observable true limit, scored. */
export interface LimitScore {
  /** Index in the policy. */
  readonly limit: number;
  readonly verdict: Verdict;
  /** Null where it was missed. */
  readonly parts: Parts | null;
  /** |found / true - 1|; null: no token bucket, or its structure is not right. */
  readonly rateError: number | null;
  /** Capacity and long-term rate in requests, as |log(found / true)|; null: none was found. */
  readonly capacityLogError: number | null;
  readonly sustainedLogError: number | null;
  readonly coverage: readonly Coverage[];
  /** Found that belongs to it, by name. */
  readonly found: readonly string[];
}

/** A gateway, scored. */
export interface FindingScore {
  readonly limits: readonly LimitScore[];
  /** Found limits that are not there, or say of one that cannot be seen what is not so. */
  readonly invented: readonly { readonly name: string; readonly status: 'found' | 'ambiguous' }[];
  /** Limits that nobody can see. */
  readonly hidden: number;
  /** The worst of all; `wrong` also when a limit is invented and called found. */
  readonly verdict: Verdict;
}

/** Scores the limits that were found on a gateway against the true ones. */
export function scoreFinding(
  gateway: BenchGateway,
  truth: readonly TrueAtom[],
  found: readonly FoundLimit[],
): FindingScore {
  const foundAtoms = found.flatMap((limit) => foundAtomsOf(limit, gateway.limits));
  const pairs = pairUp(truth, foundAtoms);
  const paired = new Set(pairs.values());
  const atoms = truth.map((atom) => {
    const match = pairs.get(atom);
    return { atom, score: match === undefined ? null : scoreAtom(gateway, atom, match), match };
  });
  const limits = gateway.limits.flatMap((_, index) => {
    const own = atoms.filter(({ atom }) => atom.limit === index && atom.shownBy !== null);
    return own.length === 0 ? [] : [joined(index, own)];
  });
  const strangers = [
    ...foundAtoms.filter((atom) => !paired.has(atom)),
    ...atoms.flatMap(({ atom, score, match }) =>
      atom.shownBy === null && match !== undefined && score?.verdict === 'wrong' ? [match] : [],
    ),
  ];
  const invented = [...new Set(strangers.map(({ limit }) => limit))].map(({ name, status }) => ({ name, status }));
  const verdicts = limits.map(({ verdict }) => verdict);
  if (invented.some(({ status }) => status === 'found')) verdicts.push('wrong');
  if (invented.some(({ status }) => status === 'ambiguous')) verdicts.push('outside');
  return {
    limits,
    invented,
    hidden: gateway.limits.length - limits.length,
    verdict: worst(verdicts),
  };
}

interface AtomScore extends Omit<LimitScore, 'limit' | 'found' | 'parts'> {
  readonly parts: Parts;
}

interface ScoredAtom {
  readonly atom: TrueAtom;
  readonly score: AtomScore | null;
  readonly match: FoundAtom | undefined;
}

/** The atoms of one limit: the worst verdict, and a part is right when it is right in all that were found. */
function joined(limit: number, atoms: readonly ScoredAtom[]): LimitScore {
  const scores = atoms.flatMap(({ score }) => (score === null ? [] : [score]));
  const every = (part: keyof Parts) => scores.every(({ parts }) => parts[part] !== false);
  const most = (of: 'rateError' | 'capacityLogError' | 'sustainedLogError') => {
    const values = scores.flatMap((score) => score[of] ?? []);
    return values.length === 0 ? null : Math.max(...values);
  };
  return {
    limit,
    verdict: worst(atoms.map(({ score }) => score?.verdict ?? 'missed')),
    parts:
      scores.length === 0
        ? null
        : {
            scope: every('scope'),
            routes: every('routes') && scores.length === atoms.length,
            family: every('family'),
            counts: scores.every(({ parts }) => parts.counts === null) ? null : every('counts'),
            costs: every('costs'),
            integers: every('integers'),
          },
    rateError: most('rateError'),
    capacityLogError: most('capacityLogError'),
    sustainedLogError: most('sustainedLogError'),
    coverage: scores.flatMap(({ coverage }) => coverage),
    found: [...new Set(atoms.flatMap(({ match }) => match?.limit.name ?? []))],
  };
}

function worst(verdicts: readonly Verdict[]): Verdict {
  return WORST_FIRST.find((verdict) => verdicts.includes(verdict)) ?? 'right';
}

function scoreAtom(gateway: BenchGateway, truth: TrueAtom, found: FoundAtom): AtomScore {
  const serviceMs = gateway.policy.latency[0]?.medianMs ?? 0;
  const families = [found.algorithm, ...found.alternatives];
  const family = isFamily(gateway, truth, found.algorithm);
  const sharing = found.sharing === truth.sharing;
  const routes = truth.routes.join() === found.routes.join();
  const counts = truth.counts === 'any' ? null : found.counts === truth.counts;
  const costs = routes && truth.costs.every((cost, at) => found.costs[at] === cost);
  const parts: Parts = {
    scope: sharing,
    routes,
    family,
    counts,
    costs,
    integers: costs && family && sharing && integersEqual(truth, found.algorithm),
  };
  const structure = sharing && routes && family && counts !== false;
  return {
    verdict: verdictOf(gateway, truth, found, structure, families),
    parts,
    rateError: structure ? rateError(truth.algorithm, found.algorithm) : null,
    capacityLogError: logError(requestsAtOnce(truth), requestsAtOnce(found)),
    sustainedLogError: logError(sustained(truth, serviceMs), sustained(found, serviceMs)),
    coverage: structure ? coverageOf(truth, found) : [],
  };
}

/** A class is named by: alternatives, counts `unknown`, scopes that it says it could not decide, status `ambiguous`. */
function verdictOf(
  gateway: BenchGateway,
  truth: TrueAtom,
  found: FoundAtom,
  structure: boolean,
  families: readonly Algorithm[],
): Verdict {
  const saysFound = found.limit.status === 'found';
  if (structure) return saysFound ? 'right' : 'ambiguous';
  const scope = found.sharing === truth.sharing || mayShare(truth, found);
  const routes = truth.routes.join() === found.routes.join();
  // As it says it: the canonical form of what was found may ask nothing where the truth, which is a little beside it, does.
  const saysCounts = found.limit.counts !== 'unknown' && found.counts !== 'unknown';
  const counts = truth.counts === 'any' || found.counts === truth.counts || !saysCounts;
  if (scope && routes && counts && families.some((one) => isFamily(gateway, truth, one))) return 'ambiguous';
  return saysFound ? 'wrong' : 'outside';
}

/** Whether the truth is among the scopes that were left open. */
function mayShare(truth: TrueAtom, { limit }: FoundAtom): boolean {
  const open = limit.scopeUndecided;
  for (let some = 0; some < 2 ** open.length; some++) {
    const scope = [...limit.scope, ...open.filter((_, at) => (some >> at) % 2 === 1)];
    if (sharingOf(scope) === truth.sharing) return true;
  }
  return false;
}

/** Steps that jitter hides are no steps; of limits that hold one request at a time every family is the same. */
function isFamily({ disturbance }: BenchGateway, truth: TrueAtom, found: Algorithm): boolean {
  const true_ = truth.algorithm;
  if (familyOf(true_) === familyOf(found)) return true;
  if (isOneAtATime(truth) && true_.kind !== 'concurrency' && found.kind !== 'concurrency') return true;
  if (true_.kind !== 'token-bucket' || found.kind !== 'token-bucket') return false;
  return Math.max(true_.stepMs, found.stepMs) <= 2 * disturbance.jitterMs;
}

function integersEqual(truth: TrueAtom, found: Algorithm): boolean {
  const true_ = truth.algorithm;
  if (Math.floor(capacityOf(true_)) !== Math.floor(capacityOf(found) + 1e-9)) return false;
  if ('windowMs' in true_ && 'windowMs' in found) return true_.windowMs === found.windowMs;
  if ('stepMs' in true_ && 'stepMs' in found) return true_.stepMs === found.stepMs;
  return true_.kind === found.kind;
}

function rateError(truth: Algorithm, found: Algorithm): number | null {
  if (truth.kind !== 'token-bucket' || found.kind !== 'token-bucket') return null;
  return Math.abs(found.refillPerSecond / truth.refillPerSecond - 1);
}

function requestsAtOnce({ algorithm, costs }: Atom): number {
  return capacityOf(algorithm) / cheapest(costs);
}

function sustained({ algorithm, costs }: Atom, serviceMs: number): number {
  return requestsPerSecond({ algorithm, costs: new Map([[0, cheapest(costs)]]) }, serviceMs);
}

function cheapest(costs: Atom['costs']): number {
  return Math.min(...costs.map((cost) => cost ?? 1));
}

function logError(truth: number, found: number): number {
  return Math.abs(Math.log(found / truth));
}

function coverageOf(truth: TrueAtom, { limit, algorithm, unit }: FoundAtom): readonly Coverage[] {
  const { capacity, windowMs, refillPerSecond, stepMs } = limit.intervals;
  const true_ = truth.algorithm;
  const all: Coverage[] = [covers('capacity', capacity, Math.floor(capacityOf(true_)), unit, true)];
  if ('windowMs' in true_ && windowMs !== null) all.push(covers('windowMs', windowMs, true_.windowMs, 1, false));
  // A stepwise bucket that became a window has said its window as a step.
  else if ('windowMs' in true_ && stepMs !== null) all.push(covers('windowMs', stepMs, true_.windowMs, 1, false));
  if (true_.kind === 'token-bucket' && algorithm.kind === 'token-bucket') {
    if (refillPerSecond !== null)
      all.push(covers('refillPerSecond', refillPerSecond, true_.refillPerSecond, unit, false));
    const { algorithm: said } = limit;
    const isSmoothed = said.kind === 'token-bucket' && said.stepMs !== algorithm.stepMs;
    // A step that is a continuous refill is right whatever it is.
    if (stepMs !== null && !isSmoothed) all.push(covers('stepMs', stepMs, true_.stepMs, 1, false));
  }
  return all;
}

/** `whole`: a rest that is less than one unit has no effect. */
function covers(of: Coverage['of'], { low, high }: Interval, truth: number, unit: number, whole: boolean): Coverage {
  const slack = 1e-9 * truth;
  const least = low === null ? Number.NEGATIVE_INFINITY : whole ? Math.floor(low / unit + 1e-9) : low / unit;
  const most = high === null ? Number.POSITIVE_INFINITY : high / unit;
  const width = low === null || high === null || truth === 0 ? null : (high - low) / unit / truth;
  return { of, covered: least <= truth + slack && truth <= most + slack, width };
}
