import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildDoubleArray, keysOf } from "./build-double-array.js";
import { TAIL } from "./double-array.js";
import { NO_KEY } from "./linked-trie.js";
import { buildPieceTrie, endOfTail, findPiece, pieceTrieOf, startsOf } from "./piece-trie.js";

const texts = fc.uniqueArray(
  fc.string({ unit: fc.constantFrom("a", "b", "é", "日", "👍"), minLength: 1, maxLength: 9 }),
  { maxLength: 60 },
);

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

const find = (trie: ReturnType<typeof pieceTrieOf>, text: string): number =>
  findPiece(trie, bytesOf(text), 0, bytesOf(text).length);

describe("pieceTrieOf", () => {
  it("finds each piece and nothing else, in the middle of other text, too", () => {
    fc.assert(
      fc.property(texts, texts, (pieces, others) => {
        const trie = pieceTrieOf(pieces);
        for (const [id, piece] of pieces.entries()) {
          expect(find(trie, piece)).toBe(id);
          const around = bytesOf(`x${piece}\0y`);
          expect(findPiece(trie, around, 1, around.length - 2)).toBe(id);
        }
        for (const other of others) if (!pieces.includes(other)) expect(find(trie, other)).toBe(-1);
      }),
    );
  });

  it("has no nodes for tails", () => {
    const pieces = Array.from({ length: 500 }, (_, i) => `${i}-an-ending-of-${i * i}`);
    const plain = buildDoubleArray(keysOf(pieces), Int32Array.from(pieces.keys()));
    expect(pieceTrieOf(pieces).units.length * 4).toBeLessThan(plain.length);
  });
});

describe("buildPieceTrie", () => {
  it("leaves out what has no id, and reports what is there twice", () => {
    const pieces = keysOf(["abc", "abd", "abc", "abd"]);
    const repeated: number[] = [];
    const onRepeat = (id: number): void => void repeated.push(id);
    const trie = buildPieceTrie(pieces, startsOf(pieces, 4), Int32Array.of(0, NO_KEY, 2, 3), { onRepeat });
    expect([find(trie, "abc"), find(trie, "abd"), repeated]).toEqual([2, 3, [2]]);
  });
});

describe("endOfTail", () => {
  it("is where the piece ends, unless the text ends or goes on otherwise", () => {
    const trie = pieceTrieOf(["abcd", "b"]);
    const text = bytesOf("abcdabcabx");
    expect([0, 4, 7].map((start) => endOfTail(trie, TAIL, text, start, start + 1, text.length))).toEqual([4, -1, -1]);
    expect(endOfTail(trie, TAIL, text, 0, 1, 3)).toBe(-1);
  });
});
