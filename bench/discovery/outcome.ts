/** What is kept of one gateway of the benchmark, and how it is told in a line. */
import type { Algorithm } from '../../mock-server/policy.ts';
import type { FoundLimit } from '../../src/results/discovery-results.ts';
import type { BaselineScore } from './baselines/score-baselines.ts';
import { capacityOf } from './canonical.ts';
import { type BenchGateway, generateGateway } from './generate.ts';
import { type TrueAtom, trueAtoms } from './observable.ts';
import { type FindingScore, scoreFinding } from './score.ts';
import { ROUTES } from './universe.ts';

/** What may be spent on one gateway: far more than should be needed, so that nothing is cut short unseen. */
export const BUDGET = { requests: 400_000, rejections: 200_000, timeMs: 30 * 86_400_000 } as const;

/** Everything that is kept of one gateway. `cpuMs` is the machine's, all else a function of row and seed. */
export interface GatewayOutcome {
  readonly row: string;
  readonly seed: number;
  /** One line per limit. */
  readonly truth: readonly string[];
  readonly found: readonly string[];
  readonly unknown: readonly string[];
  readonly score: FindingScore;
  /** How many limits are said to be found, and how many of these are wrong or invented. */
  readonly findings: number;
  readonly wrongFindings: number;
  /** What the discovery died of; '' when it ended by itself. Nothing was found then. */
  readonly crash: string;
  readonly complete: boolean;
  readonly sent: number;
  readonly rejections: number;
  readonly exclusionRequests: number;
  /** Sum over the observable limits of the requests that fit one of them, and their number. */
  readonly capacityRequests: number;
  readonly observable: number;
  readonly ranMs: number;
  readonly penalties: number;
  readonly overBudget: boolean;
  readonly baselines: readonly BaselineScore[];
  /** Of the machine; with playing the gateway. */
  readonly cpuMs: number;
}

/** What is asked for: a gateway, and whether the baselines are let loose on it too. */
export interface GatewayTask {
  readonly row: string;
  readonly seed: number;
  readonly baselines: boolean;
}

/** The outcome of a discovery that never came back: nothing was found. */
export function lostOutcome({ row, seed }: GatewayTask, why: string): GatewayOutcome {
  const gateway = generateGateway(row, seed);
  return {
    ...judged(gateway, trueAtoms(gateway), []),
    unknown: [],
    crash: why,
    complete: false,
    sent: 0,
    rejections: 0,
    exclusionRequests: 0,
    ranMs: 0,
    penalties: 0,
    overBudget: false,
    baselines: [],
    cpuMs: 0,
  };
}

/** What truth and findings give. */
export type Judged = Pick<
  GatewayOutcome,
  'row' | 'seed' | 'truth' | 'found' | 'score' | 'findings' | 'wrongFindings' | 'capacityRequests' | 'observable'
>;

/** Scores the findings of a gateway. */
export function judged(gateway: BenchGateway, truth: readonly TrueAtom[], limits: readonly FoundLimit[]): Judged {
  const score = scoreFinding(gateway, truth, limits);
  const wrong = new Set(score.limits.flatMap(({ verdict, found }) => (verdict === 'wrong' ? found : [])));
  for (const { name, status } of score.invented) if (status === 'found') wrong.add(name);
  const called = limits.filter(({ status }) => status === 'found');
  return {
    row: gateway.row.name,
    seed: gateway.seed,
    truth: truthLines(gateway, truth),
    found: limits.map(foundLine),
    score,
    findings: called.length,
    wrongFindings: called.filter(({ name }) => wrong.has(name)).length,
    capacityRequests: score.limits.reduce((sum, { limit }) => sum + requestsThatFit(gateway, limit), 0),
    observable: score.limits.length,
  };
}

/** How many requests of its cheapest route fit a limit at once. */
function requestsThatFit({ limits }: BenchGateway, index: number): number {
  const limit = limits[index];
  if (limit === undefined) return 0;
  return Math.floor(capacityOf(limit.algorithm) / Math.min(...limit.costs.values()));
}

function truthLines({ limits }: BenchGateway, truth: readonly TrueAtom[]): string[] {
  return limits.map(({ name, scope, costs, algorithm, counts }, index) => {
    const seen = truth.some(({ limit, shownBy }) => limit === index && shownBy !== null) ? '' : ' (hidden)';
    return `${name} [${scope.join('+')}] ${costsText([...costs])} ${algorithmText(algorithm)} counts ${counts}${seen}`;
  });
}

function foundLine({
  name: limit,
  status,
  scope,
  scopeUndecided,
  routes,
  algorithm,
  alternatives,
  counts,
  reason,
}: FoundLimit): string {
  const index = (route: string) => ROUTES.findIndex(({ name }) => name === route);
  const costs = routes.map(({ route, cost }) => [index(route), cost] as const);
  const open = scopeUndecided.length === 0 ? '' : `?${scopeUndecided.join('+')}`;
  const others = alternatives.slice(0, 3).map(algorithmText).join(' or ');
  const rest = alternatives.length === 0 ? '' : ` or ${others}${alternatives.length > 3 ? ' or ...' : ''}`;
  const why = reason === '' ? '' : ` (${reason})`;
  return `${limit} ${status} [${scope.join('+')}${open}] ${costsText(costs)} ${algorithmText(algorithm)}${rest} counts ${counts}${why}`;
}

/** `r0,r2:5`: routes by index, and what they cost unless 1. */
function costsText(costs: readonly (readonly [route: number, cost: number | null])[]): string {
  return costs.map(([route, cost]) => `r${route}${cost === 1 ? '' : `:${cost ?? '?'}`}`).join(',');
}

function algorithmText(algorithm: Algorithm): string {
  switch (algorithm.kind) {
    case 'fixed-window':
      return `FW-${algorithm.anchor} ${algorithm.limit}/${algorithm.windowMs}ms`;
    case 'token-bucket': {
      const step = algorithm.stepMs === 0 ? '' : ` step ${algorithm.stepMs}ms`;
      return `TB ${algorithm.capacity}+${Number(algorithm.refillPerSecond.toPrecision(7))}/s${step}`;
    }
    case 'concurrency':
      return `CC ${algorithm.limit}`;
    default:
      return `${algorithm.kind === 'sliding-window-log' ? 'SWL' : 'SWC'} ${algorithm.limit}/${algorithm.windowMs}ms`;
  }
}
