import { describe, expect, it } from "vitest";
import { addMarks, type EncodeOptions, encodeTextExample } from "./seq2seq-example.js";

const tokenizer = { encode: (text: string) => [...text].map((character) => character.charCodeAt(0)) };
const options: EncodeOptions = { endId: 1, inputLength: 4, labelLength: 3, whenLonger: "cut" };

describe("encodeTextExample", () => {
  it("gives the ids of both sides with their marks", () => {
    expect(encodeTextExample({ inputs: "abc", targets: "d" }, tokenizer, options)).toEqual({
      inputIds: [97, 98, 99, 1],
      labels: [100, 1],
    });
    expect(encodeTextExample({ inputs: "a", targets: "" }, tokenizer, { ...options, startId: 2 })).toEqual({
      inputIds: [2, 97, 1],
      labels: [1],
    });
  });

  it("cuts what is too long, keeps the end mark, and counts what is lost", () => {
    expect(encodeTextExample({ inputs: "abcdef", targets: "abcd" }, tokenizer, options)).toEqual({
      inputIds: [97, 98, 99, 1],
      labels: [97, 98, 1],
      numCut: 5,
    });
  });

  it("leaves out what is too long, if asked to", () => {
    const strict = { ...options, whenLonger: "leave-out" } as const;
    expect(encodeTextExample({ inputs: "abcdef", targets: "a" }, tokenizer, strict)).toBeUndefined();
    expect(encodeTextExample({ inputs: "abc", targets: "a" }, tokenizer, strict)).toBeDefined();
  });

  it("names a bad length", () => {
    expect(() => encodeTextExample({ inputs: "", targets: "" }, tokenizer, { ...options, labelLength: 0 })).toThrow(
      "encodeTextExample: inputLength, labelLength: expected an integer from 1, got 0",
    );
  });
});

describe("addMarks", () => {
  it("adds no second mark", () => {
    expect(addMarks([2, 5, 1], { startId: 2, endId: 1 })).toEqual([2, 5, 1]);
    expect(addMarks([], { startId: 2, endId: 1 })).toEqual([2, 1]);
    expect(addMarks([5], {})).toEqual([5]);
  });
});
