import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  formatSnipsFrame,
  parseSnips,
  parseSnipsFrame,
  type SnipsRecord,
  snipsExample,
  snipsFrame,
  snipsTags,
} from "./snips.js";

const RECORD: SnipsRecord = {
  intent: "PlayMusic",
  text: "play some jazz  by Miles  Davis, please",
  slots: [
    { start: 10, end: 14, label: "genre" },
    { start: 19, end: 31, label: "artist" },
  ],
};

describe("SNIPS as text", () => {
  it("names the intent and its slots", () => {
    expect(snipsExample(RECORD)).toEqual({
      inputs: "snips: play some jazz  by Miles  Davis, please",
      targets: "PlayMusic ( genre = jazz ; artist = Miles Davis )",
    });
    expect(snipsFrame(RECORD).slots[1]).toEqual({ label: "artist", value: "Miles Davis" });
    expect(formatSnipsFrame({ intent: "GetWeather", slots: [] })).toBe("GetWeather ( )");
  });

  it("is read back as it was, whatever stands in a value", () => {
    const value = fc
      .string({ unit: fc.constantFrom("a", "(", ")", "=", ";", "\\", " ", "你", "\n") })
      .map((text) => text.trim().replace(/\s+/g, " "))
      .filter((text) => text !== "");
    const name = fc.stringMatching(/^[A-Za-z_]{1,8}$/);
    const frame = fc.record({ intent: name, slots: fc.array(fc.record({ label: name, value }), { maxLength: 4 }) });
    fc.assert(
      fc.property(frame, (one) => {
        expect(parseSnipsFrame(formatSnipsFrame(one))).toEqual(one);
      }),
    );
  });

  it("is read with any spacing", () => {
    const frame = { intent: "PlayMusic", slots: [{ label: "genre", value: "hard rock" }] };
    for (const text of ["PlayMusic(genre=hard rock)", " PlayMusic  (genre = hard rock ; ) "]) {
      expect(parseSnipsFrame(text)).toEqual(frame);
    }
  });

  it("reads nothing from what a model wrote wrongly, and never throws", () => {
    const wrong = [
      "",
      "PlayMusic",
      "PlayMusic (",
      "PlayMusic ( genre )",
      "( a = b )",
      "A ( b = c ) d",
      "A ( b = )",
      "A ( b = c = d )",
      "A B ( )",
      "A ( = c )",
      "A ( b = c \\)",
    ];
    for (const text of wrong) expect(parseSnipsFrame(text)).toBeUndefined();
    const piece = fc.constantFrom("A", "(", ")", "=", ";", "\\", " ", "b");
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        expect(() => parseSnipsFrame(pieces.join(""))).not.toThrow();
      }),
    );
  });
});

describe("snipsTags", () => {
  it("gives the words tags, and cuts words at the ends of slots", () => {
    const record = {
      intent: "x",
      text: "Dance 2times at noon",
      slots: [
        { start: 7, end: 12, label: "type" },
        { start: 13, end: 20, label: "time" },
      ],
    };
    expect(snipsTags(record)).toEqual({
      words: ["Dance", "2", "times", "at", "noon"],
      tags: ["O", "O", "B-type", "B-time", "I-time"],
    });
  });
});

describe("parseSnips", () => {
  it("takes a record, without what it doesn't know", () => {
    expect(parseSnips({ ...RECORD })).toEqual(RECORD);
  });

  it("says what is wrong", () => {
    const slot = { start: 0, end: 4, label: "x" };
    expect(() => parseSnips({ text: "play" })).toThrow('expected {"intent": text, "text": text, "slots": [...]}, got');
    expect(() => parseSnips(null)).toThrow("got null");
    expect(() => parseSnips({ intent: "a", text: "play", slots: [slot, { ...slot, start: 3 }] })).toThrow(
      'slots[1]: expected {"start", "end", "label"} after the slot before, got {"start":3',
    );
    expect(() => parseSnips({ intent: "a", text: "pla", slots: [slot] })).toThrow("within the 3 characters");
  });
});
