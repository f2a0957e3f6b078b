/** Glyphs as inline SVG, drawn with attributes so that they survive where styles are blocked. */
import type { JSX } from 'preact';
import type { CellClass } from '../../verdicts/verdict.ts';
import type { ClaimRow } from '../shape.ts';

/** A 16-unit glyph; `drawn`: it refers to a symbol that brings its own units. With a `label` it is an image to assistive technology, without it is decoration. */
export function Icon({
  label,
  drawn,
  children,
}: {
  readonly label?: string;
  readonly drawn?: boolean;
  readonly children: JSX.Element | readonly JSX.Element[];
}) {
  const role = label === undefined ? { 'aria-hidden': 'true' as const } : { role: 'img' as const, 'aria-label': label };
  return (
    <svg class="ico" {...(drawn ? {} : { viewBox: '0 0 16 16' })} {...role}>
      {children}
    </svg>
  );
}

const star = <path d="M8 1.9l1.9 3.9 4.2.6-3 3 .7 4.2L8 11.6l-3.8 2 .7-4.2-3-3 4.2-.6z" fill="currentColor" />;
const cross = <path d="M3.5 3.5l9 9M12.5 3.5l-9 9" />;

const verdictShapes: Readonly<Record<CellClass, JSX.Element>> = {
  best: star,
  tied: <circle cx="8" cy="8" r="5" fill="currentColor" />,
  same: (
    <g>
      <circle cx="8" cy="8" r="5.4" />
      <circle cx="8" cy="8" r="2.4" fill="currentColor" />
    </g>
  ),
  slower: <circle cx="8" cy="8" r="5" />,
  unsure: <path d="M5.6 6a2.4 2.4 0 1 1 3.5 2.1C8.4 8.5 8 9 8 9.8M8 12.6v.1" />,
  over: <path d="M8 2.2l6.2 11H1.8zM8 6.6v2.9M8 11.5v.1" />,
  failed: cross,
  none: <path d="M6 8h4" />,
};

/** The glyph of a verdict. */
export function VerdictIcon({ of, label }: { readonly of: CellClass; readonly label?: string }) {
  return (
    <Icon drawn {...(label === undefined ? {} : { label })}>
      <use href={`#v-${of}`} />
    </Icon>
  );
}

const claimShapes: Readonly<Record<ClaimRow['verdict'], JSX.Element>> = {
  holds: <path d="M3 8.6l3.4 3.4L13 4.8" />,
  depends: <path d="M8 14V9.5M8 9.5L3.5 5M8 9.5L12.5 5M3.5 8V5h3M12.5 8V5h-3" />,
  refuted: <path d="M3.8 3.8l8.4 8.4M12.2 3.8l-8.4 8.4" />,
  'not run': <path d="M4 8h8" />,
};

/** The glyph of a verdict on a claim. */
export function ClaimIcon({ of }: { readonly of: ClaimRow['verdict'] }) {
  return (
    <Icon drawn>
      <use href={`#c-${of.replace(' ', '-')}`} />
    </Icon>
  );
}

/** The shapes that {@link VerdictIcon} and {@link ClaimIcon} refer to: each stands once in the page. */
export function IconShapes() {
  const shapes = [
    ...Object.entries(verdictShapes).map(([name, shape]) => [`v-${name}`, shape] as const),
    ...Object.entries(claimShapes).map(([name, shape]) => [`c-${name.replace(' ', '-')}`, shape] as const),
  ];
  return (
    <svg class="defs" width="0" height="0" aria-hidden="true">
      {shapes.map(([id, shape]) => (
        <symbol id={id} viewBox="0 0 16 16">
          {shape}
        </symbol>
      ))}
    </svg>
  );
}

const sourceShapes: Readonly<Record<string, JSX.Element>> = {
  documented: <circle cx="8" cy="8" r="6" fill="currentColor" />,
  staff: <circle cx="8" cy="8" r="6" fill="currentColor" />,
  observed: (
    <g>
      <circle cx="8" cy="8" r="6" />
      <circle cx="8" cy="8" r="2.5" fill="currentColor" />
    </g>
  ),
  reported: (
    <g>
      <circle cx="8" cy="8" r="6" />
      <path d="M8 2a6 6 0 0 1 0 12z" fill="currentColor" />
    </g>
  ),
};

/** Where a rule comes from: filled, half, dashed. */
export function SourceTag({ source }: { readonly source: string }) {
  if (source === '') return null;
  return (
    <span class={`tag ${source}`}>
      <Icon>{sourceShapes[source] ?? <circle cx="8" cy="8" r="6" stroke-dasharray="2.6 2.6" />}</Icon>
      {source}
    </span>
  );
}

/** A note, and a warning. */
export const NoteIcon = () => (
  <Icon label="Note">
    <circle cx="8" cy="8" r="6" />
    <path d="M8 7.4v3.6M8 5v.1" />
  </Icon>
);
export const WarningIcon = () => <Icon label="Warning">{verdictShapes.over}</Icon>;
export const QuestionIcon = () => <Icon label="Open">{verdictShapes.unsure}</Icon>;
export const StarIcon = () => <Icon>{star}</Icon>;
