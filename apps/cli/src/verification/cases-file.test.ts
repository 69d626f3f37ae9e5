import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parseCases } from "./cases-file.js";

const FIXTURE = new URL("../../../../packages/t5-model/fixtures/asymmetric-depth/cases.json", import.meta.url);
const TEXT = readFileSync(fileURLToPath(FIXTURE), "utf8");

describe("parseCases", () => {
  it("takes the cases of the fixtures as they are", () => {
    expect(parseCases("cases.json", TEXT)).toEqual(JSON.parse(TEXT).cases);
  });

  it("takes a case with nothing but an input and what is generated from it", () => {
    const cases = [{ input_ids: [[3, 1]], expected: { greedy: [[0, 3, 1]] } }];
    expect(parseCases("cases.json", JSON.stringify({ cases }))).toEqual(cases);
  });

  it("takes quantities that nothing here computes, in whatever form", () => {
    const cases = [{ input_ids: [[3, 1]], expected: { contrastive: { any: "thing" } } }];
    expect(parseCases("cases.json", JSON.stringify({ cases }))).toEqual(cases);
  });

  // biome-ignore lint/suspicious/noExplicitAny: whatever is in the file
  const damages: [string, (json: any) => void, RegExp][] = [
    ["no cases", (json) => (json.cases = []), /cases: expected a list of at least one case, got \[\]/],
    [
      "no input",
      ({ cases }) => delete cases[0].input_ids,
      /cases\[0\]\.input_ids: expected rows of integers .*, got nothing/,
    ],
    [
      "ragged rows",
      ({ cases }) => cases[1].input_ids[0].pop(),
      /cases\[1\]\.input_ids\[1\]: expected 13 integers, got \[/,
    ],
    [
      "ids that are text",
      ({ cases }) => (cases[0].input_ids[0][2] = "x"),
      /cases\[0\]\.input_ids\[0\]: expected integers, got "x"/,
    ],
    [
      "labels of other rows",
      ({ cases }) => cases[0].labels.push(cases[0].labels[0]),
      /cases\[0\]\.labels: expected 1 rows/,
    ],
    [
      "a slip in a field's name",
      ({ cases }) => {
        cases[1].atention_mask = cases[1].attention_mask;
        delete cases[1].attention_mask;
      },
      /cases\[1\]\.atention_mask: expected "attention_mask", got "atention_mask"/,
    ],
    [
      "nothing expected",
      ({ cases }) => delete cases[2].expected,
      /cases\[2\]\.expected: expected an object, got nothing/,
    ],
    [
      "a loss that is text",
      ({ cases }) => (cases[0].expected.loss = "low"),
      /cases\[0\]\.expected\.loss: expected a number, got "low"/,
    ],
    [
      "logits that are flat",
      ({ cases }) => (cases[0].expected.logits = [1]),
      /logits\[0\]: expected numbers in lists, 2 deep, got 1/,
    ],
    [
      "a loss without labels",
      ({ cases }) => delete cases[0].labels,
      /expected\.loss: expected labels beside it in the case/,
    ],
  ];
  for (const [name, damage, message] of damages) {
    it(`names ${name}`, () => {
      const json: unknown = JSON.parse(TEXT);
      damage(json);
      expect(() => parseCases("a/cases.json", JSON.stringify(json))).toThrow(message);
      expect(() => parseCases("a/cases.json", JSON.stringify(json))).toThrow(/^a\/cases\.json: /);
    });
  }

  it("names a file that isn't JSON, or no object", () => {
    expect(() => parseCases("cases.json", "{")).toThrow(/^cases\.json: expected JSON: /);
    expect(() => parseCases("cases.json", "null")).toThrow("cases.json: cases: expected a list of at least one case");
  });
});
