/** The ranking table. */
import type { Ranking } from '../shape.ts';
import { VerdictIcon } from './icons.tsx';

const rankHeads = [
  'Strategy',
  'Makespan',
  'Against lowest [95\u00A0%]',
  '× bound',
  '429s',
  'Refused',
  'p95 wait',
  'Worst org',
];

/** The ranked verdict of one scenario. */
export function Rank({ ranking, name }: { readonly ranking: Ranking; readonly name: string }) {
  return (
    <div class="rankwrap">
      <div class="scroll" tabIndex={0} role="region" aria-label={`Ranking for ${name}, scrolls sideways`}>
        <table class="rank">
          <thead>
            <tr>
              {rankHeads.map((head) => (
                <th scope="col">{head}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {ranking.groups.map(({ label, rows }) => [
              <tr class="group">
                <th colSpan={rankHeads.length} scope="colgroup">
                  <span class="gl">{label}</span>
                </th>
              </tr>,
              ...rows.map((row) => (
                <tr
                  class={[
                    row.standing === 'eligible' ? '' : row.standing === 'over budget' ? 'over' : 'failed',
                    row.isPick ? 'win' : '',
                  ]
                    .filter(Boolean)
                    .join(' ')}
                >
                  <th scope="row" title={row.strategy}>
                    <span class={`v-${row.class}`}>
                      <VerdictIcon of={row.class} label={row.word} />
                    </span>
                    {row.title}
                    {row.isProposal && <span class="proposal">the thread’s own</span>}
                  </th>
                  <td>{row.makespan}</td>
                  <td {...(row.seeds === '' ? {} : { title: `sooner, level, later by seed: ${row.seeds}` })}>
                    {row.difference}
                    {row.interval !== '' && <span class="ci">{row.interval}</span>}
                  </td>
                  <td>{row.boundRatio}</td>
                  <td>{row.rejected}</td>
                  <td>
                    <span class="wbar">
                      <span>{row.refused}</span>
                      <i style={{ width: `${Math.round(row.refusedBar * 100)}%` }} />
                    </span>
                  </td>
                  <td>{row.waitP95}</td>
                  <td>{row.worstOrg}</td>
                </tr>
              )),
            ])}
          </tbody>
        </table>
      </div>
    </div>
  );
}
