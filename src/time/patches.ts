/** Replaces properties of objects that belong to others, and puts back exactly what was there. */
export class Patches {
  readonly #undo: (() => void)[] = [];

  /** Replaces a property by a value; it stays as enumerable as it was. */
  value(target: object, key: PropertyKey, value: unknown): void {
    const before = Object.getOwnPropertyDescriptor(target, key);
    const enumerable = before?.enumerable ?? false;
    Object.defineProperty(target, key, { value, enumerable, writable: true, configurable: true });
    this.#undo.push(() => {
      if (before === undefined) Reflect.deleteProperty(target, key);
      else Object.defineProperty(target, key, before);
    });
  }

  /** Undoes everything, last first. A second call does nothing. */
  restore(): void {
    for (let undo = this.#undo.pop(); undo !== undefined; undo = this.#undo.pop()) undo();
  }
}
