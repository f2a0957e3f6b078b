/** The headers of a lazy response: single values come straight from the gateway's rendering, everything else from real `Headers`. */
import { inspect } from 'node:util';
import type { Rendering } from './rendering.ts';

/** What an HTTP header name is made of (RFC 9110, token). */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** Names that were asked for before, in lower case: few, and asked for again with every response. */
const lowerCased = new Map<string, string>();
const LOWER_CASED_MAX = 1000;

/** As immutable as the headers of a real fetch's response. */
export class LazyHeaders implements Headers {
  readonly #rendering: Rendering;
  #built: Headers | null = null;

  constructor(rendering: Rendering) {
    this.#rendering = rendering;
  }

  get(name: string): string | null {
    if (name === 'retry-after' || name === 'Retry-After') return this.#rendering.header('retry-after');
    const known = lowerCased.get(name);
    if (known !== undefined) return this.#rendering.header(known);
    if (!TOKEN.test(name)) return this.#real().get(name);
    const lower = name.toLowerCase();
    if (lowerCased.size < LOWER_CASED_MAX) lowerCased.set(name, lower);
    return this.#rendering.header(lower);
  }

  has(name: string): boolean {
    return this.get(name) !== null;
  }

  forEach(callback: (value: string, key: string, parent: Headers) => void, thisArgument?: unknown): void {
    for (const [key, value] of this.#real()) callback.call(thisArgument, value, key, this);
  }

  entries(): HeadersIterator<[string, string]> {
    return this.#real().entries();
  }

  keys(): HeadersIterator<string> {
    return this.#real().keys();
  }

  values(): HeadersIterator<string> {
    return this.#real().values();
  }

  getSetCookie(): string[] {
    return this.#real().getSetCookie();
  }

  [Symbol.iterator](): HeadersIterator<[string, string]> {
    return this.#real().entries();
  }

  append(): never {
    throw immutable();
  }

  delete(): never {
    throw immutable();
  }

  set(): never {
    throw immutable();
  }

  [inspect.custom](): unknown {
    return Object.fromEntries(this.#real());
  }

  #real(): Headers {
    return (this.#built ??= new Headers(this.#rendering.full().headers.map(([name, value]) => [name, value])));
  }
}

// `instanceof Headers` and the tag [object Headers], without building any.
Object.setPrototypeOf(LazyHeaders.prototype, Headers.prototype);

function immutable(): TypeError {
  return new TypeError('Cannot change the headers of a response: they must be immutable, as those of fetch are');
}
