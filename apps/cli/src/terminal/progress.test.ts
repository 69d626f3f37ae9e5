import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createProgressDisplay, type Progress, renderProgress } from "./progress.js";
import { textWidth } from "./text-width.js";

const STATE: Progress = {
  title: "phase I",
  step: 630,
  totalSteps: 1000,
  fields: { loss: "2.314", "tokens/s": "1,234", memory: "412 MB" },
  startedAt: 0,
  history: [5, 4, 3.2, 2.9, 2.5],
};

describe("renderProgress", () => {
  it("shows bar, fields with times, and the curve", () => {
    const lines = renderProgress(STATE, { width: 79, now: 95_000, leftMs: 56_000 });
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/^phase I {2}━+─+ {3}63% {2}630\/1,000$/);
    expect(lines[1]).toBe("loss 2.314   tokens/s 1,234   memory 412 MB   time 1 min 35 s   left 56 s");
    expect(lines[2]).toBe("█▅▃▂▁");
  });

  it("stays within the width and within four lines, whatever is to be shown", () => {
    const fields = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`field ${i}`, "词汇".repeat(i % 9)]));
    const history = Array.from({ length: 5000 }, (_, i) => Math.sin(i));
    for (const width of [20, 40, 79, 200]) {
      const lines = renderProgress(
        { ...STATE, title: "很长的标题".repeat(9), fields, history },
        { width, now: 1e7, leftMs: 1 },
      );
      expect(lines).toHaveLength(4);
      for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(width);
    }
  });

  it("shows a count where nobody knows how much there is", () => {
    const [line] = renderProgress({ ...STATE, totalSteps: 0 }, { width: 79, now: 0, leftMs: undefined });
    expect(line).toBe("phase I  630");
  });

  it("is full at the end and not before", () => {
    const head = (step: number) => renderProgress({ ...STATE, step }, { width: 79, now: 0, leftMs: 0 })[0];
    expect(head(999)).toContain(" 99% ");
    expect(head(1000)).toContain("100%");
  });
});

describe("a progress display", () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllEnvs();
  });

  /** A stream that keeps what is written to it. */
  function stream(isTTY: boolean): { written: string[]; out: NodeJS.WriteStream } {
    const written: string[] = [];
    const write = (text: string): boolean => written.push(text) > 0;
    return { written, out: { isTTY, columns: 80, write } as unknown as NodeJS.WriteStream };
  }

  it("is redrawn in its place at most ten times a second on a terminal, with the last state in the end", () => {
    vi.stubEnv("CI", "");
    vi.stubEnv("TERM", "xterm");
    const { written, out } = stream(true);
    const display = createProgressDisplay(out);
    for (let step = 0; step <= 1000; step++) {
      display.update({ ...STATE, step });
      vi.advanceTimersByTime(1);
    }
    vi.advanceTimersByTime(200);
    const drawings = written.filter((text) => text.includes("phase I"));
    expect(drawings.length).toBeGreaterThanOrEqual(9);
    expect(drawings.length).toBeLessThanOrEqual(12);
    expect(drawings.at(-1)).toContain("1,000/1,000");
    // Each one but the first goes up over the lines of the one before.
    for (const drawing of drawings.slice(1)) expect(drawing.startsWith("\r\u001b[3A\u001b[0J")).toBe(true);
  });

  it("goes without a trace, and gives the cursor back", () => {
    vi.stubEnv("CI", "");
    vi.stubEnv("TERM", "xterm");
    const { written, out } = stream(true);
    const display = createProgressDisplay(out);
    const listeners = process.listenerCount("exit");
    display.update(STATE);
    expect(written.join("")).toContain("\u001b[?25l");
    expect(process.listenerCount("exit")).toBe(listeners + 1);
    display.clear();
    expect(written.slice(-2)).toEqual(["\r\u001b[3A\u001b[0J", "\u001b[?25h"]);
    expect(process.listenerCount("exit")).toBe(listeners);
    vi.advanceTimersByTime(1000);
    expect(written.at(-1)).toBe("\u001b[?25h");
  });

  it("is a plain line every five seconds elsewhere, and none for what is over sooner", () => {
    for (const [isTTY, ci] of [
      [false, ""],
      [true, "true"],
    ] as const) {
      vi.stubEnv("CI", ci);
      const { written, out } = stream(isTTY);
      const display = createProgressDisplay(out);
      for (let step = 1; step <= 120; step++) {
        display.update({ ...STATE, step, startedAt: Date.now() - 1000 * step });
        if (step === 40) expect(written).toEqual([]);
        vi.advanceTimersByTime(100);
      }
      expect(written).toHaveLength(2);
      expect(written[0]).toMatch(
        /^phase I {2}51\/1,000 {2}loss 2\.314 {2}tokens\/s 1,234 {2}memory 412 MB {2}time 51 s {2}left 1 min 35 s\n$/,
      );
    }
  });
});
