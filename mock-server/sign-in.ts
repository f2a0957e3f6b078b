/** `POST /oauth/token`: client credentials for an access token. */
import type { KeyedRandom, RenderedResponse } from './gateway.ts';
import type { PlatformRequest } from './platform.ts';
import type { Tokens } from './tokens.ts';

/** The login host. */
export interface SignIn {
  /** Whether a path is the login host's. */
  answers(path: string): boolean;
  handle(request: PlatformRequest, nowMs: number): RenderedResponse;
}

/** Options of {@link createSignIn}. */
export interface SignInOptions {
  readonly random: KeyedRandom;
  readonly tokens: Tokens;
}

const DAY_S = 86_400;

/** Makes the login host. */
export function createSignIn({ tokens }: SignInOptions): SignIn {
  return {
    answers: (path) => path === '/oauth/token' || path === '/login/oauth/token',
    handle({ headers }, nowMs) {
      const [client = ''] = Buffer.from(String(headers['authorization']).replace('Basic ', ''), 'base64')
        .toString()
        .split(':');
      const org = client.split('@')[1] ?? 'default';
      const caller = { org, client, user: client, app: client, tier: 'standard', permitted: true };
      const access_token = tokens.issue(caller, nowMs + DAY_S * 1000);
      return {
        status: 200,
        headers: [['Content-Type', 'application/json']],
        body: JSON.stringify({ access_token, token_type: 'bearer', expires_in: DAY_S }),
      };
    },
  };
}
