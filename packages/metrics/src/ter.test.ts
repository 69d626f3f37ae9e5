import { describe, expect, it } from "vitest";
import { corpusTer, sentenceTer } from "./ter.js";

describe("corpusTer", () => {
  it("divides the edits of the set by the words of its references", () => {
    expect(corpusTer(["a b c", "d"], [["a b x"], ["d"]])).toEqual({
      score: 25,
      edits: 1,
      referenceLength: 4,
      signature: "nrefs:1|case:lc|tok:tercom|norm:no|punct:yes|asian:no|version:t5ts",
    });
  });

  it("takes the reference that needs the fewest edits, and the mean of their lengths", () => {
    expect(corpusTer(["a b"], [["a b c d", "a b"]])).toMatchObject({ score: 0, edits: 0, referenceLength: 3 });
    expect(corpusTer(["a b"], [["a b c d", "a x"]])).toMatchObject({ edits: 1, referenceLength: 3 });
  });

  it("goes above 100 for texts that are too long", () => {
    expect(corpusTer(["a b c"], [["x"]]).score).toBe(300);
  });

  it("is 100 for words against nothing, and 0 for nothing against nothing", () => {
    expect([corpusTer(["a b"], [[""]]).score, corpusTer([""], [[""]]).score]).toEqual([100, 0]);
  });

  it("refuses an empty set", () => {
    expect(() => corpusTer([], [])).toThrow("corpusTer: expected at least one prediction, got none");
  });
});

describe("sentenceTer", () => {
  it("is the rate of one text", () => {
    expect(sentenceTer("d e f g h a b c", ["a b c d e f g h"]).score).toBe(100 / 8);
  });
});
