/** How numbers and lists read in the verdicts' sentences. */

/** `11.2 %`: one decimal, a no-break space before the sign. Never rounds something to nothing. */
export function percent(share: number): string {
  const size = Math.abs(share);
  if (size > 0 && size < 0.0005) return '<0.1\u00A0%';
  return `${(size * 100).toFixed(1)}\u00A0%`;
}

/** `2 %`: a round share, such as the margin. */
export function wholePercent(share: number): string {
  return `${Number((share * 100).toFixed(1))}\u00A0%`;
}

/** `A and B`; `A; B; C` where there are more, or one of them holds a comma. */
export function list(items: readonly string[]): string {
  return items.length === 2 && !items.some((item) => item.includes(',')) ? items.join(' and ') : items.join('; ');
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
