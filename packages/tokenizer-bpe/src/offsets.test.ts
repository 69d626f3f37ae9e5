import { describe, expect, it } from "vitest";
import { countCodePoints, trimOffsets } from "./offsets.js";
import { SpelledText } from "./spelled-text.js";

describe("countCodePoints", () => {
  it("counts a pair once", () => {
    const offsets: [number, number][] = [
      [0, 1],
      [1, 3],
      [3, 4],
      [0, 4],
      [4, 4],
    ];
    countCodePoints("a😀b", offsets);
    expect(offsets).toEqual([
      [0, 1],
      [1, 2],
      [2, 3],
      [0, 3],
      [3, 3],
    ]);
  });
});

describe("trimOffsets", () => {
  const trim = (
    text: string,
    pieces: string[],
    offsets: [number, number][],
    addsPrefixSpace: boolean,
  ): [number, number][] => {
    const spelled = new SpelledText();
    for (const [start, end] of offsets) spelled.add(0, start, end, 0);
    trimOffsets(text, (index) => pieces[index]!, spelled, 0, addsPrefixSpace);
    return offsets.map((_, i) => [spelled.items[i * 4 + 1]!, spelled.items[i * 4 + 2]!]);
  };

  it("leaves out the spaces that a piece begins and ends with", () => {
    expect(
      trim(
        "  a b ",
        ["ĠĠa", "ĠbĠ"],
        [
          [0, 3],
          [3, 6],
        ],
        false,
      ),
    ).toEqual([
      [2, 3],
      [4, 5],
    ]);
  });

  it("leaves a first piece whose space may be an added one", () => {
    expect(
      trim(
        "a b",
        ["Ġa", "Ġb"],
        [
          [0, 1],
          [1, 3],
        ],
        true,
      ),
    ).toEqual([
      [0, 1],
      [2, 3],
    ]);
  });

  it("goes by whole characters", () => {
    expect(
      trim(
        "😀a😀",
        ["Ġ", "aĠ"],
        [
          [0, 2],
          [2, 5],
        ],
        false,
      ),
    ).toEqual([
      [2, 2],
      [2, 3],
    ]);
  });
});
