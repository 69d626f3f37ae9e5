import { describe, expect, it } from "vitest";
import { spanF1 } from "./span-f1.js";

const tags = (text: string): string[] => text.split(" ");

describe("spanF1", () => {
  it("counts a span only with its type and both ends", () => {
    const { byType, ...all } = spanF1([tags("B-A I-A O B-B"), tags("B-A O")], [tags("B-A I-A O B-A"), tags("B-A I-A")]);
    // Right: the first A. Predicted: A, B, A. Wanted: A, A, A.
    expect(all).toEqual({
      truePositive: 1,
      predicted: 3,
      target: 3,
      precision: 1 / 3,
      recall: 1 / 3,
      f1: expect.closeTo(1 / 3, 15),
    });
    expect(byType).toEqual({
      A: { truePositive: 1, predicted: 2, target: 3, precision: 0.5, recall: 1 / 3, f1: 0.4 },
      B: { truePositive: 0, predicted: 1, target: 0, precision: 0, recall: 0, f1: 0 },
    });
  });

  it("reads schemes that mark ends strictly: a span without its end is none", () => {
    expect(spanF1([tags("B I S")], [tags("B E S")])).toMatchObject({ precision: 1, recall: 0.5, f1: 2 / 3 });
    expect(spanF1([["S-PER"]], [["S-PER"]])).toMatchObject({ truePositive: 1, predicted: 1, target: 1, f1: 1 });
  });

  it("knows the scheme of a sentence from the others", () => {
    // By itself the second prediction would be IOB, and a span.
    expect(spanF1([tags("S-A"), tags("B-A I-A")], [tags("S-A"), tags("B-A E-A")])).toMatchObject({ predicted: 1 });
  });

  it("is 0 where there are no spans at all", () => {
    expect(spanF1([["O"]], [["O"]])).toMatchObject({ precision: 0, recall: 0, f1: 0, byType: {} });
  });

  it("refuses sentences with other numbers of tags", () => {
    expect(() => spanF1([["O"]], [["O", "O"]])).toThrow("spanF1: predictions[0]: expected 2 tags, got 1");
  });
});
