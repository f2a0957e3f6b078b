/** Masthead and the answer: headline, pick card, matrix. */
import type { Answer, Masthead, Matrix, MatrixRow, Pick } from '../shape.ts';
import { NoteIcon, StarIcon, VerdictIcon, WarningIcon } from './icons.tsx';
import { anchorOf } from './links.ts';

/** The first section. */
export function AnswerSection({ masthead, answer }: { readonly masthead: Masthead; readonly answer: Answer }) {
  return (
    <section class="block" id="answer">
      <MastheadBlock masthead={masthead} />
      <div class="hero">
        <div>
          <h1 class={answer.headline.length > 40 ? 'long' : ''}>
            <Unbroken text={answer.headline} />
            <span class="sub">{answer.subline}</span>
          </h1>
          {answer.lede.map((text) => (
            <p class="lede">{text}</p>
          ))}
          <p class="more">
            <a href="#claims">{answer.claimsLine}</a>
          </p>
        </div>
        {answer.pick && <PickCard pick={answer.pick} />}
      </div>
      <MatrixBlock matrix={answer.matrix} />
    </section>
  );
}

/** Keeps words with hyphens whole, where the line allows it. */
function Unbroken({ text }: { readonly text: string }) {
  return (
    <>
      {text
        .split(/(?<= )/)
        .map((word) => (word.includes('-') && word.length < 22 ? <span class="nb">{word}</span> : word))}
    </>
  );
}

function MastheadBlock({ masthead }: { readonly masthead: Masthead }) {
  return (
    <div class="mast">
      <dl class="prov">
        {masthead.facts.map(({ label, value, code }) => (
          <div>
            <dt>{label}</dt>
            <dd>{code ? <code>{value}</code> : value}</dd>
          </div>
        ))}
      </dl>
      <div class="caut">
        <NoteIcon />
        <span>{masthead.caution}</span>
      </div>
      <Warnings texts={masthead.warnings} />
    </div>
  );
}

/** What a reader must know before the figures; nothing when there is nothing. */
export function Warnings({ texts }: { readonly texts: readonly string[] }) {
  if (texts.length === 0) return null;
  return (
    <ul class="warn">
      {texts.map((text) => (
        <li>
          <WarningIcon />
          <span>{text}</span>
        </li>
      ))}
    </ul>
  );
}

function PickCard({ pick }: { readonly pick: Pick }) {
  return (
    <aside class="pick" aria-label="If you must pick one">
      <p class="k">If you must pick one</p>
      <p class="name">
        <StarIcon />
        {pick.title}
      </p>
      <p class="type">
        <code>{pick.spec}</code>
      </p>
      <dl>
        {pick.facts.map(({ label, value }) => (
          <div>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {pick.exceptions.length > 0 && (
        <ul class="unless">
          {pick.exceptions.map(({ label, value }) => (
            <li>
              <b>{label}:</b> {value}
            </li>
          ))}
        </ul>
      )}
    </aside>
  );
}

function MatrixBlock({ matrix }: { readonly matrix: Matrix }) {
  const width = matrix.scenarios.length + 2;
  return (
    <div class="matrix-wrap">
      <div class="scroll" tabIndex={0} role="region" aria-label="Verdict matrix, scrolls sideways">
        <table class="matrix">
          <caption class="vh">
            Verdict for each strategy in each scenario: makespan against the lowest eligible strategy, share of calls
            refused, and worst case over the scenarios
          </caption>
          <thead>
            <tr>
              <th scope="col">Strategy</th>
              {matrix.scenarios.map(({ name, lowest }) => (
                <th scope="col">
                  <a href={`#${anchorOf(name)}`}>{name}</a>
                  <small>{lowest}</small>
                </th>
              ))}
              <th scope="col">
                Worst-case regret<small>lower is safer</small>
              </th>
            </tr>
          </thead>
          <tbody>
            {matrix.groups.map(({ label, rows }) => [
              <tr class="group">
                <th colSpan={width} scope="colgroup">
                  <span class="gl">{label}</span>
                </th>
              </tr>,
              ...rows.map((row, index) => <Row row={row} last={index === rows.length - 1} />),
            ])}
          </tbody>
        </table>
      </div>
      <ul class="legend">
        {matrix.legend.map((verdict) => (
          <li class={`v-${verdict.class}`}>
            <VerdictIcon of={verdict.class} />
            <span class="soft">{verdict.word}</span>
          </li>
        ))}
      </ul>
      <p class="note under">{matrix.note}</p>
    </div>
  );
}

function Row({ row, last }: { readonly row: MatrixRow; readonly last: boolean }) {
  const { regret } = row;
  const style = row.isPick ? 'pickd' : regret.eligible ? '' : 'out';
  return (
    <tr class={[row.isPick ? 'win' : '', last ? 'last' : ''].filter(Boolean).join(' ')}>
      <th scope="row" title={row.strategy}>
        {row.title}
      </th>
      {row.cells.map((cell) =>
        cell.class === 'none' ? (
          <td class="off">
            <span aria-hidden="true">·</span>
            <span class="vh">{cell.word}</span>
          </td>
        ) : (
          <td>
            <div class={`cell v-${cell.class}`}>
              <VerdictIcon of={cell.class} label={cell.word} />
              <b>{cell.text}</b>
              <small>{cell.note}</small>
            </div>
          </td>
        ),
      )}
      <td>
        <div class={`regret ${style}`}>
          <b>{regret.text}</b>
          {regret.bar !== null && <i style={{ width: `${Math.max(1, Math.round(regret.bar * 100))}%` }} />}
          {regret.note !== '' && <small>{regret.note}</small>}
        </div>
      </td>
    </tr>
  );
}
