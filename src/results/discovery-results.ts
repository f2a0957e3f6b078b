/**
 * Results of a discovery: the versioned file that its report is a pure function of. It holds no token and no body. Whatever was not decided says so:
 * a limit is `found`, or `ambiguous` with the class that it belongs to; what could not be known at all stands in `unknown`.
 */
import { z } from 'zod';
import { type Fault, InputError, inputError } from './input-error.ts';
import { faultsOf } from './parse-results.ts';

/** The schema version that this build writes and reads. */
export const DISCOVERY_SCHEMA_VERSION = 1;

const TEXT_MAX = 10_000;
const LIST_MAX = 20_000;
const text = z.string().max(TEXT_MAX);
const count = z.int().min(0);
const durationMs = z.number().min(0);
const positive = z.number().positive();
const label = z.enum(['org', 'client', 'token', 'user', 'app', 'ip']);
const scopeKey = z.enum(['org', 'client', 'token', 'user', 'app', 'ip', 'route']);

/** From where to where a number lies, with 95 % confidence; equal ends: decided exactly. Null at an end: no bound from this side. */
const interval = z.strictObject({ low: z.number().nullable(), high: z.number().nullable() });

const algorithm = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('fixed-window'),
    limit: positive,
    windowMs: positive,
    anchor: z.enum(['epoch', 'first-request']),
  }),
  z.strictObject({ kind: z.literal('sliding-window-log'), limit: positive, windowMs: positive }),
  z.strictObject({ kind: z.literal('sliding-window-counter'), limit: positive, windowMs: positive }),
  z.strictObject({
    kind: z.literal('token-bucket'),
    capacity: positive,
    refillPerSecond: positive,
    stepMs: durationMs,
  }),
  z.strictObject({ kind: z.literal('concurrency'), limit: positive }),
]);

/** What Retry-After on this limit's rejections was worth, tried just before and just after. */
const retryAfterWorth = z.strictObject({
  /** `exact`: true up to its rounding to whole seconds. `early`: too soon. `late`: longer than needed. `random`: neither. `untested`: no chance came. */
  kind: z.enum(['absent', 'exact', 'early', 'late', 'random', 'untested']),
  /** Told ms. */
  told: interval,
  /** Told minus true, ms. */
  errorMs: interval,
  tested: count,
});

/** Since the first probe that concerned the limit, added up: by `atMs` so many requests were offered, and so many of them admitted. */
const staircase = z.array(z.strictObject({ atMs: durationMs, offered: count, admitted: count })).max(LIST_MAX);
/** Probes after a rejection, each with the time since the bucket was full: when did one pass again? */
const recovery = z
  .array(z.strictObject({ afterMs: durationMs, outcome: z.enum(['admitted', 'rejected']) }))
  .max(LIST_MAX);
/** Exhausted as one, probed as another: did the other one find it exhausted? */
const interference = z
  .array(
    z.strictObject({
      exhausted: z.strictObject({ identity: text, route: text }),
      probed: z.strictObject({ identity: text, route: text }),
      outcome: z.enum(['shared', 'separate', 'unclear']),
    }),
  )
  .max(LIST_MAX);

const foundLimit = z.strictObject({
  name: text.min(1),
  status: z.enum(['found', 'ambiguous']),
  /** Why it is ambiguous, in a sentence; '' when it is not. */
  reason: text,
  scope: z.array(scopeKey).max(7),
  /** Labels that the identities at hand could not tell apart from the scope: the limit may count by them too, or instead. */
  scopeUndecided: z.array(scopeKey).max(7),
  /** The probe routes that share it, and what one request of each costs; null: not decided. */
  routes: z.array(z.strictObject({ route: text, cost: positive.nullable() })).max(1000),
  algorithm,
  /** What else the record allows as well as `algorithm`, and no experiment at hand could tell apart. */
  alternatives: z.array(algorithm).max(100),
  intervals: z.strictObject({
    /** Of `limit` or `capacity`. */
    capacity: interval,
    windowMs: interval.nullable(),
    refillPerSecond: interval.nullable(),
    stepMs: interval.nullable(),
  }),
  counts: z.enum(['admitted', 'all', 'unknown']),
  retryAfter: retryAfterWorth,
  evidence: z.strictObject({ staircase, recovery, interference }),
  /** Probes that were spent on this limit alone. */
  spent: z.strictObject({ requests: count, rejections: count }),
});

/** Something that could not be known, and why. */
const unknownFact = z.strictObject({
  what: text.min(1),
  /** `masked`: a tighter limit hides it. `not-supplied`: an identity or a route would be needed. `not-driven`: not asked often or long enough. */
  kind: z.enum(['masked', 'not-supplied', 'not-driven', 'budget', 'noise', 'not-identifiable', 'stopped']),
  why: text.min(1),
});

/** How far one looked for more, and found nothing. */
const exclusion = z.strictObject({
  identities: z.array(text).max(1000),
  routes: z.array(text).max(1000),
  requests: count,
  overMs: durationMs,
});

const noise = z.strictObject({
  /** Share of probes that told nothing about limits. */
  errorShare: z.number().min(0).max(1),
  /** Whether such a probe charged: null, unknown. */
  errorsCharge: z.boolean().nullable(),
  jitterMs: durationMs,
  /** Of the capacity that others used, as a share; null: not measured. */
  backgroundShare: interval.nullable(),
  enforcementLagMs: interval.nullable(),
});

/** Which limit the rate headers speak of. */
const headers = z.strictObject({
  present: z.boolean(),
  /** Name of the found limit, null: of none that was found. */
  speaksOf: text.nullable(),
  worth: z.enum(['absent', 'true', 'stale', 'misleading', 'unclear']),
  note: text,
});

const penalty = z.strictObject({ sign: text, atMs: z.number(), status: count, afterRequests: count, note: text });

/** The whole file. */
export const discoveryResultsSchema = z.strictObject({
  schemaVersion: z.literal(DISCOVERY_SCHEMA_VERSION),
  kind: z.literal('discovery'),
  tool: z.strictObject({ name: z.literal('ratelab'), version: text.min(1) }),
  /** `active`: probes were sent. `log`: inferred again from a log of probes. `traffic`: inferred from somebody's own traffic. */
  mode: z.enum(['active', 'log', 'traffic']),
  target: z.strictObject({ kind: z.enum(['policy', 'url', 'traffic']), name: text.min(1) }),
  identities: z.array(z.strictObject({ name: text, labels: z.partialRecord(label, text) })).max(1000),
  routes: z.array(z.strictObject({ name: text, method: text, path: text })).max(1000),
  /** False: interrupted, stopped or out of budget, and this is what was known by then. */
  complete: z.boolean(),
  startedAtMs: z.number(),
  ranMs: durationMs,
  limits: z.array(foundLimit).max(1000),
  unknown: z.array(unknownFact).max(1000),
  exclusions: z.array(exclusion).max(1000),
  noise,
  headers,
  penalty: penalty.nullable(),
  budget: z.strictObject({ requests: count, rejections: count, timeMs: durationMs }),
  spent: z.strictObject({
    requests: count,
    admitted: count,
    rejections: count,
    unknown: count,
    timeMs: durationMs,
    /** Of `requests`, those that only looked for more. */
    exclusionRequests: count,
  }),
  /** From `--verify`. */
  verification: z
    .strictObject({ probes: count, equal: count, share: interval, mismatches: z.array(text).max(100) })
    .nullable(),
});

/** Results of a discovery. */
export type DiscoveryResults = z.infer<typeof discoveryResultsSchema>;
/** One limit that was found. */
export type FoundLimit = DiscoveryResults['limits'][number];
/** Something that could not be known. */
export type UnknownFact = DiscoveryResults['unknown'][number];
/** From where to where. */
export type Interval = z.infer<typeof interval>;

/**
 * Parses the content of a discovery's results file: every field, and that names which must refer to something do.
 *
 * @throws InputError with every fault's path, rule and value.
 */
export function parseDiscoveryResults(loose: unknown, where: string): DiscoveryResults {
  const { schemaVersion: version, kind } = (loose ?? {}) as { schemaVersion?: unknown; kind?: unknown };
  if (typeof kind === 'string' && kind !== 'discovery')
    throw inputError(
      'read',
      where,
      `it must hold the results of ratelab discover, but its kind is ${kind.slice(0, 40)}`,
    );
  if (typeof version === 'number' && version !== DISCOVERY_SCHEMA_VERSION)
    throw inputError('read', where, `schemaVersion must be ${DISCOVERY_SCHEMA_VERSION}, current value is ${version}`);
  const parsed = discoveryResultsSchema.safeParse(loose);
  const faults = parsed.success
    ? crossFaults(parsed.data)
    : parsed.error.issues.flatMap((issue) => faultsOf(issue, loose));
  if (!parsed.success || faults.length > 0) throw new InputError('read', where, faults);
  return parsed.data;
}

/** The schema of a discovery's `discovery.json` as JSON Schema (draft 2020-12), for other tools. Rules over several fields are not in it. */
export function discoveryResultsJsonSchema(): Record<string, unknown> {
  return { title: 'ratelab discovery results', ...z.toJSONSchema(discoveryResultsSchema) };
}

/** Rules over several fields: limits and routes have names of their own, routes that are spoken of exist, intervals are the right way round. */
function crossFaults({ limits, routes, headers }: DiscoveryResults): Fault[] {
  const known = new Set(routes.map(({ name }) => name));
  const named = new Set(limits.map(({ name }) => name));
  const faults = [...repeated('limits', limits), ...repeated('routes', routes)];
  for (const [at, limit] of limits.entries()) {
    for (const [index, { route }] of limit.routes.entries())
      if (!known.has(route))
        faults.push({ path: `limits[${at}].routes[${index}].route`, rule: 'the name of a route', value: route });
    const ranges = { ...limit.intervals, told: limit.retryAfter.told, errorMs: limit.retryAfter.errorMs };
    for (const [name, range] of Object.entries(ranges))
      if (range !== null && range.low !== null && range.high !== null && range.low > range.high)
        faults.push({
          path: `limits[${at}]: ${name}`,
          rule: 'an interval whose low is not above its high',
          value: range,
        });
  }
  if (headers.speaksOf !== null && !named.has(headers.speaksOf))
    faults.push({ path: 'headers.speaksOf', rule: 'the name of a limit, or null', value: headers.speaksOf });
  return faults;
}

function repeated(list: string, entries: readonly { readonly name: string }[]): Fault[] {
  const seen = new Set<string>();
  return entries.flatMap(({ name }, at) => {
    const again = seen.has(name);
    seen.add(name);
    return again ? [{ path: `${list}[${at}].name`, rule: 'unique in its list', value: name }] : [];
  });
}
