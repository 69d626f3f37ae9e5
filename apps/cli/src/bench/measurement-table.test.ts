import { describe, expect, it } from "vitest";
import type { Measurement } from "./measurement.js";
import { formatSeconds, measurementTable } from "./measurement-table.js";

const place = { size: "small", what: "train_step", threads: 2 };

describe("measurementTable", () => {
  it("has a line for each that was measured, and then who wasn't", () => {
    const measurements: Measurement[] = [
      {
        ...place,
        peer: "t5ts 1.0.0",
        backend: "simd",
        seconds: 2.5,
        rounds: 3,
        tokens_per_s: 512,
        peak_rss_mb: 2000,
        ratio: 1,
      },
      { ...place, peer: "jax-js 0.1.25", backend: "wasm", threads: 1, reason: "out of memory" },
      { ...place, peer: "pytorch 1.13.0", backend: "cpu", seconds: 2.75, rounds: 3, tokens_per_s: 465.5, ratio: 1.104 },
    ];
    expect(measurementTable(measurements)).toEqual([
      "                backend  threads    time         speed   memory  ratio",
      "t5ts 1.0.0      simd           2  2.50 s  512 tokens/s  2.10 GB   1.00",
      "pytorch 1.13.0  cpu            2  2.75 s  466 tokens/s            1.10",
      "jax-js 0.1.25 wasm: not measured: out of memory",
    ]);
  });

  it("is no table where nothing was measured", () => {
    const missing: Measurement = { ...place, peer: "t5ts 1.0.0", backend: "wasm", reason: "a run takes more than 1 s" };
    expect(measurementTable([missing])).toEqual(["t5ts 1.0.0 wasm: not measured: a run takes more than 1 s"]);
  });

  it("says which tokenizer made other tokens", () => {
    const row = { ...place, backend: "js", seconds: 0.01, rounds: 1 };
    const lines = measurementTable([
      { ...row, peer: "t5ts", tokens: 100 },
      { ...row, peer: "tokenizers", tokens: 100 },
      { ...row, peer: "gpt-tokenizer", tokens: 90 },
    ]);
    expect(lines.slice(4)).toEqual(["gpt-tokenizer has other tokens: 90 where the first has 100"]);
  });
});

describe("formatSeconds", () => {
  it("shows three digits in the unit that suits", () => {
    const seconds = [123.4, 1, 0.99951, 0.99949, 0.0123, 0.0009994, 0.0000005];
    expect(seconds.map(formatSeconds)).toEqual([
      "123 s",
      "1.00 s",
      "1.00 s",
      "999 ms",
      "12.3 ms",
      "999 µs",
      "0.500 µs",
    ]);
  });
});
