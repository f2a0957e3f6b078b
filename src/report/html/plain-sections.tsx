/** Sections of the pages that hold no comparison: where the figures come from, and how they were had. */
import type { Fact } from '../shape.ts';
import { Warnings } from './answer.tsx';

/** Where the figures come from, and what a reader must know before them. */
export function Provenance({
  facts,
  warnings,
}: {
  readonly facts: readonly Fact[];
  readonly warnings: readonly string[];
}) {
  return (
    <div class="mast">
      <dl class="prov">
        {facts.map(({ label, value }) => (
          <div>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <Warnings texts={warnings} />
    </div>
  );
}

/** The last section, a text beside the other. */
export function HowSection({ heading, texts }: { readonly heading: string; readonly texts: readonly string[] }) {
  return (
    <section class="block" id="method">
      <p class="eyebrow">Method</p>
      <h2>{heading}</h2>
      <div class="cols">
        {texts.map((text) => (
          <div>
            <p>{text}</p>
          </div>
        ))}
      </div>
    </section>
  );
}
