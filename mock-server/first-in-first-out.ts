/** A queue whose oldest entry leaves first, without moving the others at each step. */
export class FirstInFirstOut<T> {
  #entries: T[] = [];
  #head = 0;

  get length(): number {
    return this.#entries.length - this.#head;
  }

  push(entry: T): void {
    this.#entries.push(entry);
  }

  /** The oldest entry, undefined when there is none. */
  first(): T | undefined {
    return this.#entries[this.#head];
  }

  /** Forgets the oldest entry. */
  shift(): void {
    this.#head += 1;
    if (this.#head < 64 || this.#head * 2 < this.#entries.length) return;
    this.#entries = this.#entries.slice(this.#head);
    this.#head = 0;
  }
}
