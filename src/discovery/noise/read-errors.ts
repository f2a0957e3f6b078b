/** Whether unrelated errors come from in front of the limits (nothing was charged) or from behind them (it was admitted first). Without jitter only. */
import type { Point } from '../black-box.ts';
import type { Prober } from '../prober.ts';
import { noiseOf } from './noise.ts';
import type { ProbeEvent } from '../record.ts';

/** By chance no error befalls so many probes at a full limit. */
const CHANCE_MAX = 0.0005;

/** Probes that one round sends beyond what is needed, and rounds until one gives up. */
const MORE = 4;
const ROUNDS_MAX = 16;

/**
 * What a record without jitter tells: after the first rejection of an instant everything of that instant and point is rejected. An error there came from in
 * front; none among many says that they come from behind. `missing`: how many more probes at a full limit would tell; 0: it is told.
 */
export function errorsAt(events: readonly ProbeEvent[]): {
  readonly charge: boolean | null;
  readonly missing: number;
} {
  let errors = 0;
  let told = 0;
  let full: ProbeEvent | null = null;
  for (const event of events) {
    const { outcome, sentMs, identity, route } = event;
    if (full !== null && (full.sentMs !== sentMs || full.identity !== identity || full.route !== route)) full = null;
    if (full !== null && outcome === 'unknown') return { charge: false, missing: 0 };
    if (full !== null) told += 1;
    else if (outcome === 'unknown') errors += 1;
    if (outcome === 'rejected') full ??= event;
  }
  if (errors === 0) return { charge: null, missing: 0 };
  // The share may be less than it looks.
  const share = errors / (events.length - told) / (errors < 8 ? 2 : 1.3);
  const needed = Math.ceil(Math.log(CHANCE_MAX) / Math.log1p(-share));
  return { charge: told >= needed ? true : null, missing: Math.max(0, needed - told) };
}

/** Sends to a limit that is full, or is filled by it, until it is told what errors mean, and lets the prober read the record so. */
export async function readErrors(prober: Prober, point: Point): Promise<void> {
  let more = 0;
  for (let round = 0; round < ROUNDS_MAX && prober.errorsCharge === null; round++) {
    const { charge, missing } = errorsAt(prober.events);
    if (charge !== null) return prober.readErrors(charge);
    if (missing === 0) return;
    const answers = await prober.sendMany(Array.from({ length: Math.min(400, missing + MORE + more) }, () => point));
    if (!answers.some(({ outcome }) => outcome === 'rejected')) more = 2 * more + answers.length;
  }
}

/** Volleys by which the share of errors is measured: the first, and the largest. */
const VOLLEY = 64;
const VOLLEY_MAX = 1600;

/**
 * The same where ways take differently long, so that what was sent at once was not decided in that order. Errors from in front befall a share of all
 * probes, errors from behind that share of those that were admitted: where far more is sent than fits, the two are far apart.
 */
export function errorsByShare(events: readonly ProbeEvent[]): boolean | null {
  const volleys = new Map<string, { errors: number; admitted: number; rejected: number }>();
  for (const { sentMs, identity, route, outcome } of events) {
    const key = `${sentMs} ${identity} ${route}`;
    let volley = volleys.get(key);
    if (volley === undefined) volleys.set(key, (volley = { errors: 0, admitted: 0, rejected: 0 }));
    if (outcome === 'unknown') volley.errors += 1;
    else volley[outcome] += 1;
  }
  let [errors, admitted, all] = [0, 0, 0];
  for (const volley of volleys.values()) {
    errors += volley.errors;
    admitted += volley.admitted;
    all += volley.errors + volley.admitted + volley.rejected;
  }
  if (errors === 0) return null;
  let difference = 0;
  for (const volley of volleys.values()) {
    const behind = volley.errors + volley.admitted;
    difference += likelihood(volley.errors, behind, errors / (errors + admitted));
    difference -= likelihood(volley.errors, behind + volley.rejected, errors / all);
  }
  return Math.abs(difference) < -Math.log(CHANCE_MAX) ? null : difference > 0;
}

/** Logarithm; `hits` of `of`. */
function likelihood(hits: number, of: number, share: number): number {
  let choices = 0;
  for (let at = 0; at < hits; at++) choices += Math.log((of - at) / (hits - at));
  return choices + hits * Math.log(share) + (share < 1 ? (of - hits) * Math.log1p(-share) : 0);
}

/** Sends more at once than fits until it is told what errors mean, if there are any; true: nothing stands in the way of reading the record. */
export async function readErrorsByShare(prober: Prober, point: Point): Promise<boolean> {
  for (let size = VOLLEY; prober.errorsCharge === null && size <= VOLLEY_MAX; size *= 2) {
    const charge = errorsByShare(prober.events);
    if (charge !== null) prober.readErrors(charge);
    else await prober.sendMany(Array.from({ length: size }, () => point));
  }
  return true;
}

/** Finds out what errors mean, if there were any, it is not known, and no jitter blurs it; true: the record reads otherwise now. */
export async function settleErrors(prober: Prober, point: Point): Promise<boolean> {
  if (prober.errorsCharge !== null || !prober.losesSome) return false;
  const { jitterMs, jitterFrom } = noiseOf(prober.events);
  if (jitterFrom === 'rejected' && jitterMs > 1) return false;
  await readErrors(prober, point);
  // As a compiler sees it nothing can have changed.
  return (prober.errorsCharge as boolean | null) === true;
}
