/** Plain tables for the terminal. */
import stringWidth from 'string-width';

/** Aligns columns two spaces apart; `right` lists the columns to align right. Lines carry no trailing spaces. */
export function textTable(rows: readonly (readonly string[])[], right: readonly number[] = []): string {
  const widths: number[] = [];
  for (const row of rows)
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, stringWidth(cell));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => {
        const gap = ' '.repeat((widths[column] ?? 0) - stringWidth(cell));
        return right.includes(column) ? gap + cell : cell + gap;
      })
      .join('  ')
      .trimEnd(),
  );
  return lines.map((line) => `${line}\n`).join('');
}
