/**
 * Remembers on a caller's own object who it is, without anybody seeing it: a private field may be put on any object, frozen ones too, by
 * a class whose parent constructor returns that object. It is found in 1 ns (a WeakMap takes 6 to 10), and dies with the object.
 */
import type { Caller } from './gateway.ts';
import type { Identities, KnownCaller } from './identities.ts';

const Itself = function (object: object) {
  return object;
} as unknown as new (object: object) => object;

/** What one set of identities knows behind a caller's object; the last one to ask is remembered. */
export class Stamp extends Itself {
  #owner: Identities;
  #known: KnownCaller;

  private constructor(caller: Caller, owner: Identities, known: KnownCaller) {
    super(caller);
    this.#owner = owner;
    this.#known = known;
  }

  /** Who the object is to `owner`, null when it was never asked or another asked since. */
  static of(caller: Caller, owner: Identities): KnownCaller | null {
    return #owner in caller && caller.#owner === owner ? caller.#known : null;
  }

  /** Remembers who the object is to `owner`, and gives that back. */
  static put(caller: Caller, owner: Identities, known: KnownCaller): KnownCaller {
    if (!(#owner in caller)) return new Stamp(caller, owner, known).#known;
    caller.#owner = owner;
    caller.#known = known;
    return known;
  }
}
