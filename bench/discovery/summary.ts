/** What a row came to: shares with their exact 95 % intervals, quantiles, counts. */
import { clopperPearson } from '../../src/statistics/clopper-pearson.ts';
import { median, quantile } from '../../src/statistics/quantiles.ts';
import type { GatewayOutcome } from './outcome.ts';
import type { Parts, Verdict } from './score.ts';

/** So many of so many, with the interval in which the rate lies; null bounds: of none. */
export interface Share {
  readonly hits: number;
  readonly of: number;
  readonly low: number | null;
  readonly high: number | null;
}

/** How a method's numbers compare with the truth, over all gateways of a row. */
export interface Errors {
  readonly method: string;
  readonly structure: Share;
  readonly family: Share;
  /** Within 5 %, no answer counting as beside it. */
  readonly capacityNear: Share;
  readonly sustainedNear: Share;
  /** Median of |log(found / true)| over the answers; null: there was none. */
  readonly capacityLogError: number | null;
  readonly sustainedLogError: number | null;
}

/** One row. */
export interface RowSummary {
  readonly row: string;
  readonly gateways: number;
  /** By the worst of a gateway's limits. */
  readonly verdicts: Readonly<Record<Verdict, number>>;
  readonly gatewaysRight: Share;
  readonly limitsRight: Share;
  readonly limitVerdicts: Readonly<Record<Verdict, number>>;
  readonly hidden: number;
  readonly invented: number;
  /** Of the limits that were said to be found, those that are wrong or invented. */
  readonly wrongFindings: Share;
  readonly parts: Readonly<Record<keyof Parts, Share>>;
  readonly rateWithin1Percent: Share;
  readonly coverage: Share;
  readonly coverageBy: Readonly<Record<string, Share>>;
  /** Probes without those that only looked for more, over 3C + 500 (median) and 5C + 500 (95th percentile) summed over the observable limits. */
  readonly probesOver3C: number | null;
  readonly probesOver5C: number | null;
  readonly probes: number | null;
  readonly exclusionRequests: number | null;
  readonly rejections: number | null;
  readonly penalties: number;
  readonly overBudget: number;
  readonly incomplete: number;
  readonly crashed: readonly { readonly seed: number; readonly why: string }[];
  /** Hours of the gateway's time. */
  readonly hours: number | null;
  readonly hours95: number | null;
  readonly errors: readonly Errors[];
}

const NEAR = Math.log(1.05);
const VERDICTS: readonly Verdict[] = ['right', 'ambiguous', 'outside', 'missed', 'wrong'];

/** Sums a row up. */
export function summarize(row: string, outcomes: readonly GatewayOutcome[]): RowSummary {
  const limits = outcomes.flatMap(({ score }) => score.limits);
  const coverage = limits.flatMap((limit) => limit.coverage);
  const rated = limits.filter(({ rateError }) => rateError !== null);
  const part = (name: keyof Parts) => {
    const asked = limits.filter(({ parts }) => parts === null || parts[name] !== null);
    return share(asked.filter(({ parts }) => parts?.[name] === true).length, asked.length);
  };
  const spent = outcomes.filter(({ crash, observable }) => crash === '' && observable > 0);
  const probes = spent.map(({ sent, exclusionRequests }) => sent - exclusionRequests);
  const over = (times: number) =>
    spent.map(
      ({ capacityRequests, observable }, at) => (probes[at] as number) / (times * capacityRequests + 500 * observable),
    );
  return {
    row,
    gateways: outcomes.length,
    verdicts: tally(outcomes.map(({ score }) => score.verdict)),
    gatewaysRight: share(outcomes.filter(({ score }) => score.verdict === 'right').length, outcomes.length),
    limitsRight: share(limits.filter(({ verdict }) => verdict === 'right').length, limits.length),
    limitVerdicts: tally(limits.map(({ verdict }) => verdict)),
    hidden: sum(outcomes.map(({ score }) => score.hidden)),
    invented: sum(outcomes.map(({ score }) => score.invented.length)),
    wrongFindings: share(sum(outcomes.map((one) => one.wrongFindings)), sum(outcomes.map((one) => one.findings))),
    parts: {
      scope: part('scope'),
      routes: part('routes'),
      family: part('family'),
      counts: part('counts'),
      costs: part('costs'),
      integers: part('integers'),
    },
    rateWithin1Percent: share(rated.filter(({ rateError }) => (rateError as number) <= 0.01).length, rated.length),
    coverage: share(coverage.filter(({ covered }) => covered).length, coverage.length),
    coverageBy: Object.fromEntries(
      ['capacity', 'windowMs', 'refillPerSecond', 'stepMs'].map((name) => {
        const own = coverage.filter(({ of }) => of === name);
        return [name, share(own.filter(({ covered }) => covered).length, own.length)];
      }),
    ),
    probesOver3C: median(over(3)),
    probesOver5C: quantileOf(over(5), 0.95),
    probes: median(probes),
    exclusionRequests: median(spent.map((one) => one.exclusionRequests)),
    rejections: median(spent.map((one) => one.rejections)),
    penalties: sum(outcomes.map((one) => one.penalties)),
    overBudget: outcomes.filter((one) => one.overBudget).length,
    incomplete: outcomes.filter(({ complete, crash }) => !complete && crash === '').length,
    crashed: outcomes.filter(({ crash }) => crash !== '').map(({ seed, crash }) => ({ seed, why: crash })),
    hours: median(spent.map(({ ranMs }) => ranMs / 3_600_000)),
    hours95: quantileOf(
      spent.map(({ ranMs }) => ranMs / 3_600_000),
      0.95,
    ),
    errors: errorsOf(outcomes.filter(({ baselines }) => baselines.length > 0)),
  };
}

/** So many of so many. */
export function share(hits: number, of: number): Share {
  return of === 0 ? { hits, of, low: null, high: null } : { hits, of, ...clopperPearson(hits, of) };
}

function errorsOf(outcomes: readonly GatewayOutcome[]): Errors[] {
  const [first] = outcomes;
  if (first === undefined) return [];
  const limits = outcomes.flatMap(({ score }) => score.limits);
  const own = errors(
    'ratelab discover',
    limits.map(({ verdict, parts, capacityLogError, sustainedLogError }) => ({
      structure: verdict === 'right',
      family: parts?.family === true,
      capacityLogError,
      sustainedLogError,
    })),
  );
  const others = first.baselines.map(({ name }, at) =>
    errors(
      name,
      outcomes.map(({ baselines }) => ({ ...(baselines[at] as (typeof baselines)[number]), structure: false })),
    ),
  );
  return [own, ...others];
}

interface Answer {
  readonly structure: boolean;
  readonly family: boolean;
  readonly capacityLogError: number | null;
  readonly sustainedLogError: number | null;
}

function errors(method: string, answers: readonly Answer[]): Errors {
  const of = answers.length;
  const near = (key: 'capacityLogError' | 'sustainedLogError') =>
    share(answers.filter((answer) => (answer[key] ?? Number.POSITIVE_INFINITY) <= NEAR).length, of);
  const middle = (key: 'capacityLogError' | 'sustainedLogError') =>
    median(answers.flatMap((answer) => answer[key] ?? []));
  return {
    method,
    structure: share(answers.filter(({ structure }) => structure).length, of),
    family: share(answers.filter(({ family }) => family).length, of),
    capacityNear: near('capacityLogError'),
    sustainedNear: near('sustainedLogError'),
    capacityLogError: middle('capacityLogError'),
    sustainedLogError: middle('sustainedLogError'),
  };
}

function tally(verdicts: readonly Verdict[]): Record<Verdict, number> {
  const entries = VERDICTS.map((verdict) => [verdict, verdicts.filter((one) => one === verdict).length] as const);
  return Object.fromEntries(entries) as Record<Verdict, number>;
}

function quantileOf(values: readonly number[], p: number): number | null {
  return values.length === 0 ? null : quantile(Float64Array.from(values).sort(), p);
}

function sum(values: readonly number[]): number {
  return values.reduce((one, other) => one + other, 0);
}
