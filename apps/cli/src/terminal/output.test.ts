import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createOutput } from "./output.js";

let stdout: string;
let stderr: string;

beforeEach(() => {
  vi.useFakeTimers();
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
  vi.useRealTimers();
});

describe("an output", () => {
  it("for people has lines on stdout, and notes and warnings beside it", () => {
    const output = createOutput({ json: false });
    output.event({ event: "step" });
    output.line("a result");
    output.note("a note");
    output.warn("odd");
    expect(stdout).toBe("a result\n");
    expect(stderr).toBe("a note\nwarning: odd\n");
  });

  it("for programs has events on stdout and all else beside it", () => {
    const output = createOutput({ json: true });
    output.event({ event: "step", loss: 2 });
    output.line("a result");
    output.note("a note");
    output.warn("odd");
    expect(stdout).toBe('{"event":"step","loss":2}\n');
    expect(stderr).toBe("a result\na note\nwarning: odd\n");
  });

  it("for programs tells of progress once a second, and not of what is over sooner", () => {
    const output = createOutput({ json: true });
    for (let step = 1; step <= 35; step++) {
      output.progress({ title: "merging", step, totalSteps: 35, fields: { pair: "a b" }, startedAt: Date.now() });
      if (step === 9) expect(stdout).toBe("");
      vi.advanceTimersByTime(100);
    }
    output.progress(undefined);
    const events = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(events.map(({ step }) => step)).toEqual([11, 21, 31]);
    expect(events[0]).toEqual({
      event: "progress",
      title: "merging",
      step: 11,
      totalSteps: 35,
      fields: { pair: "a b" },
    });
  });
});
