/** HAR 1.2 files, as browsers and proxies write them. Headers are looked at one by one by name; none is kept. */
import { inputError } from '../../results/input-error.ts';
import type { Label } from '../black-box.ts';
import { numberOf, timeOf } from './fields.ts';
import { labelText, methodOf, placeOf } from './read-log.ts';
import { hashed, type TrafficCollector, type TrafficEntry } from './traffic.ts';

/** How requests in a HAR file tell who sends them. */
export interface HarMapping {
  /** Request headers that hold labels, by label, such as `{ org: 'x-org-id' }`. Default: none but Authorization, which is hashed to the label `token`. */
  readonly labelHeaders?: Readonly<Partial<Record<Label, string>>>;
}

/** Headers whose values are secrets, whatever label they are named for. */
const SECRET = /authorization|cookie|token|key|secret|password/i;

/**
 * Reads a HAR file.
 *
 * @throws InputError when it is no HAR file at all; entries with faults are counted, not fatal.
 */
export function readHar(text: string, where: string, into: TrafficCollector, mapping: HarMapping = {}): void {
  let loose: unknown;
  try {
    loose = JSON.parse(text);
  } catch (error) {
    throw inputError('read', where, `it must be JSON, but ${(error as Error).message.slice(0, 200)}`, error);
  }
  const entries = object(object(loose)['log'])['entries'];
  if (!Array.isArray(entries)) throw inputError('read', where, 'it must be a HAR 1.2 file, with a list log.entries');
  for (const entry of entries) into.add(entryOf(object(entry), mapping));
}

function entryOf(entry: Loose, { labelHeaders = {} }: HarMapping): TrafficEntry | string {
  const [request, response] = [object(entry['request']), object(entry['response'])];
  const time = timeOf(entry['startedDateTime']);
  const status = numberOf(response['status']);
  const url = request['url'];
  if (time === null) return 'without a time';
  if (status === null || !Number.isInteger(status) || status < 0 || status > 999) return 'without a status';
  if (typeof url !== 'string') return 'without a path';
  if (isFromCache(entry)) return 'answered from a cache';
  const labels: Partial<Record<Label, string>> = {};
  const authorization = headerOf(request, 'authorization');
  if (authorization !== null) labels.token = hashed(authorization);
  for (const [label, name] of Object.entries(labelHeaders)) {
    const value = headerOf(request, name);
    if (value !== null)
      labels[label as Label] = label === 'token' || SECRET.test(name) ? hashed(value) : labelText(value);
  }
  return {
    ...time,
    durationMs: Math.max(0, numberOf(entry['time']) ?? 0),
    method: methodOf(request['method']),
    ...placeOf(url),
    status,
    retryAfter: headerOf(response, 'retry-after'),
    labels,
  };
}

/** Chromium marks what never left the browser. */
function isFromCache(entry: Loose): boolean {
  const mark = entry['_fromCache'] ?? object(entry['response'])['_fromCache'];
  return typeof mark === 'string' || mark === true;
}

function headerOf(message: Loose, name: string): string | null {
  const headers = message['headers'];
  if (!Array.isArray(headers)) return null;
  for (const header of headers) {
    const { name: named, value } = object(header);
    if (typeof named === 'string' && named.toLowerCase() === name.toLowerCase() && typeof value === 'string')
      return value;
  }
  return null;
}

type Loose = Readonly<Record<string, unknown>>;

function object(value: unknown): Loose {
  return typeof value === 'object' && value !== null ? (value as Loose) : {};
}
