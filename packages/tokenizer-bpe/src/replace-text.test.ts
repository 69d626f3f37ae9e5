import fc from "fast-check";
import { expect, it } from "vitest";
import { replaceText } from "./replace-text.js";
import { hardText } from "./testing/hard-texts.js";

it("does what replaceAll does, dollar signs included", () => {
  const short = fc.constantFrom(" ", "a", "▁", "😀", "$&", "ab", "");
  fc.assert(
    fc.property(hardText, short, short, (text, from, to) => {
      expect(replaceText(text, from, to)).toBe(text.replaceAll(from, () => to));
    }),
  );
});

it("replaces in long texts", () => {
  expect(replaceText("a b ".repeat(10_000), " ", "▁")).toBe("a▁b▁".repeat(10_000));
});
