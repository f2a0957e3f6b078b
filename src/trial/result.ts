/** From what was played to the result of a trial: bound, metrics, digest, and the laws that must hold. The same for virtual time and the wire. */
import { neededCalls } from '../metrics/calls.ts';
import { type Digested, digestRecord, measure } from '../metrics/measure.ts';
import { lowerBound } from '../optimum/lower-bound.ts';
import type { TrialFailure, TrialResult } from '../results/results.ts';
import { digestOf } from './digest.ts';
import { brokenInvariant } from './invariants.ts';
import type { LinkedPlan } from './plan.ts';
import type { Played } from './play.ts';
import type { Setting } from './setting.ts';

/** A trial that was played. */
export interface PlayedTrial extends Played {
  readonly setting: Setting;
  readonly seed: number;
  readonly linked: LinkedPlan;
  /** Each organization's makespan when it runs alone; null when no isolated runs were made. */
  readonly isolatedMakespanMs: ReadonlyMap<string, number> | null;
}

/** What a trial comes to, with what a timeline needs. */
export interface Measured {
  readonly result: TrialResult;
  readonly digested: Digested;
  /** Name of the limit that sets the lower bound. */
  readonly binding: string;
}

/** Measures a trial. A broken law fails it. */
export function measureTrial(played: PlayedTrial): Measured {
  const { setting, seed, record, linked, isolatedMakespanMs } = played;
  const { policy, startsAtMs } = setting;
  const digested = digestRecord(record);
  const bound = lowerBound({ policy, startsAtMs, calls: neededCalls(record, digested.spans, linked.predecessor) });
  const metrics = measure(digested, { policy, bound, isolatedMakespanMs });
  const broken = played.failure === null ? brokenInvariant(digested, metrics) : null;
  const failure: TrialFailure | null = broken === null ? played.failure : { reason: 'invariant', detail: broken };
  return { result: { seed, failure, metrics, digest: digestOf(record) }, digested, binding: bound.limit };
}
