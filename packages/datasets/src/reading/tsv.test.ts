import { describe, expect, it } from "vitest";
import { bytesSource } from "./byte-source.js";
import { collect } from "./collect.js";
import { readTsv, readTsvWithoutHeader } from "./tsv.js";

describe("readTsv", () => {
  it("gives the wanted columns by name, raw", async () => {
    const source = bytesSource("a.tsv", 'en\tzh\tby\nHi.\t嗨。\tCK\n"Quoted" \t\tx\n');
    expect(await collect(readTsv(source, ["zh", "en"]))).toEqual([
      { zh: "嗨。", en: "Hi." },
      { zh: "", en: '"Quoted" ' },
    ]);
  });

  it("names a column that the header lacks", async () => {
    await expect(collect(readTsv(bytesSource("a.tsv", "en\tzh\nHi.\t嗨。"), ["en", "de"]))).rejects.toThrow(
      'a.tsv:1: expected the column "de" in the header, got "en", "zh"',
    );
  });

  it("names a row with more or fewer fields", async () => {
    await expect(collect(readTsv(bytesSource("a.tsv", "en\tzh\nHi.\t嗨。\nHi."), ["en"]))).rejects.toThrow(
      "a.tsv:3: expected 2 fields (en, zh), got 1",
    );
    await expect(collect(readTsv(bytesSource("a.tsv", "en\tzh\nHi.\t嗨。\tx"), ["en"]))).rejects.toThrow("got 3");
  });

  it("refuses a file without rows", async () => {
    for (const text of ["", "en\tzh\n"]) {
      await expect(collect(readTsv(bytesSource("a.tsv", text), ["en"]))).rejects.toThrow(
        "a.tsv: expected at least one row after the header, got none",
      );
    }
  });
});

describe("readTsvWithoutHeader", () => {
  it("gives the columns the names it's told", async () => {
    const source = bytesSource("sst2.tsv", "a fine film\t1\ndull\t0");
    expect(await collect(readTsvWithoutHeader(source, ["sentence", "label"]))).toEqual([
      { sentence: "a fine film", label: "1" },
      { sentence: "dull", label: "0" },
    ]);
  });

  it("names a row that doesn't fit, and refuses an empty file", async () => {
    await expect(collect(readTsvWithoutHeader(bytesSource("a.tsv", "x\ty"), ["text"]))).rejects.toThrow(
      "a.tsv:1: expected 1 fields (text), got 2",
    );
    await expect(collect(readTsvWithoutHeader(bytesSource("a.tsv", ""), ["text"]))).rejects.toThrow("at least one row");
  });
});
