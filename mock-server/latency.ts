import type { KeyedRandom } from './gateway.ts';
import type { KnownCaller } from './identities.ts';
import type { LatencyRule } from './policy.ts';

/** A rule, and the service time of one item where neither dice nor load decide it (else null). */
export interface Latency {
  readonly rule: LatencyRule;
  readonly fixedMs: number | null;
}

/**
 * Service time of an admitted request: lognormal around the rule's median, plus the items, times the load of the caller's org.
 * In whole 1024ths of a ms: sums with epoch times are then exact, and no machine's last bit shows.
 */
export function serviceMs(
  { rule, fixedMs }: Latency,
  items: number,
  known: KnownCaller,
  random: KeyedRandom,
  nowMs: number,
): number {
  if (fixedMs !== null && items === 1) return fixedMs;
  let aloneMs = rule.sigma > 0 ? drawnMs(rule, known, random, nowMs) : rule.medianMs;
  if (items > 1) aloneMs += rule.perItemMs * (items - 1);
  return onGrid(aloneMs * (1 + rule.loadFactor * known.org.inService));
}

/** A rule of service times, with what can be worked out once. */
export function compileLatency(rule: LatencyRule): Latency {
  return { rule, fixedMs: rule.sigma === 0 && rule.loadFactor === 0 ? onGrid(rule.medianMs) : null };
}

function drawnMs(rule: LatencyRule, known: KnownCaller, random: KeyedRandom, nowMs: number): number {
  const index = known.nextThrow(nowMs);
  return rule.medianMs * Math.exp(rule.sigma * normalQuantile(random('service', known.dice(nowMs), index)));
}

/** The nearest whole 1024th of a ms. */
export function onGrid(timeMs: number): number {
  return Math.round(timeMs * 1024) / 1024;
}

/** Quantile of the standard normal for a share in [0, 1). P. J. Acklam's rational approximation (2003), relative error below 1.2e-9. */
export function normalQuantile(share: number): number {
  const p = Math.min(Math.max(share, 2 ** -54), 1 - 2 ** -53);
  if (p > 0.5) return -lowerQuantile(1 - p);
  return lowerQuantile(p);
}

function lowerQuantile(p: number): number {
  if (p < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(p));
    return (
      (((((-7.784894002430293e-3 * q - 3.223964580411365e-1) * q - 2.400758277161838) * q - 2.549732539343734) * q +
        4.374664141464968) *
        q +
        2.938163982698783) /
      ((((7.784695709041462e-3 * q + 3.224671290700398e-1) * q + 2.445134137142996) * q + 3.754408661907416) * q + 1)
    );
  }
  const q = p - 0.5;
  const r = q * q;
  return (
    ((((((-3.969683028665376e1 * r + 2.209460984245205e2) * r - 2.759285104469687e2) * r + 1.38357751867269e2) * r -
      3.066479806614716e1) *
      r +
      2.506628277459239) *
      q) /
    (((((-5.447609879822406e1 * r + 1.615858368580409e2) * r - 1.556989798598866e2) * r + 6.680131188771972e1) * r -
      1.328068155288572e1) *
      r +
      1)
  );
}
