import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sentenceEnds, splitSentences } from "./split-sentences.js";

describe("splitSentences", () => {
  it("ends sentences at marks before a capital letter, a digit or a quote", () => {
    expect(splitSentences("It rained. He left! Why? 3 days passed... “So what?” she said. ‘Oh.’ Yes.")).toEqual([
      "It rained.",
      "He left!",
      "Why?",
      "3 days passed...",
      "“So what?” she said.",
      "‘Oh.’",
      "Yes.",
    ]);
  });

  it("doesn't end them after abbreviations, initials, or within numbers and names", () => {
    const sentences = [
      "Mr. Fogg and Mrs. J. R. Aouda, e.g. Dr. Watson, left the U.S. Army.",
      "See no. 5, Fig. 2 and p. 12.",
      "It costs 3.50 at example.com today.",
      "So did I.",
      "No.",
      "He came at 5 p.m.",
      "She didn't.",
    ];
    expect(splitSentences(sentences.join(" "))).toEqual(sentences);
  });

  it("knows German abbreviations and ordinals", () => {
    const sentences = ["Am 3. Mai kam Dr. Müller, z.B. mit Nr. 12 bzw. Abs. 4.", "Er sagte: „Gut.“"];
    expect(splitSentences(sentences.join(" "), "de")).toEqual(sentences);
    expect(splitSentences("Das war 1990. Dann kam er.", "de")).toEqual(["Das war 1990.", "Dann kam er."]);
  });

  it("needs no space in Chinese, and keeps closing quotes with their sentence", () => {
    const text = "“你好。”他说。今天天气很好！！我们走吧？好的……走。";
    expect(splitSentences(text, "zh")).toEqual(["“你好。”", "他说。", "今天天气很好！！", "我们走吧？", "好的……走。"]);
    expect(splitSentences(text)).toEqual(splitSentences(text, "zh"));
  });

  it("knows which quote closes where", () => {
    const german =
      "Es fand »im Freien statt.« Am 31. August bzw. 21. November 2012 folgte mehr. Siehe Abs. 4. Dann kam er.";
    expect(splitSentences(german, "de")).toEqual([
      "Es fand »im Freien statt.«",
      "Am 31. August bzw. 21. November 2012 folgte mehr.",
      "Siehe Abs. 4.",
      "Dann kam er.",
    ]);
    expect(splitSentences("Er sagte: „Ja.“ Dann ging er. »Gut.«", "de")).toEqual([
      "Er sagte: „Ja.“",
      "Dann ging er.",
      "»Gut.«",
    ]);
    expect(splitSentences("Il part. « Bien. » Elle reste. «Oui.» Fin.")).toEqual([
      "Il part.",
      "« Bien.",
      "» Elle reste.",
      "«Oui.»",
      "Fin.",
    ]);
    expect(splitSentences("He left. “Good.” She stayed.")).toEqual(["He left.", "“Good.”", "She stayed."]);
    expect(splitSentences("他来了。“好！”她说。‘是吗？’「对。」", "zh")).toEqual([
      "他来了。",
      "“好！”",
      "她说。",
      "‘是吗？’",
      "「对。」",
    ]);
  });

  it("ends a sentence at a blank line, not at the end of a line", () => {
    expect(splitSentences("Chapter 1\n\nIt was\nlate. It\n \nrained")).toEqual([
      "Chapter 1",
      "It was\nlate.",
      "It",
      "rained",
    ]);
  });

  it("takes marks of both kinds in a row for one end", () => {
    expect(splitSentences("真的！?好。")).toEqual(["真的！?", "好。"]);
  });

  it.each([" ", "\n", "\n ", ".", '."', "…!", "。", "”"])("comes to an end of a long run of %j", (piece) => {
    const sentences = splitSentences(`One. ${piece.repeat(100_000)}X Two.`);
    expect([sentences[0], sentences.at(-1)?.endsWith("Two.")]).toEqual(["One.", true]);
  });

  it("gives nothing for nothing", () => {
    expect([splitSentences(""), splitSentences(" \n\n ")]).toEqual([[], []]);
  });
});

describe("sentenceEnds", () => {
  it("rise to the end of the text, and leave nothing between", () => {
    const piece = fc.constantFrom("A", "a", "Mr", "3", ".", "!", "…", "。", "”", "“", " ", "\n", "\n\n", "你");
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const text = pieces.join("");
        const ends = sentenceEnds(text);
        expect(ends.at(-1)).toBe(text.length === 0 ? undefined : text.length);
        expect([...new Set(ends)].sort((a, b) => a - b)).toEqual(ends);
      }),
    );
  });
});
