import { expect, it } from "vitest";
import { summarize } from "./summarize.js";

it("summarize puts T5's prefix before the article", () => {
  expect(summarize("An article.", "A summary.")).toEqual({ inputs: "summarize: An article.", targets: "A summary." });
});
