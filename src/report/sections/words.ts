/** Words and glyphs of the verdicts: one table for terminal, Markdown and HTML. */
import type { CellClass } from '../../verdicts/verdict.ts';
import type { ClaimRow } from '../shape.ts';

/** How one class of verdict reads. */
export interface ClassWords {
  /** In the terminal and in Markdown. */
  readonly glyph: string;
  /** Where only ASCII can be shown. */
  readonly ascii: string;
  readonly word: string;
}

/** Every class of verdict, in the order of a legend. */
export const classWords: Readonly<Record<CellClass, ClassWords>> = {
  best: { glyph: '★', ascii: '*', word: 'best alone' },
  tied: { glyph: '●', ascii: '@', word: 'lowest or level with it' },
  same: { glyph: '◉', ascii: '=', word: 'within 2\u00A0%, told apart' },
  unsure: { glyph: '?', ascii: '?', word: 'unsure' },
  slower: { glyph: '○', ascii: 'o', word: 'slower' },
  over: { glyph: '△', ascii: '!', word: 'over budget' },
  failed: { glyph: '✗', ascii: 'x', word: 'loses jobs' },
  none: { glyph: '·', ascii: '.', word: 'not run' },
};

/** How one verdict on a claim reads. */
export const claimWords: Readonly<Record<ClaimRow['verdict'], { glyph: string; ascii: string; word: string }>> = {
  holds: { glyph: '✓', ascii: '+', word: 'Holds' },
  depends: { glyph: '◐', ascii: '~', word: 'Depends' },
  refuted: { glyph: '✗', ascii: 'x', word: 'Refuted' },
  'not run': { glyph: '·', ascii: '.', word: 'Not run' },
};

/** Ends a text as a sentence, with a capital first letter. */
export function sentence(text: string): string {
  const trimmed = text.trim();
  if (trimmed === '') return '';
  return trimmed.charAt(0).toUpperCase() + trimmed.slice(1) + (/[.!?]$/.test(trimmed) ? '' : '.');
}
