/**
 * A bounded memory of what was asked for lately: two generations. When the young one is full it becomes the old one, and what the old one
 * held is forgotten. Finding something costs one lookup as long as it is young, and nothing has to be kept in order.
 */
export class Recent<V> {
  readonly #mostPerGeneration: number;
  #young = new Map<string, V>();
  #old = new Map<string, V>();

  /** Remembers `mostPerGeneration` keys at least, twice as many at most. */
  constructor(mostPerGeneration: number) {
    this.#mostPerGeneration = mostPerGeneration;
  }

  /** What was put under a key, undefined when it was never put or is forgotten. */
  get(key: string): V | undefined {
    return this.#young.get(key) ?? this.#fromOld(key);
  }

  /** Remembers a value, which must not be undefined or null, and gives it back. */
  put(key: string, value: V): V {
    if (this.#young.size >= this.#mostPerGeneration) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, value);
    return value;
  }

  /** Keys remembered now. */
  get size(): number {
    return this.#young.size + this.#old.size;
  }

  #fromOld(key: string): V | undefined {
    const value = this.#old.get(key);
    if (value === undefined) return undefined;
    this.#old.delete(key);
    return this.put(key, value);
  }
}
