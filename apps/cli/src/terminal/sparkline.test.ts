import { describe, expect, it } from "vitest";
import { sparkline } from "./sparkline.js";

describe("sparkline", () => {
  it("draws the least as the lowest and the most as the highest", () => {
    expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7], 8)).toBe("▁▂▃▄▅▆▇█");
    expect(sparkline([7, 0], 8)).toBe("█▁");
  });

  it("draws the means of groups where there are more values than columns", () => {
    expect(sparkline([0, 0, 7, 7, 3, 4], 3)).toBe(sparkline([0, 7, 3.5], 3));
    expect(
      sparkline(
        Array.from({ length: 1000 }, (_, i) => i),
        10,
      ),
    ).toHaveLength(10);
  });

  it("leaves a gap for what isn't a number, and draws a level line low", () => {
    expect(sparkline([0, Number.NaN, 1], 8)).toBe("▁ █");
    expect(sparkline([2, 2, 2], 8)).toBe("▁▁▁");
    expect(sparkline([Number.POSITIVE_INFINITY], 8)).toBe(" ");
    expect(sparkline([], 8)).toBe("");
  });
});
