/** Ready-made strategy configurations for what was found, in ratelab's own grammar: paced just inside the numbers, retried as the hints deserve. */
import type { Algorithm } from '../../../mock-server/policy.ts';
import type { DiscoveryResults, FoundLimit } from '../../results/discovery-results.ts';
import { capitalized, formatCount, formatDuration, sentenceList } from '../../wording/format.ts';
import { sustainedPerSecond, standsFor } from './restrictive.ts';

/** One configuration. */
export interface StrategyChoice {
  readonly title: string;
  /** For `parseStrategy`, and for `ratelab run --strategy`. */
  readonly spec: string;
  /** One sentence. */
  readonly why: string;
}

/** Share of a found rate that is used: the rest is for clocks that differ and for the way to the server. */
const SHARE = 0.97;
/** Share of a window's limit that may start at once. */
const BURST_SHARE = 0.1;
/** Bounds of the strategies' own parameters. */
const PARAMETERS = { rateMin: 0.001, rateMax: 1_000_000, burstMax: 1_000_000, windowMsMax: 86_400_000, at: 100_000 };

/**
 * The configurations, best first: paced by every limit, then what is left when pacing is not possible (retry only). Where a limit counts by
 * something that a strategy cannot keep apart (user, app, ip, route), it is paced by what contains it: safe, and slower than it need be.
 */
export function strategiesFor(results: DiscoveryResults): StrategyChoice[] {
  const retry = retryFor(results);
  const paces = results.limits.map(paceFor).filter((pace) => pace !== null);
  const reactive: StrategyChoice = {
    title: 'Retry only',
    spec: `${retry.spec}+org-gate${retry.toldMost === null ? ':absentMs=1000' : ''}`,
    why: `${retry.why} One rejection speaks for all requests of an organization, so that few are wasted.`,
  };
  if (paces.length === 0) return [reactive];
  // Outermost the slowest, so that what is inside it has little to hold back; what counts requests in progress is innermost, or a place would be held while waiting.
  const layers = distinct(paces.toSorted((a, b) => a.ratePerSecond - b.ratePerSecond));
  const paced: StrategyChoice = {
    title: 'Paced',
    spec: [retry.spec, ...layers.map(({ spec }) => spec)].join('+'),
    why: `${capitalized(sentenceList(layers.map(({ why }) => why)))}. ${retry.why}`,
  };
  return [paced, reactive];
}

interface Pace {
  readonly spec: string;
  readonly ratePerSecond: number;
  readonly why: string;
}

function paceFor(limit: FoundLimit): Pace | null {
  const algorithm = standsFor(limit);
  const cost = Math.max(1, ...limit.routes.map(({ cost: each }) => each ?? 1));
  const by = keyFor(limit.scope);
  const coarser = limit.scope.filter((key) => !IMPLIED[by].includes(key));
  const [shape, how] = shapeOf(algorithm, cost);
  if (shape === null) return null;
  const [layer = '', parameters = ''] = shape.split(':');
  const notes = [
    ...(limit.status === 'ambiguous' ? ['the strictest that fits'] : []),
    ...(cost > 1 ? [`counted at the dearest route\u2019s cost of ${formatCount(cost)}`] : []),
    ...(coarser.length > 0 && by !== 'all'
      ? [`kept per ${by}, as no strategy counts by ${sentenceList(coarser)}`]
      : []),
    ...(by === 'all' && limit.scope.length > 0
      ? [`kept for all, as no strategy counts by ${sentenceList(limit.scope)}`]
      : []),
  ];
  return {
    spec: `${layer}:by=${by},${parameters}`,
    ratePerSecond: sustainedPerSecond(algorithm) / cost,
    why: `${how} stays inside ${clean(limit.name)}${notes.length > 0 ? ` (${notes.join('; ')})` : ''}`,
  };
}

/** What a state holds apart anyway. */
const IMPLIED: Readonly<Record<'token' | 'client' | 'org' | 'all', readonly string[]>> = {
  token: ['token', 'client', 'org'],
  client: ['client', 'org'],
  org: ['org'],
  all: [],
};

/** The finest state that is not finer than the limit's buckets: a token belongs to one client and one org, a user to one org. */
function keyFor(scope: FoundLimit['scope']): 'token' | 'client' | 'org' | 'all' {
  if (scope.includes('token')) return 'token';
  if (scope.includes('client')) return 'client';
  return scope.includes('org') || scope.includes('user') ? 'org' : 'all';
}

/** The layer without `by`, and what it is in words; null: no layer can keep so slow a limit. */
function shapeOf(algorithm: Algorithm, cost: number): readonly [string | null, string] {
  switch (algorithm.kind) {
    case 'concurrency': {
      const calls = Math.min(PARAMETERS.at, fitting(algorithm.limit, cost));
      return [`concurrency:limit=${calls}`, `a gate of ${callsText(calls)} in progress`];
    }
    case 'token-bucket': {
      // Between two steps nothing flows in, while a pacer's own bucket fills: what it gains meanwhile must be kept free.
      const gained = (algorithm.refillPerSecond * algorithm.stepMs) / 1000;
      const burst = (algorithm.capacity - gained) / cost;
      if (burst >= 1) return bucket((algorithm.refillPerSecond / cost) * SHARE, burst);
      const perStep = Math.min(gained, algorithm.capacity);
      return shapeOf({ kind: 'sliding-window-log', limit: perStep, windowMs: algorithm.stepMs }, cost);
    }
    case 'fixed-window': {
      const { limit, windowMs, anchor } = algorithm;
      const calls = fitting(limit, cost);
      if (windowMs > PARAMETERS.windowMsMax) return smooth(calls, windowMs);
      const spec = `window-quota:limit=${calls},windowMs=${windowMs},anchor=${anchor === 'epoch' ? 'epoch' : 'first'}`;
      return [spec, `a quota of ${callsText(calls)} in ${formatDuration(windowMs)}`];
    }
    default:
      return smooth(fitting(algorithm.limit, cost), algorithm.windowMs);
  }
}

/** So that burst and refill together stay inside `calls` in any window. */
function smooth(calls: number, windowMs: number): readonly [string | null, string] {
  // A single call fits no burst and a rate beside it: its window, and a little.
  if (calls === 1) return windowMs > PARAMETERS.windowMsMax / 2 ? [null, ''] : spaced(windowMs);
  const burst = Math.max(1, Math.floor(calls * BURST_SHARE));
  return bucket((((calls - burst) * 1000) / windowMs) * SHARE, burst);
}

function spaced(windowMs: number): readonly [string, string] {
  const spaceMs = Math.ceil(windowMs / SHARE);
  return [`spacing:minMs=${spaceMs},maxMs=${spaceMs}`, `a call every ${formatDuration(spaceMs)}`];
}

function bucket(ratePerSecond: number, burst: number): readonly [string | null, string] {
  const rate = Math.min(PARAMETERS.rateMax, roundedDown(ratePerSecond));
  if (rate < PARAMETERS.rateMin) return [null, ''];
  const size = Math.min(PARAMETERS.burstMax, Math.max(1, Math.floor(burst)));
  return [
    `token-bucket:ratePerSecond=${rate},burst=${size}`,
    `a bucket of ${callsText(size)} that refills ${rate} per second`,
  ];
}

function callsText(calls: number): string {
  return `${formatCount(calls)} call${calls === 1 ? '' : 's'}`;
}

/** Four digits, never more than it was. */
function roundedDown(value: number): number {
  const [mantissa = '0', exponent = '0'] = value.toExponential().split('e');
  return Number(`${Math.floor(Number(mantissa) * 1000 + 1e-9)}e${Number(exponent) - 3}`);
}

function fitting(units: number, cost: number): number {
  return Math.max(1, Math.floor(units / cost + 1e-9));
}

/** Retry as the hints deserve; `toldMost` null: no time was ever told. */
function retryFor({ limits, penalty }: DiscoveryResults): {
  readonly spec: string;
  readonly why: string;
  readonly toldMost: number | null;
} {
  const worth = new Set(limits.map(({ retryAfter }) => retryAfter.kind));
  const told = limits.map(({ retryAfter }) => retryAfter.told.high).filter((ms) => ms !== null);
  const toldMost = told.length === 0 ? null : Math.max(...told);
  const untrue = (['random', 'early'] as const).filter((kind) => worth.has(kind));
  if (penalty !== null)
    return {
      spec: 'retry-after:absent=backoff',
      why: 'Retry-After is obeyed whatever it is worth, since a sign of a penalty was met.',
      toldMost,
    };
  if (untrue.length > 0 && toldMost !== null) {
    const baseMs = Math.min(3_600_000, Math.max(1000, Math.ceil(toldMost * 2)));
    return {
      spec: `backoff:jitter=equal,baseMs=${baseMs},capMs=${Math.min(86_400_000, baseMs * 4)}`,
      why: `Retry-After proved ${sentenceList(untrue)}, so waits are drawn by dice, and none is shorter than the longest time that was told (${formatDuration(toldMost)}).`,
      toldMost,
    };
  }
  if (worth.size > 0 && [...worth].every((kind) => kind === 'absent')) {
    return { spec: 'backoff', why: 'No Retry-After is given, so retries back off with full jitter.', toldMost };
  }
  const proved = [...worth].filter((kind) => kind === 'exact' || kind === 'late');
  return {
    spec: 'retry-after:absent=backoff',
    why:
      proved.length > 0
        ? `Retry-After is obeyed: it proved ${sentenceList(proved)}.`
        : 'Retry-After is obeyed where it comes: it was not tested.',
    toldMost,
  };
}

/** Of layers that are the same, one. */
function distinct(paces: readonly Pace[]): Pace[] {
  return paces.filter(({ spec }, at) => paces.findIndex((other) => other.spec === spec) === at);
}

function clean(name: string): string {
  const short = name.replaceAll(/\p{Cc}/gu, ' ');
  return short.length > 60 ? `${short.slice(0, 59)}\u2026` : short;
}
