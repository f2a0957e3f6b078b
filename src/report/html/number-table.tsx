/** The numbers behind a chart, folded away. */
import type { Table } from '../shape.ts';

/** A `<details>` with a table, closed unless `open`; `text`: all columns are text. */
export function NumberTable({
  summary,
  table,
  text,
  open,
}: {
  readonly summary: string;
  readonly table: Table;
  readonly text?: boolean;
  readonly open?: boolean;
}) {
  return (
    <details open={open === true}>
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
