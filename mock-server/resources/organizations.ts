/** What all resources know of an organization: its size, divisions, queues. Pure functions of the seed and the organization's name. */
import type { KeyedRandom } from '../gateway.ts';
import { orderedUuidOf, uuidOf } from './identifiers.ts';

/** A reference to an entity, as the platform writes it. */
export interface Reference {
  readonly id: string;
  readonly name: string;
  readonly selfUri: string;
}

/** One organization. */
export interface Organization {
  readonly id: string;
  readonly name: string;
  /** Of its mail addresses. */
  readonly domain: string;
  readonly userCount: number;
  readonly flowCount: number;
  /** The first is the home division. */
  readonly divisions: readonly Reference[];
  readonly queues: readonly Reference[];
}

const DIVISIONS = ['Home', 'Customer Care', 'Sales'];
const QUEUES = [
  'Billing',
  'Billing Spanish',
  'Cancellations',
  'Card Services',
  'Claims',
  'Complaints',
  'Customer Care',
  'Deliveries',
  'Escalations',
  'General Enquiries',
  'Mortgages',
  'New Business',
  'Orders',
  'Password Reset',
  'Renewals',
  'Returns',
  'Sales',
  'Sales Callbacks',
  'Technical Support',
  'VIP',
];
/** Organizations remembered; beyond it the memory starts afresh, which changes no answer. */
const REMEMBERED_MAX = 512;

/** All organizations: each name is one. */
export class Organizations {
  readonly #random: KeyedRandom;
  readonly #remembered = new Map<string, Organization>();

  constructor(random: KeyedRandom) {
    this.#random = random;
  }

  /** The organization of this name. */
  of(name: string): Organization {
    const known = this.#remembered.get(name);
    if (known !== undefined) return known;
    if (this.#remembered.size >= REMEMBERED_MAX) this.#remembered.clear();
    const made = this.#make(name);
    this.#remembered.set(name, made);
    return made;
  }

  #make(name: string): Organization {
    const random = this.#random;
    const reference = (title: string, id: string, path: string) => ({ id, name: title, selfUri: `${path}/${id}` });
    return {
      id: uuidOf(random, 'organization-id', name, 0),
      name,
      domain: `${
        name
          .toLowerCase()
          .replaceAll(/[^a-z\d]+/g, '-')
          .slice(0, 40) || 'organization'
      }.example.com`,
      userCount: 600 + Math.floor(100 * random('organization-users', name, 0)),
      flowCount: 550 + Math.floor(100 * random('organization-flows', name, 0)),
      divisions: DIVISIONS.map((title, index) =>
        reference(title, uuidOf(random, 'division-id', name, index), '/api/v2/authorization/divisions'),
      ),
      queues: QUEUES.map((title, index) =>
        reference(title, orderedUuidOf(random, 'queue-id', name, index, QUEUES.length), '/api/v2/routing/queues'),
      ),
    };
  }
}
