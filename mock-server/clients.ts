/** OAuth clients: who may sign in, and as whom. */
import type { Caller } from './gateway.ts';
import { sameSecret } from './same-secret.ts';

/** An OAuth client that is registered. */
export interface RegisteredClient {
  readonly id: string;
  readonly secret: string;
  /** The organization it belongs to. */
  readonly org: string;
  /** Default: its id. */
  readonly app?: string;
  /** Whom its tokens act for. Default: its id. */
  readonly user?: string;
  /** Commercial tier. Default `standard`. */
  readonly tier?: string;
  /** False: its tokens lack every permission. Default true. */
  readonly permitted?: boolean;
}

/** What a token of a client carries. */
export type Identity = Omit<Caller, 'token' | 'ip'>;

/** Who a client id and its secret are, null: nobody. */
export type Clients = (id: string, secret: string) => Identity | null;

/** The organization of clients that name none. */
const DEFAULT_ORG = 'default-org';
/** Ids stand in tokens, and tokens in headers. */
const ID_CHARACTERS_MAX = 200;

/**
 * The clients of a platform. Where none is registered, every id with a secret is one: `acme-sync@acme` belongs to the organization `acme`, an id
 * without `@` to `default-org`; its app is what stands before the last `@` (one app in many organizations), its user the whole id.
 */
export function createClients(registered: readonly RegisteredClient[]): Clients {
  if (registered.length === 0) return anybody;
  const byId = new Map(registered.map((client) => [client.id, client]));
  return (id, secret) => {
    const client = byId.get(id);
    // Compared even where there is no such client, so that the time does not tell which ids exist.
    const isRight = sameSecret(secret, client?.secret ?? '');
    return client === undefined || !isRight ? null : identityOf(client);
  };
}

function anybody(id: string, secret: string): Identity | null {
  if (id === '' || secret === '' || id.length > ID_CHARACTERS_MAX) return null;
  const at = id.lastIndexOf('@');
  const [app, org] = at < 0 ? [id, ''] : [id.slice(0, at), id.slice(at + 1)];
  return identityOf({ id, secret, org: org === '' ? DEFAULT_ORG : org, app: app === '' ? id : app });
}

function identityOf({ id, org, app, user, tier, permitted }: RegisteredClient): Identity {
  return {
    org,
    client: id,
    app: app ?? id,
    user: user ?? id,
    tier: tier ?? 'standard',
    permitted: permitted ?? true,
  };
}
