/** The baseline: what a build did that was found good, in a file that is meant to be committed. */
import { z } from 'zod';
import { canonicalJson } from '../results/canonical-json.ts';
import { InputError, inputError } from '../results/input-error.ts';
import { faultsOf } from '../results/parse-results.ts';
import { scenarioName } from '../results/schema.ts';
import type { GatedTrial, Measurement } from './measurement.ts';
import { GATED_METRICS, type GatedMetric, type GatedValues, metricDefinitions } from './metrics.ts';

/** The file's name where none is given, in the working folder. */
export const BASELINE_FILE = 'ratelab.baseline.json';
/** The version that this build writes and reads. */
export const BASELINE_SCHEMA_VERSION = 1;

/** Why a baseline was moved. */
export interface AcceptNote {
  /** ISO 8601. */
  readonly at: string;
  readonly why: string;
  /** Keys of the checks whose verdict was not *identical* or *within limits*; at most 100. */
  readonly checks: readonly string[];
}

/** The whole file. */
export interface Baseline extends Measurement {
  readonly tool: string;
  /** ISO 8601. */
  readonly madeAt: string;
  /** Commit of the working folder when it was made; null outside of git. */
  readonly commit: string | null;
  readonly seeds: readonly number[];
  /** As many seeds again, on which suspects are confirmed. */
  readonly heldOutSeeds: readonly number[];
  /** The policy file that stood in for the scenarios' own; null: none did. */
  readonly policy: string | null;
  /** Oldest first. */
  readonly notes: readonly AcceptNote[];
}

/** Columns of a trial in the file: a trial is one line, so that a diff shows which seeds moved. */
const COLUMNS = ['seed', 'digest', 'failure', ...metricColumns()] as const;

/** The file's text: sorted keys, one line a trial. */
export function baselineText(baseline: Baseline): string {
  const { scenarios, ...head } = baseline;
  const rows = scenarios.map(({ strategies, ...scenario }) => ({
    ...scenario,
    strategies: strategies.map(({ trials, ...strategy }) => ({ ...strategy, trials: trials.map(rowOf) })),
  }));
  return canonicalJson({
    kind: 'baseline',
    schemaVersion: BASELINE_SCHEMA_VERSION,
    ...head,
    columns: COLUMNS,
    scenarios: rows,
  });
}

/**
 * Reads a baseline file's JSON.
 *
 * @throws InputError with all faults, or what to do about another version.
 */
export function parseBaseline(loose: unknown, where: string): Baseline {
  rejectOthers(loose, where);
  const parsed = schema.safeParse(loose);
  if (!parsed.success)
    throw new InputError(
      'read',
      where,
      parsed.error.issues.flatMap((issue) => faultsOf(issue, loose)),
    );
  const { kind: _, schemaVersion: __, columns: ___, scenarios, ...head } = parsed.data;
  if (!areUnlike([...head.seeds, ...head.heldOutSeeds]))
    throw inputError('read', where, 'seeds and heldOutSeeds must name each seed once');
  return {
    ...head,
    scenarios: scenarios.map(({ strategies, ...scenario }) => ({
      ...scenario,
      strategies: strategies.map(({ trials, ...strategy }) => ({ ...strategy, trials: trials.map(trialOf) })),
    })),
  };
}

function rejectOthers(loose: unknown, where: string): void {
  const { kind, schemaVersion } = (loose ?? {}) as Record<string, unknown>;
  if (kind !== 'baseline')
    throw inputError(
      'read',
      where,
      'it must be a baseline (ratelab baseline save makes one), but it is something else',
    );
  if (typeof schemaVersion === 'number' && schemaVersion !== BASELINE_SCHEMA_VERSION)
    throw inputError(
      'read',
      where,
      `schemaVersion must be ${BASELINE_SCHEMA_VERSION}, current value is ${schemaVersion} (ratelab baseline save --force makes it anew)`,
    );
}

type Row = readonly (number | string | null)[];

function rowOf({ seed, digest, failure, values }: GatedTrial): Row {
  return [seed, digest, failure, ...measured().map((metric) => values[metric])];
}

function trialOf([seed, digest, failure, ...numbers]: Row): GatedTrial {
  const values = Object.fromEntries(measured().map((metric, index) => [metric, numbers[index] ?? null]));
  return {
    seed: seed as number,
    digest: digest as string,
    failure: failure as GatedTrial['failure'],
    values: { ...values, failures: failure === null ? 0 : 1 } as unknown as GatedValues,
  };
}

/** The failure has a column of its own. */
function measured(): GatedMetric[] {
  return GATED_METRICS.filter((metric) => metric !== 'failures');
}

function metricColumns(): string[] {
  return measured().map((metric) => metricDefinitions[metric].column);
}

const text = z.string().max(10_000);
const seeds = z.array(z.int()).max(10_000);
const value = z.number().min(0).nullable();
/** By name, so that the compiler misses one that is not here. */
const failures: Readonly<Record<NonNullable<GatedTrial['failure']>, true>> = {
  threw: true,
  deadline: true,
  'too-many-attempts': true,
  'too-many-events': true,
  'busy-waiting': true,
  'process-exit': true,
  'unhandled-rejection': true,
  invariant: true,
  stalled: true,
  'real-io': true,
  'out-of-memory': true,
  'gateway-lost': true,
};

const row = z.custom<Row>(
  (loose) => {
    if (!Array.isArray(loose) || loose.length !== COLUMNS.length) return false;
    const [seed, digest, failure, ...numbers] = loose as unknown[];
    return (
      Number.isSafeInteger(seed) &&
      typeof digest === 'string' &&
      /^[0-9a-f]{64}$/.test(digest) &&
      (failure === null || (typeof failure === 'string' && Object.hasOwn(failures, failure))) &&
      numbers.every((number) => value.safeParse(number).success)
    );
  },
  `must be one trial: ${COLUMNS.join(', ')}`,
);

const schema = z.strictObject({
  kind: z.literal('baseline'),
  schemaVersion: z.literal(BASELINE_SCHEMA_VERSION),
  columns: z
    .array(text)
    .max(100)
    .refine((columns) => columns.join() === COLUMNS.join(), `must be ${COLUMNS.join(', ')}`),
  tool: text,
  madeAt: z.iso.datetime({ offset: true, error: 'must be an ISO 8601 time' }),
  commit: text.nullable(),
  mode: z.enum(['virtual', 'wire']),
  metricsVersion: z.int(),
  seeds,
  heldOutSeeds: seeds,
  policy: text.nullable(),
  notes: z.array(z.strictObject({ at: text, why: text, checks: z.array(text).max(100) })).max(1000),
  scenarios: z
    .array(
      z.strictObject({
        scenario: scenarioName,
        source: text.min(1),
        fingerprint: z.record(text, text),
        strategies: z
          .array(
            z.strictObject({
              strategy: text.min(1),
              source: text.min(1),
              contentHash: text.nullable(),
              packages: z.array(z.strictObject({ name: text, version: text })).max(100),
              trials: z
                .array(row)
                .max(20_000)
                .refine((rows) => areUnlike(rows.map(([seed]) => seed)), 'must be one trial for each seed'),
            }),
          )
          .max(1000)
          .refine((all) => areUnlike(all.map(({ strategy }) => strategy)), 'must be a list with each strategy once'),
      }),
    )
    .max(1000)
    .refine((all) => areUnlike(all.map(({ scenario }) => scenario)), 'must be a list with each scenario once'),
});

/** A merge of two versions of the file leaves such twins, of which only one would be looked at. */
function areUnlike(names: readonly unknown[]): boolean {
  return new Set(names).size === names.length;
}
