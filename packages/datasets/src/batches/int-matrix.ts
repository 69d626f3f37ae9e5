/** Rows of integers of one length, one after the other: entry (i, j) is `data[i * columns + j]`. */
export type IntMatrix = { rows: number; columns: number; data: Int32Array };

/** The matrix with these rows, each filled up to `columns` with `filler`. */
export function intMatrix(rows: readonly ArrayLike<number>[], columns: number, filler: number): IntMatrix {
  const data = new Int32Array(rows.length * columns).fill(filler);
  for (const [i, row] of rows.entries()) {
    if (row.length > columns) {
      throw new RangeError(`intMatrix: rows[${i}]: expected at most ${columns} integers, got ${row.length}`);
    }
    data.set(row, i * columns);
  }
  return { rows: rows.length, columns, data };
}

/** The rows as lists. */
export function matrixRows({ rows, columns, data }: IntMatrix): number[][] {
  return Array.from({ length: rows }, (_, i) => Array.from(data.subarray(i * columns, (i + 1) * columns)));
}
