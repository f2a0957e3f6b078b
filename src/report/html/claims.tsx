/** What the threads say, tested. Filters are radios: they work without scripts. */
import type { ClaimRow, Claims } from '../shape.ts';
import { ClaimIcon } from './icons.tsx';
import { anchorOf } from './links.ts';

const slug = (verdict: string) => verdict.replace(' ', '-');

/** The second section. */
export function ClaimsSection({ claims }: { readonly claims: Claims }) {
  return (
    <section class="block" id="claims">
      <p class="eyebrow">What the threads say, tested</p>
      <h2>{claims.heading}</h2>
      <p class="lede">{claims.lede}</p>
      {claims.observedHeading !== '' && <Checked claims={claims} />}
    </section>
  );
}

/** Absent when no claim was checked. */
function Checked({ claims }: { readonly claims: Claims }) {
  return (
    <>
      <div class="filters">
        <input type="radio" name="claims" id="claims-all" aria-label="Show all advice" checked />
        {claims.tally.map(({ verdict }) => (
          <input type="radio" name="claims" id={`claims-${slug(verdict)}`} />
        ))}
        <Tally claims={claims} />
        {claims.advice.length > 0 && <Advice rows={claims.advice} />}
      </div>
      <h3 class="observed-head">{claims.observedHeading}</h3>
      {claims.observed.length > 0 && <Observed rows={claims.observed} />}
      <p class="note under">{claims.note}</p>
    </>
  );
}

function Tally({ claims }: { readonly claims: Claims }) {
  return (
    <ul class="tally">
      {claims.tally.map(({ verdict, count, word, note }) => (
        <li>
          <label for={`claims-${slug(verdict)}`}>
            <span class={`n is-${slug(verdict)}`}>{count}</span>
            <span class="w">
              {word}
              <small>{note}</small>
            </span>
            <span class={`dots is-${slug(verdict)}`} aria-hidden="true">
              {Array.from({ length: count }, () => (
                <i />
              ))}
            </span>
          </label>
        </li>
      ))}
      <li class="all">
        <label for="claims-all">show all {claims.advice.length}</label>
      </li>
    </ul>
  );
}

function Advice({ rows }: { readonly rows: readonly ClaimRow[] }) {
  return (
    <table class="claims">
      <caption class="vh">Advice from the threads, with verdict and evidence</caption>
      <Head first="Advice" />
      <tbody>
        {rows.map((row) => (
          <tr id={row.anchor} class={`c-${slug(row.verdict)}`}>
            <Said row={row} mark="stamp" />
            <td>
              <p class="ev">{row.evidence}</p>
              <Boundary row={row} />
              <Bars row={row} />
              {row.restsOn !== '' && <span class="rests">{row.restsOn}</span>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Observed({ rows }: { readonly rows: readonly ClaimRow[] }) {
  return (
    <table class="observed">
      <caption class="vh">Symptoms and causes from the threads, with verdict and evidence</caption>
      <Head first="The thread says" />
      <tbody>
        {rows.map((row) => (
          <tr id={row.anchor}>
            <Said row={row} mark="mini" />
            <td>
              {row.evidence}
              <Boundary row={row} />
              {row.restsOn !== '' && <span class="rests">{row.restsOn}</span>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Head({ first }: { readonly first: string }) {
  return (
    <thead>
      <tr>
        <th class="c1" scope="col">
          {first}
        </th>
        <th class="c2" scope="col">
          Verdict
        </th>
        <th scope="col">Evidence</th>
      </tr>
    </thead>
  );
}

/** The first two cells of a row: what was said, and the verdict. */
function Said({ row, mark }: { readonly row: ClaimRow; readonly mark: 'stamp' | 'mini' }) {
  return (
    <>
      <th scope="row">
        <p class="say">{row.says}</p>
        <Source row={row} />
      </th>
      <td class="verd">
        <span class={`${mark} is-${slug(row.verdict)}`}>
          <ClaimIcon of={row.verdict} />
          {row.word}
        </span>
      </td>
    </>
  );
}

function Source({ row }: { readonly row: ClaimRow }) {
  return (
    <p class="src">
      {row.kind} {row.id} · <a href={`#${anchorOf(row.scenario)}`}>{row.scenario}</a>
    </p>
  );
}

function Boundary({ row }: { readonly row: ClaimRow }) {
  if (row.boundary === '') return null;
  return (
    <span class="turn">
      <b>It turns:</b> {row.boundary}
    </span>
  );
}

function Bars({ row }: { readonly row: ClaimRow }) {
  if (row.bars.length === 0) return null;
  const tones = { holds: 'blue', refuted: 'rust', depends: 'violet', 'not run': 'blue' };
  return (
    <dl class="vs" style={{ '--tone': `var(--${tones[row.verdict]}-mark)` }}>
      {row.bars.map(({ label, text, share, lead }) => [
        <dt>{label}</dt>,
        <dd>
          <span class={lead ? 'lead' : ''}>
            <i style={{ width: `${Math.max(1, Math.round(share * 100))}%` }} />
          </span>
          <b>{text}</b>
        </dd>,
      ])}
    </dl>
  );
}
