/**
 * The schema of a loose policy (zod) and what it becomes. Error messages are the *rule* of the design's error form
 * (*<path> must be <rule>*), so every schema below carries its rule in words.
 */
import { z } from 'zod';

const DAY_MS = 86_400_000;
/** Entries of a list that a policy may have at most. */
const LISTED_MAX = 64;

const whole = (from: number, to: number) => {
  const rule = `a whole number from ${from} to ${to}`;
  return z.int(rule).min(from, rule).max(to, rule);
};
const positive = (to: number) => {
  const rule = `a positive number, at most ${to}`;
  return z.number(rule).positive(rule).max(to, rule);
};
const within = (from: number, to: number) => {
  const rule = `a number from ${from} to ${to}`;
  return z.number(rule).min(from, rule).max(to, rule);
};
const oneOf = <const T extends readonly string[]>(values: T) => z.enum(values, `one of ${values.join(', ')}`);
const text = (longest: number) =>
  z.string(`a text of at most ${longest} characters`).max(longest, `a text of at most ${longest} characters`);
const listOf = <T extends z.ZodType>(item: T) =>
  z
    .array(item, 'a list')
    .max(LISTED_MAX, `a list of at most ${LISTED_MAX} entries`)
    .default(() => []);
/** An object with these keys only. */
const exactly = <T extends z.ZodRawShape>(shape: T) => z.strictObject(shape, 'an object');

const nameRule = 'a name of 1 to 100 characters without control characters';
const name = z
  .string(nameRule)
  .min(1, nameRule)
  .max(100, nameRule)
  .regex(/^\P{Cc}*$/u, nameRule);
const source = oneOf(['documented', 'staff', 'observed', 'reported', 'assumed']).default('assumed');
const note = text(2000).default('');
const scopeKey = oneOf(['org', 'client', 'token', 'user', 'app', 'ip', 'route']);
const scope = listOf(scopeKey);

const methodRule = 'an HTTP method in capitals';
const method = z.string(methodRule).regex(/^[A-Z]{1,16}$/, methodRule);
const pathRule = 'a path that starts with /, without query and of at most 300 characters';
const path = z
  .string(pathRule)
  .max(300, pathRule)
  .regex(/^\/[^?#\s]*$/, pathRule);
const patternRule =
  'a path pattern: it starts with /, * stands for one whole segment, ** for any rest and only at the end';
const pattern = z
  .string(patternRule)
  .max(300, patternRule)
  .regex(/^(?:\/(?:\*|[^/?#*\s]*))*(?:\/\*\*)?$/, patternRule)
  .min(1, patternRule);
const match = exactly({ methods: listOf(method), paths: listOf(pattern) }).default(() => ({ methods: [], paths: [] }));

const limitNumber = whole(1, 1_000_000_000);
const windowMs = whole(1, 366 * DAY_MS);
const refillPerSecond = positive(1_000_000_000);
const kinds = ['fixed-window', 'sliding-window-log', 'sliding-window-counter', 'token-bucket', 'concurrency'];
const algorithm = z.discriminatedUnion(
  'kind',
  [
    exactly({
      kind: z.literal('fixed-window'),
      limit: limitNumber,
      windowMs,
      anchor: oneOf(['epoch', 'first-request']).default('first-request'),
    }),
    exactly({ kind: z.literal('sliding-window-log'), limit: whole(1, 1_000_000), windowMs }),
    exactly({ kind: z.literal('sliding-window-counter'), limit: limitNumber, windowMs }),
    exactly({
      kind: z.literal('token-bucket'),
      capacity: within(1, 1_000_000_000),
      refillPerSecond,
      stepMs: whole(0, DAY_MS).default(0),
    }),
    exactly({ kind: z.literal('concurrency'), limit: whole(1, 1_000_000) }),
  ],
  { error: (issue) => (issue.code === 'invalid_union' ? `one of ${kinds.join(', ')}` : 'an object') },
);

const costNumber = whole(0, 1_000_000);
const cost = z
  .union(
    [
      costNumber,
      exactly({
        base: costNumber.default(1),
        perItem: costNumber.default(0),
        routes: listOf(exactly({ match, base: costNumber.default(1), perItem: costNumber.default(0) })),
      }),
    ],
    'a whole number or an object with base, perItem and routes',
  )
  .transform((given) => (typeof given === 'number' ? { base: given, perItem: 0, routes: [] } : given))
  .prefault(1);

const hintMs = within(0, 366 * DAY_MS);
const qualifiedHint = z.discriminatedUnion(
  'kind',
  [
    exactly({ kind: z.literal('exact') }),
    exactly({ kind: z.literal('absent') }),
    exactly({ kind: z.literal('fixed'), afterMs: hintMs }),
    exactly({ kind: z.literal('uniform'), fromMs: hintMs, toMs: hintMs }),
    exactly({ kind: z.literal('http-date') }),
  ],
  'an object whose kind is one of exact, absent, fixed, uniform, http-date',
);
const retryAfter = z
  .union(
    [
      oneOf(['exact', 'absent', 'http-date']),
      exactly({ fixedMs: hintMs }),
      exactly({ uniformMs: z.tuple([hintMs, hintMs], 'two numbers, from and to') }),
      qualifiedHint,
    ],
    'exact, absent, http-date, or an object with fixedMs, uniformMs or kind',
  )
  .transform((given): z.output<typeof qualifiedHint> => {
    if (typeof given === 'string') return { kind: given };
    if ('fixedMs' in given) return { kind: 'fixed', afterMs: given.fixedMs };
    if ('uniformMs' in given) return { kind: 'uniform', fromMs: given.uniformMs[0], toMs: given.uniformMs[1] };
    return given;
  })
  .prefault('exact');

const tier = exactly({
  tier: name,
  limit: limitNumber.nullable().default(null),
  refillPerSecond: refillPerSecond.nullable().default(null),
});

const limit = exactly({
  name,
  scope,
  match,
  algorithm,
  cost,
  counts: oneOf(['admitted', 'all']).default('admitted'),
  retryAfter,
  silent: z.boolean('true or false').default(false),
  tiers: listOf(tier),
  source,
  note,
});

const headers = exactly({
  dialect: oneOf(['none', 'x-ratelimit', 'x-rate-limit', 'inin-ratelimit']).default('none'),
  on: oneOf(['always', 'admitted', 'rejected']).default('always'),
  speaksOf: text(100).default(''),
  staleMs: whole(0, DAY_MS).default(0),
}).prefault({});

const stage = exactly({
  name,
  afterStrikes: whole(1, 10_000),
  effect: oneOf(['tenant-block', 'unavailable', 'ip-ban']),
  durationMs: whole(1, 366 * DAY_MS),
});
const penalty = exactly({
  name,
  scope: scope.prefault(['org']),
  match,
  graceMs: within(0, DAY_MS).default(0),
  memoryMs: whole(1, 366 * DAY_MS),
  extends: z.boolean('true or false').default(false),
  stages: z.array(stage, 'a list').min(1, 'a list of 1 to 16 stages').max(16, 'a list of 1 to 16 stages'),
  source,
  note,
});

const byHourRule = 'a list of 24 factors, one per local hour';
const background = exactly({
  name,
  identity: z.partialRecord(oneOf(['org', 'client', 'token', 'user', 'app', 'ip']), text(200)).default(() => ({})),
  method: method.default('GET'),
  path,
  items: whole(1, 1_000_000).default(1),
  ratePerSecond: within(0, 10_000),
  timeZone: text(100).default('UTC'),
  byHour: z
    .array(within(0, 1000), byHourRule)
    .length(24, byHourRule)
    .default(() => Array.from({ length: 24 }, () => 1)),
  source,
  note,
});

const latencyRule = exactly({
  match,
  medianMs: within(0, DAY_MS).default(60),
  sigma: within(0, 3).default(0.25),
  perItemMs: within(0, DAY_MS).default(0),
  loadFactor: within(0, 100).default(0),
});

const headerNameRule = 'the name of an HTTP header';
const requestIdReuse = exactly({
  windowMs: whole(1, 366 * DAY_MS),
  header: z
    .string(headerNameRule)
    .regex(/^[A-Za-z0-9-]{1,100}$/, headerNameRule)
    .default('X-Genesys-Request-Id'),
  source,
});
const forbiddenAs429 = exactly({ match, share: within(0, 1).default(1), source });
const quirks = exactly({
  requestIdReuse: requestIdReuse.nullable().default(null),
  forbiddenAs429: forbiddenAs429.nullable().default(null),
}).prefault({});

/** A loose policy: its input type is what people write, its output is qualified save for what {@link parsePolicy} adds (`title`, the last latency rule, `speaksOf`). */
export const loosePolicySchema = exactly({
  schemaVersion: z.literal(1, '1').default(1),
  name,
  title: text(200).default(''),
  description: text(10_000).default(''),
  limits: listOf(limit),
  headers,
  penalties: listOf(penalty),
  background: listOf(background),
  latency: listOf(latencyRule),
  rejectionMs: within(0, DAY_MS).default(20),
  enforcementLagMs: whole(0, DAY_MS).default(0),
  quirks,
});

/** The latency rule for whatever no other rule matches: a median of 60 ms and sigma 0.25, both assumed. */
export const lastLatencyRule = () => latencyRule.parse({});
