import { describe, expect, it } from "vitest";
import { glue, stsb, stsbLabel } from "./glue.js";

const RECORD = { q2: "Why not?", q1: "How so?", idx: 10, label: 0 };
const labelNames = ["not_duplicate", "duplicate"];

describe("glue", () => {
  it("names each field, in the order of names or the one asked for", () => {
    expect(glue("qqp", RECORD, { labelNames })).toEqual({
      inputs: "qqp q1: How so? q2: Why not?",
      targets: "not_duplicate",
    });
    expect(glue("qqp", RECORD, { labelNames, featureNames: ["q2"] }).inputs).toBe("qqp q2: Why not?");
  });

  it("says <unk> for a hidden label", () => {
    expect(glue("qqp", { ...RECORD, label: -1 }, { labelNames }).targets).toBe("<unk>");
  });

  it("takes MultiRC's marks out", () => {
    const record = { paragraph: "<b>Sent 1: </b>Once.<br><b>Sent 2: </b>Joey.", label: 1, idx: { paragraph: 5 } };
    expect(glue("multirc", record, { labelNames: ["False", "True"] })).toEqual({
      inputs: "multirc paragraph: Sent 1: Once. Sent 2: Joey.",
      targets: "True",
    });
  });

  it("names a field that isn't there, and a label without a name", () => {
    expect(() => glue("qqp", RECORD, { labelNames, featureNames: ["q3"] })).toThrow(
      'glue: qqp: expected a text in the field "q3", got undefined',
    );
    expect(() => glue("qqp", { ...RECORD, label: 2 }, { labelNames })).toThrow(
      "qqp: label: expected -1 or an integer below 2, got 2",
    );
  });
});

describe("stsb", () => {
  it("rounds the similarity to fifths in float32, halves to even", () => {
    const labels = [0, 1, 1.66, 1.7, 2.333, 2.8, 3.15, 3.3, 4.9, 5];
    // 1.7 · 5 is 8.5 in float32, and goes down to 8; 3.3 · 5 is 16.5, down to 16; 4.9 · 5 is 24.5, down to 24.
    const texts = ["0.0", "1.0", "1.6", "1.6", "2.4", "2.8", "3.2", "3.2", "4.8", "5.0"];
    expect(labels.map(stsbLabel)).toEqual(texts);
  });

  it("names its sentences", () => {
    expect(stsb({ sentence1: "Big news.", sentence2: "No idea.", label: 2.8 })).toEqual({
      inputs: "stsb sentence1: Big news. sentence2: No idea.",
      targets: "2.8",
    });
  });
});
