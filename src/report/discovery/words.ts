/** How found limits read. */
import type { Algorithm, ScopeKey } from '../../../mock-server/policy.ts';
import type { FoundLimit, Interval } from '../../results/discovery-results.ts';
import { formatCount, formatDuration, sentenceList } from '../../wording/format.ts';

/** Ms as found, without rounding away what was decided: `61.234 s`, `800 ms`, `1 h`. */
export function exactMs(ms: number): string {
  const [size, unit] = ms >= 3_600_000 && ms % 60_000 === 0 ? [3_600_000, 'h'] : ms >= 1000 ? [1000, 's'] : [1, 'ms'];
  return `${exactNumber(ms / size)}\u00A0${unit}`;
}

/** Seven digits at most, with separators: `3,600.5`, `0.0333`. */
export function exactNumber(value: number): string {
  const [whole = '', part] = String(Number(value.toPrecision(7))).split('.');
  return `${/^-?\d+$/.test(whole) ? whole.replace(/\B(?=(\d{3})+$)/g, ',') : whole}${part === undefined ? '' : `.${part}`}`;
}

/** How many units fit. */
export function unitsOf(algorithm: Algorithm): number {
  return algorithm.kind === 'token-bucket' ? algorithm.capacity : algorithm.limit;
}

/** The family: `fixed window, opened by the first request`. */
export function familyText(algorithm: Algorithm): string {
  switch (algorithm.kind) {
    case 'fixed-window':
      return algorithm.anchor === 'epoch' ? 'fixed window, by the clock' : 'fixed window, opened by the first request';
    case 'sliding-window-log':
      return 'sliding window';
    case 'sliding-window-counter':
      return 'sliding window, estimated from two counters';
    case 'token-bucket':
      return algorithm.stepMs > 0 ? 'token bucket, refilled in steps' : 'token bucket, refilled all the time';
    case 'concurrency':
  }
  return 'counted while in progress';
}

/** What is counted: requests where each costs 1, else units. */
export function nounOf({ routes }: FoundLimit): 'request' | 'unit' {
  return routes.every(({ cost }) => cost === 1) ? 'request' : 'unit';
}

/** The numbers: `60 requests in 61.234 s`. */
export function numbersText(algorithm: Algorithm, noun: 'request' | 'unit'): string {
  const units = `${exactNumber(unitsOf(algorithm))} ${noun}${unitsOf(algorithm) === 1 ? '' : 's'}`;
  switch (algorithm.kind) {
    case 'concurrency':
      return `${units} in progress at once`;
    case 'token-bucket': {
      const step = algorithm.stepMs > 0 ? `, every ${exactMs(algorithm.stepMs)}` : '';
      return `${units} at once, refilled at ${exactNumber(algorithm.refillPerSecond)} per second${step}`;
    }
    default:
      return `${units} in ${exactMs(algorithm.windowMs)}`;
  }
}

/** What one bucket counts: `per org`, `for everybody together`. */
export function countedText(scope: readonly ScopeKey[]): string {
  return scope.length === 0 ? 'for everybody together' : `per ${sentenceList(scope)}`;
}

/** A number with its interval: `exactly 60`, `2.49 to 2.51`, `at least 12`, `not known`. */
export function rangeText({ low, high }: Interval, show: (value: number) => string): string {
  if (low === null) return high === null ? 'not known' : `at most ${show(high)}`;
  if (high === null) return `at least ${show(low)}`;
  return low === high ? `exactly ${show(low)}` : `${show(low)} to ${show(high)}`;
}

/** All intervals in one line: `capacity exactly 60, window 61.233 s to 61.235 s`. */
export function intervalsText({ intervals }: FoundLimit): string {
  const { capacity, windowMs, refillPerSecond, stepMs } = intervals;
  return [
    `capacity ${rangeText(capacity, exactNumber)}`,
    ...(windowMs === null ? [] : [`window ${rangeText(windowMs, exactMs)}`]),
    ...(refillPerSecond === null ? [] : [`refill ${rangeText(refillPerSecond, (value) => `${exactNumber(value)}/s`)}`]),
    ...(stepMs === null || (stepMs.low === 0 && stepMs.high === 0) ? [] : [`step ${rangeText(stepMs, exactMs)}`]),
  ].join(', ');
}

/** The routes that share it, with what they cost where that is not 1. */
export function routesText({ routes }: FoundLimit): string {
  if (routes.length === 0) return 'no route of its own';
  return sentenceList(
    routes.map(({ route, cost }) =>
      cost === 1 ? route : `${route} (cost ${cost === null ? 'not known' : exactNumber(cost)})`,
    ),
  );
}

/** What Retry-After was worth, in a sentence without its end. */
export function retryAfterText({ retryAfter: { kind, told, errorMs, tested } }: FoundLimit): string {
  const tries = `${formatCount(tested)} ${tested === 1 ? 'try' : 'tries'}`;
  const off = (ms: number | null) => (ms === null ? 'an unknown time' : formatDuration(Math.abs(ms)));
  switch (kind) {
    case 'absent':
      return 'no Retry-After is given';
    case 'exact':
      return `Retry-After is true (${tries})`;
    case 'early':
      return `Retry-After is too short, by up to ${off(errorMs.low)} (${tries})`;
    case 'late':
      return `Retry-After is longer than needed, by up to ${off(errorMs.high)} (${tries})`;
    case 'random':
      return `Retry-After is random: told ${rangeText(told, formatDuration)}, off by ${rangeText(errorMs, formatDuration)} (${tries})`;
    case 'untested':
  }
  return 'Retry-After was not tested';
}

/** Whether rejected requests count. */
export function countsText({ counts }: FoundLimit): string {
  return {
    admitted: 'only admitted requests count',
    all: 'rejected requests count as well',
    unknown: 'whether rejected requests count is not known',
  }[counts];
}

/** The limit in a sentence without its end. */
export function limitText(limit: FoundLimit): string {
  const many = [limit.algorithm, ...limit.alternatives];
  const families = [...new Set(many.map(familyText))];
  const family = families.length > 1 ? `one of ${families.length} rules that all fit` : families[0];
  const about = limit.status === 'ambiguous' ? 'about ' : '';
  return `${about}${numbersText(limit.algorithm, nounOf(limit))} ${countedText(limit.scope)} (${family})`;
}

/** Why something is not known. */
export const UNKNOWN_WORDS = {
  masked: 'hidden by a tighter limit',
  'not-supplied': 'nothing at hand to tell by',
  'not-driven': 'not driven far enough',
  budget: 'budget spent',
  noise: 'lost in noise',
  'not-identifiable': 'cannot be told apart',
  stopped: 'stopped before',
} as const;
