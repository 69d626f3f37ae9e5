import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Utf8Stream } from "./utf8-stream.js";

/** The same, slowly: at each place the character that a decoder finds there, or the replacement for one byte. */
function decodeSlowly(bytes: readonly number[], replacement: string): string {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let text = "";
  for (let at = 0; at < bytes.length; ) {
    const found = [1, 2, 3, 4].find((length) => {
      try {
        return [...decoder.decode(Uint8Array.from(bytes.slice(at, at + length)))].length === 1;
      } catch {
        return false;
      }
    });
    text += found === undefined ? replacement : decoder.decode(Uint8Array.from(bytes.slice(at, at + found)));
    at += found ?? 1;
  }
  return text;
}

describe("Utf8Stream", () => {
  it("writes characters, and the replacement for each byte that is no part of one", () => {
    const hard = fc.constantFrom(
      0x41,
      0x80,
      0x8f,
      0x90,
      0x9f,
      0xa0,
      0xbf,
      0xc1,
      0xc2,
      0xe0,
      0xe2,
      0xed,
      0xf0,
      0xf4,
      0xf5,
    );
    const byte = fc.oneof(hard, fc.nat(255));
    const whole = fc.string({ unit: "binary", maxLength: 2 }).map((text) => [...new TextEncoder().encode(text)]);
    fc.assert(
      fc.property(fc.array(fc.oneof(whole, fc.array(byte, { maxLength: 3 }))), (parts) => {
        const bytes = parts.flat();
        const stream = new Utf8Stream("?");
        const written = bytes.map((each) => stream.push(each)).join("") + stream.end();
        expect(written).toBe(decodeSlowly(bytes, "?"));
      }),
      { numRuns: 200 },
    );
  });

  it("writes a character with its last byte", () => {
    const stream = new Utf8Stream("\ufffd");
    expect([0xe2, 0x96, 0x81, 0x61, 0xe2].map((byte) => stream.push(byte))).toEqual(["", "", "▁", "a", ""]);
    expect(stream.end()).toBe("\ufffd");
    expect(stream.push(0x81)).toBe("\ufffd");
  });
});
