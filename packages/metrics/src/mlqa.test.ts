import { describe, expect, it } from "vitest";
import { type MlqaLanguage, mlqa, normalizeMlqa } from "./mlqa.js";

describe("normalizeMlqa", () => {
  it.each<[MlqaLanguage, string, string]>([
    ["en", "The “Theatre”, a play", "theatre play"],
    ["es", "¿La casa y los perros?", "casa y perros"],
    ["de", "Der Hund und das Dasein", "hund und dasein"],
    ["vi", "những con mèo của là", "con mèo"],
    ["hi", "the राम।", "the राम"],
    ["ar", "الكتاب في البيت؟", "كتاب في بيت"],
    ["zh", "北京 is，中国的capital。", "北 京 is 中 国 的 capital"],
  ])("drops what is an article in %s, and punctuation of every script", (language, text, expected) => {
    expect(normalizeMlqa(text, language)).toBe(expected);
  });

  it("names the languages", () => {
    expect(() => normalizeMlqa("x", "fr" as MlqaLanguage)).toThrow(
      'normalizeMlqa: language: expected one of ar, de, en, es, hi, vi, zh, got "fr"',
    );
  });
});

describe("mlqa", () => {
  it("counts each ideograph as a word", () => {
    // 北 and 京 of 北, 京, 市: precision 1, recall 2/3.
    expect(mlqa(["北京"], [["北京市"]], "zh").f1).toBeCloseTo(80, 12);
  });
});
