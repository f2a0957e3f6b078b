/**
 * Identifies one limit where decisions are made at uncertain times, within known bounds: delays of up to some tens of ms, charges that are seen late.
 * Nothing is weighed: a hypothesis is alive as long as some choice of times within their bounds makes it explain the whole record.
 */
import type { Noise } from '../noise/noise.ts';
import { noiseOf } from '../noise/noise.ts';
import { Drive } from '../noisy/drive.ts';
import type { ProbeEvent } from '../record.ts';
import type { Identified, Stream } from '../stream.ts';
import { bestPlan, type Circumstances, type Plan, supposedOf } from './plan.ts';
import { Pool } from './pool.ts';
import { verdictOf } from './verdict.ts';
import { type Delays, volleysOf } from './volleys.ts';

/** Options of {@link identifyBoundedly}. */
export interface BoundedOptions {
  /** Most probes. */
  readonly requests: number;
  /** A burst of so many that nothing rejects means that there is no limit. */
  readonly burst: number;
  /** Longest rest. */
  readonly horizonMs: number;
  /** How long a charge may stay unseen. Default 0. */
  readonly lagMs?: number;
}

const ROUNDS_MAX = 40;
/** Probes for one limit: this many times the capacity, and these. */
const TIMES_CAPACITY = 10;
const MORE = 1500;
/** What the numbers may cost once the family is known: this many times the capacity, and these. */
const SHARPENING = 3;
const SHARPENING_MIN = 150;

/** See the head of this file. */
export async function identifyBoundedly(stream: Stream, options: BoundedOptions): Promise<Identified> {
  const startedMs = stream.prober.nowMs;
  const drive = new Drive(stream, options.burst);
  if (!(await fill(drive, options)))
    return { kind: 'none', looked: { requests: drive.spent, overMs: drive.nowMs - startedMs } };
  let delays: Delays | null = null;
  let pool = new Pool();
  const made = new Map<string, number>();
  let sharpFrom = Number.POSITIVE_INFINITY;
  for (let round = 0; ; round++) {
    const events = drive.events();
    const next = delaysOf(events, delays, options);
    if (next !== delays) pool = new Pool();
    delays = next;
    const volleys = volleysOf(events, delays);
    const blurMs = blurOf(delays);
    pool.refit(volleys, delays, blurMs);
    const { alive } = pool;
    const most = Math.min(options.requests, TIMES_CAPACITY * (alive[0]?.capacities.low ?? 1) + MORE);
    const isLast = round >= ROUNDS_MAX || drive.spent > most || drive.spent > sharpFrom;
    const circumstances = circumstancesOf(events, drive.nowMs, blurMs, options);
    const plan = isLast || alive.length === 0 ? null : bestPlan(supposedOf(alive, volleys), circumstances, made);
    const verdict = verdictOf(pool, blurMs, plan === null);
    if (verdict !== null) return verdict;
    if (pool.decided && sharpFrom === Number.POSITIVE_INFINITY) {
      const capacity = alive[0]?.capacities.low ?? 1;
      sharpFrom = drive.spent + SHARPENING * capacity + SHARPENING_MIN;
    }
    await carryOut(drive, plan as Plan, options);
  }
}

/** Sends ever more until something is rejected; false: nothing was. */
async function fill(drive: Drive, { burst, lagMs = 0 }: BoundedOptions): Promise<boolean> {
  let sent = 0;
  for (let count = 8; sent < burst; count = Math.ceil(sent * 0.5) + 1) {
    const { rejected } = await drive.volley(count);
    if (rejected > 0) return true;
    sent += count;
    if (lagMs > 0) await drive.waitUntil(drive.nowMs + lagMs);
  }
  return false;
}

async function carryOut(drive: Drive, { steps }: Plan, { lagMs = 0 }: BoundedOptions): Promise<void> {
  for (const step of steps) {
    if (step.kind === 'wait') await drive.waitUntil(drive.nowMs + step.ms);
    else if (step.kind === 'burst') await drive.volley(step.count);
    else {
      const fromMs = drive.nowMs;
      for (const afterMs of step.afterMs) {
        await drive.waitUntil(fromMs + afterMs);
        const { admitted } = await drive.volley(1);
        if (admitted > 0) break;
        if (lagMs > 0) await drive.waitUntil(drive.nowMs + lagMs);
      }
    }
    if (lagMs > 0 && step.kind !== 'wait') await drive.waitUntil(drive.nowMs + lagMs);
  }
}

/** Of the measured jitter, what is allowed beyond it; and when it has to be measured again. */
const MARGIN = 1.12;
const WIDER = 1.02;
const NARROWER = 0.7;

/** The delays that a record shows; those of before where they still hold. */
function delaysOf(events: readonly ProbeEvent[], before: Delays | null, options: BoundedOptions): Delays {
  const { lagMs = 0 } = options;
  const rejections = events.filter(({ outcome }) => outcome === 'rejected');
  const least = rejections.reduce((sofar, event) => Math.min(sofar, event.answeredMs - event.sentMs), Infinity);
  const { jitterMs, jitterFrom }: Noise = noiseOf(events);
  const measured = jitterFrom === 'rejected' ? jitterMs : Math.min(jitterMs, 100);
  if (before !== null && measured * WIDER <= before.wayMs && measured * MARGIN + 1 >= before.wayMs * NARROWER)
    return before;
  // The quickest rejection was not quite as quick as can be.
  const slower = jitterMs * Math.sqrt(18 / Math.max(1, rejections.length));
  return { wayMs: measured * MARGIN + 1, backMs: Math.max(0, least - slower), lagMs };
}

/** By how much a decision may be later than another that was sent as long after. */
function blurOf({ wayMs, lagMs }: Delays): number {
  return Math.max(1, wayMs + lagMs);
}

function circumstancesOf(
  events: readonly ProbeEvent[],
  nowMs: number,
  blurMs: number,
  { horizonMs, lagMs = 0 }: BoundedOptions,
): Circumstances {
  const tripOf = (outcome: ProbeEvent['outcome']) => {
    const trips = events.filter((event) => event.outcome === outcome).map((event) => event.answeredMs - event.sentMs);
    return trips.sort((a, b) => a - b)[trips.length >> 1] ?? 0;
  };
  const [admitted, rejected] = [tripOf('admitted'), tripOf('rejected')];
  return {
    nowMs,
    blurMs,
    settleMs: Math.max(admitted, rejected) + lagMs + 1,
    lags: lagMs > 0,
    serviceMs: Math.max(1, admitted - rejected),
    longestMs: horizonMs,
  };
}
