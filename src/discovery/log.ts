/**
 * The log of a discovery: JSON lines, one header, then one line per probe in the order of the answers. It is written as the probes are answered,
 * so that whatever happens nothing is lost; it holds no token, no header of a request and no body.
 */
import { z } from 'zod';
import { InputError, inputError } from '../results/input-error.ts';
import { faultsOf } from '../results/parse-results.ts';
import type { BlackBox } from './black-box.ts';
import type { ProbeEvent, Told } from './record.ts';

/** The schema version that this build writes and reads. */
export const LOG_SCHEMA_VERSION = 1;

const KIND = 'ratelab-discovery-log';
const text = z.string().max(2000);
const count = z.int().min(0);
const time = z.number().min(0);
const labels = z.partialRecord(z.enum(['org', 'client', 'token', 'user', 'app', 'ip']), text);

const headerSchema = z.strictObject({
  kind: z.literal(KIND),
  schemaVersion: z.literal(LOG_SCHEMA_VERSION),
  version: text,
  target: z.strictObject({ kind: z.enum(['policy', 'url']), name: text.min(1) }),
  startedAtMs: time,
  identities: z
    .array(z.strictObject({ name: text, labels }))
    .min(1)
    .max(1000),
  routes: z
    .array(z.strictObject({ name: text, method: text, path: text }))
    .min(1)
    .max(1000),
  options: z.strictObject({
    requests: count,
    rejections: count,
    timeMs: time,
    inFlight: count,
    defy: z.boolean(),
    allowPenalty: z.boolean(),
    exploreRequests: count,
    exploreTimeMs: time,
    seed: count,
  }),
});

/** The first line: what was discovered, as whom, and how. */
export type LogHeader = z.infer<typeof headerSchema>;
/** What decides a discovery. */
export type LogOptions = LogHeader['options'];

const told = z.strictObject({
  retryAfterMs: time.nullable(),
  limit: time.nullable(),
  remaining: time.nullable(),
  resetMs: time.nullable(),
});

const probeSchema = z
  .strictObject({
    n: count,
    sentMs: time,
    answeredMs: time,
    identity: count,
    route: count,
    outcome: z.enum(['admitted', 'rejected', 'unknown']),
    status: z.int().min(0).max(999),
    told: told.optional(),
  })
  .refine(({ sentMs, answeredMs }) => answeredMs >= sentMs, {
    path: ['answeredMs'],
    message: 'must be sentMs or later',
  });

const endSchema = z.strictObject({ end: z.enum(['complete', 'stopped', 'interrupted']) });

const NOTHING: Told = { retryAfterMs: null, limit: null, remaining: null, resetMs: null };

/** What a log says. */
export interface DiscoveryLog {
  readonly header: LogHeader;
  /** In the order of sending. */
  readonly events: readonly ProbeEvent[];
  /** How it ended; null: it was cut off. */
  readonly end: 'complete' | 'stopped' | 'interrupted' | null;
  /** Whether the last line was torn, and left out. */
  readonly isTorn: boolean;
  /** Bytes up to the end of the last whole line. */
  readonly wholeBytes: number;
}

/** The first line. */
export function logHeaderLine(
  box: Pick<BlackBox, 'identities' | 'routes'>,
  about: Pick<LogHeader, 'version' | 'target' | 'startedAtMs' | 'options'>,
): string {
  const header: LogHeader = {
    kind: KIND,
    schemaVersion: LOG_SCHEMA_VERSION,
    ...about,
    identities: box.identities.map(({ name, labels }) => ({ name, labels: { ...labels } })),
    routes: box.routes.map(({ name, method, path }) => ({ name, method, path })),
  };
  return `${JSON.stringify(header)}\n`;
}

/** One probe. */
export function logProbeLine({ told, ...event }: ProbeEvent, n: number): string {
  const isTold = Object.values(told).some((value) => value !== null);
  return `${JSON.stringify(isTold ? { n, ...event, told } : { n, ...event })}\n`;
}

/** The last line of a session. */
export function logEndLine(end: 'complete' | 'stopped' | 'interrupted'): string {
  return `${JSON.stringify({ end })}\n`;
}

/**
 * Reads a log. A torn last line is what a crash leaves, and is left out; anything else that is not a log is refused.
 *
 * @throws InputError naming the line.
 */
export function parseLog(content: string, file: string): DiscoveryLog {
  const wholeLength = content.lastIndexOf('\n') + 1;
  const lines = content.slice(0, wholeLength).split('\n');
  lines.pop();
  const header = headerOf(lines[0], file);
  const probes: { n: number; event: ProbeEvent }[] = [];
  let end: DiscoveryLog['end'] = null;
  for (const [at, line] of lines.entries()) {
    if (at === 0) continue;
    const loose = jsonOf(line, at + 1, file);
    const ended = endSchema.safeParse(loose);
    end = ended.success ? ended.data.end : null;
    if (!ended.success) probes.push(probeOf(loose, at + 1, header, file));
  }
  probes.sort((a, b) => a.n - b.n);
  for (const [at, { n }] of probes.entries())
    if (n === probes[at - 1]?.n)
      throw inputError('read', file, `probe ${n} must stand in it once, but it stands twice`);
  return {
    header,
    events: probes.map(({ event }) => event),
    end,
    isTorn: wholeLength < content.length,
    wholeBytes: new TextEncoder().encode(content.slice(0, wholeLength)).length,
  };
}

/**
 * Whether a log is of this very discovery.
 *
 * @throws InputError saying what differs.
 */
export function checkSameTarget(
  header: LogHeader,
  target: LogHeader['target'],
  box: Pick<BlackBox, 'identities' | 'routes'>,
  file: string,
): void {
  const faults = [
    ...differing('target', target, header.target),
    ...differing(
      'identities',
      box.identities.map(({ name, labels }) => ({ name, labels })),
      header.identities,
    ),
    ...differing(
      'routes',
      box.routes.map(({ name, method, path }) => ({ name, method, path })),
      header.routes,
    ),
  ];
  if (faults.length > 0) throw new InputError('resume from', file, faults);
}

function differing(path: string, given: unknown, logged: unknown): { path: string; rule: string; value: unknown }[] {
  const same = sorted(given) === sorted(logged);
  return same ? [] : [{ path, rule: `what the log was made with, ${sorted(logged).slice(0, 300)}`, value: given }];
}

function sorted(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

function headerOf(line: string | undefined, file: string): LogHeader {
  if (line === undefined)
    throw inputError('read', file, 'it must be a log of ratelab discover, but it has no whole line');
  const loose = jsonOf(line, 1, file) as Partial<LogHeader> | null;
  if (loose?.kind !== KIND)
    throw inputError('read', file, 'it must be a log of ratelab discover, but its first line is none');
  if (loose.schemaVersion !== LOG_SCHEMA_VERSION)
    throw new InputError('read', file, [
      { path: 'schemaVersion', rule: String(LOG_SCHEMA_VERSION), value: loose.schemaVersion },
    ]);
  const parsed = headerSchema.safeParse(loose);
  if (parsed.success) return parsed.data;
  throw new InputError(
    'read',
    `${file}, line 1`,
    parsed.error.issues.flatMap((issue) => faultsOf(issue, loose)),
  );
}

function probeOf(loose: unknown, line: number, header: LogHeader, file: string): { n: number; event: ProbeEvent } {
  const parsed = probeSchema.safeParse(loose);
  if (!parsed.success)
    throw new InputError(
      'read',
      `${file}, line ${line}`,
      parsed.error.issues.flatMap((issue) => faultsOf(issue, loose)),
    );
  const { n, told = NOTHING, ...event } = parsed.data;
  const { identities, routes } = header;
  if (event.identity >= identities.length || event.route >= routes.length)
    throw inputError('read', `${file}, line ${line}`, 'identity and route must be among those of the first line');
  return { n, event: { ...event, told } };
}

function jsonOf(line: string, number: number, file: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch (error) {
    throw inputError('read', `${file}, line ${number}`, `it must be JSON, but ${(error as Error).message}`, error);
  }
}
