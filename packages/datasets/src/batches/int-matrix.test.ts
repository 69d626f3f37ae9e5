import { describe, expect, it } from "vitest";
import { intMatrix, matrixRows } from "./int-matrix.js";

describe("intMatrix", () => {
  it("lays rows one after the other, filled up", () => {
    const matrix = intMatrix([[1, 2], [], Int32Array.of(3)], 3, -1);
    expect(matrix).toEqual({ rows: 3, columns: 3, data: Int32Array.of(1, 2, -1, -1, -1, -1, 3, -1, -1) });
    expect(matrixRows(matrix)).toEqual([
      [1, 2, -1],
      [-1, -1, -1],
      [3, -1, -1],
    ]);
  });

  it("names a row that is too long", () => {
    expect(() => intMatrix([[1], [1, 2]], 1, 0)).toThrow("intMatrix: rows[1]: expected at most 1 integers, got 2");
  });
});
