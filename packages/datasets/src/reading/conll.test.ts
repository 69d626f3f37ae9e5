import { describe, expect, it } from "vitest";
import { bytesSource } from "./byte-source.js";
import { collect } from "./collect.js";
import { CONLL_U, type ConllColumns, IOB2, readConll, TOKEN_TAG } from "./conll.js";

describe("readConll", () => {
  it("reads token and tag, divided by a tab or by spaces; a token can be #", async () => {
    expect(await read("#\tO\nEmpire Building\tB-location\n\n\nin  O\nParis B-LOC", TOKEN_TAG)).toEqual([
      { words: ["#", "Empire Building"], tags: ["O", "B-location"] },
      { words: ["in", "Paris"], tags: ["O", "B-LOC"] },
    ]);
  });

  it("reads IOB2 with numbers and comments", async () => {
    expect(await read("# text = in tampa bay\n1\tin\tO\n2\ttampa\tB-LOC\n3\tbay\tI-LOC\n", IOB2)).toEqual([
      { words: ["in", "tampa", "bay"], tags: ["O", "B-LOC", "I-LOC"] },
    ]);
  });

  it("reads CoNLL-U without its multiword tokens and empty nodes", async () => {
    const rows = [
      "# sent_id = 1",
      "1-2\tim\t_\t_",
      "1\tin\tin\tADP",
      "2\tdem\tder\tDET",
      "2.1\tx\tx\tX",
      "3\tHaus\tHaus\tNOUN",
    ];
    expect(await read(rows.join("\n"), CONLL_U)).toEqual([
      { words: ["in", "dem", "Haus"], tags: ["ADP", "DET", "NOUN"] },
    ]);
  });

  it("divides by spaces and tabs alone, whatever else is white space elsewhere", async () => {
    const text = "\u00a0 O\n\u3000 B-X\na\u00a0b I-X\n\u00a0\tO\n";
    const [sentence] = await collect(readConll(bytesSource("s.txt", text), TOKEN_TAG));
    expect(sentence).toEqual({ words: ["\u00a0", "\u3000", "a\u00a0b", "\u00a0"], tags: ["O", "B-X", "I-X", "O"] });
  });

  it("passes over the marks between documents", async () => {
    const text = "-DOCSTART- O\n\nEU B-ORG\n\n-DOCSTART- O\n\nPeter B-PER\n";
    const sentences = await collect(readConll(bytesSource("s.txt", text), TOKEN_TAG));
    expect(sentences.map(({ words }) => words)).toEqual([["EU"], ["Peter"]]);
  });

  it("names a line with too few columns", async () => {
    await expect(read("1\tin\tO\n2\ttampa\n", IOB2)).rejects.toThrow(
      'x.conll:2: expected at least 3 columns, a word in column 1 and its tag in column 2, got 2: "2\\ttampa"',
    );
  });

  it("refuses a file without a sentence", async () => {
    await expect(read("# nothing\n\n", IOB2)).rejects.toThrow("x.conll: expected at least one sentence, got none");
  });
});

function read(text: string, columns: ConllColumns): Promise<unknown[]> {
  return collect(readConll(bytesSource("x.conll", text), columns));
}
