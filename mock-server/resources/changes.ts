/**
 * What clients have changed in a seeded collection: all that has to be remembered of it, and bounded. When there is too much, the
 * organization that was changed or read least recently goes back to its seeded state; a single organization forgets its oldest changes.
 */

/** One entity that is not as the seed made it. */
export interface Change<T> {
  readonly id: string;
  readonly entity: T;
  /** Its place among changed ones: by this text. */
  readonly key: string;
  /** Its place among seeded ones: before the one of this rank. */
  readonly before: number;
  /** Rank of the seeded entity that it replaces; -1: it was created. */
  readonly replaces: number;
}

/** The changes of one organization. */
export class OrgChanges<T> {
  readonly byId = new Map<string, Change<T>>();
  /** In order of their places. */
  readonly inOrder: Change<T>[] = [];
  readonly replaced = new Set<number>();

  /** Sets a change in the place of an older one of the same entity. */
  put(change: Change<T>): void {
    this.forget(change.id);
    this.byId.set(change.id, change);
    if (change.replaces >= 0) this.replaced.add(change.replaces);
    const later = this.inOrder.findIndex((other) => comesBefore(change, other));
    this.inOrder.splice(later < 0 ? this.inOrder.length : later, 0, change);
  }

  /** Forgets a change, if there is one. */
  forget(id: string): void {
    const change = this.byId.get(id);
    if (change === undefined) return;
    this.byId.delete(id);
    this.replaced.delete(change.replaces);
    this.inOrder.splice(this.inOrder.indexOf(change), 1);
  }
}

/** The changes of all organizations. */
export class Changes<T> {
  readonly #countMax: number;
  /** Least recently used first. */
  readonly #orgs = new Map<string, OrgChanges<T>>();
  #count = 0;

  /** @param countMax most changes held, over all organizations together. */
  constructor(countMax: number) {
    this.#countMax = countMax;
  }

  /** How many changes are held. */
  get count(): number {
    return this.#count;
  }

  /** The changes of an organization; null when there are none. */
  of(org: string): OrgChanges<T> | null {
    const found = this.#orgs.get(org);
    if (found === undefined) return null;
    this.#orgs.delete(org);
    this.#orgs.set(org, found);
    return found;
  }

  /** Remembers a change. */
  put(org: string, change: Change<T>): void {
    const changes = this.of(org) ?? new OrgChanges<T>();
    this.#orgs.set(org, changes);
    this.#count -= changes.byId.size;
    changes.put(change);
    this.#count += changes.byId.size;
    while (this.#count > this.#countMax) this.#forgetOldest();
  }

  #forgetOldest(): void {
    const [oldest] = this.#orgs;
    if (oldest === undefined) return;
    const [org, changes] = oldest;
    if (this.#orgs.size > 1) {
      this.#orgs.delete(org);
      this.#count -= changes.byId.size;
      return;
    }
    const [id = ''] = changes.byId.keys();
    changes.forget(id);
    this.#count -= 1;
  }
}

function comesBefore<T>(one: Change<T>, other: Change<T>): boolean {
  return one.before === other.before ? one.key < other.key : one.before < other.before;
}
