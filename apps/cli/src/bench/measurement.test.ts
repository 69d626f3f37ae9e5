import { describe, expect, it } from "vitest";
import type { Candidate, Contender } from "./contender.js";
import { toMeasurements } from "./measurement.js";
import type { Outcome } from "./rounds.js";
import { selectWork, type Work } from "./work.js";

function candidate(peer: string, backend: string, threads = 2): Candidate {
  const contender: Contender = {
    peer,
    backend,
    isOurs: peer.startsWith("t5ts"),
    isThreaded: true,
    does: () => true,
    command: () => Promise.reject(new Error("nobody runs it")),
  };
  return { contender, threads };
}

function work(what: string, size: string): Work {
  return selectWork({ only: [what] }).find((work) => work.size === size) as Work;
}

describe("toMeasurements", () => {
  it("has the names and units that the peers' scripts print", () => {
    const outcomes: Outcome<Candidate>[] = [
      { candidate: candidate("t5ts 1.0.0", "simd"), seconds: [2, 4, 2.5], facts: { peak_rss_mb: 1900, other: "x" } },
      { candidate: candidate("pytorch 1.13.0", "cpu"), seconds: [3, 4, 3], facts: { peak_rss_mb: 2200 } },
      { candidate: candidate("jax-js 0.1.25", "wasm", 1), reason: "out of memory" },
    ];
    // 8 · (128 + 32) tokens in 2.5 s; ratios of the rounds are 1.5, 1 and 1.2.
    expect(toMeasurements(work("train_step", "small"), outcomes)).toEqual([
      {
        peer: "t5ts 1.0.0",
        backend: "simd",
        threads: 2,
        size: "small",
        what: "train_step",
        seconds: 2.5,
        tokens_per_s: 512,
        peak_rss_mb: 1900,
        rounds: 3,
        ratio: 1,
        ratio_to: "t5ts 1.0.0 simd",
      },
      {
        peer: "pytorch 1.13.0",
        backend: "cpu",
        threads: 2,
        size: "small",
        what: "train_step",
        seconds: 3,
        tokens_per_s: 426.7,
        peak_rss_mb: 2200,
        rounds: 3,
        ratio: 1.2,
        ratio_to: "t5ts 1.0.0 simd",
      },
      {
        peer: "jax-js 0.1.25",
        backend: "wasm",
        threads: 1,
        size: "small",
        what: "train_step",
        reason: "out of memory",
      },
    ]);
  });

  it("gives the speed that is usual for the work", () => {
    const speeds = (what: string, size: string, seconds: number, facts = {}): unknown => {
      const [row] = toMeasurements(work(what, size), [
        { candidate: candidate("t5ts", "simd"), seconds: [seconds], facts },
      ]);
      const { gflops, tokens_per_s, mb_per_s } = row as Record<string, unknown>;
      return { gflops, tokens_per_s, mb_per_s };
    };
    // 2 · 512 · 512 · 2048 and 2 · 64 · 128 · 64 · 128 operations.
    expect(speeds("gemm_nt", "512x512x2048", 0.01)).toEqual({ gflops: 107.4 });
    expect(speeds("gemm_nt", "64x128x64x128", 0.001)).toEqual({ gflops: 134.2 });
    expect(speeds("generate32_beam4", "tiny", 0.5)).toEqual({ tokens_per_s: 64 });
    expect(speeds("tokenizer", "8000", 0.25, { bytes: 1e6 })).toEqual({ mb_per_s: 4 });
    expect(speeds("encode128", "small", 0.05)).toEqual({});
  });

  it("compares with the first of ours that was measured, or else with the first", () => {
    const outcome = (peer: string, backend: string, seconds: number[]): Outcome<Candidate> =>
      seconds.length === 0
        ? { candidate: candidate(peer, backend), reason: "no" }
        : { candidate: candidate(peer, backend), seconds, facts: {} };
    const ratios = (outcomes: Outcome<Candidate>[]): unknown[] =>
      toMeasurements(work("encode128", "tiny"), outcomes).map((row) => "ratio" in row && [row.ratio, row.ratio_to]);
    const [simd, wasm, torch] = [
      outcome("t5ts", "simd", []),
      outcome("t5ts", "wasm", [2]),
      outcome("pytorch", "cpu", [1, 1, 1]),
    ];
    expect(ratios([simd, wasm, torch])).toEqual([false, [1, "t5ts wasm"], [0.5, "t5ts wasm"]]);
    expect(ratios([simd, torch])).toEqual([false, [1, "pytorch cpu"]]);
  });
});
