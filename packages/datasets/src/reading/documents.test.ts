import { describe, expect, it } from "vitest";
import { bytesSource } from "./byte-source.js";
import { collect } from "./collect.js";
import { readDocuments, readParagraphs, readTextLines } from "./documents.js";

const TEXT = "\n Chapter 1 \nIt rained.\n\n\n  \nChapter 2\nIt didn’t.\n";

describe("readers of text", () => {
  it("give lines, paragraphs and documents", async () => {
    const source = bytesSource("book.txt", TEXT);
    expect(await collect(readTextLines(source))).toEqual(["Chapter 1", "It rained.", "Chapter 2", "It didn’t."]);
    expect(await collect(readParagraphs(source))).toEqual(["Chapter 1 It rained.", "Chapter 2 It didn’t."]);
    expect(await collect(readDocuments(source))).toEqual([
      ["Chapter 1", "It rained."],
      ["Chapter 2", "It didn’t."],
    ]);
  });

  it("refuse a text without a line", async () => {
    for (const read of [readTextLines, readParagraphs, readDocuments]) {
      await expect(collect<unknown>(read(bytesSource("book.txt", " \n\n")))).rejects.toThrow(
        "book.txt: expected at least one line of text, got none",
      );
    }
  });
});
