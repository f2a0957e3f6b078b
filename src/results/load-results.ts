/**
 * Results of a load: the versioned file that its report is a pure function of. Strict and bounded as `schema.ts` is; it holds no token, no
 * body, and of headers only their names.
 */
import { z } from 'zod';
import { InputError, inputError } from './input-error.ts';
import { faultsOf } from './parse-results.ts';

/** The schema version that this build writes and reads. */
export const LOAD_SCHEMA_VERSION = 1;

/** Longest text of one field, in characters. */
const TEXT_MAX = 10_000;
/** Most entries of a series: an hour of seconds and a long timeout. */
const LIST_MAX = 10_000;

const text = z.string().max(TEXT_MAX);
const count = z.int().min(0);
const durationMs = z.number().min(0);
const perSecond = z.number().min(0);
const counts = z.record(text, count);
const countSeries = z.array(count).max(LIST_MAX);
const timeSeries = z.array(durationMs.nullable()).max(LIST_MAX);

const quantiles = z.strictObject({
  count,
  p50Ms: durationMs.nullable(),
  p90Ms: durationMs.nullable(),
  p99Ms: durationMs.nullable(),
  p999Ms: durationMs.nullable(),
  maxMs: durationMs.nullable(),
});
/** All answers, and by class of status (`2xx`, `4xx`). */
const latency = z.strictObject({ all: quantiles, byClass: z.record(text, quantiles) });

const sender = z.strictObject({ name: text, sent: count, admitted: count, rejected: count, other: count, lost: count });

/** The whole file. */
export const loadResultsSchema = z.strictObject({
  schemaVersion: z.literal(LOAD_SCHEMA_VERSION),
  kind: z.literal('load'),
  tool: z.strictObject({ name: z.literal('ratelab'), version: text.min(1) }),
  /** A policy by name, or a URL's origin. */
  target: z.strictObject({ kind: z.enum(['policy', 'url']), name: text.min(1) }),
  request: z.strictObject({ method: text, path: text, headerNames: z.array(text).max(1000), bodyBytes: count }),
  /** `open`: by the timetable, whatever the answers. `closed`: the next as soon as a place is free. */
  model: z.enum(['open', 'closed']),
  options: z.strictObject({
    connections: count,
    pipelining: count,
    rate: z.strictObject({ fromPerSecond: perSecond, toPerSecond: perSecond, steps: count }).nullable(),
    durationMs,
    requestsMax: count,
    timeoutMs: durationMs,
    seed: z.int(),
  }),
  /** False: interrupted, and this is what was done. */
  complete: z.boolean(),
  ranMs: durationMs,
  counts: z.strictObject({
    sent: count,
    /** Answered below 400. */
    admitted: count,
    /** Answered 429 or 503. */
    rejected: count,
    /** Answered with any other status from 400 on. */
    other: count,
    timeouts: count,
    errors: count,
    /** On their way when the run ended. */
    unanswered: count,
    /** Due, and never sent: no place was free until the run ended. */
    unsent: count,
    byStatus: counts,
  }),
  rejections: z.strictObject({
    /** `gateway`: counted by the gateway's own decisions. `body`: by what the answers say. */
    source: z.enum(['gateway', 'body']),
    byCause: counts,
  }),
  /** The earliest request that was rejected. */
  firstRejection: z
    .strictObject({
      /** From 1, in the order of sending. */
      request: count,
      /** When it was sent. */
      atMs: durationMs,
      status: count,
      /** Requests sent in the second up to it, itself included; a shorter time counts as what it is. */
      sentPerSecond: perSecond,
      /** The timetable's rate at that time; null in a closed load. */
      offeredPerSecond: perSecond.nullable(),
    })
    .nullable(),
  retryAfter: z.strictObject({ count, minMs: durationMs, medianMs: durationMs, maxMs: durationMs }).nullable(),
  latency: z.strictObject({
    /** From when the request was due. In a closed load the same as `sent`. */
    intended: latency,
    /** From when it was sent. */
    sent: latency,
    /** How late requests were sent though a place was free: the load's own delay, part of `intended`. Nothing in a closed load. */
    late: quantiles,
  }),
  /** Answers by latency: `intended[i]` and `sent[i]` lie below `endsMs[i]` and not below the end before it; a count more than there are ends lies above all. */
  histogram: z.strictObject({ endsMs: z.array(durationMs).max(200), intended: countSeries, sent: countSeries }),
  /** One entry per second. `sent` by when it was sent, rejections by the gateway's decision, everything else by when the answer came. */
  series: z.strictObject({
    binMs: z.number().positive(),
    sent: countSeries,
    admitted: countSeries,
    rejected: countSeries,
    other: countSeries,
    lost: countSeries,
    rejectedByCause: z.record(text, countSeries),
    /** From when the requests were due; null in a second without answers. */
    p50Ms: timeSeries,
    p99Ms: timeSeries,
    maxMs: timeSeries,
  }),
  senders: z.array(sender).max(1000),
});

/** Results of one load. */
export type LoadResults = z.infer<typeof loadResultsSchema>;
/** Latency quantiles of one kind of answers. */
export type LoadQuantiles = z.infer<typeof quantiles>;

/**
 * Parses the content of a load's results file.
 *
 * @throws InputError with every fault's path, rule and value.
 */
export function parseLoadResults(loose: unknown, where: string): LoadResults {
  const version = (loose as { schemaVersion?: unknown } | null | undefined)?.schemaVersion;
  if (typeof version === 'number' && version !== LOAD_SCHEMA_VERSION)
    throw inputError('read', where, `schemaVersion must be ${LOAD_SCHEMA_VERSION}, current value is ${version}`);
  const parsed = loadResultsSchema.safeParse(loose);
  if (parsed.success) return parsed.data;
  throw new InputError(
    'read',
    where,
    parsed.error.issues.flatMap((issue) => faultsOf(issue, loose)),
  );
}

/** The schema of a load's `load.json` as JSON Schema (draft 2020-12), for other tools. */
export function loadResultsJsonSchema(): Record<string, unknown> {
  return { title: 'ratelab load results', ...z.toJSONSchema(loadResultsSchema) };
}
