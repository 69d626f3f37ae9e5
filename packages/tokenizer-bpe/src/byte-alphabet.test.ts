import { describe, expect, it } from "vitest";
import { BYTE_CHARACTERS, byteCharacters, byteOfCharacter, utf8 } from "./byte-alphabet.js";

describe("BYTE_CHARACTERS", () => {
  it("writes printable bytes as themselves and the others from U+0100 on", () => {
    expect(
      ["a", " ", "\n", "\x7f", "\xa0", "\xad"].map((character) => BYTE_CHARACTERS[character.charCodeAt(0)]),
    ).toEqual(["a", "Ġ", "Ċ", "ġ", "ł", "Ń"]);
  });

  it("has a character of its own for every byte", () => {
    expect(new Set(BYTE_CHARACTERS).size).toBe(256);
    expect(BYTE_CHARACTERS.map((character) => byteOfCharacter(character.charCodeAt(0)))).toEqual([
      ...Array(256).keys(),
    ]);
    expect([0x20, 0x7f, 0x144, 0x2581].map(byteOfCharacter)).toEqual([-1, -1, -1, -1]);
  });
});

describe("utf8", () => {
  it("gives the bytes that TextEncoder gives", () => {
    for (let code = 0; code <= 0x10ffff; code += code < 0x1000 ? 1 : 0xfb) {
      if (code >= 0xd800 && code < 0xe000) continue; // halves of pairs have none
      expect(utf8(code)).toEqual([...new TextEncoder().encode(String.fromCodePoint(code))]);
    }
  });

  it("writes texts byte by byte", () => {
    expect(byteCharacters("é 中")).toBe("Ã©Ġä¸Ń");
  });
});
