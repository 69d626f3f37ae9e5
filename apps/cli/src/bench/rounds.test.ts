import { describe, expect, it, vi } from "vitest";
import { measureInRounds, type Runner } from "./rounds.js";

/** Candidates that say in `log` what they do, and take as many seconds as the round has before it. */
function logging(log: string[]): (name: string) => Promise<Runner> {
  return async (name) => {
    log.push(`${name} starts`);
    let runs = 0;
    return {
      run: async () => {
        log.push(name);
        return { seconds: runs++, name };
      },
      stop: () => log.push(`${name} stops`),
    };
  };
}

const signal = new AbortController().signal;

describe("measureInRounds", () => {
  it("warms each up, then lets them take turns and begins each round with another", async () => {
    const log: string[] = [];
    const start = logging(log);
    const outcomes = await measureInRounds(["a", "b", "c"], { start, rounds: 2, limitMs: 1e6, signal });
    const warmUp = ["a starts", "a", "b starts", "b", "c starts", "c"];
    expect(log).toEqual([...warmUp, "a", "b", "c", "b", "c", "a", "a stops", "b stops", "c stops"]);
    // The warm-up was run 0.
    expect(outcomes).toEqual(["a", "b", "c"].map((name) => ({ candidate: name, seconds: [1, 2], facts: { name } })));
  });

  it("warms up for as long as is asked for, whatever a run takes", async () => {
    let now = 0;
    const clock = vi.spyOn(performance, "now").mockImplementation(() => now);
    const runs = new Map<number, number>();
    const start = async (ms: number): Promise<Runner> => ({
      run: async () => {
        now += ms;
        runs.set(ms, (runs.get(ms) ?? 0) + 1);
        return { seconds: ms / 1000 };
      },
      stop: () => {},
    });
    await measureInRounds([30, 100, 250], { start, rounds: 1, warmUpMs: 100, limitMs: 1e6, signal });
    clock.mockRestore();
    expect([...runs]).toEqual([
      [30, 4 + 1],
      [100, 1 + 1],
      [250, 1 + 1],
    ]);
  });

  it("gives a candidate that is slow fewer rounds, but one", async () => {
    let now = 0;
    const clock = vi.spyOn(performance, "now").mockImplementation(() => now);
    const start = async (ms: number): Promise<Runner> => ({
      run: async () => {
        now += ms;
        return { seconds: ms / 1000 };
      },
      stop: () => {},
    });
    const outcomes = await measureInRounds([1, 40, 200], { start, rounds: 4, limitMs: 100, signal });
    clock.mockRestore();
    expect(outcomes.map((outcome) => "seconds" in outcome && outcome.seconds)).toEqual([
      [0.001, 0.001, 0.001, 0.001],
      [0.04, 0.04],
      [0.2],
    ]);
  });

  it("goes on without one that fails, and says why", async () => {
    const log: string[] = [];
    const start = async (name: string): Promise<Runner> => {
      if (name === "missing") throw new Error("isn't here");
      const runner = await logging(log)(name);
      let runs = 0;
      const failing = async () => {
        if (runs++ === 2) throw new Error("out of memory");
        return runner.run();
      };
      return name === "failing" ? { ...runner, run: failing } : runner;
    };
    const outcomes = await measureInRounds(["missing", "failing", "a"], { start, rounds: 3, limitMs: 1e6, signal });
    expect(outcomes).toEqual([
      { candidate: "missing", reason: "isn't here" },
      { candidate: "failing", reason: "out of memory" },
      { candidate: "a", seconds: [1, 2, 3], facts: { name: "a" } },
    ]);
    expect(log).toContain("failing stops");
  });

  it("stops what it started when it's interrupted", async () => {
    const log: string[] = [];
    const interruption = new AbortController();
    const measured = measureInRounds(["a", "b"], {
      start: logging(log),
      rounds: 3,
      limitMs: 1e6,
      signal: interruption.signal,
      onRun: (_, round) => round === 1 && interruption.abort(),
    });
    await expect(measured).rejects.toThrow(/abort/);
    expect(log.slice(-2)).toEqual(["a stops", "b stops"]);
  });
});
