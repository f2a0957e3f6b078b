/** Answers that were written before: reads repeat, and writing a page as JSON costs more than all else that is done for it. */
import type { Reply } from './resource.ts';

/** Characters remembered at most, keys included; beyond it the memory starts afresh, which changes no answer. */
const CHARACTERS_MAX = 10_000_000;
/** A longer answer, or one to a longer question, is written each time. */
const TEXT_MAX = 1_000_000;
const KEY_MAX = 500;

/** Remembers what reads of a collection were answered, until it changes. */
export class WrittenAnswers {
  readonly #texts = new Map<string, string>();
  #characters = 0;

  /** Characters held now. */
  get characters(): number {
    return this.#characters;
  }

  /** 200 with what `make` gives, made only where this question has not been answered since the last change. */
  of(key: string, make: () => unknown): Reply {
    const known = this.#texts.get(key);
    if (known !== undefined) return { status: 200, body: undefined, text: known };
    const body = make();
    const text = JSON.stringify(body);
    if (text.length <= TEXT_MAX && key.length <= KEY_MAX) this.#remember(key, text);
    return { status: 200, body, text };
  }

  /** To be called after each change. */
  forget(): void {
    this.#texts.clear();
    this.#characters = 0;
  }

  #remember(key: string, text: string): void {
    if (this.#characters > CHARACTERS_MAX) this.forget();
    this.#texts.set(key, text);
    this.#characters += key.length + text.length;
  }
}
