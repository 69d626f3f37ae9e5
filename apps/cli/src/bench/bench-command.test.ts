import { describe, expect, it } from "vitest";
import { eventsOf, runT5 } from "../testing/run-t5.js";

const quick = ["bench", "--size", "tiny", "--no-peers", "--rounds", "1"];

describe("t5 bench", () => {
  it("measures in a process of its own and shows a table", async () => {
    const run = await runT5([...quick, "--only", "encode128", "--backend", "cpu"]);
    expect(run).toMatchObject({ code: 0 });
    const lines = run.stdout.trim().split("\n");
    expect(lines.slice(2, 4).map((line) => line.split(/ {2,}/))).toEqual([
      ["encode128 tiny", "the encoder on 128 tokens"],
      ["", "backend", "threads", "time", "speed", "memory", "ratio"],
    ]);
    expect(lines[4]).toMatch(/^t5ts \S+ {2}cpu +1 +[\d.]+ m?s +\d+ MB +1\.00$/);
    expect(lines).toHaveLength(5);
  });

  it("says with --json what it did, in lines of one form", async () => {
    const run = await runT5([
      ...quick,
      "--only",
      "train_step,generate32,gemm_tn",
      "--backend",
      "simd",
      "--threads",
      "1",
      "--json",
    ]);
    expect(run).toMatchObject({ code: 0 });
    const events = eventsOf(run).filter(({ event }) => event !== "progress");
    expect(events[0]).toMatchObject({ event: "machine", cores: expect.any(Number), load: expect.any(Number) });
    const shared = {
      event: "measurement",
      peer: expect.stringMatching(/^t5ts /),
      backend: "simd",
      threads: 1,
      rounds: 1,
    };
    const positive = expect.toSatisfy((value) => value > 0);
    const measured = { ...shared, seconds: positive, peak_rss_mb: positive };
    expect(events.filter(({ backend }) => backend === "simd")).toEqual([
      expect.objectContaining({ ...measured, what: "gemm_tn", size: "512x512x2048", gflops: positive }),
      expect.objectContaining({ ...measured, what: "train_step", size: "tiny", tokens_per_s: positive }),
      expect.objectContaining({ ...measured, what: "generate32_beam1", size: "tiny", tokens_per_s: positive }),
      expect.objectContaining({ ...measured, what: "generate32_beam4", size: "tiny", tokens_per_s: positive }),
    ]);
  });

  it("fails if nothing could be measured, and says why", async () => {
    const run = await runT5([...quick, "--only", "train_step", "--backend", "cpu", "--limit", "0.05"]);
    expect(run.code).toBe(1);
    expect(run.stdout).toContain("cpu: not measured: a run takes more than 0.05 s");
    expect(run.stderr).toContain("nothing could be measured");
  });

  it("doesn't take work that there isn't", async () => {
    const run = await runT5(["bench", "--only", "encode"]);
    expect(run.code).toBe(2);
    expect(run.stderr).toContain('got "encode"');
  });
});
