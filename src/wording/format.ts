/**
 * How numbers read, everywhere: one duration formatter, percentages, counts. The functions refer to nothing outside themselves,
 * because the report's page carries their source (see `html/page-script.ts`).
 *
 * U+2212 for minus, a no-break space before %, `m` and `s` for durations (design notes, section 9).
 */

/** `340ms`, `9.4s`, `43s`, `1m43s`, `2h05m`, `4d06h`. Rounds first, so that 59.97 s reads `1m00s`. `–` when it is not a number. */
export function formatDuration(durationMs: number | null): string {
  if (durationMs === null || !Number.isFinite(durationMs)) return '–';
  const sign = durationMs < 0 ? '\u2212' : '';
  const ms = Math.abs(durationMs);
  const pad = (value: number) => String(value).padStart(2, '0');
  if (Math.round(ms) === 0) return '0s';
  if (Math.round(ms) < 1000) return `${sign}${Math.round(ms)}ms`;
  const tenths = Math.round(ms / 100);
  if (tenths < 600) return `${sign}${tenths / 10}s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return `${sign}${Math.floor(seconds / 60)}m${pad(seconds % 60)}s`;
  const minutes = Math.round(ms / 60_000);
  if (minutes < 60 * 72) return `${sign}${Math.floor(minutes / 60)}h${pad(minutes % 60)}m`;
  const hours = Math.round(ms / 3_600_000);
  return `${sign}${Math.floor(hours / 24)}d${pad(hours % 24)}h`;
}

/** A share in [0, 1]: `18.0 %`. Never rounds something to nothing: `<0.1 %`, `>99.9 %`. */
export function formatShare(share: number | null): string {
  if (share === null || !Number.isFinite(share)) return '–';
  if (share > 0 && share < 0.0005) return '<0.1\u00A0%';
  if (share < 1 && share >= 0.9995) return '>99.9\u00A0%';
  return `${(share * 100).toFixed(1)}\u00A0%`;
}

/** A relative difference with its sign: `+11.7 %`, `−4.5 %`, `0.0 %`. From a hundredfold on, a factor: `×121`. */
export function formatDifference(ratio: number): string {
  if (ratio >= 99) return `×${Math.round(ratio + 1)}`;
  const digits = Math.abs(ratio) >= 9.995 ? 0 : 1;
  const text = Math.abs(ratio * 100).toFixed(digits);
  const sign = Number(text) === 0 ? '' : ratio < 0 ? '\u2212' : '+';
  return `${sign}${text}\u00A0%`;
}

/** A whole number with separators: `15,532`; means below ten keep one digit: `0.4`. */
export function formatCount(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return '–';
  const text =
    Math.abs(value) < 10 && value % 1 !== 0 ? value.toFixed(1).replace(/\.0$/, '') : String(Math.round(value));
  return text.replace(/\B(?=(\d{3})+$)/g, ',').replace('-', '\u2212');
}

/** An interval of relative differences, to stand beside the estimate: `[+9.5, +13.9]`. */
export function formatInterval(low: number, high: number): string {
  const bound = (ratio: number) => {
    if (!Number.isFinite(ratio)) return ratio < 0 ? '\u2212∞' : '+∞';
    if (ratio >= 99) return `×${Math.round(ratio + 1)}`;
    const text = Math.abs(ratio * 100).toFixed(Math.abs(ratio) >= 9.995 ? 0 : 1);
    return `${Number(text) === 0 ? '' : ratio < 0 ? '\u2212' : '+'}${text}`;
  };
  return `[${bound(low)}, ${bound(high)}]`;
}

/** A ratio: `1.05`, `12.3`, `140`. */
export function formatRatio(ratio: number | null): string {
  if (ratio === null || !Number.isFinite(ratio)) return '–';
  if (ratio < 9.995) return ratio.toFixed(2);
  return ratio < 99.95 ? ratio.toFixed(1) : String(Math.round(ratio));
}

/** Small numbers in words, for sentences: `five`, from thirteen on `13`. */
export function numberWord(value: number): string {
  const words = 'no one two three four five six seven eight nine ten eleven twelve'.split(' ');
  return words[value] ?? formatCount(value);
}

/** `one limit`, `five limits`, `no limits`. */
export function countOf(value: number, noun: string, plural = `${noun}s`): string {
  return `${numberWord(value)} ${value === 1 ? noun : plural}`;
}

/** A list in a sentence: `a`, `a and b`, `a, b and c`. */
export function sentenceList(items: readonly string[]): string {
  if (items.length < 2) return items[0] ?? '';
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

/** With a capital first letter, for the head of a sentence. */
export function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
