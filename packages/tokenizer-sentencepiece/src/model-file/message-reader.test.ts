import { describe, expect, it } from "vitest";
import { MessageReader } from "./message-reader.js";
import { MessageWriter } from "./message-writer.js";

function written(write: (writer: MessageWriter) => void): MessageReader {
  const writer = new MessageWriter();
  write(writer);
  return new MessageReader(writer.finish(), "spec");
}

describe("MessageReader", () => {
  it("reads the example of the protocol buffers' documentation", () => {
    const reader = new MessageReader(Uint8Array.of(0x08, 0x96, 0x01));
    expect(reader.next()).toBe(true);
    expect([reader.field, reader.int32("a")]).toEqual([1, 150]);
    expect(reader.next()).toBe(false);
  });

  it("reads what the writer writes", () => {
    const reader = written((writer) => {
      for (const value of [0, 1, 127, 128, 2 ** 31 - 1, -1, -128, -(2 ** 31)]) writer.int32(3, value);
      writer.uint64(4, 2 ** 53 - 1);
      writer.boolean(5, true);
      writer.float(6, -2.5);
      writer.string(7, "▁größer");
      writer.bytes(2000, Uint8Array.of(1, 2));
    });
    const numbers = Array.from({ length: 8 }, () => reader.next() && reader.int32("a"));
    expect(numbers).toEqual([0, 1, 127, 128, 2 ** 31 - 1, -1, -128, -(2 ** 31)]);
    expect(reader.next() && reader.uint64("b")).toBe(2 ** 53 - 1);
    expect(reader.next() && reader.boolean("c")).toBe(true);
    expect(reader.next() && reader.float("d")).toBe(-2.5);
    expect(reader.next() && reader.string("e")).toBe("▁größer");
    expect(reader.next() && [reader.field, ...reader.bytes("f")]).toEqual([2000, 1, 2]);
    expect(reader.next()).toBe(false);
  });

  it("writes -1 in ten bytes, as int32 is written", () => {
    const writer = new MessageWriter();
    writer.int32(41, -1);
    expect([...writer.finish()]).toEqual([0xc8, 0x02, ...Array(9).fill(0xff), 0x01]);
  });

  it("passes over fields of every type and keeps them whole", () => {
    const fields = [0x08, 0x96, 0x01, 0x11, 1, 2, 3, 4, 5, 6, 7, 8, 0x1a, 2, 9, 9, 0x25, 1, 2, 3, 4];
    const reader = new MessageReader(Uint8Array.from(fields));
    while (reader.next()) reader.skip();
    expect([...reader.otherFields!]).toEqual(fields);
    expect(new MessageReader(new Uint8Array(0)).otherFields).toBe(undefined);
  });

  it("stops at more fields than a model has", () => {
    const reader = new MessageReader(new Uint8Array(5e6).fill(0x08), "spec"); // field 1 is 8, again and again
    const readAll = (): void => {
      while (reader.next()) reader.skip();
    };
    expect(readAll).toThrow("spec.a field: expected at most 2097152 of them, got more");
  });

  it.each([
    ["a text that is longer than the message", [0x0a, 5, 1, 2], "spec.name: needs 5 bytes at byte 2, where 2 are left"],
    ["a length without bounds", [0x0a, 0xff, 0xff, 0xff, 0xff, 0x7f, 1], "spec.name: needs 34359738367 bytes"],
    ["a number that doesn't end", [0x0a, ...Array(11).fill(0xff)], "spec.name: expected a number of at most 10 bytes"],
    ["a number where a text should be", [0x08, 1], "spec.name: expected wire type 2, got 0"],
    ["bytes that aren't UTF-8", [0x0a, 1, 0xff], "spec.name: expected text in UTF-8"],
  ])("names the field that has %s", (_, bytes, message) => {
    const reader = new MessageReader(Uint8Array.from(bytes), "spec");
    reader.next();
    expect(() => reader.string("name")).toThrow(message);
  });

  it.each([NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])("refuses the float %s", (value) => {
    const reader = written((writer) => writer.float(2, value));
    reader.next();
    expect(() => reader.float("score")).toThrow("spec.score: expected a finite number");
  });

  it("refuses field 0, groups and numbers above 2^53", () => {
    expect(() => new MessageReader(Uint8Array.of(0x00)).next()).toThrow("has the number 0");
    const group = new MessageReader(Uint8Array.of(0x0b));
    group.next();
    expect(() => group.skip()).toThrow("field 1: has wire type 3");
    const large = new MessageReader(Uint8Array.of(0x08, ...Array(9).fill(0xff), 0x01));
    large.next();
    expect(() => large.uint64("size")).toThrow("size: expected a number below 2^53");
  });
});
