/** The numbers behind a chart, folded away. */
import type { Table } from '../shape.ts';

/** A closed `<details>` with a table; `text`: all columns are text. */
export function NumberTable({
  summary,
  table,
  text,
}: {
  readonly summary: string;
  readonly table: Table;
  readonly text?: boolean;
}) {
  return (
    <details>
      <summary>{summary}</summary>
      <div class="scroll" tabIndex={0} role="region" aria-label={summary}>
        <table class={text ? 'words' : ''}>
          <thead>
            <tr>
              {table.columns.map((column) => (
                <th scope="col">{column}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {table.rows.map((row) => (
              <tr>{row.map((cell, index) => (index === 0 ? <th scope="row">{cell}</th> : <td>{cell}</td>))}</tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
