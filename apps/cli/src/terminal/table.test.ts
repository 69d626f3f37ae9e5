import { describe, expect, it } from "vitest";
import { formatTable } from "./table.js";
import { textWidth } from "./text-width.js";

describe("formatTable", () => {
  it("sets columns two spaces apart, numbers to the right", () => {
    const columns = [{ title: "name" }, { title: "score", align: "right" as const }, { title: "" }];
    expect(
      formatTable(columns, [
        ["rouge", "1.5", "PASS"],
        ["词", "12345.25", ""],
      ]),
    ).toEqual(["name      score", "rouge       1.5  PASS", "词     12345.25"]);
  });

  it("cuts the last column at the edge of the terminal", () => {
    const [, line] = formatTable([{ title: "a" }, { title: "b" }], [["x", "y".repeat(200)]]);
    expect(textWidth(line as string)).toBe(80);
    expect(line).toMatch(/…$/);
  });
});
