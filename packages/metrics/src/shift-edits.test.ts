import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countEdits, sumOfEdits } from "./edit-distance.js";
import { countEditsWithShifts } from "./shift-edits.js";

const count = (predicted: string, wanted: string): number =>
  countEditsWithShifts(predicted.split(" ").filter(Boolean), wanted.split(" ").filter(Boolean));

describe("countEditsWithShifts", () => {
  it("moves a run of words at the cost of one edit", () => {
    expect(count("d e f g h a b c", "a b c d e f g h")).toBe(1);
    expect(count("a b c x y", "x y a b c")).toBe(1);
  });

  it("counts a move and what is wrong besides", () => {
    // Snover's example: one move, one insertion, two substitutions.
    expect(
      count(
        "this week the saudis denied information published in the new york times",
        "saudi arabia denied this week information published in the american new york times",
      ),
    ).toBe(4);
  });

  it("counts plain edits where nothing has moved", () => {
    expect(count("the cat sat", "the dog sat down")).toBe(2);
  });

  it("counts all words of one side if the other is empty", () => {
    expect([count("a b", ""), count("", "a b"), count("", "")]).toEqual([2, 2, 0]);
  });

  it("looks for matches near the diagonal only, however different the lengths", () => {
    const gap = Array<string>(100).fill("x");
    expect(countEditsWithShifts(["a"], [...gap, "a", ...gap])).toBe(200);
    // Of three words in their order two are too far off to be found: 302 in sacrebleu too, where 300 would do.
    expect(countEditsWithShifts(["a", "b", "c"], [...gap, "a", ...gap, "b", ...gap, "c"])).toBe(302);
  });

  it("is 0 only for the same words, and never more than the edits without moves", () => {
    const words = fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 10 });
    fc.assert(
      fc.property(words, words, (predicted, wanted) => {
        const edits = countEditsWithShifts(predicted, wanted);
        expect(edits).toBeLessThanOrEqual(sumOfEdits(countEdits(predicted, wanted)));
        expect(edits === 0).toBe(predicted.join() === wanted.join());
      }),
    );
  });

  it("gives up a search that is too long, in bounded time", () => {
    const same = Array<string>(200).fill("x");
    const others = Array.from({ length: 200 }, (_, i) => (i % 2 ? "x" : `y${i}`));
    expect(countEditsWithShifts(same, others)).toBe(100);
  });
});
