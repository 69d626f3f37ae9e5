import { expect, it } from "vitest";
import { wellFormed } from "./well-formed.js";

it("writes U+FFFD for halves of pairs that stand alone, and leaves whole pairs", () => {
  expect(wellFormed("a\ud83db\ude00c😀\ude00\ud83d")).toBe("a\ufffdb\ufffdc😀\ufffd\ufffd");
});

it("does the same where the language doesn't have it yet", () => {
  const { toWellFormed } = String.prototype as { toWellFormed?: unknown };
  try {
    Object.assign(String.prototype, { toWellFormed: undefined });
    expect(wellFormed("a\ud83db\ude00c😀\ude00\ud83d")).toBe("a\ufffdb\ufffdc😀\ufffd\ufffd");
  } finally {
    Object.assign(String.prototype, { toWellFormed });
  }
});
