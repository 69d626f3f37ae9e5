import { describe, expect, it } from "vitest";
import {
  badWords,
  forceToken,
  type LogitsProcessor,
  minLength,
  noRepeatInputNgram,
  noRepeatNgram,
  repetitionPenalty,
  suppressTokens,
} from "./logits-processors.js";

/** The tokens of a vocabulary of 10 that a processor forbids after `tokens`. */
function forbidden(process: LogitsProcessor, tokens: number[], input = 0): number[] {
  const scores = new Float32Array(10);
  process(scores, tokens, input);
  return Array.from(scores.keys()).filter((token) => scores[token] === Number.NEGATIVE_INFINITY);
}

describe("repetitionPenalty", () => {
  it("divides positive scores of used tokens and multiplies negative ones, once each", () => {
    const scores = Float32Array.of(-0.5, 0.5, 0.25, -0.25);
    repetitionPenalty(2)(scores, [0, 1, 1, 0], 0);
    expect(Array.from(scores)).toEqual([-1, 0.25, 0.25, -0.25]);
  });

  it("refuses a penalty that isn't positive", () => {
    expect(() => repetitionPenalty(0)).toThrow(RangeError);
  });
});

describe("noRepeatNgram", () => {
  it("forbids what would repeat a run", () => {
    expect(forbidden(noRepeatNgram(2), [5, 6, 5, 7, 5])).toEqual([6, 7]);
    expect(forbidden(noRepeatNgram(3), [7, 8, 9, 7, 8])).toEqual([9]);
    expect(forbidden(noRepeatNgram(3), [7, 8, 9, 8])).toEqual([]);
  });

  it("forbids every used token when runs are of one", () => {
    expect(forbidden(noRepeatNgram(1), [3, 4, 3])).toEqual([3, 4]);
  });

  it("forbids nothing while there are too few tokens", () => {
    expect(forbidden(noRepeatNgram(3), [7])).toEqual([]);
  });

  it("refuses a size below 1", () => {
    expect(() => noRepeatNgram(0)).toThrow("noRepeatNgram: size: expected an integer from 1 on, got 0");
  });
});

describe("noRepeatInputNgram", () => {
  it("forbids what would copy a run of the row's own input", () => {
    const process = noRepeatInputNgram(
      [
        [2, 3, 4],
        [2, 3, 5],
      ],
      3,
    );
    expect(forbidden(process, [0, 2, 3], 0)).toEqual([4]);
    expect(forbidden(process, [0, 2, 3], 1)).toEqual([5]);
    expect(forbidden(process, [0, 3, 2], 1)).toEqual([]);
  });
});

describe("badWords", () => {
  it("forbids the last token of a sequence whose beginning stands at the end", () => {
    const process = badWords([[4], [5, 6], [1, 2, 3]], 1);
    expect(forbidden(process, [0, 7])).toEqual([4]);
    expect(forbidden(process, [0, 5])).toEqual([4, 6]);
    expect(forbidden(process, [1, 2])).toEqual([3, 4]);
    expect(forbidden(process, [2])).toEqual([4]);
  });

  it("never forbids the end token alone", () => {
    expect(forbidden(badWords([[1]], 1), [0, 1])).toEqual([]);
  });
});

describe("minLength", () => {
  it("forbids the end before so many tokens, the start token counted", () => {
    expect(forbidden(minLength(3, 1), [0, 5])).toEqual([1]);
    expect(forbidden(minLength(3, 1), [0, 5, 6])).toEqual([]);
  });
});

describe("forceToken", () => {
  it("allows one token at one place", () => {
    expect(forbidden(forceToken(6, 2), [0, 5])).toEqual([0, 1, 2, 3, 4, 5, 7, 8, 9]);
    expect(forbidden(forceToken(6, 2), [0])).toEqual([]);
    const scores = Float32Array.of(5, -3);
    forceToken(1, 1)(scores, [0], 0);
    expect(scores[1]).toBe(0);
  });
});

describe("suppressTokens", () => {
  it("forbids tokens always, also those of an iterator", () => {
    const process = suppressTokens(new Set([8, 9]).values());
    expect(forbidden(process, [0])).toEqual([8, 9]);
    expect(forbidden(process, [0, 1, 2])).toEqual([8, 9]);
  });
});

describe("an argument that can't be is named", () => {
  const wrong: [what: string, use: () => unknown, message: string][] = [
    ["an infinite penalty", () => repetitionPenalty(Number.POSITIVE_INFINITY), "repetitionPenalty: penalty: expected"],
    ["a length that is no number", () => minLength(Number.NaN, 1), "minLength: length: expected an integer from 0 on"],
    ["a place that is no number", () => forceToken(3, Number.NaN), "forceToken: at: expected an integer from 1 on"],
    ["a text for lists", () => badWords("ab" as never, 1), "badWords: sequences: expected a list of lists of ids"],
    ["a list for lists", () => badWords([4, 5] as never, 1), "expected a list of lists of ids, got [4,5]"],
    ["a text for inputs", () => noRepeatInputNgram("ab" as never, 2), "noRepeatInputNgram: inputIds: expected a list"],
    ["an input without a row", () => forbidden(noRepeatInputNgram([[1]], 2), [0], 1), "a row for input 1, got 1 rows"],
    ["an id beyond", () => forbidden(suppressTokens([3, 10]), [0]), "suppressTokens: tokens: expected ids from 0 to 9"],
    ["a negative id", () => forbidden(suppressTokens([-1]), [0]), "expected ids from 0 to 9, got -1"],
    ["half an id", () => forbidden(suppressTokens([1.5]), [0]), "expected ids from 0 to 9, got 1.5"],
    ["an id that is text", () => forbidden(suppressTokens("7" as never), [0]), 'expected ids from 0 to 9, got "7"'],
    ["a forced id beyond, early", () => forbidden(forceToken(10, 5), [0]), "forceToken: token: expected ids from 0"],
    ["a bad word beyond, early", () => forbidden(badWords([[3, 10]], 1), [0]), "badWords: sequences: expected ids"],
    [
      "an end beyond",
      () => forbidden(minLength(3, 10), [0]),
      "minLength: eosTokenId: expected ids from 0 to 9, got 10",
    ],
  ];
  for (const [what, use, message] of wrong) {
    it(what, () => {
      expect(use).toThrow(message);
    });
  }
});
