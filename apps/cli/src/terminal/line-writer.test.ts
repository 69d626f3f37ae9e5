import { Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import { createLineWriter } from "./line-writer.js";

/** A reader that takes `delayMs` for each piece. */
function slowReader(delayMs: number): { pieces: string[]; stream: NodeJS.WriteStream } {
  const pieces: string[] = [];
  const stream = new Writable({
    highWaterMark: 1,
    decodeStrings: false,
    write(piece: string, _encoding, done) {
      pieces.push(piece);
      setTimeout(done, delayMs);
    },
  });
  return { pieces, stream: stream as NodeJS.WriteStream };
}

describe("a line writer", () => {
  it("writes all lines in large pieces, and waits for a slow reader without leaving listeners", async () => {
    const { pieces, stream } = slowReader(1);
    const writer = createLineWriter(stream);
    const before = stream.listenerCount("close");
    for (let i = 0; i < 100_000; i++) await writer.write(`line ${i}`);
    await writer.end();
    expect(pieces.join("")).toBe(Array.from({ length: 100_000 }, (_, i) => `line ${i}\n`).join(""));
    expect(pieces.length).toBeLessThan(30);
    expect(stream.listenerCount("close")).toBe(before);
    expect(stream.listenerCount("drain")).toBe(0);
  });

  it("writes what there is when the program waits", async () => {
    const { pieces, stream } = slowReader(0);
    const writer = createLineWriter(stream);
    void writer.write("one");
    expect(pieces).toEqual([]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(pieces).toEqual(["one\n"]);
  });

  it("doesn't wait for a reader that has left", async () => {
    const { stream } = slowReader(1e6);
    const writer = createLineWriter(stream);
    const waiting = (async () => {
      for (let i = 0; i < 10_000; i++) await writer.write("a line that fills the stream");
    })();
    setTimeout(() => stream.destroy(), 5);
    await waiting;
    await writer.end();
  });
});
