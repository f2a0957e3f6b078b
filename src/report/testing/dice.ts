/** Repeatable numbers for made-up results. */

/** Numbers in [0, 1) that depend only on the key. */
export function dice(key: string): () => number {
  let state = 2166136261;
  for (const char of key) state = Math.imul(state ^ (char.codePointAt(0) ?? 0), 16777619);
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >>> 0) / 4294967296;
  };
}
