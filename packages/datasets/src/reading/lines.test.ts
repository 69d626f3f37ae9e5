import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ByteSource, bytesSource } from "./byte-source.js";
import { collect } from "./collect.js";
import { readLines } from "./lines.js";

describe("readLines", () => {
  it("gives the lines of a text that comes in any chunks", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.string({ unit: "binary" }).map((line) => line.replace(/[\n\r\ufeff]/g, "ß")),
          { minLength: 1 },
        ),
        fc.integer({ min: 1, max: 7 }),
        async (lines, chunkSize) => {
          const source = inChunks(new TextEncoder().encode(`${lines.join("\n")}\n`), chunkSize);
          const read = await collect(readLines(source));
          expect(read).toEqual(lines.map((text, i) => ({ number: i + 1, text })));
        },
      ),
      { numRuns: 40 },
    );
  });

  it("knows LF, CRLF, a last line without an end and a byte order mark", async () => {
    expect(await texts("\ufeffone\r\ntwo\n\nfour")).toEqual(["one", "two", "", "four"]);
    expect(await texts("one\n\ufefftwo")).toEqual(["one", "\ufefftwo"]);
    expect(await texts("")).toEqual([]);
  });

  it("reads gzip", async () => {
    expect(await collect(readLines(bytesSource("a.txt.gz", gzipSync("你好\n世界"))))).toEqual([
      { number: 1, text: "你好" },
      { number: 2, text: "世界" },
    ]);
  });

  it("names the line and the bytes that aren't UTF-8, after the lines before", async () => {
    const bytes = Uint8Array.from([0x61, 0x0a, 0xc3, 0xa9, 0x0a, 0x62, 0xff, 0xfe, 0x63, 0x0a, 0x64]);
    for (const chunkSize of [1, 3, 100]) {
      await expect(collect(readLines(inChunks(bytes, chunkSize)))).rejects.toThrow(
        "text.txt:3: expected UTF-8, got the bytes ff fe 63",
      );
    }
    await expect(texts(Uint8Array.from([0x61, 0x0a, 0xe4, 0xbd]))).rejects.toThrow("text.txt:2: expected UTF-8");
  });

  it("gives the lines before the one that isn't UTF-8, whatever the chunks", async () => {
    const bytes = Uint8Array.from([0xef, 0xbb, 0xbf, 0x61, 0x0d, 0x0a, 0x62, 0x0a, 0xff, 0x0a, 0x63]);
    for (const chunkSize of [1, 2, 5, 100]) {
      const seen: string[] = [];
      const read = async (): Promise<void> => {
        for await (const { text } of readLines(inChunks(bytes, chunkSize))) seen.push(text);
      };
      await expect(read()).rejects.toThrow("text.txt:3: expected UTF-8, got the bytes ff");
      expect(seen).toEqual(["a", "b"]);
    }
  });

  it("finds an invalid byte of a long line at once", async () => {
    for (const position of [0, 1, 7_000_001, 15_999_999]) {
      const bytes = new Uint8Array(16_000_000).fill(0x61);
      bytes.set(new TextEncoder().encode("é"), 5_000_000);
      bytes[position] = 0xff;
      await expect(texts(bytes)).rejects.toThrow("text.txt:1: expected UTF-8, got the bytes ff");
    }
  });

  it("refuses a line without end, also one that is small before it's decompressed", async () => {
    const zeros = gzipSync(new Uint8Array(3_000_000));
    const read = readLines(bytesSource("zeros.gz", zeros), { maxLineBytes: 1_000_000 });
    await expect(collect(read)).rejects.toThrow(
      "zeros.gz:1: expected a line of at most 1000000 bytes, got a longer one",
    );
    const short = readLines(inChunks(new TextEncoder().encode("abc\nab\nabc"), 2), { maxLineBytes: 3 });
    expect((await collect(short)).map(({ text }) => text)).toEqual(["abc", "ab", "abc"]);
  });
});

function inChunks(bytes: Uint8Array, size: number): ByteSource {
  return {
    name: "text.txt",
    async *open() {
      for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
    },
  };
}

async function texts(bytes: Uint8Array | string): Promise<string[]> {
  return (await collect(readLines(bytesSource("text.txt", bytes)))).map(({ text }) => text);
}
