/** Who may pass the operator's door: whoever has the key, and no other page of the same browser. */
import { createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { sameSecret } from '../same-secret.ts';

/** What the guard says of a request. */
export type Verdict =
  | { readonly passes: true }
  /** 401: the key was missing or wrong; 403: the place that the request comes from is refused. */
  | { readonly passes: false; readonly status: 401 | 403; readonly message: string };

/** The guard of one door. */
export interface Guard {
  /** Whether a request may pass. `changes`: it would change something. */
  judge(request: { readonly headers: IncomingHttpHeaders; readonly changes: boolean }): Verdict;
  /** Whether `key` is the key; in constant time. */
  isKey(key: string): boolean;
  /** The `Set-Cookie` of a browser that showed the key. */
  readonly cookie: string;
}

const PASSES: Verdict = { passes: true };

/** Makes the guard of a door that listens on `port` at `host`. */
export function createGuard(key: string, host: string, port: number): Guard {
  // Browsers send a cookie to every port of a host: it must not be the key itself, and two doors need two names.
  const name = `ratelab-operator-${port}`;
  const session = createHmac('sha256', key).update(name).digest('base64url');
  const hosts = new Set(['127.0.0.1', 'localhost', '[::1]', host.includes(':') ? `[${host}]` : host]);
  const isKey = (given: string) => sameSecret(given, key);
  return {
    isKey,
    cookie: `${name}=${session}; Path=/; HttpOnly; SameSite=Strict`,
    judge({ headers, changes }) {
      const asked = hostOf(headers.host);
      if (asked === null || !hosts.has(asked))
        return refuse(403, `Cannot answer: the Host header must be ${[...hosts].join(', ')} (with the port)`);
      const bears = isKey(bearerOf(headers.authorization));
      if (!bears && !sameSecret(cookieOf(headers.cookie, name), session))
        return refuse(401, 'Cannot answer: send the key printed at start as "Authorization: Bearer <key>"');
      if (changes ? !isFromHere(headers, bears) : isEmbedded(headers))
        return refuse(403, 'Cannot answer a page of another origin');
      return PASSES;
    },
  };
}

/**
 * A browser says where a request that changes something comes from: that must be this very door. A program with the key need not say it;
 * a cookie without it is refused.
 */
function isFromHere(headers: IncomingHttpHeaders, bears: boolean): boolean {
  const site = headers['sec-fetch-site'];
  const { origin } = headers;
  if (site !== undefined && site !== 'same-origin') return false;
  if (origin !== undefined) return origin === `http://${headers.host}`;
  return bears || site === 'same-origin';
}

/** A page of another origin may lead to this one, but not load parts of it: it could not read them, yet it would take a watcher's place. */
function isEmbedded(headers: IncomingHttpHeaders): boolean {
  const site = headers['sec-fetch-site'];
  return (site === 'cross-site' || site === 'same-site') && headers['sec-fetch-mode'] !== 'navigate';
}

function refuse(status: 401 | 403, message: string): Verdict {
  return { passes: false, status, message };
}

function bearerOf(authorization: string | undefined): string {
  return /^bearer +(\S+) *$/i.exec(authorization ?? '')?.[1] ?? '';
}

function cookieOf(cookies: string | undefined, name: string): string {
  for (const pair of (cookies ?? '').split(';')) {
    const [key = '', value = ''] = pair.trim().split('=', 2);
    if (key === name) return value;
  }
  return '';
}

/** The name of a Host header, in lower case, without the port; null: there is none that makes sense. */
function hostOf(host: string | undefined): string | null {
  return /^(\[[\d:a-f.]+\]|[\w.-]+)(?::\d{1,5})?$/i.exec(host ?? '')?.[1]?.toLowerCase() ?? null;
}
