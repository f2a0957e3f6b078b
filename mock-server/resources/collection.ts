/**
 * A collection of entities of each organization: seeded ones, which are made when they are asked for and never kept, and over them what
 * clients have changed.
 */
import { Recent } from '../recent.ts';
import { Changes, type OrgChanges } from './changes.ts';
import type { Listing } from './paging.ts';

/** Where seeded entities come from. They are numbered from 0 by rank, in the order in which they are listed. */
export interface Seeded<T> {
  count(org: string): number;
  at(org: string, rank: number): T;
  /** -1: no seeded entity has this id. */
  rankOf(org: string, id: string): number;
  /** The text by which entities are listed in order; no two have the same. */
  keyOf(entity: T): string;
}

/** What is left out of a list. */
export interface Filter<T> {
  /** Of a seeded entity, by its rank: the chance to decide without making it. Default: makes it and asks `keeps`. */
  readonly keepsRank?: (rank: number) => boolean;
  readonly keeps: (entity: T) => boolean;
}

/** Seeded entities that are remembered when they were asked for by id: making one again takes longer than all the rest of an answer. */
const REMEMBERED = 1024;
/** Changed entities held at most, over all organizations. */
const CHANGES_MAX = 10_000;

/** Entities of all organizations. */
export class Collection<T extends { readonly id: string }> {
  readonly #seeded: Seeded<T>;
  readonly #changes: Changes<T>;
  readonly #remembered = new Recent<T>(REMEMBERED);

  constructor(seeded: Seeded<T>, changesMax = CHANGES_MAX) {
    this.#seeded = seeded;
    this.#changes = new Changes(changesMax);
  }

  /** How many changed entities are held. */
  get changeCount(): number {
    return this.#changes.count;
  }

  /** The entity of an id, null when there is none. Never to be changed: it may be handed over again. */
  get(org: string, id: string): T | null {
    const changed = this.#changes.of(org)?.byId.get(id);
    if (changed !== undefined) return changed.entity;
    const key = `${org}\n${id}`;
    const remembered = this.#remembered.get(key);
    if (remembered !== undefined) return remembered;
    const rank = this.#seeded.rankOf(org, id);
    return rank < 0 ? null : this.#remembered.put(key, this.#seeded.at(org, rank));
  }

  /** The entity of this id is this from now on; an id that is new creates it. */
  put(org: string, entity: T): void {
    const key = this.#seeded.keyOf(entity);
    const { id } = entity;
    const replaces = this.#seeded.rankOf(org, id);
    this.#changes.put(org, { id, entity, key, before: this.#rankAfter(org, key), replaces });
  }

  /** All entities in order, or those that a filter keeps. A list is as the collection is now: use it at once. */
  list(org: string, filter: Filter<T> | null = null): Listing<T> {
    const changes = this.#changes.of(org);
    const count = this.#seeded.count(org);
    if (changes === null && filter === null) {
      return { total: count, slice: (from, to) => this.#made(org, range(from, to)) };
    }
    const places = this.#places(org, count, changes, filter);
    return { total: places.length, slice: (from, to) => this.#made(org, places.slice(from, to)) };
  }

  /** Ranks of seeded entities and changed ones, in order. */
  #places(org: string, count: number, changes: OrgChanges<T> | null, filter: Filter<T> | null): (number | T)[] {
    const seeded = this.#seeded;
    const keepsRank = filter?.keepsRank ?? ((rank: number) => filter?.keeps(seeded.at(org, rank)) ?? true);
    const changed = changes?.inOrder ?? [];
    const places: (number | T)[] = [];
    let next = 0;
    for (let rank = 0; rank <= count; rank++) {
      for (let change = changed[next]; change !== undefined && change.before === rank; change = changed[++next]) {
        if (filter?.keeps(change.entity) ?? true) places.push(change.entity);
      }
      if (rank < count && changes?.replaced.has(rank) !== true && keepsRank(rank)) places.push(rank);
    }
    return places;
  }

  #made(org: string, places: readonly (number | T)[]): readonly T[] {
    return places.map((place) => (typeof place === 'number' ? this.#seeded.at(org, place) : place));
  }

  /** Rank of the first seeded entity that stands behind a key. */
  #rankAfter(org: string, key: string): number {
    let from = 0;
    let to = this.#seeded.count(org);
    while (from < to) {
      const middle = (from + to) >> 1;
      if (this.#seeded.keyOf(this.#seeded.at(org, middle)) < key) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}
