import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildDoubleArray, keysOf } from "./build-double-array.js";
import { hasValue, LABEL_MASK, longestKey, offsetOf } from "./double-array.js";

const texts = fc.uniqueArray(fc.string({ unit: fc.constantFrom("a", "b", "é", "日", "👍"), maxLength: 6 }), {
  maxLength: 60,
});

/** The value of a key, or -1. */
function find(trie: Int32Array, text: string): number {
  let place = 0;
  let unit = trie[0]!;
  for (const byte of new TextEncoder().encode(text)) {
    place ^= offsetOf(unit) ^ byte;
    unit = trie[place]!;
    if ((unit & LABEL_MASK) !== byte) return -1;
  }
  return hasValue(unit) ? trie[place ^ offsetOf(unit)]! & 0x7fffffff : -1;
}

describe("buildDoubleArray", () => {
  it.each([false, true])("finds the value of each key and of nothing else (sharing endings: %s)", (sharesEndings) => {
    fc.assert(
      fc.property(texts, texts, (keys, others) => {
        const trie = buildDoubleArray(
          keysOf(keys),
          keys.map((_, i) => i % 3),
          { sharesEndings },
        );
        for (const [i, key] of keys.entries()) expect(find(trie, key)).toBe(key === "" ? -1 : i % 3);
        for (const other of others) if (!keys.includes(other)) expect(find(trie, other)).toBe(-1);
      }),
    );
  });

  it("finds no key for a 0 byte", () => {
    const trie = buildDoubleArray(keysOf(["a", "ab"]), [5, 6]);
    expect([find(trie, "a\0"), find(trie, "\0")]).toEqual([-1, -1]);
  });

  it("keeps the last of equal keys and reports it", () => {
    const repeated: number[] = [];
    const trie = buildDoubleArray(keysOf(["a", "b", "a"]), [1, 2, 3], { onRepeat: (value) => repeated.push(value) });
    expect([find(trie, "a"), find(trie, "b"), repeated]).toEqual([3, 2, [3]]);
  });

  it("takes less room where endings are shared", () => {
    const keys = Array.from({ length: 500 }, (_, i) => `${i}-the-same-ending`);
    const values = keys.map(() => 7);
    const plain = buildDoubleArray(keysOf(keys), values);
    const sharing = buildDoubleArray(keysOf(keys), values, { sharesEndings: true });
    expect(sharing.length * 4).toBeLessThan(plain.length);
    expect(keys.every((key) => find(sharing, key) === 7)).toBe(true);
  });

  it("reaches nodes that are more than two million places away", () => {
    const keys = Array.from({ length: 150_000 }, (_, i) => `${Math.imul(i, 0x9e3779b1) >>> 0}:${i}:${i % 7}`);
    const trie = buildDoubleArray(keysOf(keys), Int32Array.from(keys.keys()));
    expect(trie.length).toBeGreaterThan(2 ** 21);
    expect(keys.findIndex((key, i) => i % 10 === 0 && find(trie, key) !== i)).toBe(-1);
  });
});

describe("longestKey", () => {
  it("is the length of the longest key that a text begins with", () => {
    const trie = buildDoubleArray(keysOf(["a", "ab", "abcd"]), [0, 0, 0]);
    const bytes = new TextEncoder().encode("abcabcd");
    expect([longestKey(trie, bytes, 0, 7), longestKey(trie, bytes, 3, 7), longestKey(trie, bytes, 1, 7)]).toEqual([
      2, 4, 0,
    ]);
  });
});
