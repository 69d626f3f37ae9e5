import { describe, expect, it } from "vitest";
import { describeSpelling, type Encoding, encodeMarks, joinEncodings } from "./encoding.js";
import { SpelledText } from "./spelled-text.js";

const marks = encodeMarks([7, 8], ["<s>", "</s>"], 1, 1);
const padding = encodeMarks([0], ["<pad>"], 0, 0);

/** Of a text of `count` ids and an end mark. */
function describeCount(count: number): Encoding {
  const spelled = new SpelledText();
  for (let i = 0; i < count; i++) spelled.add(i % 2, i, i + 1, i >> 1);
  spelled.add(2, 0, 0, -1);
  const { items, length } = spelled;
  const parts = [
    { sequence: 0, typeId: 0 },
    { ids: [2], typeId: 1 },
  ] as const;
  const encoding = describeSpelling({
    items,
    length,
    parts,
    partEnds: [count, length],
    vocabulary: ["a", "b", "</s>"],
  });
  items.fill(0); // as the next text does
  return encoding;
}

describe("describeSpelling", () => {
  it("lists what was spelled", () => {
    expect(describeCount(3)).toEqual({
      ids: [0, 1, 0, 2],
      pieces: ["a", "b", "a", "</s>"],
      offsets: [
        [0, 1],
        [1, 2],
        [2, 3],
        [0, 0],
      ],
      wordIds: [0, 0, 1, null],
      sequenceIds: [0, 0, 0, null],
      typeIds: [0, 0, 0, 1],
      attentionMask: [1, 1, 1, 1],
      specialTokensMask: [0, 0, 0, 1],
    });
  });

  it("makes the lists of a long text when they're read, and keeps them", () => {
    const long = describeCount(20_000);
    expect(long.ids.slice(-2)).toEqual([1, 2]);
    expect(long.offsets.at(-2)).toEqual([19_999, 20_000]);
    expect(long.wordIds.slice(-2)).toEqual([9999, null]);
    for (const name of Object.keys(long) as (keyof Encoding)[]) {
      expect(long[name]).toHaveLength(20_001);
      expect(long[name]).toBe(long[name]);
    }
  });

  it("gives a long text the properties of a short one", () => {
    const long = describeCount(20_000);
    const names = Object.keys(describeCount(1));
    expect(Object.keys(long)).toEqual(names);
    for (const copy of [{ ...long }, JSON.parse(JSON.stringify(long)), structuredClone(long)]) {
      expect(Object.keys(copy)).toEqual(names);
      expect(copy).toEqual(long);
    }
  });
});

describe("encodeMarks", () => {
  it("stands for nothing in a text", () => {
    expect(marks).toEqual({
      ids: [7, 8],
      pieces: ["<s>", "</s>"],
      offsets: [
        [0, 0],
        [0, 0],
      ],
      wordIds: [null, null],
      sequenceIds: [null, null],
      typeIds: [1, 1],
      attentionMask: [1, 1],
      specialTokensMask: [1, 1],
    });
    expect(padding.attentionMask).toEqual([0]);
    expect(marks.offsets[0]).not.toBe(marks.offsets[1]);
  });
});

describe("joinEncodings", () => {
  it("puts every list behind the other's", () => {
    const joined = joinEncodings([marks, padding]);
    for (const [name, list] of Object.entries(joined)) {
      const key = name as keyof typeof marks;
      expect(list).toEqual([...marks[key], ...padding[key]]);
    }
    expect(joinEncodings([marks])).toEqual(marks);
    expect(joinEncodings([]).ids).toEqual([]);
  });
});
