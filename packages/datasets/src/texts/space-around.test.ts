import { describe, expect, it } from "vitest";
import { padNonspacedLanguages, padPunctuation } from "./space-around.js";

describe("padPunctuation", () => {
  it("pads every mark of ASCII, and no other", () => {
    expect(padPunctuation("(1845-1986).")).toBe(" ( 1845 - 1986 ) . ");
    const marks = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
    expect(padPunctuation(marks)).toBe(` ${[...marks].join(" ")} `);
    expect(padPunctuation("„ü“\t\n…  €5")).toBe("„ü“ … €5");
  });
});

describe("padNonspacedLanguages", () => {
  it("pads Chinese, Japanese and Thai characters, not full-width marks", () => {
    expect(padNonspacedLanguages("Hi 你好！")).toBe("Hi 你 好 ！");
    expect(padNonspacedLanguages("aかb、ก")).toBe("a か b 、 ก ");
  });
});
