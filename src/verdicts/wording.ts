/** How lists and sizes read in the verdicts' sentences; numbers themselves as everywhere (src/wording). */
import { formatShare } from '../wording/format.ts';

/** The size of a difference, its sign left to the sentence: `11.2 %`. */
export function percent(share: number): string {
  return formatShare(Math.abs(share));
}

/** `2 %`: a round share, such as the margin. */
export function wholePercent(share: number): string {
  return `${Number((share * 100).toFixed(1))}\u00A0%`;
}

/** `A and B`; `A; B; C` where there are more, or one of them holds a comma. */
export function list(items: readonly string[]): string {
  return items.length === 2 && !items.some((item) => item.includes(',')) ? items.join(' and ') : items.join('; ');
}

/** `one seed`, `20 seeds`: figures, as seeds are counted. */
export function seedsOf(count: number): string {
  return `${count} ${count === 1 ? 'seed' : 'seeds'}`;
}
