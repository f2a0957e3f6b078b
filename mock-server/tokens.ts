/**
 * Access tokens: which caller a bearer token stands for. A token carries its caller, signed, so that a million issued ones take no memory;
 * only who was seen lately is remembered. Tokens of callers that were known from the start stand for them as they are.
 *
 *     base64url(JSON of name, expiry, identities) . base64url(HMAC-SHA256 of that)
 *
 * The key is drawn from the platform's dice: two platforms with the same seed take each other's tokens, and who knows the seed can make one.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Caller, KeyedRandom } from './gateway.ts';
import { Recent } from './recent.ts';

/** Issues and reads access tokens. */
export interface Tokens {
  /** A token for a caller, valid until `expiresAtMs` (epoch ms, excluded). */
  issue(caller: Omit<Caller, 'token' | 'ip'>, expiresAtMs: number): string;
  /**
   * Who an authorization header stands for; null: nobody, or no longer. The same header gives the same object as long as it is remembered
   * and comes from the same `ip`, an equal one afterwards. The `token` of an issued one's caller is its name, not the secret text.
   */
  callerOf(authorization: string | readonly string[] | undefined, ip: string, nowMs: number): Caller | null;
}

/** Options of {@link createTokens}. */
export interface TokensOptions {
  readonly random: KeyedRandom;
  /** Callers whose tokens are known from the start and never expire, each with its own ip. */
  readonly callers: readonly Caller[];
  /** Epoch ms; part of the tokens' names, so that those of two runs of a platform are told apart. */
  readonly startsAtMs: number;
}

/** Makes the tokens of one platform. */
export function createTokens(options: TokensOptions): Tokens {
  return new SignedTokens(options);
}

/** Authorization texts that are recognised without reading them again: as many at least, twice as many at most. */
const REMEMBERED = 16_384;
/** A longer text, which one token can be written as in many ways, is read each time. Those of issued tokens are shorter by far. */
const REMEMBERED_CHARACTERS_MAX = 2048;
const KEY_BYTES = 32;
/** RFC 6750; the scheme's case does not matter (RFC 9110). */
const BEARER = /^bearer +(\S.*)$/i;

/** What an authorization text was found to mean. */
interface Met {
  caller: Caller;
  readonly expiresAtMs: number;
  /** Null: as each request says. */
  readonly ip: string | null;
}

/** The first part of a token, as JSON. */
type Content = readonly [
  name: string,
  expiresAtMs: number,
  org: string,
  client: string,
  user: string,
  app: string,
  tier: string,
  permitted: boolean,
];

class SignedTokens implements Tokens {
  readonly #key: Buffer;
  readonly #run: string;
  readonly #known: ReadonlyMap<string, Caller>;
  readonly #met = new Recent<Met>(REMEMBERED);
  #issued = 0;

  constructor({ random, callers, startsAtMs }: TokensOptions) {
    this.#key = Buffer.from(
      Array.from({ length: KEY_BYTES }, (_, index) => Math.floor(random('token-key', 'byte', index) * 256)),
    );
    this.#run = Math.floor(startsAtMs).toString(36);
    this.#known = new Map(callers.map((caller) => [caller.token, caller]));
  }

  issue({ org, client, user, app, tier, permitted }: Omit<Caller, 'token' | 'ip'>, expiresAtMs: number): string {
    const name = `token-${this.#run}-${this.#issued++}`;
    const content: Content = [name, expiresAtMs, org, client, user, app, tier, permitted];
    const text = Buffer.from(JSON.stringify(content)).toString('base64url');
    return `${text}.${this.#signatureOf(text)}`;
  }

  callerOf(authorization: string | readonly string[] | undefined, ip: string, nowMs: number): Caller | null {
    if (typeof authorization !== 'string') return null;
    const met = this.#met.get(authorization) ?? this.#meet(authorization, ip);
    if (met === null || met.expiresAtMs <= nowMs) return null;
    if (met.ip === null && met.caller.ip !== ip) met.caller = { ...met.caller, ip };
    return met.caller;
  }

  #meet(authorization: string, ip: string): Met | null {
    const token = BEARER.exec(authorization)?.[1];
    if (token === undefined) return null;
    const known = this.#known.get(token);
    const met =
      known === undefined
        ? this.#read(token, ip)
        : { caller: known, expiresAtMs: Number.POSITIVE_INFINITY, ip: known.ip };
    if (met === null || authorization.length > REMEMBERED_CHARACTERS_MAX) return met;
    return this.#met.put(authorization, met);
  }

  /** The signature is compared as text: of two texts that mean the same bytes, only the one that was issued counts. */
  #read(token: string, ip: string): Met | null {
    const [text = '', signature = '', ...rest] = token.split('.');
    if (rest.length > 0 || !sameText(signature, this.#signatureOf(text))) return null;
    const [name, expiresAtMs, org, client, user, app, tier, permitted] = JSON.parse(
      Buffer.from(text, 'base64url').toString(),
    ) as Content;
    return { caller: { org, client, token: name, user, app, ip, tier, permitted }, expiresAtMs, ip: null };
  }

  #signatureOf(text: string): string {
    return createHmac('sha256', this.#key).update(text).digest('base64url');
  }
}

/** Whether two texts are equal, in a time that tells nothing but whether they are as long. */
function sameText(given: string, expected: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(expected)];
  return one.length === other.length && timingSafeEqual(one, other);
}
