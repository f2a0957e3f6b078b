/** How it was computed, how to do it again, what it cannot tell, what the words mean. */
import type { Method } from '../shape.ts';

/** The last section. */
export function MethodSection({ method }: { readonly method: Method }) {
  return (
    <section class="block" id="method">
      <p class="eyebrow">Method and replay</p>
      <h2>{method.heading}</h2>
      <div class="cols">
        <div>
          <h3>How it was computed</h3>
          <List items={method.computed} />
        </div>
        <div>
          <h3>How a verdict is reached</h3>
          <List items={method.verdict} />
        </div>
        <div>
          <h3>Replay</h3>
          {method.replay.map(({ text, command }) => [
            <p class="cmdt">{text}</p>,
            <div class="cmd">
              <code>{command}</code>
              <button class="btn" type="button" data-copy hidden>
                Copy
              </button>
            </div>,
          ])}
        </div>
        <div>
          <h3>What this cannot tell you</h3>
          {method.limits.map((text) => (
            <p>{text}</p>
          ))}
        </div>
      </div>
      <dl class="gloss">
        {method.glossary.map(({ label, value }) => (
          <div>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <footer>
        {method.footer.map((text) => (
          <span>{text}</span>
        ))}
      </footer>
    </section>
  );
}

function List({ items }: { readonly items: readonly string[] }) {
  return (
    <ul>
      {items.map((text) => (
        <li>{text}</li>
      ))}
    </ul>
  );
}
