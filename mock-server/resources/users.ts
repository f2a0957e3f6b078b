/** Users: listed by name. */
import type { z } from 'zod';
import type { KeyedRandom } from '../gateway.ts';
import { listOf, objectOf, oneOf, readBody, text, textMaybeEmpty, whole, yesOrNo } from './body.ts';
import { Recent } from '../recent.ts';
import { Collection, type Filter } from './collection.ts';
import { orderedIndexOf, orderedUuidOf, uuidOf } from './identifiers.ts';
import type { Organizations, Reference } from './organizations.ts';
import { pageOf, readPaging, reversed } from './paging.ts';
import { nameOf } from './people.ts';
import { choice, list } from './query.ts';
import { badRequest, given, kept, notFound, ok, staleVersion } from './replies.ts';
import type { Call, Operation, Reply } from './resource.ts';
import { WrittenAnswers } from './written-answers.ts';

/** A user, as the platform's API has it. */
export interface User {
  readonly id: string;
  readonly name: string;
  readonly division: Reference;
  readonly chat: { readonly jabberId: string };
  readonly department: string;
  readonly email: string;
  readonly primaryContactInfo: readonly {
    readonly address: string;
    readonly mediaType: 'EMAIL';
    readonly type: string;
  }[];
  readonly addresses: readonly Contact[];
  readonly state: (typeof STATES)[number];
  readonly title: string;
  readonly username: string;
  readonly images: readonly never[];
  readonly version: number;
  readonly acdAutoAnswer: boolean;
  readonly selfUri: string;
}

const STATES = ['active', 'inactive', 'deleted'] as const;
/** Of so many seeded users one is inactive. */
const INACTIVE_EVERY = 40;
const DEPARTMENTS: readonly (readonly [department: string, ...titles: string[]])[] = [
  ['Billing', 'Billing Agent', 'Senior Billing Agent', 'Billing Team Lead'],
  ['Customer Care', 'Agent', 'Senior Agent', 'Team Lead', 'Quality Evaluator'],
  ['Sales', 'Sales Agent', 'Account Manager', 'Sales Supervisor'],
  ['Technical Support', 'Support Engineer', 'Senior Support Engineer', 'Support Manager'],
  ['Workforce Management', 'Planner', 'Real-time Analyst'],
  ['IT', 'Administrator', 'Architect Developer'],
];

const contact = objectOf({
  address: textMaybeEmpty(256).optional(),
  mediaType: oneOf(['PHONE', 'EMAIL', 'SMS']).optional(),
  type: textMaybeEmpty(32).optional(),
});
type Contact = z.infer<typeof contact>;
const profile = {
  department: textMaybeEmpty(256).optional(),
  title: textMaybeEmpty(256).optional(),
  addresses: listOf(contact, 16).optional(),
};
const creation = objectOf({
  ...profile,
  name: text(256),
  email: text(256),
  divisionId: text(64).optional(),
  state: oneOf(STATES).optional(),
});
const update = objectOf({
  ...profile,
  name: text(256).optional(),
  email: text(256).optional(),
  username: text(256).optional(),
  state: oneOf(STATES).optional(),
  acdAutoAnswer: yesOrNo().optional(),
  version: whole(1, Number.MAX_SAFE_INTEGER),
});

/** Operations on users. */
export function userOperations(random: KeyedRandom, organizations: Organizations): readonly Operation[] {
  const users = new Users(random, organizations);
  return [
    { method: 'GET', path: '/api/v2/users', handle: (call) => users.list(call) },
    { method: 'POST', path: '/api/v2/users', handle: (call) => users.create(call) },
    { method: 'GET', path: '/api/v2/users/me', handle: (call) => users.me(call) },
    { method: 'GET', path: '/api/v2/users/{userId}', handle: (call) => kept(users.known(call)) },
    { method: 'PATCH', path: '/api/v2/users/{userId}', handle: (call) => users.update(call) },
  ];
}

const OWN_IDS_REMEMBERED = 1024;

class Users {
  readonly #random: KeyedRandom;
  readonly #organizations: Organizations;
  readonly #users: Collection<User>;
  /** Ids of callers' own users, by organization and user. */
  readonly #ownIds = new Recent<string>(OWN_IDS_REMEMBERED);
  readonly #answers = new WrittenAnswers();
  #created = 0;

  constructor(random: KeyedRandom, organizations: Organizations) {
    this.#random = random;
    this.#organizations = organizations;
    this.#users = new Collection<User>({
      count: (org) => organizations.of(org).userCount,
      at: (org, rank) => this.#seeded(org, rank),
      rankOf: (org, id) => this.#rankOf(org, id),
      keyOf: ({ name, id }) => `${name}\n${id}`,
    });
  }

  list({ caller: { org }, query }: Call): Reply {
    return this.#answers.of(`list\n${org}\n${query}`, () => {
      const paging = readPaging(query);
      const isDescending = choice(query, 'sortOrder', ['ASC', 'DESC']) === 'DESC';
      const listing = this.#users.list(org, this.#filter(org, query));
      return pageOf(isDescending ? reversed(listing) : listing, paging, '/api/v2/users', query);
    });
  }

  /** The caller's own user: always the same one of the organization. */
  me({ caller: { org, user } }: Call): Reply {
    const key = `${org}\n${user}`;
    const id = this.#ownIds.get(key) ?? this.#ownIds.put(key, this.#ownIdOf(org, key));
    return kept(this.#users.get(org, id)!);
  }

  /** The user that a path names. */
  known({ caller: { org }, parameters }: Call): User {
    const user = this.#users.get(org, parameters['userId'] ?? '');
    if (user === null) throw notFound('user');
    return user;
  }

  create({ caller: { org }, body }: Call): Reply {
    const { divisionId, ...sent } = readBody(creation, body);
    const { divisions } = this.#organizations.of(org);
    const division = divisions.find(({ id }) => id === (divisionId ?? divisions[0]?.id));
    if (division === undefined) throw badRequest('divisionId must be the id of a division of the organization.');
    const id = uuidOf(this.#random, 'created-user-id', org, this.#created++);
    const user: User = { ...userOf(id, sent.name, sent.email, division), ...given(sent) };
    this.#put(org, user);
    return { status: 201, body: user };
  }

  update(call: Call): Reply {
    const user = this.known(call);
    const { version, ...sent } = readBody(update, call.body);
    if (version !== user.version) throw staleVersion('user', version, user.version);
    const changed: User = { ...user, ...given(sent), ...mailOf(sent.email ?? user.email), version: version + 1 };
    this.#put(call.caller.org, changed);
    return ok(changed);
  }

  #ownIdOf(org: string, key: string): string {
    return this.#idOf(org, Math.floor(this.#random('user-me', key, 0) * this.#organizations.of(org).userCount));
  }

  #put(org: string, user: User): void {
    this.#users.put(org, user);
    this.#answers.forget();
  }

  #filter(org: string, query: URLSearchParams): Filter<User> | null {
    const state = choice(query, 'state', [...STATES, 'any']);
    const ids = list(query, 'id');
    if (ids === null && state === 'any') return null;
    const ranks = ids === null ? null : new Set([...ids].map((id) => this.#rankOf(org, id)));
    return {
      keepsRank: (rank) => (state === 'any' || stateOf(rank) === state) && ranks?.has(rank) !== false,
      keeps: (user) => (state === 'any' || user.state === state) && ids?.has(user.id) !== false,
    };
  }

  #seeded(org: string, rank: number): User {
    const { domain, divisions, userCount } = this.#organizations.of(org);
    const { full, mailbox } = nameOf(rank, userCount, this.#random('user-name', org, rank));
    const pick = this.#random('user-department', org, rank) * DEPARTMENTS.length;
    const [department, ...titles] = DEPARTMENTS[Math.floor(pick)]!;
    const division = divisions[Math.floor((pick % 1) * divisions.length)]!;
    const version = 1 + Math.floor(30 * this.#random('user-version', org, rank) ** 2);
    return {
      ...userOf(this.#idOf(org, rank), full, `${mailbox}@${domain}`, division),
      department,
      title: titles[rank % titles.length]!,
      state: stateOf(rank),
      version,
    };
  }

  /** Ids are not in the order of names: even ranks take the first half of the ids, odd ones the second. */
  #idOf(org: string, rank: number): string {
    const { userCount } = this.#organizations.of(org);
    const index = rank % 2 === 0 ? rank / 2 : Math.ceil(userCount / 2) + (rank - 1) / 2;
    return orderedUuidOf(this.#random, 'user-id', org, index, userCount);
  }

  #rankOf(org: string, id: string): number {
    const { userCount } = this.#organizations.of(org);
    const index = orderedIndexOf(this.#random, 'user-id', org, id, userCount);
    const half = Math.ceil(userCount / 2);
    if (index < 0) return -1;
    return index < half ? index * 2 : (index - half) * 2 + 1;
  }
}

function stateOf(rank: number): User['state'] {
  return rank % INACTIVE_EVERY === INACTIVE_EVERY - 1 ? 'inactive' : 'active';
}

function userOf(id: string, name: string, email: string, division: Reference): User {
  return {
    id,
    name,
    division,
    chat: { jabberId: `${id.replaceAll('-', '')}@${email.slice(email.indexOf('@') + 1)}` },
    department: '',
    ...mailOf(email),
    addresses: [],
    state: 'active',
    title: '',
    username: email,
    images: [],
    version: 1,
    acdAutoAnswer: false,
    selfUri: `/api/v2/users/${id}`,
  };
}

function mailOf(email: string): Pick<User, 'email' | 'primaryContactInfo'> {
  return { email, primaryContactInfo: [{ address: email, mediaType: 'EMAIL', type: 'PRIMARY' }] };
}
