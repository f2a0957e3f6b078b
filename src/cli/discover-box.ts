/** What is discovered: a policy that is played in virtual time, or a server behind a URL. */
import { readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { createPolicyBlackBox } from '../trial/black-box.ts';
import type { BlackBox } from '../discovery/black-box.ts';
import { createProbingFetch } from '../discovery/target-fetch.ts';
import { type DiscoveryTarget, parseDiscoveryTarget, type ReadSecret, simpleTarget } from '../discovery/target.ts';
import { isUrl, parseTarget, type Target } from '../load/target.ts';
import { inputError } from '../results/input-error.ts';
import { createSystemClock } from '../time/system-clock.ts';
import { targetOfPolicy } from './discover-policy.ts';
import type { DiscoverFlags } from './discover-settings.ts';
import { readJson, reasonOf } from './files.ts';
import type { Io } from './io.ts';
import { policyNamed } from './selection.ts';

/** Something to discover. */
export interface DiscoverBox {
  readonly target: { readonly kind: 'policy' | 'url'; readonly name: string };
  readonly box: BlackBox;
  /** Epoch ms. */
  readonly startsAtMs: number;
  /** Does the work in the box's own time. */
  run<T>(main: () => Promise<T>): Promise<T>;
}

/** A policy starts on a Monday morning, so that the same seed gives the same bytes. */
const POLICY_STARTS_MS = Date.UTC(2026, 2, 2, 9);
/** After this no gateway remembers: a policy that is taken up again starts afresh. */
const FORGOTTEN_MS = 30 * 86_400_000;
const YEARS_MS = 20 * 366 * 86_400_000;
/** `localhost:3000`, `http:/host`: somebody means a URL. */
const MEANS_URL = /^(https?:|[a-z0-9.-]+:\d{1,5}(\/|$))/i;
const SECRET_BYTES_MAX = 64 * 1024;
const TOKENS_BYTES_MAX = 16 * 1024 * 1024;

/** Reads what was named; nothing is sent. `seed` gives the box of a policy its dice, `afterMs` is when its log ends. */
export async function openBox(
  named: string,
  flags: DiscoverFlags,
  { seed, timeoutMs, afterMs }: { readonly seed: number; readonly timeoutMs: number; readonly afterMs: number | null },
  io: Io,
): Promise<DiscoverBox> {
  if (isUrl(named)) return urlBox(parseTarget(named, flags.allowHost ?? [], 'discover'), flags, timeoutMs, io);
  if (MEANS_URL.test(named))
    throw inputError('discover', 'the target', `a URL must begin with http:// or https://, current value is ${named}`);
  for (const name of ['path', 'method', 'token', 'tokenFile', 'allowHost', 'timeout'] as const)
    if (flags[name] !== undefined) throw inputError('discover', 'the target', `${flagOf(name)} is for a URL`);
  const policy = await policyNamed(named, io.cwd, 'discover', 'the target');
  const madeUp = targetOfPolicy(policy);
  const given = flags.target === undefined ? null : await targetFile(flags.target, io);
  const { callers, identities } = given === null ? madeUp : callersOf(given);
  const startsAtMs = afterMs === null ? POLICY_STARTS_MS : afterMs + FORGOTTEN_MS;
  const played = createPolicyBlackBox({ policy, callers, seed, startsAtMs, deadlineMs: startsAtMs + YEARS_MS });
  return {
    target: { kind: 'policy', name: policy.name },
    box: {
      fetch: played.fetch,
      clock: played.clock,
      baseUrl: played.baseUrl,
      identities,
      routes: given?.routes ?? madeUp.routes,
    },
    startsAtMs,
    async run(main) {
      const outcome = await played.run(main);
      if (outcome.kind === 'done') return outcome.value;
      throw 'error' in outcome && outcome.error instanceof Error
        ? outcome.error
        : new Error(`the discovery ended in virtual time with ${outcome.kind}`);
    },
  };
}

/** Given identities as callers: their labels, and made-up values where there are none, one token each. */
function callersOf({ identities }: DiscoveryTarget): ReturnType<typeof targetOfPolicy> {
  const callers = identities.map(({ labels }, at) => ({
    org: labels.org ?? 'org-1',
    client: labels.client ?? 'client-1',
    token: labels.token ?? `token-${at + 1}`,
    user: labels.user ?? 'user-1',
    app: labels.app ?? 'app-1',
    ip: labels.ip ?? '192.0.2.1',
    tier: 'standard',
    permitted: true,
  }));
  return {
    callers,
    identities: identities.map((identity, at) => ({
      ...identity,
      headers: { authorization: `Bearer ${callers[at]?.token ?? ''}` },
    })),
    routes: [],
  };
}

async function urlBox(target: Target, flags: DiscoverFlags, timeoutMs: number, io: Io): Promise<DiscoverBox> {
  const base = target.path.replace(/[?#].*$/, '').replace(/\/$/, '');
  const { identities, routes, prefix } = await sentTo(target, base, flags, io);
  await confirm(target, flags, io);
  const clock = createSystemClock();
  const baseUrl = `${target.origin}${prefix}`;
  return {
    target: { kind: 'url', name: baseUrl },
    box: { fetch: createProbingFetch(globalThis.fetch, clock, timeoutMs), clock, baseUrl, identities, routes },
    startsAtMs: clock.now(),
    run: (main) => main(),
  };
}

/** Paths are put behind the URL's own; where none is given, the URL's own is it. */
async function sentTo(
  target: Target,
  base: string,
  flags: DiscoverFlags,
  io: Io,
): Promise<DiscoveryTarget & { readonly prefix: string }> {
  if (flags.target !== undefined) {
    for (const name of ['path', 'method', 'token', 'tokenFile'] as const)
      if (flags[name] !== undefined)
        throw inputError('discover', target.origin, `${flagOf(name)} cannot be given together with --target`);
    return { ...(await targetFile(flags.target, io)), prefix: base };
  }
  const tokens = [...(flags.token ?? []), ...(await tokensIn(flags.tokenFile, io.cwd))];
  const isOwn = flags.path === undefined;
  return {
    ...simpleTarget(tokens, flags.method ?? 'GET', flags.path ?? [target.path]),
    prefix: isOwn ? '' : base,
  };
}

/** Loopback needs no word; elsewhere whoever asks says that it is theirs. */
async function confirm({ host, isLoopback }: Target, flags: DiscoverFlags, io: Io): Promise<void> {
  if (isLoopback || flags.yes === true) return;
  const what = `Probes will exhaust limits of ${host} on purpose.`;
  if (io.ask === undefined)
    throw inputError('discover', host, `${what} That it is yours, or that you may test it, must be confirmed: --yes`);
  const answer = await io.ask(`${what} Is it yours, or may you test it? Type its name to go on: `);
  if (answer !== host) throw inputError('discover', host, 'it was not confirmed');
}

async function targetFile(file: string, io: Io): Promise<DiscoveryTarget> {
  const loose = await readJson(file, io.cwd);
  const folder = dirname(resolve(io.cwd, file));
  const read: ReadSecret = async (source, path) => {
    const text =
      'env' in source ? io.env[source.env] : await secretFile(resolve(folder, source.file), source.file, path);
    const value = text?.trim() ?? '';
    if (value !== '' && !/\p{Cc}/u.test(value)) return value;
    const where = 'env' in source ? `the variable ${source.env}` : source.file;
    const why = value === '' ? 'it is not set, or empty' : 'it holds control characters';
    throw inputError('read', file, `${path} must be in ${where}, but ${why}`);
  };
  return parseDiscoveryTarget(loose, file, read);
}

async function secretFile(file: string, shown: string, path: string): Promise<string> {
  try {
    if ((await stat(file)).size > SECRET_BYTES_MAX) throw new Error('it is larger than 64 kB');
    return await readFile(file, 'utf8');
  } catch (error) {
    throw inputError('read', shown, `${path} must be in it, but ${reasonOf(error)}`, error);
  }
}

async function tokensIn(file: string | undefined, cwd: string): Promise<string[]> {
  if (file === undefined) return [];
  try {
    const path = resolve(cwd, file);
    if ((await stat(path)).size > TOKENS_BYTES_MAX) throw new Error('it is larger than 16 MB');
    const lines = (await readFile(path, 'utf8')).split(/\r?\n/).map((line) => line.trim());
    const tokens = lines.filter((line) => line !== '');
    if (tokens.length > 0) return tokens;
  } catch (error) {
    throw inputError('read', file, `it must be a file with one token per line, but ${reasonOf(error)}`, error);
  }
  throw inputError('read', file, 'it must be a file with one token per line, but it is empty');
}

function flagOf(name: string): string {
  return `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
