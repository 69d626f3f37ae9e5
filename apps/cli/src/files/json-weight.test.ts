import { describe, expect, it } from "vitest";
import { checkJsonWeight } from "./json-weight.js";

const check = (text: string) => () => checkJsonWeight(Buffer.from(text));
const listOf = (count: number, item: (i: number) => string): string =>
  `[${Array.from({ length: count }, (_, i) => item(i)).join(",")}]`;

const TOO_MUCH = "expected JSON of at most 3600000 values, a new string counting as 4, got more";

describe("checkJsonWeight", () => {
  it("accepts a vocabulary of 262,000 pieces with 514,000 merges, as Gemma 3 has", () => {
    const piece = (i: number): string => `"▁piece${i % 262_000}"`;
    const vocab = Array.from({ length: 262_000 }, (_, i) => `${piece(i)}:${i}`).join(",");
    const merges = listOf(514_000, (i) => `[${piece(i)},${piece(i * 7)}]`);
    const added = listOf(6_242, (i) => `{"id":${i},"content":"<unused${i}>","single_word":false,"lstrip":false}`);
    expect(check(`{"added_tokens":${added},"model":{"vocab":{${vocab}},"merges":${merges}}}`)).not.toThrow();
  });

  it.each<[string, string, string]>([
    ["lists", `{"version":"1.0","x":${"[".repeat(2)}${"[],".repeat(2e6)}0]]}`, `x: ${TOO_MUCH}`],
    ["numbers", `{"model":{"type":"BPE","merges":[${"0,".repeat(4e6)}0]}}`, `model.merges: ${TOO_MUCH}`],
    ["pieces", `{"model":{"vocab":[${listOf(8e5, (i) => `"piece${i}"`)}]}}`, `model.vocab: ${TOO_MUCH}`],
    ["fields", `{"a":{"b":1},"c":[${listOf(6e5, (i) => `{"name${i}":0}`)}]}`, `c: ${TOO_MUCH}`],
    ["values without a name", `[${"[],".repeat(2e6)}0]`, TOO_MUCH],
  ])("refuses too many %s, and says where", (_, text, message) => {
    expect(check(text)).toThrow(new RangeError(message));
  });

  it("refuses values nested more than a hundred deep, and says where", () => {
    const nested = (open: string, close: string, depth: number): string =>
      `{"x":${open.repeat(depth - 1)}0${close.repeat(depth - 1)}}`;
    expect(check(nested("[", "]", 100))).not.toThrow();
    expect(check(nested('{"y":', "}", 100))).not.toThrow();
    expect(check(nested("[", "]", 101))).toThrow(
      new RangeError("x: expected JSON nested at most 100 deep, got deeper"),
    );
    expect(check(nested('{"y":', "}", 101))).toThrow("x.y: expected JSON nested");
  });

  it("takes no notice of what stands in strings", () => {
    expect(check(`{"\\"[{": "${"[{:,".repeat(1e6)}\\\\", "x": "${'\\"['.repeat(1e6)}"}`)).not.toThrow();
  });

  it("counts a string again that differs in an escape", () => {
    expect(check(`{"x":${listOf(8e5, (i) => `"\\u${i.toString(16).padStart(5, "0")}"`)}}`)).toThrow(TOO_MUCH);
  });

  it("leaves what isn't JSON to the parser", () => {
    for (const text of ["", "]]]]", '"', '"\\', '{"a', ":", "::::", '[{"a":']) expect(check(text)).not.toThrow();
  });
});
