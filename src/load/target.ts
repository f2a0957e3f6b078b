/** Where load may go: loopback, or a host that the user names with its very name. Nothing else, however it is written. */
import { InputError, inputError } from '../results/input-error.ts';

/** A place that load may go to. */
export interface Target {
  /** `http://127.0.0.1:8080`: scheme, host and port as the URL standard reads them; there is no other reading of it further on. */
  readonly origin: string;
  readonly protocol: 'http:' | 'https:';
  /** Without brackets. */
  readonly host: string;
  readonly port: number;
  /** Path and query of the URL; '/' when it has none. */
  readonly path: string;
  /** False: it was let in by name. */
  readonly isLoopback: boolean;
}

/** Whether a target names a URL rather than a policy. */
export function isUrl(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text);
}

/**
 * Reads a URL that load shall go to. Redirects are never followed, so this host is the only one.
 *
 * @param allowedHosts Hosts that the user names, as `--allow-host` gives them: without scheme, port or path.
 * @param action What cannot be done otherwise, for messages.
 * @throws InputError when it is no http or https URL, holds a user name or password, or is neither loopback nor named.
 */
export function parseTarget(text: string, allowedHosts: readonly string[], action = 'load'): Target {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:'))
    throw new InputError(action, 'the target', [
      { path: 'url', rule: 'an http or https URL', value: withoutUser(text) },
    ]);
  if (url.username !== '' || url.password !== '')
    throw inputError(action, withoutUser(text), 'the URL must not hold a user name or a password (use --token-file)');
  const host = bare(url.hostname);
  const isLoopback = isLoopbackHost(host);
  if (!isLoopback && !allowedHosts.some((allowed) => hostOf(allowed) === host))
    throw notAllowed(url.origin, host, action);
  const { origin, protocol, port, pathname, search } = url;
  const ports = { 'http:': 80, 'https:': 443 };
  return { origin, protocol, host, port: Number(port) || ports[protocol], path: pathname + search, isLoopback };
}

/**
 * Whether a host, as the URL standard writes it (decimal and hexadecimal addresses have become dotted ones), is this machine alone. Names
 * other than `localhost` are not: what they mean is for somebody else's name server to say.
 */
export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

function notAllowed(origin: string, host: string, action: string): InputError {
  return inputError(
    action,
    origin,
    `its host must be loopback, current value is ${host}. Only if it is yours, or you may test it: --allow-host ${host}`,
  );
}

/** A host as the URL standard writes it; null when the text is more or less than a host. */
function hostOf(text: string): string | null {
  const inUrl = `http://${text.includes(':') && !text.startsWith('[') ? `[${text}]` : text}`;
  if (!URL.canParse(inUrl) || /[/@?#\\]/.test(text)) return null;
  const { hostname, port } = new URL(inUrl);
  return port === '' ? bare(hostname) : null;
}

function bare(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}

/** A URL for messages: what stands before an @ may be a password. */
function withoutUser(text: string): string {
  return text.replace(/\/\/.*@/, '//…@');
}
