import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { runCommand, type SharedOptions } from "./run-command.js";
import { UsageError } from "./usage-error.js";

const OPTIONS: SharedOptions = { backend: "auto", seed: 7 };

let stdout: string;
let stderr: string;

beforeEach(() => {
  [stdout, stderr] = ["", ""];
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    stdout += text;
    return true;
  });
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    stderr += text;
    return true;
  });
});

afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

/** The exit code that running a body sets. */
async function exitCodeOf(body: Parameters<typeof runCommand>[1], options: Partial<SharedOptions> = {}) {
  process.exitCode = undefined;
  await runCommand({ ...OPTIONS, ...options }, body);
  const code = process.exitCode as number | undefined;
  process.exitCode = undefined;
  return code;
}

describe("runCommand", () => {
  it("exits with 0 when done, 1 when something failed, 2 when the use was wrong", async () => {
    expect(await exitCodeOf(async () => {})).toBe(0);
    expect(await exitCodeOf(() => Promise.reject(new Error("the disk is full")))).toBe(1);
    expect(await exitCodeOf(() => Promise.reject(new UsageError("no such file")))).toBe(2);
    expect(stderr).toBe("t5: the disk is full\nt5: no such file\n");
  });

  it("passes the seed on", async () => {
    let seed: number | undefined;
    await exitCodeOf(async (context) => {
      seed = context.seed;
    });
    expect(seed).toBe(7);
  });

  it("says the cause where it adds something", async () => {
    const cause = new Error("EIO: i/o error");
    await exitCodeOf(() => Promise.reject(new Error("a.txt: could not be written", { cause })));
    await exitCodeOf(() => Promise.reject(new Error(`b.txt: could not be written: ${cause.message}`, { cause })));
    expect(stderr).toBe(
      "t5: a.txt: could not be written\n    because: EIO: i/o error\n" +
        "t5: b.txt: could not be written: EIO: i/o error\n",
    );
  });

  it("with json writes only events to stdout", async () => {
    const code = await exitCodeOf(
      async ({ output }) => {
        output.line("for people");
        output.warn("odd");
        output.event({ event: "step", loss: 2 });
        throw new Error("broken");
      },
      { json: true },
    );
    expect(code).toBe(1);
    expect(stdout).toBe('{"event":"step","loss":2}\n{"event":"error","message":"broken"}\n');
    expect(stderr).toContain("for people");
    expect(stderr).toContain("warning: odd");
  });

  it("aborts the signal at the first interruption, lets the body save and exits with 130", async () => {
    let saved = false;
    const code = await exitCodeOf(async ({ signal }) => {
      process.emit("SIGINT");
      await new Promise((resolve) => setTimeout(resolve, 5));
      saved = signal.aborted;
    });
    expect({ code, saved }).toEqual({ code: 130, saved: true });
  });

  it("takes what the signal throws in a body for the interruption, and other errors for errors", async () => {
    const interrupt = (signal: AbortSignal): void => {
      process.emit("SIGINT");
      signal.throwIfAborted();
    };
    expect(await exitCodeOf(async ({ signal }) => interrupt(signal))).toBe(130);
    const failing = exitCodeOf(async () => {
      process.emit("SIGINT");
      throw new Error("could not save");
    });
    expect(await failing).toBe(1);
    expect(stderr).toContain("t5: could not save\n");
  });

  it("leaves at once at the second interruption", async () => {
    const exit = vi.spyOn(process, "exit").mockImplementation((() => {}) as never);
    await exitCodeOf(async () => {
      process.emit("SIGINT");
      expect(exit).not.toHaveBeenCalled();
      process.emit("SIGINT");
    });
    expect(exit).toHaveBeenCalledWith(130);
  });
});
