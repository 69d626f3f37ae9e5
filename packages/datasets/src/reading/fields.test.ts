import { describe, expect, it } from "vitest";
import { formatFields, parseFields } from "./fields.js";

describe("parseFields", () => {
  it("names fields in order or by their places", () => {
    expect(parseFields("a\tb\tc", { names: ["x", "y"] })).toEqual({ x: "a", y: "b" });
    expect(parseFields('"a",b,c', { names: ["x", "y"], columns: [2, 0], delimiter: "," })).toEqual({
      x: "c",
      y: '"a"',
    });
  });

  it("names a field that the line lacks", () => {
    expect(() => parseFields("a", { names: ["x", "y"] })).toThrow('parseFields: expected "y" in field 1, got 1 fields');
  });
});

describe("formatFields", () => {
  it("fills templates by name or place, and leaves other braces", () => {
    const formats = { inputs: "n: {numer} d: {denom} {x}", targets: "{quot}" };
    expect(formatFields({ quot: "6", denom: "7", numer: "42" }, formats)).toEqual({
      inputs: "n: 42 d: 7 {x}",
      targets: "6",
    });
    const fields = Array.from({ length: 13 }, (_, i) => `${i * i}`);
    expect(formatFields(fields, { inputs: "{12} != {2}", targets: "{0}{13}" })).toEqual({
      inputs: "144 != 4",
      targets: "0{13}",
    });
  });

  it("fills in a field as it is, even if it looks like a template", () => {
    expect(formatFields(["{1}", "$&"], { inputs: "{0}", targets: "{1}" })).toEqual({ inputs: "{1}", targets: "$&" });
  });
});
