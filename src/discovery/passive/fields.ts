/** Which fields of an access log mean what, and how their values are read. */

/** What is taken from an entry. */
export type Meaning =
  | 'time'
  | 'durationMs'
  | 'durationS'
  | 'method'
  | 'path'
  | 'status'
  | 'retryAfter'
  | 'authorization'
  | 'org'
  | 'client'
  | 'token'
  | 'user'
  | 'app'
  | 'ip';

/**
 * Names of fields by meaning, tried in this order; a dot steps into an object (`request.method`). `time`: ISO 8601, or a number since the epoch in
 * seconds, ms, us or ns, told by its size. `durationMs` and `durationS`: from the request to its answer. `retryAfter`: the header's text.
 * `authorization` and `token` are secrets: they are hashed before anything else is done.
 */
export const DEFAULT_FIELDS: Readonly<Record<Meaning, readonly string[]>> = {
  time: ['time', 'timestamp', '@timestamp', 'ts', 'startedAt', 'date'],
  durationMs: ['durationMs', 'duration_ms', 'latencyMs', 'latency_ms', 'responseTimeMs', 'elapsedMs'],
  durationS: ['durationS', 'duration_s', 'request_time', 'duration'],
  method: ['method', 'request_method', 'request.method', 'http.request.method', 'http.method'],
  path: ['path', 'url', 'uri', 'request_uri', 'request.path', 'request.url', 'url.path', 'http.url', 'http.target'],
  status: ['status', 'statusCode', 'status_code', 'response.status', 'http.response.status_code', 'http.status_code'],
  retryAfter: ['retryAfter', 'retry_after', 'retry-after', 'response.headers.retry-after', 'sent_http_retry_after'],
  authorization: ['authorization', 'request.headers.authorization', 'http_authorization'],
  org: ['org', 'orgId', 'organization', 'organizationId', 'tenant', 'tenantId'],
  client: ['client', 'clientId', 'client_id', 'oauthClientId'],
  token: ['token', 'tokenId'],
  user: ['user', 'userId', 'user_id'],
  app: ['app', 'appId', 'application'],
  ip: ['ip', 'remote_addr', 'remoteAddress', 'clientIp', 'client.ip'],
};

/** The first field of these names that is there; undefined: none is. */
export function fieldOf(entry: Readonly<Record<string, unknown>>, names: readonly string[]): unknown {
  for (const name of names) {
    const value = Object.hasOwn(entry, name) ? entry[name] : stepped(entry, name);
    if (value !== undefined && value !== null) return value;
  }
  return undefined;
}

function stepped(entry: unknown, name: string): unknown {
  if (!name.includes('.')) return undefined;
  let value = entry;
  for (const key of name.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

/** Epoch ms, and to how many ms it is told; null: it is no time. */
export function timeOf(value: unknown): { readonly atMs: number; readonly withinMs: number } | null {
  const number = typeof value === 'string' && /^\d{9,19}(\.\d+)?$/.test(value) ? Number(value) : value;
  if (typeof number === 'number') {
    if (!Number.isFinite(number) || number < 1e8) return null;
    const perMs = number < 1e11 ? 0.001 : number < 1e14 ? 1 : number < 1e17 ? 1000 : 1e6;
    return { atMs: number / perMs, withinMs: Number.isInteger(number) ? Math.max(1, 1 / perMs) : 1 };
  }
  if (typeof value !== 'string' || value.length > 100 || !/\d{4}-\d{2}-\d{2}|\d{2}\/[A-Z][a-z]{2}\/\d{4}/.test(value))
    return null;
  // `05/Jan/2026:09:00:00 +0000`: the common log format's.
  const common = /^\[?(\d{2})\/([A-Z][a-z]{2})\/(\d{4}):(\d{2}:\d{2}:\d{2}) ([+-]\d{4})\]?$/.exec(value);
  const atMs = Date.parse(common === null ? value : `${common[2]} ${common[1]} ${common[3]} ${common[4]} ${common[5]}`);
  if (Number.isNaN(atMs)) return null;
  return { atMs, withinMs: /[:.,]\d{2}[.,]\d/.test(value) ? 1 : 1000 };
}

/** A number from a number or its text; null: it is none. */
export function numberOf(value: unknown): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}
