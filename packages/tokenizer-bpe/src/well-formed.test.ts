import { expect, it } from "vitest";
import { wellFormed } from "./well-formed.js";

it("writes U+FFFD for halves of pairs that stand alone, and leaves whole pairs", () => {
  expect(wellFormed("a\ud83db\ude00c😀\ude00\ud83d")).toBe("a\ufffdb\ufffdc😀\ufffd\ufffd");
});
