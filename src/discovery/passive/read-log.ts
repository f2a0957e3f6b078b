/** Access logs as JSON lines: one object a line, read as they come, so that a large log needs little memory. */
import type { Label } from '../black-box.ts';
import { DEFAULT_FIELDS, fieldOf, type Meaning, numberOf, timeOf } from './fields.ts';
import { hashed, type TrafficCollector, type TrafficEntry, TRAFFIC_BOUNDS } from './traffic.ts';

/** How a log is written. */
export interface LogMapping {
  /** Names of fields, instead of the default ones of the same meaning. */
  readonly fields?: Readonly<Partial<Record<Meaning, readonly string[]>>>;
  /** What an entry's time is. Default `start`; servers that log when they have answered write the `end`. */
  readonly timeIs?: 'start' | 'end';
}

/** Longest line, in characters; longer ones are left out. */
const LINE_MAX = 1_000_000;
/** Labels that say who somebody is; `token` is a secret and stands apart. */
const LABELS: readonly Label[] = ['org', 'client', 'user', 'app', 'ip'];

/** Reads a log, in chunks of text that may end anywhere. */
export async function readLog(
  chunks: AsyncIterable<string> | Iterable<string>,
  into: TrafficCollector,
  mapping: LogMapping = {},
): Promise<void> {
  const fields = { ...DEFAULT_FIELDS, ...mapping.fields };
  let rest = '';
  let isTooLong = false;
  const take = (line: string) => {
    if (isTooLong) into.add('a line that is too long');
    else if (line.trim() !== '') into.add(entryOf(line, fields, mapping.timeIs ?? 'start'));
    isTooLong = false;
  };
  for await (const chunk of chunks) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) take(line);
    if (rest.length > LINE_MAX) [rest, isTooLong] = ['', true];
  }
  if (rest !== '' || isTooLong) take(rest);
}

function entryOf(
  line: string,
  fields: Readonly<Record<Meaning, readonly string[]>>,
  timeIs: 'start' | 'end',
): TrafficEntry | string {
  let entry: Record<string, unknown>;
  try {
    const parsed: unknown = JSON.parse(line);
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return 'no object';
    entry = parsed as Record<string, unknown>;
  } catch {
    return 'no JSON';
  }
  const time = timeOf(fieldOf(entry, fields.time));
  const status = numberOf(fieldOf(entry, fields.status));
  const target = fieldOf(entry, fields.path);
  if (time === null) return 'without a time';
  if (status === null || !Number.isInteger(status) || status < 0 || status > 999) return 'without a status';
  if (typeof target !== 'string') return 'without a path';
  const seconds = numberOf(fieldOf(entry, fields.durationS));
  const durationMs = Math.max(0, numberOf(fieldOf(entry, fields.durationMs)) ?? (seconds ?? 0) * 1000);
  const method = fieldOf(entry, fields.method);
  const retryAfter = fieldOf(entry, fields.retryAfter);
  return {
    atMs: timeIs === 'end' ? time.atMs - durationMs : time.atMs,
    withinMs: time.withinMs,
    durationMs,
    method: methodOf(method),
    ...placeOf(target),
    status,
    retryAfter: typeof retryAfter === 'string' || typeof retryAfter === 'number' ? String(retryAfter) : null,
    labels: labelsOf(entry, fields),
  };
}

function labelsOf(
  entry: Record<string, unknown>,
  fields: Readonly<Record<Meaning, readonly string[]>>,
): Partial<Record<Label, string>> {
  const labels: Partial<Record<Label, string>> = {};
  for (const label of LABELS) {
    const value = fieldOf(entry, fields[label]);
    if (typeof value === 'string' || typeof value === 'number') labels[label] = labelText(String(value));
  }
  const secret = fieldOf(entry, fields.token) ?? fieldOf(entry, fields.authorization);
  if (typeof secret === 'string' || typeof secret === 'number') labels.token = hashed(String(secret));
  return labels;
}

/** A label as it may be shown. */
export function labelText(value: string): string {
  return value.replaceAll(/\p{Cc}/gu, ' ').slice(0, TRAFFIC_BOUNDS.textMax);
}

/** A method in capitals; what is none is GET. */
export function methodOf(value: unknown): string {
  const method = typeof value === 'string' ? value.toUpperCase() : '';
  return /^[A-Z]{1,16}$/.test(method) ? method : 'GET';
}

/** Host and path of a URL or a path. */
export function placeOf(target: string): { readonly host: string; readonly path: string } {
  const url = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)([^?#]*)/i.exec(target);
  if (url === null) return { host: '', path: target };
  // Credentials before the host are nobody's business.
  return {
    host: (url[1] ?? '').replace(/^.*@/, '').toLowerCase().slice(0, TRAFFIC_BOUNDS.textMax),
    path: url[2] || '/',
  };
}
