/** What the parts of discovery hand each other: a stream of probes that may share one unknown limit, and what was found out about it. */
import type { Point } from './black-box.ts';
import type { Hypothesis } from './hypothesis.ts';
import type { KnownLimits } from './known-limits.ts';
import type { Prober } from './prober.ts';
import type { ProbeEvent } from './record.ts';

/** Points that are believed to fall into one bucket of an unknown limit, and the known limits to steer around. */
export interface Stream {
  readonly prober: Prober;
  /** Any may be used; the first that the known limits leave room for is taken. */
  readonly points: readonly Point[];
  readonly known: KnownLimits;
  /** Which events of the record concern the unknown limit, and what they cost it. Default: those of `points`, at 1 each. */
  readonly costOf?: (event: ProbeEvent) => number;
  /** How long a charge stays unseen, ms; where times are uncertain, at most. Default 0. */
  readonly lagMs?: number;
  /** Most cycles of experiment and drain. Default: as many as whoever identifies does by itself. */
  readonly cyclesMax?: number;
}

/** The point of a stream that the known limits leave room for soonest. */
export function soonest({ prober, known, points }: Stream): Point {
  let best = points[0] as Point;
  if (known.limits.length === 0) return best;
  let bestMs = Number.POSITIVE_INFINITY;
  for (const point of points) {
    const atMs = known.nextFitMs(point, prober.nowMs);
    if (atMs < bestMs) [best, bestMs] = [point, atMs];
  }
  return best;
}

/** How far one looked. */
export interface Looked {
  readonly requests: number;
  readonly overMs: number;
}

/** Where a number lies. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

/** What became of one stream. */
export type Identified =
  /** Nothing was rejected that the known limits do not explain. */
  | { readonly kind: 'none'; readonly looked: Looked }
  /** One limit. `alternatives` are hypotheses that no experiment at hand tells apart from it; `countsKnown` false: `counts` may be either. */
  | {
      readonly kind: 'found';
      readonly hypothesis: Hypothesis;
      readonly alternatives: readonly Hypothesis[];
      readonly countsKnown: boolean;
      readonly capacity: Range;
      readonly windowMs: Range | null;
      readonly refillPerSecond: Range | null;
      readonly stepMs: Range | null;
    }
  /** Several inequivalent hypotheses are left and the means are spent. */
  | { readonly kind: 'ambiguous'; readonly candidates: readonly Hypothesis[]; readonly reason: string }
  /** No single limit beside the known ones explains the record from event `from` on. */
  | { readonly kind: 'conflict'; readonly from: number; readonly reason: string };
