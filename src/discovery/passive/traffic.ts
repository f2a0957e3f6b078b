/** A user's own traffic as a record: who asked what, when, and what came of it. No secret stays in it. */
import { createHash } from 'node:crypto';
import { parseRetryAfterMs } from '../../strategies/retry/retry-after-header.ts';
import type { Label } from '../black-box.ts';
import type { ProbeEvent, ProbeOutcome } from '../record.ts';

/** One request as read, before anything is known of the others. */
export interface TrafficEntry {
  /** Epoch ms at which it was sent (or logged), known to `withinMs`. */
  readonly atMs: number;
  readonly withinMs: number;
  /** Until its answer; 0 when it is not known. */
  readonly durationMs: number;
  readonly method: string;
  /** Host, '' when it is not told. */
  readonly host: string;
  readonly path: string;
  readonly status: number;
  readonly retryAfter: string | null;
  readonly labels: Readonly<Partial<Record<Label, string>>>;
}

/** Everything that was read. Identities are named by their labels. */
export interface Traffic {
  /** In the order of time. */
  readonly events: readonly ProbeEvent[];
  readonly identities: readonly { readonly name: string; readonly labels: Readonly<Partial<Record<Label, string>>> }[];
  readonly routes: readonly { readonly name: string; readonly method: string; readonly path: string }[];
  /** When in [sentMs, sentMs + withinMs] a gateway may have decided, beyond what an event's own duration says. */
  readonly withinMs: number;
  /** What was left out, by reason. */
  readonly leftOut: ReadonlyMap<string, number>;
  readonly read: number;
}

/** Bounds: what is beyond is left out, and counted. */
export const TRAFFIC_BOUNDS = { events: 2_000_000, identities: 1000, routes: 1000, textMax: 300 };

const NOTHING = { retryAfterMs: null, limit: null, remaining: null, resetMs: null };

/** Collects entries, at most as many as are bearable. */
export class TrafficCollector {
  readonly #entries: TrafficEntry[] = [];
  readonly #leftOut = new Map<string, number>();
  #read = 0;

  /** Takes an entry, or the reason why it cannot be taken. */
  add(entry: TrafficEntry | string): void {
    this.#read += 1;
    if (typeof entry === 'string') this.#leave(entry);
    else if (this.#entries.length >= TRAFFIC_BOUNDS.events) this.#leave('beyond the first 2,000,000');
    else this.#entries.push(entry);
  }

  /** The record. Of several hosts the one with most rejections stays (or most requests, where none was rejected), unless `host` names one. */
  traffic(host: string | null = null): Traffic {
    const chosen = host ?? this.#mainHost();
    const identities = new Index<Traffic['identities'][number]>(TRAFFIC_BOUNDS.identities);
    const routes = new Index<Traffic['routes'][number]>(TRAFFIC_BOUNDS.routes);
    const events: ProbeEvent[] = [];
    let withinMs = 1;
    for (const entry of this.#entries) {
      if (entry.host !== chosen) {
        this.#leave('of another host');
        continue;
      }
      const { method, atMs, durationMs, status, labels } = entry;
      const path = templateOf(entry.path);
      const name = nameOf(labels);
      const identity = identities.of(name, () => ({ name, labels }));
      const route = routes.of(`${method} ${path}`, () => ({ name: `${method} ${path}`, method, path }));
      if (identity === null || route === null) {
        this.#leave(identity === null ? 'of further identities' : 'of further routes');
        continue;
      }
      withinMs = Math.max(withinMs, entry.withinMs);
      const outcome = outcomeOf(status);
      const retryAfterMs = outcome === 'rejected' ? parseRetryAfterMs(entry.retryAfter, atMs) : null;
      const told = retryAfterMs === null ? NOTHING : { ...NOTHING, retryAfterMs };
      events.push({ sentMs: atMs, answeredMs: atMs + durationMs, identity, route, outcome, status, told });
    }
    events.sort((a, b) => a.sentMs - b.sentMs);
    return {
      events,
      identities: identities.list,
      routes: routes.list,
      withinMs,
      leftOut: this.#leftOut,
      read: this.#read,
    };
  }

  #leave(reason: string): void {
    this.#leftOut.set(reason, (this.#leftOut.get(reason) ?? 0) + 1);
  }

  #mainHost(): string {
    const hosts = new Map<string, { rejected: number; all: number }>();
    for (const { host, status } of this.#entries) {
      const tally = hosts.get(host) ?? { rejected: 0, all: 0 };
      hosts.set(host, tally);
      tally.all += 1;
      if (status === 429) tally.rejected += 1;
    }
    const ranked = [...hosts].toSorted(([, a], [, b]) => b.rejected - a.rejected || b.all - a.all);
    return ranked[0]?.[0] ?? '';
  }
}

/** A secret as a label: the same for the same secret, and nothing that leads back to it. */
export function hashed(secret: string): string {
  return `sha256-${createHash('sha256').update(`ratelab traffic\u0000${secret}`).digest('hex').slice(0, 12)}`;
}

/** A path without its query, with segments that look like an id as `*`: requests that differ in these are one route. */
export function templateOf(path: string): string {
  const [bare = ''] = path.split(/[?#]/, 1);
  const segments = bare.split('/').map((segment) => (isId(segment) ? '*' : segment));
  const text = segments.join('/').replaceAll(/\p{Cc}/gu, ' ');
  const rooted = text.startsWith('/') ? text : `/${text}`;
  return rooted.slice(0, TRAFFIC_BOUNDS.textMax);
}

/** Numbers, UUIDs, long hexadecimal or mixed texts. */
function isId(segment: string): boolean {
  return (
    /^\d+$/.test(segment) ||
    /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(segment) ||
    (/^[0-9a-zA-Z_-]{16,}$/.test(segment) && /\d.*\d.*\d/.test(segment))
  );
}

function nameOf(labels: TrafficEntry['labels']): string {
  const parts = Object.entries(labels).map(([label, value]) => `${label} ${value}`);
  return parts.length === 0 ? 'everybody' : parts.join(', ');
}

function outcomeOf(status: number): ProbeOutcome {
  if (status === 429) return 'rejected';
  return status === 0 || status >= 500 ? 'unknown' : 'admitted';
}

/** Numbers things by name, up to a bound. */
class Index<T> {
  readonly list: T[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  of(name: string, make: () => T): number | null {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    if (this.list.length >= this.#most) return null;
    this.#numbers.set(name, this.list.length);
    return this.list.push(make()) - 1;
  }
}
