import { describe, expect, it } from "vitest";
import { findMetric, METRICS, metricSignature } from "./metric.js";

const names = Object.keys(METRICS);

describe("METRICS", () => {
  it.each(names)("%s refuses an empty set and unequal lengths", (name) => {
    expect(() => findMetric(name)([], [])).toThrow("expected at least one prediction, got none");
    expect(() => findMetric(name)(["1", "2"], [["1"]])).toThrow("expected as many references as predictions");
    expect(() => findMetric(name)(["1", "2"], [["1"], []])).toThrow("references[1]: expected at least one, got none");
  });

  it("gives its best score to predictions that are their references", () => {
    const texts: Record<string, string[]> = {
      pearson_corrcoef: ["1", "2.5", "7"],
      spearman_corrcoef: ["1", "2.5", "7"],
      span_f1: ["B-A I-A O", "O", "B-B"],
      text_span_f1: ["PER: a $$ LOC: b", "none", "PER: c"],
    };
    const lowIsBest = ["ter", "wer", "cer", "min_edit", "max_edit", "mean_edit", "median_edit", "sum_edit"];
    for (const name of names) {
      const predictions = texts[name] ?? ["the first whole text", "a second text , longer", "the first whole text"];
      const scores = findMetric(name)(
        predictions,
        predictions.map((text) => [text]),
      );
      for (const [key, score] of Object.entries(scores)) {
        expect(score, `${name}: ${key}`).toBeCloseTo(lowIsBest.includes(key) ? 0 : 100, 9);
      }
    }
  });

  it("takes several references where the measure knows several, and refuses them elsewhere", () => {
    const several = names.filter((name) => {
      try {
        return findMetric(name)(["1 2 3 4", "5 6 7 8"], [["9", "1 2 3 4"], ["5 6 7 8"]]) !== undefined;
      } catch (error) {
        expect(String(error)).toContain("references[0]: expected exactly one, got 2");
        return false;
      }
    });
    expect(several.filter((name) => !name.startsWith("mlqa_"))).toEqual(
      "exact_match squad trivia_qa coqa rouge rouge_unicode rouge_zh rouge_stemmed bleu bleu_13a chrf chrf++ ter".split(
        " ",
      ),
    );
  });

  it("counts labels that no reference has as wrong, all of them as one class", () => {
    const references = [["yes"], ["yes"], ["no"], ["no"]];
    const predictions = ["yes", "perhaps", "no", "maybe"];
    expect(METRICS.accuracy!(predictions, references)).toEqual({ accuracy: 50 });
    expect(METRICS.macro_f1!(predictions, references)).toEqual({ macro_f1: expect.closeTo(200 / 3, 9) });
    // (2·4 − (2·1 + 2·1))/√((16 − 6)(16 − 8)).
    expect(METRICS.matthews_corrcoef!(predictions, references)).toEqual({
      matthews_corrcoef: expect.closeTo(400 / Math.sqrt(80), 9),
    });
  });

  it("takes a prediction that is no number for −1, and refuses such a reference", () => {
    expect(METRICS.spearman_corrcoef!(["none", "0", "5"], [["1"], ["2"], ["3"]]).spearman_corrcoef).toBeCloseTo(100, 9);
    expect(() => METRICS.pearson_corrcoef!(["1", "2"], [["1"], ["x"]])).toThrow(
      'pearson_corrcoef: references[1]: expected a number, got "x"',
    );
  });

  it("cuts and fills predicted tags to the length of the reference", () => {
    const references = [["B-A I-A O B-B"], ["O O"]];
    expect(METRICS.span_f1!(["B-A I-A", "O O B-A B-A"], references)).toEqual({
      precision: 100,
      recall: 50,
      f1: expect.closeTo(200 / 3, 9),
    });
  });

  it("reports BLEU as T5 does, and as sacrebleu does by default under another name", () => {
    const [predictions, references] = [["“a b c d”"], [["a b c d"]]];
    const { bleu } = METRICS.bleu!(predictions, references);
    expect(bleu).not.toBeCloseTo(METRICS.bleu_13a!(predictions, references).bleu!, 1);
    expect(metricSignature("bleu", references)).toContain("|tok:intl|");
    expect(metricSignature("bleu_13a", references)).toContain("|tok:13a|");
  });
});

describe("findMetric", () => {
  it("lists the names if it doesn't know one", () => {
    expect(() => findMetric("belu")).toThrow(/^findMetric: expected one of exact_match, .*, text_span_f1, got "belu"$/);
    expect(() => findMetric("toString")).toThrow('got "toString"');
  });
});

describe("metricSignature", () => {
  it("is there for the metrics of translations", () => {
    const signed = names.filter((name) => metricSignature(name, [["a"]]) !== undefined);
    expect(signed).toEqual(["bleu", "bleu_13a", "chrf", "chrf++", "ter"]);
    expect(metricSignature("chrf++", [["a"]])).toBe("nrefs:1|case:mixed|eff:yes|nc:6|nw:2|space:no|version:t5ts");
  });

  it("refuses unknown names", () => {
    expect(() => metricSignature("belu", [])).toThrow('got "belu"');
  });
});
