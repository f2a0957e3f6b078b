/** Sets of numbers as half-open spans (low, high], ascending and apart. */
import type { Range } from '../stream.ts';

/** The union of any spans, in order. */
export function unionOf(spans: Range[]): Range[] {
  const sorted = spans.filter(({ low, high }) => high > low).sort((a, b) => a.low - b.low);
  const union: { low: number; high: number }[] = [];
  for (const { low, high } of sorted) {
    const last = union.at(-1);
    if (last !== undefined && low <= last.high) last.high = Math.max(last.high, high);
    else union.push({ low, high });
  }
  return union;
}

/** What two sets share. */
export function commonTo(a: readonly Range[], b: readonly Range[]): Range[] {
  const common: Range[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const one = a[i] as Range;
    const other = b[j] as Range;
    const low = Math.max(one.low, other.low);
    const high = Math.min(one.high, other.high);
    if (high > low) common.push({ low, high });
    if (one.high < other.high) i++;
    else j++;
  }
  return common;
}

/** How many whole numbers are in a set. */
export function wholeIn(spans: readonly Range[]): number {
  return spans.reduce((sum, { low, high }) => sum + Math.floor(high) - Math.floor(low), 0);
}

/** Whole numbers of a set: all, or `most` of them at even distances. */
export function someOf(spans: readonly Range[], most: number): number[] {
  const stride = Math.max(1, wholeIn(spans) / most);
  const some: number[] = [];
  let passed = 0;
  let next = stride === 1 ? 0 : stride / 2;
  for (const { low, high } of spans) {
    const count = Math.floor(high) - Math.floor(low);
    for (; next < passed + count; next += stride) some.push(Math.floor(low) + 1 + Math.floor(next - passed));
    passed += count;
  }
  return some;
}
