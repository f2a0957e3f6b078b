/** Enforcement lag: how long a charge stays unseen by decisions. */
import { IDLE_AFTER_MS } from '../idle.ts';
import type { Point } from '../black-box.ts';
import type { Prober } from '../prober.ts';
import type { ProbeEvent } from '../record.ts';
import type { Range } from '../stream.ts';
import { blurMsOf } from './noise.ts';
import { underWay } from '../prober-stops.ts';

/** Longest lag looked for; so long there is a single probe each millisecond. */
const LAG_MAX_MS = 60_000;
const DENSE_MS = 256;
/** A minute is told to the millisecond by asking so often once more. */
const AGAIN_MAX = 2;

/** No lag, where probes of one point and instant were partly admitted and partly rejected: they saw each other's charges. Null: nothing of the kind. */
export function noLagIn(events: readonly ProbeEvent[]): Range | null {
  // Probes that were sent at once may have arrived one after the other.
  if (blurMsOf(events) > 0) return null;
  const seen = new Map<string, ProbeEvent['outcome']>();
  for (const { sentMs, identity, route, outcome } of events) {
    if (outcome === 'unknown') continue;
    const key = `${sentMs} ${identity} ${route}`;
    const before = seen.get(key);
    if (before === undefined) seen.set(key, outcome);
    else if (before !== outcome) return { low: 0, high: 0 };
  }
  return null;
}

/**
 * Measures the enforcement lag from rest: more than the limit holds is sent at once. Without a lag some of it is rejected: 0. With one, all of it passes,
 * and so do single probes until the charges are seen: the lag lies between the last that passed and the first that was rejected. Where that is more
 * than a millisecond it is asked once more, more densely.
 *
 * @param overfull through whom more than the limit holds is sent; the last of them sends the single probes
 * @returns null where nothing was rejected within a minute: no limit, or not so small
 */
export async function measureLag(prober: Prober, overfull: readonly Point[]): Promise<Range | null> {
  let lag = await askOnce(prober, overfull, { low: 0, high: LAG_MAX_MS });
  for (let again = 0; again < AGAIN_MAX && lag !== null && lag.high - lag.low > 1 + blurMsOf(prober.events); again++) {
    const closer = await askOnce(prober, overfull, lag);
    if (closer === null) break;
    lag = { low: Math.max(lag.low, Math.min(closer.low, lag.high)), high: Math.min(lag.high, closer.high) };
  }
  return lag;
}

/** Sends what overfills it, and single probes at times after it that lie between these. */
async function askOnce(prober: Prober, overfull: readonly Point[], { low, high }: Range): Promise<Range | null> {
  const point = overfull.at(-1);
  if (point === undefined) return null;
  await prober.waitUntil(prober.nowMs + IDLE_AFTER_MS);
  const fromMs = prober.nowMs;
  // Whoever waited for the answers would miss what is shorter than they take.
  const burst = underWay(prober.sendMany(overfull));
  const singles: Promise<ProbeEvent>[] = [];
  for (let afterMs = Math.floor(low) + 1; afterMs <= high; afterMs = laterThan(afterMs, low)) {
    await prober.waitUntil(fromMs + afterMs);
    singles.push(underWay(prober.send(point)));
    const answered = prober.events.filter((event) => (event?.sentMs ?? 0) >= fromMs);
    if (answered.some(({ outcome }) => outcome === 'rejected')) break;
  }
  const together = await burst;
  const after = await Promise.all(singles);
  if (together.some(({ outcome }) => outcome === 'rejected')) return { low: 0, high: blurMsOf(prober.events) };
  const first = after.find(({ outcome }) => outcome === 'rejected');
  if (first === undefined) return null;
  const passed = after.filter(({ outcome, sentMs }) => outcome === 'admitted' && sentMs < first.sentMs);
  const blurMs = blurMsOf(prober.events);
  const lastMs = passed.at(-1)?.sentMs ?? fromMs + low;
  return { low: Math.max(0, lastMs - fromMs - blurMs), high: first.sentMs - fromMs + blurMs };
}

/** Every millisecond at first, and then at distances that are a small share of what has passed. */
function laterThan(afterMs: number, fromMs: number): number {
  return afterMs + Math.max(1, Math.floor((afterMs - fromMs) / DENSE_MS));
}
