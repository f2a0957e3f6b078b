/** How numbers and lists read in the verdicts' sentences. */

/** `11.2 %`: one decimal, a no-break space before the sign. Never rounds something to nothing. */
export function percent(share: number): string {
  const size = Math.abs(share);
  if (size > 0 && size < 0.0005) return '<0.1\u00A0%';
  return `${(size * 100).toFixed(1)}\u00A0%`;
}

/** `A, B and C`; `or` instead of `and` where it is a choice. */
export function list(items: readonly string[], last: 'and' | 'or' = 'and'): string {
  return items.length < 2 ? (items[0] ?? '') : `${items.slice(0, -1).join(', ')} ${last} ${items.at(-1)}`;
}

/** `one`, `five`, `13`. */
export function inWords(count: number): string {
  return 'no one two three four five six seven eight nine ten eleven twelve'.split(' ')[count] ?? String(count);
}

/** `one seed`, `20 seeds`: figures, as seeds are counted. */
export function seedsOf(count: number): string {
  return `${count} ${count === 1 ? 'seed' : 'seeds'}`;
}

/** With a capital first letter. */
export function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
