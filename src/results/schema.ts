/**
 * The zod schema of `results.json`. Strict: an unknown key is a fault, so that a misspelt or newer field is named, never dropped.
 * Bounded: a results file is data from a stranger, so every text and every list has a largest size.
 */
import { z } from 'zod';

/** Longest text of one field, in characters. */
const TEXT_MAX = 10_000;
/** Most entries of one list (cells, bins, quantiles). */
const LIST_MAX = 100_000;

const text = z.string().max(TEXT_MAX);
const name = text.min(1);
/** Files of a report are named after their scenario: a name from a stranger must not lead out of its folder. */
export const scenarioName = z
  .string()
  .max(100)
  .regex(/^[\w.-]+$/, 'must be a text of letters, digits, dots, hyphens');
const count = z.int().min(0);
const durationMs = z.number().min(0);
const share = z.number().min(0).max(1);
const numbers = z.array(z.number()).max(LIST_MAX);
const counts = z.record(text, count);
const digest = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits');

const percentiles = z.strictObject({
  p50: durationMs.nullable(),
  p90: durationMs.nullable(),
  p95: durationMs.nullable(),
  p99: durationMs.nullable(),
  max: durationMs,
});

const metrics = z.strictObject({
  makespanMs: durationMs,
  jobs: z.strictObject({ total: count, done: count, failed: count, lost: count, doubled: count }),
  attempts: z.strictObject({ total: count, admitted: count, rejected: count, cancelled: count }),
  rejectionsByCause: counts,
  rejectionsByStatus: counts,
  wastedShare: share,
  waitMs: percentiles,
  waitQuantilesMs: numbers.max(1001),
  timeMs: z.strictObject({ queued: durationMs, held: durationMs, backingOff: durationMs, inService: durationMs }),
  fairness: z.strictObject({
    jain: share,
    worstOrg: text,
    worstOrgSlowdown: z.number().min(0).nullable(),
    longestStarvationMs: durationMs,
  }),
  penalties: z.strictObject({ blocks: count, unavailable: count, bans: count }),
  idleShare: share.nullable(),
  bound: z.strictObject({ ms: durationMs, limit: text, kind: text }),
  boundRatio: z.number().min(0),
});

const failure = z.strictObject({
  reason: z.enum([
    'threw',
    'deadline',
    'too-many-attempts',
    'too-many-events',
    'busy-waiting',
    'process-exit',
    'unhandled-rejection',
    'invariant',
    'stalled',
    'real-io',
    'out-of-memory',
    'gateway-lost',
  ]),
  detail: text,
});

const realMs = z.number();
const wayMs = z.strictObject({ p50: realMs, p90: realMs, p99: realMs, max: realMs });

const trial = z.strictObject({
  seed: z.int(),
  failure: failure.nullable(),
  metrics: metrics.nullable(),
  digest,
  wire: z.strictObject({ speed: z.number().positive(), thereMs: wayMs, backMs: wayMs, timerMs: wayMs }).exactOptional(),
});

const cell = z.strictObject({
  variant: text,
  strategy: name,
  title: text,
  family: z.enum(['reacts', 'paces', 'adapts', 'plans']),
  what: text,
  packages: z
    .array(z.strictObject({ name, version: name }))
    .max(100)
    .exactOptional(),
  trials: z.array(trial).max(LIST_MAX),
});

const claim = z.strictObject({
  id: name,
  kind: z.enum(['symptom', 'cause', 'cure', 'trap', 'wire', 'done']),
  says: text,
  verdict: z.enum(['holds', 'refuted', 'depends', 'not run']),
  evidence: text,
  boundary: text,
  bars: z.array(z.strictObject({ label: text, value: z.number(), text, lead: z.boolean() })).max(100),
  restsOn: z.array(text).max(1000),
});

const timeline = z.strictObject({
  strategy: name,
  seed: z.int(),
  binMs: z.number().positive(),
  startsAtMs: z.number(),
  bucket: z.strictObject({ limit: text, key: text, capacity: z.number(), free: numbers }).nullable(),
  admitted: numbers,
  rejected: numbers,
  inFlight: numbers,
  backlog: numbers,
  heat: z.strictObject({
    binMs: z.number().positive(),
    orgs: z.array(text).max(LIST_MAX),
    rejections: z.array(numbers).max(LIST_MAX),
  }),
  penalties: z.array(z.strictObject({ name: text, key: text, fromMs: z.number(), toMs: z.number() })).max(LIST_MAX),
});

const publishedFigure = z.strictObject({
  label: name,
  strategy: name,
  quantity: text,
  unit: text,
  published: z.number(),
  publishedText: text,
  measured: z.strictObject({ trials: count, mean: z.number(), low: z.number(), high: z.number() }).nullable(),
  difference: z.number().nullable(),
  standardErrors: z.number().min(0).nullable(),
  note: text,
});

const published = z.strictObject({ source: text, note: text, figures: z.array(publishedFigure).max(1000) });

const parameter = z.strictObject({
  value: z.union([z.number(), text, z.boolean()]),
  source: text,
  note: text,
});

/** Where a qualified policy stands. Its own rules are checked by `parsePolicy`. */
export const policySlot = z.record(z.string(), z.unknown());

const scenario = z.strictObject({
  name: scenarioName,
  title: text,
  thread: z.strictObject({ says: z.array(text).max(1000), advice: z.array(text).max(1000) }),
  policy: policySlot,
  facts: z.array(text).max(1000),
  parameters: z.record(text, parameter),
  refusedShareMax: share,
  proposal: text,
  cells: z.array(cell).max(LIST_MAX),
  claims: z.array(claim).max(1000),
  timelines: z.array(timeline).max(100),
  published: published.exactOptional(),
});

/** The whole file. */
export const resultsSchema = z.strictObject({
  schemaVersion: z.literal(1),
  tool: z.strictObject({ name: z.literal('ratelab'), version: name }),
  mode: z.enum(['virtual', 'wire']),
  seeds: z.array(z.int()).max(LIST_MAX),
  digest,
  complete: z.boolean(),
  replay: text,
  scenarios: z.array(scenario).max(1000),
});
