import { describe, expect, it } from "vitest";
import { parseTextSpans, textSpanF1 } from "./text-span-f1.js";

describe("parseTextSpans", () => {
  it("reads types and texts", () => {
    expect(parseTextSpans(" PER:rick  $$ LOC : the garage")).toEqual([
      { type: "PER", text: "rick" },
      { type: "LOC", text: "the garage" },
    ]);
  });

  it("leaves out what has no colon, or several", () => {
    expect(parseTextSpans("none $$ TIME: 10:30 $$ PER: a$$b")).toEqual([{ type: "PER", text: "a$$b" }]);
  });
});

describe("textSpanF1", () => {
  it("counts an entity as often as it is on both sides", () => {
    expect(textSpanF1(["PER: a"], ["PER: a $$ PER: a"])).toMatchObject({ precision: 1, recall: 0.5, f1: 2 / 3 });
    expect(textSpanF1(["PER: a $$ PER: a"], ["PER: a"])).toMatchObject({ precision: 0.5, recall: 1, f1: 2 / 3 });
  });

  it("doesn't look for an entity in another example", () => {
    expect(textSpanF1(["PER: a", "PER: b"], ["PER: b", "PER: a"]).f1).toBe(0);
  });
});
