import { expect, it } from "vitest";
import { xnli } from "./natural-language-inference.js";

it("xnli names premise and hypothesis; the label's number is the target", () => {
  expect(xnli({ premise: "It rains.", hypothesis: "It's wet.", label: 0 })).toEqual({
    inputs: "xnli: premise: It rains. hypothesis: It's wet.",
    targets: "0",
  });
});
