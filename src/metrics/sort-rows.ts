/** Sorts rows in place by a column of times, ties by row, and returns them. Rows that are in order already cost one look. */
export function sortRows(rows: Int32Array, timeMs: Float64Array): Int32Array {
  for (let index = 1; index < rows.length; index++) {
    if (timeMs[rows[index - 1]!]! > timeMs[rows[index]!]!) {
      return rows.sort((a, b) => timeMs[a]! - timeMs[b]! || a - b);
    }
  }
  return rows;
}
