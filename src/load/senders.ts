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

/**
 * Signs in at a gateway of ours by client credentials: `clients` OAuth clients for each of `orgs` organizations.
 *
 * @throws (rejects) InputError when the gateway refuses.
 */
export async function signIn(url: string, orgs: number, clients: number): Promise<Sender[]> {
  const senders: Sender[] = [];
  // Organizations in turn, so that a budget smaller than the senders still reaches every organization.
  for (let client = 1; client <= clients; client++) {
    for (let org = 1; org <= orgs; org++) {
      const name = clients === 1 ? `org-${org}` : `org-${org} client-${client}`;
      senders.push({ name, token: await tokenFor(url, `client-${client}@org-${org}`) });
    }
  }
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
