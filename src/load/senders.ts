/** Who sends: one access token each, taken in turn by the requests. */
import { inputError } from '../results/input-error.ts';

/** A sender. Its token never leaves the requests. */
export interface Sender {
  /** As results call it: `org-1`, `org-1 client-2`, `token 3`, `anybody`. */
  readonly name: string;
  /** null: requests carry none. */
  readonly token: string | null;
}

/** Most senders of one load. */
export const SENDERS_MAX = 1000;

/** Senders of given tokens; one without a token when there are none. */
export function sendersOf(tokens: readonly string[]): Sender[] {
  if (tokens.length === 0) return [{ name: 'anybody', token: null }];
  return tokens.map((token, index) => ({ name: `token ${index + 1}`, token }));
}

/** Sign-ins under way at once: each takes the gateway a tenth of a second. */
const SIGN_INS_AT_ONCE = 50;

/**
 * Signs in at a gateway of ours by client credentials: `clients` OAuth clients for each of `orgs` organizations. When `signal` aborts, those that
 * are signed in by then are all there are.
 *
 * @throws (rejects) InputError when the gateway refuses.
 */
export async function signIn(url: string, orgs: number, clients: number, signal: AbortSignal): Promise<Sender[]> {
  const wanted: { readonly name: string; readonly id: string }[] = [];
  // Organizations in turn, so that a budget smaller than the senders still reaches every organization.
  for (let client = 1; client <= clients; client++) {
    for (let org = 1; org <= orgs; org++) {
      const name = clients === 1 ? `org-${org}` : `org-${org} client-${client}`;
      wanted.push({ name, id: `client-${client}@org-${org}` });
    }
  }
  const senders: Sender[] = [];
  do {
    const next = wanted.splice(0, SIGN_INS_AT_ONCE);
    senders.push(...(await Promise.all(next.map(async ({ name, id }) => ({ name, token: await tokenFor(url, id) })))));
  } while (wanted.length > 0 && !signal.aborted);
  return senders;
}

async function tokenFor(url: string, client: string): Promise<string> {
  const response = await fetch(`${url}/oauth/token`, {
    method: 'POST',
    redirect: 'error',
    headers: { authorization: `Basic ${btoa(`${client}:secret`)}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  const { access_token: token } = (await response.json()) as { access_token?: unknown };
  if (response.status === 200 && typeof token === 'string') return token;
  throw inputError('load', 'the gateway', `signing ${client} in was answered ${response.status}`);
}
