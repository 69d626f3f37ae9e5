import { describe, expect, it } from "vitest";
import { bytesSource } from "./byte-source.js";
import { collect } from "./collect.js";
import { readJsonl } from "./jsonl.js";

describe("readJsonl", () => {
  it("gives the value of each line that isn't blank", async () => {
    const source = bytesSource("a.jsonl", '{"a": 1}\n\n[2, "\\u4f60"]\n"three"\n');
    expect(await collect(readJsonl(source, (value) => value))).toEqual([{ a: 1 }, [2, "你"], "three"]);
  });

  it("names the line that isn't JSON, and what is there", async () => {
    const source = bytesSource("a.jsonl", '{"a": 1}\n\n{"a": 2,}\n');
    const reading = collect(readJsonl(source, (value) => value));
    await expect(reading).rejects.toThrow('a.jsonl:3: expected a JSON value on the line, got "{\\"a\\": 2,}"');
  });

  it("names the line that the parser refuses", async () => {
    const parse = (value: unknown) => {
      if (typeof value !== "number") throw new TypeError(`expected a number, got ${JSON.stringify(value)}`);
      return value;
    };
    const reading = collect(readJsonl(bytesSource("a.jsonl", '1\n"2"'), parse));
    await expect(reading).rejects.toThrow('a.jsonl:2: expected a number, got "2"');
  });

  it("refuses an empty file", async () => {
    await expect(collect(readJsonl(bytesSource("a.jsonl", ""), String))).rejects.toThrow(
      "a.jsonl: expected at least one JSON value, got none",
    );
  });
});
