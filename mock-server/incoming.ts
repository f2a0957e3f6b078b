/** What the platform reads off a request before it knows what to do with it. */
import { isIP } from 'node:net';
import type { PlatformRequest } from './platform.ts';

type Headers = PlatformRequest['headers'];

const SLASH = 47;
const ABSOLUTE = /^https?:\/\/[^/?#]*/i;
/** Paths are remembered; one that is part of a longer target is copied out of it first. */
const PART_OF_MAX = 1024;
/** No policy charges more items than this at once. */
const ITEMS_MAX = 1_000_000_000;

/** Path and query of a request target; null when it has none: `*`, or the authority of a CONNECT. An absolute form (RFC 9112, 3.2.2) loses its host. */
export function originOf(target: string): string | null {
  if (target.charCodeAt(0) === SLASH) return target;
  const [prefix] = ABSOLUTE.exec(target) ?? [];
  if (prefix === undefined) return null;
  const rest = target.slice(prefix.length);
  return rest.charCodeAt(0) === SLASH ? rest : `/${rest}`;
}

/** A target without its query. */
export function pathOf(target: string): string {
  const queryAt = target.indexOf('?');
  if (queryAt < 0) return target;
  const path = target.slice(0, queryAt);
  return target.length > PART_OF_MAX ? detached(path) : path;
}

/** Whether the percent signs of a path mean something: no operation answers one where they do not. */
export function isDecodable(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

/** The client's address: the first of `X-Forwarded-For` where that is one, else the door's word. */
export function addressOf({ headers, ip }: PlatformRequest): string {
  const forwarded = headers['x-forwarded-for'];
  if (forwarded === undefined) return ip;
  const first = (textOf(forwarded).split(',', 1)[0] ?? '').trim();
  return isIP(first) === 0 ? ip : detached(first);
}

/** The same text in memory of its own: a part of a long text, kept, would keep all of it. */
function detached(text: string): string {
  return Buffer.from(text).toString();
}

/** Whether a body that came with these headers is to be read as JSON: it says so, or says nothing, and is not compressed. */
export function isJsonBody(headers: Headers): boolean {
  const coding = textOf(headers['content-encoding']).trim().toLowerCase();
  if (coding !== '' && coding !== 'identity') return false;
  const type = headers['content-type'];
  if (type === undefined) return true;
  return /^application\/(?:[\w.+-]+\+)?json$/i.test((textOf(type).split(';', 1)[0] ?? '').trim());
}

/** Items that the lab's own header `X-Ratelab-Items` tells of, null: none. */
export function itemsOf(headers: Headers): number | null {
  const told = headers['x-ratelab-items'];
  if (told === undefined) return null;
  const items = Number(textOf(told));
  return Number.isInteger(items) && items >= 1 && items <= ITEMS_MAX ? items : null;
}

/** A header as one text: the first value, '' when there is none. */
export function textOf(header: string | readonly string[] | undefined): string {
  if (header === undefined) return '';
  return typeof header === 'string' ? header : (header[0] ?? '');
}
