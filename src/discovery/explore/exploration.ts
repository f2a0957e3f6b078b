/** What a discovery has in hand while it goes on: the record, the limits known so far, what was looked for in vain. */
import type { DiscoveryResults, UnknownFact } from '../../results/discovery-results.ts';
import type { BlackBox, Point } from '../black-box.ts';
import type { Hypothesis } from '../hypothesis.ts';
import { type KnownLimit, KnownLimits } from '../known-limits.ts';
import { blurMsOf } from '../noise/noise.ts';
import type { Prober } from '../prober.ts';
import type { Identified, Range } from '../stream.ts';

/** One saturated, another probed. */
export interface Interference {
  readonly exhausted: Point;
  readonly probed: Point;
  readonly outcome: 'shared' | 'separate' | 'unclear';
}

/** How far to look for more before it is said that nothing is there. */
export interface Exclusion {
  /** Requests per stage. */
  readonly requests: number;
  /** Of the gateway's time, per stage. */
  readonly overMs: number;
}

/** A limit in hand. */
export interface LimitInHand {
  readonly known: KnownLimit;
  readonly status: 'found' | 'ambiguous';
  /** Why it is ambiguous; '' when it is not. */
  readonly reason: string;
  readonly alternatives: readonly Hypothesis[];
  readonly countsKnown: boolean;
  readonly capacity: Range;
  readonly windowMs: Range | null;
  readonly refillPerSecond: Range | null;
  readonly stepMs: Range | null;
  readonly scopeUndecided: readonly KnownLimit['scope'][number][];
  /** Routes that share it at a cost that was not decided. */
  readonly costsUndecided: ReadonlySet<number>;
  readonly interference: readonly Interference[];
  /** Which of the record's events were sent for it: from, up to. */
  readonly events: { readonly from: number; readonly to: number };
  /** What it was identified on. */
  readonly points: readonly Point[];
  /** Asks again who shares it and at what cost, as one of several limits; null: nothing comes of it. Default: there is nothing to ask. */
  readonly again?: () => Promise<LimitInHand | null>;
}

/** A single limit that was found by its stream. */
export type FoundOnStream = Extract<Identified, { kind: 'found' }>;

/** What of a limit in hand is as it was found on its stream. */
export function numbersOf({
  alternatives,
  countsKnown,
  capacity,
  windowMs,
  refillPerSecond,
  stepMs,
}: FoundOnStream): Pick<
  LimitInHand,
  'alternatives' | 'countsKnown' | 'capacity' | 'windowMs' | 'refillPerSecond' | 'stepMs'
> {
  return { alternatives, countsKnown, capacity, windowMs, refillPerSecond, stepMs };
}

/** Real probes are decided this much later than thought, at most, save now and then. */
const REAL_SLACK_MS = 25;

/** See the head of this file. */
export class Exploration {
  readonly limits: LimitInHand[] = [];
  readonly unknown: UnknownFact[] = [];
  /** Routes on which something rejects that was not identified. */
  readonly unsettledRoutes = new Set<number>();
  readonly exclusions: DiscoveryResults['exclusions'] = [];
  /** Others were seen to use a limit: nothing is exact any more. */
  othersUse = false;
  /** Nothing sent before counts for the first limit any more: it was at rest then, ms. */
  restedFromMs = Number.NEGATIVE_INFINITY;
  /** How long a charge stays unseen by decisions; null: not measured. */
  lagMs: Range | null = null;
  /** More than one limit was seen to act on the same requests. */
  manifold = false;
  /** Rejections that showed no more once they were looked for. */
  inVain = 0;
  /** Of the requests sent, those that only looked for more. */
  exclusionRequests = 0;
  readonly box: BlackBox;
  readonly prober: Prober;
  readonly exclusion: Exclusion;
  /** Whether time is real. */
  readonly isReal: boolean;
  #known: KnownLimits;

  constructor(box: BlackBox, prober: Prober, exclusion: Exclusion, isReal = false) {
    this.isReal = isReal;
    this.box = box;
    this.prober = prober;
    this.exclusion = exclusion;
    this.#known = this.knownWith([]);
  }

  /** Whether, in virtual time, answers take differently long, so that no time is exact, yet within bounds. */
  get isBlurred(): boolean {
    return !this.isReal && blurMsOf(this.prober.events) > 0;
  }

  /** Whether charges are seen late. */
  get isLagging(): boolean {
    return this.lagMs !== null && this.lagMs.high > 0;
  }

  /** Whether no time is exact, or what was sent at once may have passed although it does not fit. */
  get isVague(): boolean {
    return this.isReal || this.isBlurred || this.isLagging;
  }

  /** The limits known so far, up to date. */
  get known(): KnownLimits {
    return this.#known;
  }

  /** The limits known so far, and some that are only supposed. */
  knownWith(more: readonly KnownLimit[]): KnownLimits {
    return this.knownAs([...this.limits.map(({ known }) => known), ...more]);
  }

  /** Drops what was not identified and explains nothing that the others do not: most likely it is one of them, seen worse. */
  dropNeedless(): void {
    for (const limit of this.limits.filter(({ status }) => status === 'ambiguous').toReversed()) {
      const others = this.limits.filter((one) => one !== limit);
      const without = this.knownAs(others.map(({ known }) => known));
      const isNeedless = without.unexplained.length <= this.#known.unexplained.length;
      if (others.some(({ status }) => status === 'found') && isNeedless) this.replace(others);
    }
  }

  /** Some limits over the record, whatever is known. */
  knownAs(limits: readonly KnownLimit[]): KnownLimits {
    const { identities } = this.box;
    return new KnownLimits(limits, identities, this.prober.events, {
      slackMs: this.#slackMs(),
      areLate: this.isReal,
      isLagging: this.isLagging && this.isBlurred,
      lagMs: this.isBlurred ? 0 : (this.lagMs?.high ?? 0),
    });
  }

  /** What is not known of a window is not known of the times at which it passes either. */
  #slackMs(): number {
    const jitterMs = this.isReal ? REAL_SLACK_MS : blurMsOf(this.prober.events);
    if (jitterMs === 0) return 0;
    const blurMs = jitterMs + (this.lagMs?.high ?? 0);
    const offs = this.limits.map(({ windowMs, stepMs, known: { hypothesis } }) => {
      // Steps go on from the first request, and so does what is not known of them.
      if (!this.isReal && stepMs !== null && stepMs.low < stepMs.high) return stepMs.high;
      if (windowMs === null || !('windowMs' in hypothesis.shape)) return 0;
      return Math.max(windowMs.high - hypothesis.shape.windowMs, hypothesis.shape.windowMs - windowMs.low);
    });
    return blurMs + Math.max(0, ...offs);
  }

  add(limit: LimitInHand): void {
    this.limits.push(limit);
    this.#known = this.knownWith([]);
  }

  /** Takes other limits for those so far. */
  replace(limits: readonly LimitInHand[]): void {
    this.limits.splice(0, this.limits.length, ...limits);
    this.#known = this.knownWith([]);
  }

  /** Takes a limit for one that was never found. */
  forget(index: number): void {
    this.replace(this.limits.filter((_, at) => at !== index));
  }

  /** A limit may not be what it was taken for. */
  doubt(index: number, reason: string): void {
    const limit = this.limits[index];
    if (limit === undefined) return;
    this.replace(this.limits.map((one) => (one === limit ? { ...one, status: 'ambiguous', reason } : one)));
  }

  /** Says something that could not be known, once. */
  say(fact: UnknownFact): void {
    if (!this.unknown.some(({ what, why }) => what === fact.what && why === fact.why)) this.unknown.push(fact);
  }

  /** How a point is spoken of. */
  nameOf({ identity, route }: Point): { identity: string; route: string } {
    return {
      identity: this.box.identities[identity]?.name ?? `identity ${identity}`,
      route: this.box.routes[route]?.name ?? `route ${route}`,
    };
  }
}

/** Whether two points are the same. */
export function samePoint(one: Point, other: Point): boolean {
  return one.identity === other.identity && one.route === other.route;
}
