/**
 * Holds what was found against the gateway once more: fresh random sequences of bursts, pauses and probes just before and just after where the
 * limits found would let the next one pass. Each answer is compared with what the limits found make of everything observed before it.
 */
import type { Random } from '../../random/random.ts';
import type { DiscoveryResults } from '../../results/discovery-results.ts';
import { clopperPearson } from '../../statistics/clopper-pearson.ts';
import type { BlackBox, Point } from '../black-box.ts';
import { type KnownLimit, KnownLimits } from '../known-limits.ts';
import { isStop, type Prober } from '../prober.ts';
import type { ProbeEvent } from '../record.ts';

/** What a verification is made of. */
export interface VerifyOptions {
  readonly box: BlackBox;
  /** Has the budget that is left. */
  readonly prober: Prober;
  readonly limits: readonly KnownLimit[];
  /** Everything observed before; the limits start from it. */
  readonly before: readonly ProbeEvent[];
  /** Probes to compare at most. */
  readonly probes: number;
  readonly random: Random;
  /** Times are exact to the millisecond. False: where sending and answering lie on two sides of an edge, a probe says nothing. */
  readonly isExact: boolean;
  readonly errorsCharge: boolean;
}

/** Its outcome, as results hold it. */
export type Verification = NonNullable<DiscoveryResults['verification']>;

/** Largest burst. */
const BURST_MAX = 100;
/** Longest pause; and no longer than about twice the slowest recovery. */
const PAUSE_MS_MAX = 7_200_000;
const MISMATCHES_MAX = 100;
/** What was sent before is no longer remembered after this many of the slowest recoveries. */
const AFRESH = 2;

/** Plays random sequences until the probes are used up, the budget is spent or the discovery is ended; compares as far as it came. */
export async function verify(options: VerifyOptions): Promise<Verification> {
  const { prober, probes } = options;
  const comparison = new Comparison(options);
  try {
    // What is known of the time before counts, but not what nobody saw.
    await prober.waitUntil(prober.nowMs + AFRESH * comparison.slowestMs);
    while (prober.events.length < probes) await play(comparison, options);
  } catch (error) {
    if (!isStop(error)) throw error;
  }
  return comparison.outcome();
}

/** One step: a burst, a pause, or an edge. */
async function play(comparison: Comparison, { prober, random, probes, box }: VerifyOptions): Promise<void> {
  const left = probes - prober.events.length;
  const point = {
    identity: random.integer(0, box.identities.length - 1),
    route: random.integer(0, box.routes.length - 1),
  };
  const kind = random.next();
  if (kind < 0.35) {
    const most = Math.min(left, BURST_MAX);
    const room = comparison.known.room(point, prober.nowMs, most);
    const size = Math.min(most, Math.max(1, room + random.integer(-2, 3)));
    comparison.compare(await prober.sendMany(Array.from({ length: size }, () => point)));
  } else if (kind < 0.6) {
    // Each doubling as likely, so that short pauses and long ones come up; powers of two, as every engine has them exactly.
    const longestMs = Math.min(PAUSE_MS_MAX, Math.max(1000, 2 * comparison.slowestMs));
    const pauseMs = 2 ** random.integer(0, Math.floor(Math.log2(longestMs))) * (1 + random.next());
    await prober.waitUntil(prober.nowMs + pauseMs);
    comparison.compare([await prober.send(point)]);
  } else await atEdge(comparison, prober, point, left);
}

/** Just before and just after the time at which the next probe should pass. */
async function atEdge(comparison: Comparison, prober: Prober, point: Point, left: number): Promise<void> {
  const passesMs = comparison.known.nextFitMs(point, prober.nowMs);
  if (passesMs > prober.nowMs && Number.isFinite(passesMs)) {
    await prober.waitUntil(passesMs - 1);
    comparison.compare([await prober.send(point)]);
    if (left < 2) return;
    await prober.waitUntil(Math.ceil(comparison.known.nextFitMs(point, prober.nowMs)));
  }
  comparison.compare([await prober.send(point)]);
}

/** Counts what is equal. */
class Comparison {
  readonly known: KnownLimits;
  readonly slowestMs: number;
  readonly #record: ProbeEvent[];
  readonly #options: VerifyOptions;
  readonly #mismatches: string[] = [];
  readonly #startedMs: number;
  #compared = 0;
  #equal = 0;

  constructor(options: VerifyOptions) {
    const { limits, box, before, errorsCharge, prober } = options;
    this.#options = options;
    this.#record = [...before];
    this.#startedMs = prober.nowMs;
    this.known = new KnownLimits(limits, box.identities, this.#record, { errorsCharge });
    this.slowestMs = Math.max(0, ...limits.map(({ hypothesis }) => recoveryMs(hypothesis)));
  }

  /** In the order of sending: each is judged by what was observed before it. */
  compare(events: readonly ProbeEvent[]): void {
    for (const event of events) {
      if (event.outcome !== 'unknown') this.#judge(event);
      this.#record.push(event);
    }
  }

  outcome(): Verification {
    const share = this.#compared === 0 ? { low: null, high: null } : { ...clopperPearson(this.#equal, this.#compared) };
    return { probes: this.#compared, equal: this.#equal, share, mismatches: this.#mismatches };
  }

  #judge(event: ProbeEvent): void {
    const { sentMs, answeredMs, outcome } = event;
    const admits = this.known.rejecting(event, sentMs).length === 0;
    const isClear = this.#options.isExact || (this.known.rejecting(event, answeredMs).length === 0) === admits;
    const isEqual = admits === (outcome === 'admitted');
    // Between sending and answering lies an edge: either answer is right.
    if (!isClear && !isEqual) return;
    this.#compared += 1;
    if (isEqual) this.#equal += 1;
    else if (this.#mismatches.length < MISMATCHES_MAX) this.#mismatches.push(this.#text(event, admits));
  }

  #text({ identity, route, sentMs, outcome }: ProbeEvent, admits: boolean): string {
    const { identities, routes } = this.#options.box;
    const at = ((sentMs - this.#startedMs) / 1000).toFixed(3);
    return `${routes[route]?.name ?? ''} as ${identities[identity]?.name ?? ''} at +${at} s: ${outcome}, where the limits found ${admits ? 'admit' : 'reject'}`;
  }
}

/** After this nothing is remembered. */
function recoveryMs({ shape, capacity }: KnownLimit['hypothesis']): number {
  if (shape.kind === 'concurrency') return 0;
  if (shape.kind === 'token-bucket') return (capacity / shape.refillPerSecond) * 1000 + shape.stepMs;
  return shape.kind === 'sliding-window-counter' ? 2 * shape.windowMs : shape.windowMs;
}

/** The limits of a results file as known limits. What is ambiguous is played as the file's own choice; an undecided cost as 1. */
export function knownLimitsOf({ limits, routes }: Pick<DiscoveryResults, 'limits' | 'routes'>): KnownLimit[] {
  return limits.map(({ scope, algorithm, counts, routes: shared }) => ({
    scope,
    costs: new Map(
      shared.flatMap(({ route, cost }) => {
        const at = routes.findIndex(({ name }) => name === route);
        return at === -1 ? [] : [[at, cost ?? 1] as const];
      }),
    ),
    hypothesis: {
      shape: algorithm,
      counts: counts === 'all' ? 'all' : 'admitted',
      capacity: algorithm.kind === 'token-bucket' ? algorithm.capacity : algorithm.limit,
    },
  }));
}
