import { describe, expect, it } from "vitest";
import { startBenchProcess } from "./bench-process.js";

/** A program in one line of JavaScript; `answer` is what it says to each line. */
function program(source: string): { file: string; args: string[] } {
  return { file: process.execPath, args: ["-e", source] };
}

function serving(answer: string): { file: string; args: string[] } {
  return program(
    `console.log('{"ready":true}'); require("readline").createInterface(process.stdin).on("line", () => { ${answer} })`,
  );
}

const options = { startMs: 20_000, runMs: 20_000, signal: new AbortController().signal };

describe("startBenchProcess", () => {
  it("gets an answer for every run", async () => {
    const answer = `console.log("by the way"); console.log(JSON.stringify({ seconds: globalThis.n = (globalThis.n ?? 0) + 1 }))`;
    const runner = await startBenchProcess(serving(answer), options);
    expect([await runner.run(), await runner.run()]).toEqual([{ seconds: 1 }, { seconds: 2 }]);
    runner.stop();
    await expect(runner.run()).rejects.toThrow("the process ended with SIGKILL");
  });

  it("passes on the environment", async () => {
    const command = serving("console.log(JSON.stringify({ seconds: Number(process.env.OMP_NUM_THREADS) }))");
    const runner = await startBenchProcess({ ...command, env: { OMP_NUM_THREADS: "3" } }, options);
    expect(await runner.run()).toEqual({ seconds: 3 });
    runner.stop();
  });

  it("says what a program fails with", async () => {
    const failing = program(`console.log(JSON.stringify({ failed: "no kernel for it" }))`);
    await expect(startBenchProcess(failing, options)).rejects.toThrow("no kernel for it");
    const throwing = program(`throw new RangeError("out of bounds")`);
    await expect(startBenchProcess(throwing, options)).rejects.toThrow(/^RangeError: out of bounds$/);
    const complaining = program(`console.error("at first\\nthen this"); process.exit(3)`);
    await expect(startBenchProcess(complaining, options)).rejects.toThrow(/^then this$/);
    await expect(startBenchProcess(program("process.exit(3)"), options)).rejects.toThrow("ended with exit code 3");
    await expect(startBenchProcess({ file: "/no/such/program", args: [] }, options)).rejects.toThrow("ENOENT");
  });

  it("ends a run that takes too long, and one whose seconds aren't any", async () => {
    const silent = await startBenchProcess(serving(""), { ...options, runMs: 50 });
    await expect(silent.run()).rejects.toThrow("a run takes more than 0.05 s");
    const nonsense = await startBenchProcess(serving(`console.log('{"seconds":0}')`), options);
    await expect(nonsense.run()).rejects.toThrow('expected seconds above 0, got {"seconds":0}');
    nonsense.stop();
  });

  it("ends with the signal", async () => {
    const interruption = new AbortController();
    const runner = await startBenchProcess(serving(""), { ...options, signal: interruption.signal });
    const run = runner.run();
    interruption.abort();
    await expect(run).rejects.toThrow(/abort/i);
  });
});
