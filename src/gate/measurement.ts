/** What a build did, as far as the gate looks at it: one of these is the baseline, one the candidate. */
import { createHash } from 'node:crypto';
import type { CellResult, SuiteResults, TrialFailure } from '../results/results.ts';
import { canonicalJson } from '../results/canonical-json.ts';
import { type GatedValues, gatedValues } from './metrics.ts';

/** One trial. */
export interface GatedTrial {
  readonly seed: number;
  /** Hex SHA-256; equal digests mean equal trials to the bit. */
  readonly digest: string;
  /** Null: it did not fail. */
  readonly failure: TrialFailure['reason'] | null;
  readonly values: GatedValues;
}

/** A strategy's trials in one scenario. */
export interface GatedStrategy {
  /** Canonical spec, or the path as the user wrote it: the name in results. */
  readonly strategy: string;
  /** As the user wrote it. */
  readonly source: string;
  /** Hex SHA-256 of the user's file; null for what is built in. A changed one is what a gate is for: it is told, and never in the way. */
  readonly contentHash: string | null;
  readonly packages: readonly { readonly name: string; readonly version: string }[];
  readonly trials: readonly GatedTrial[];
}

/** A scenario with its strategies. */
export interface GatedScenario {
  readonly scenario: string;
  readonly source: string;
  readonly fingerprint: Fingerprint;
  readonly strategies: readonly GatedStrategy[];
}

/** What must be alike for two measurements of a scenario to speak of the same thing: field -> value or hash. */
export type Fingerprint = Readonly<Record<string, string>>;

/** What one build did. */
export interface Measurement {
  readonly mode: SuiteResults['mode'];
  readonly metricsVersion: number;
  readonly scenarios: readonly GatedScenario[];
}

/** A cell of results as the gate keeps it. */
export function gatedTrials(trials: CellResult['trials']): GatedTrial[] {
  return trials.map(({ seed, digest, failure, metrics }) => ({
    seed,
    digest,
    failure: failure?.reason ?? null,
    values: gatedValues(metrics, failure !== null),
  }));
}

/**
 * Fingerprint of a scenario, in fields that can be named when they differ.
 *
 * @param policy The qualified policy; each limit has a field of its own.
 * @param parameters By name.
 * @param workload The drawn jobs and senders, seed by seed.
 * @param rest Whatever else must be alike, as data.
 */
export function fingerprintOf(scenario: {
  readonly policy: Readonly<Record<string, unknown>>;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly workload: Iterable<unknown>;
  readonly rest: Readonly<Record<string, unknown>>;
}): Fingerprint {
  const { limits, ...otherPolicy } = scenario.policy;
  const workload = createHash('sha256');
  for (const drawn of scenario.workload) workload.update(`${JSON.stringify(drawn)}\n`);
  return {
    ...fields('policy', { ...otherPolicy, 'order of limits': Object.keys(byName(limits)) }),
    ...fields('policy limit', byName(limits)),
    ...fields('parameter', scenario.parameters),
    ...fields('scenario', scenario.rest),
    'workload (the jobs that the seeds draw)': workload.digest('hex').slice(0, HASH_DIGITS),
  };
}

/** The fields in which two fingerprints differ, sorted; what only one has differs. */
export function differingFields(a: Fingerprint, b: Fingerprint): string[] {
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return names.filter((name) => a[name] !== b[name]).sort();
}

/** Longer values are kept as hashes; short ones can be read. */
const READABLE_MAX = 40;
/** Enough that two contents never meet by chance. */
const HASH_DIGITS = 16;

function fields(what: string, values: Readonly<Record<string, unknown>>): Fingerprint {
  return Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => {
        const text = canonicalJson(value).trim();
        const hash = createHash('sha256').update(text).digest('hex').slice(0, HASH_DIGITS);
        return [`${what} ${name}`, text.length <= READABLE_MAX ? text : hash];
      }),
  );
}

/** A list of limits by their names, numbered where they have none or share one. */
function byName(limits: unknown): Record<string, unknown> {
  if (!Array.isArray(limits)) return { list: limits };
  const named: Record<string, unknown> = {};
  for (const [index, limit] of limits.entries()) {
    const { name } = (limit ?? {}) as { name?: unknown };
    const key = typeof name === 'string' && !Object.hasOwn(named, name) ? name : `number ${index + 1}`;
    named[key] = limit;
  }
  return named;
}
