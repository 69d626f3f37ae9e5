import { describe, expect, it } from "vitest";
import { languageName, multiTranslate, translate } from "./translate.js";

describe("translate", () => {
  it("names both languages in English", () => {
    expect(translate({ en: "Hi.", zh: "嗨。" }, "zh", "en")).toEqual({
      inputs: "translate Chinese to English: 嗨。",
      targets: "Hi.",
    });
  });

  it("names the language that the record lacks", () => {
    expect(() => translate({ en: "Hi." }, "en", "fr")).toThrow('translate: expected a text in "fr", got en');
  });
});

describe("multiTranslate", () => {
  const translations = { language: ["en", "de"], translation: ["That is good.", "Das ist gut."] };

  it("picks two of the languages, or leaves the text out", () => {
    expect(multiTranslate(translations, "de", "en")?.inputs).toBe("translate German to English: Das ist gut.");
    expect(multiTranslate(translations, "de", "sk")).toBeUndefined();
  });
});

describe("languageName", () => {
  it("knows languages by the first two letters of their code", () => {
    expect(["ro", "fr", "zh-cn"].map(languageName)).toEqual(["Romanian", "French", "Chinese"]);
  });

  it("refuses what isn't a language", () => {
    for (const code of ["xx", "", "1"]) {
      expect(() => languageName(code)).toThrow(`expected the code of a language such as "de", got "${code}"`);
    }
  });
});
