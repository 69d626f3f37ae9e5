import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ByteSource, bytesSource } from "./byte-source.js";
import { collect } from "./collect.js";
import { openDecompressed } from "./gunzip.js";

const TEXT = "Alice was beginning to get very tired.\n".repeat(500);

describe("openDecompressed", () => {
  it("tells gzip from plain bytes by what they are, however they come in chunks", async () => {
    const gzip = gzipSync(TEXT);
    const plain = Buffer.from(TEXT);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1 }), async (sizes) => {
        expect(await readAll(inChunks("a.gz", gzip, sizes))).toBe(TEXT);
        expect(await readAll(inChunks("a.txt", plain, sizes))).toBe(TEXT);
      }),
      { numRuns: 20 },
    );
  });

  it("reads nothing, and one byte", async () => {
    expect(await readAll(bytesSource("a", ""))).toBe("");
    expect(await readAll(bytesSource("a", "x"))).toBe("x");
  });

  it("holds a name that ends in .gz to its word", async () => {
    await expect(readAll(bytesSource("books/a.gz", "The"))).rejects.toThrow(
      "books/a.gz: expected gzip, which begins with the bytes 1f 8b, got 54 68",
    );
  });

  it("refuses gzip that is cut short or damaged", async () => {
    const gzip = gzipSync(Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * i * 7919) % 251)));
    for (const length of [2, 15, gzip.length >> 1, gzip.length - 1]) {
      await expect(readAll(bytesSource("a.gz", gzip.subarray(0, length)))).rejects.toThrow(
        "a.gz: the gzip data are cut short or damaged",
      );
    }
    const damaged = Uint8Array.from(gzip);
    damaged[gzip.length >> 1]! ^= 0xff;
    await expect(readAll(bytesSource("a.gz", damaged))).rejects.toThrow("cut short or damaged");
  });

  it("passes on the error of the source", async () => {
    const source: ByteSource = {
      name: "a.gz",
      async *open() {
        yield gzipSync(TEXT).subarray(0, 40);
        throw new Error("the disk is gone");
      },
    };
    await expect(readAll(source)).rejects.toThrow("the disk is gone");
  });

  it("stops the source when reading stops early", async () => {
    let isClosed = false;
    const source: ByteSource = {
      name: "a.gz",
      async *open() {
        try {
          for (const chunk of inChunks("", gzipSync(Buffer.from(RANDOM)), [100]).chunks) yield chunk;
        } finally {
          isClosed = true;
        }
      },
    };
    for await (const _ of openDecompressed(source)) break;
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(isClosed).toBe(true);
  });
});

const RANDOM = Uint8Array.from({ length: 300_000 }, (_, i) => Math.imul(i, 0x9e3779b1) >>> 24);

function inChunks(name: string, bytes: Uint8Array, sizes: number[]): ByteSource & { chunks: Uint8Array[] } {
  const chunks: Uint8Array[] = [];
  for (let start = 0, i = 0; start < bytes.length; start += sizes[i++ % sizes.length]!) {
    chunks.push(bytes.subarray(start, start + sizes[i % sizes.length]!));
  }
  return {
    name,
    chunks,
    async *open() {
      yield* chunks;
    },
  };
}

async function readAll(source: ByteSource): Promise<string> {
  return Buffer.concat(await collect(openDecompressed(source))).toString();
}
