import type { ReadBytes } from "../files/text-input.js";
import { formatBytes, formatCount } from "../terminal/format-number.js";
import type { Output } from "../terminal/output.js";

/** Lines that are worth looking at the clock for. */
const LINES = 64;

/**
 * Shows how much of the input was read, where that doesn't mix with anything: on a terminal, while input and results are
 * files or pipes; or as events.
 *
 * @returns To be called with the number of each line.
 */
export function showReading(output: Output, bytes: ReadBytes, json = false): (line: number) => void {
  const isShown =
    json || (process.stderr.isTTY && !process.stdout.isTTY && !(process.stdin.isTTY && bytes.total === 0));
  if (!isShown) return () => {};
  const startedAt = Date.now();
  return (line) => {
    if (line % LINES !== 0) return;
    const seconds = Math.max(0.001, (Date.now() - startedAt) / 1000);
    output.progress({
      title: "reading kB",
      step: Math.round(bytes.read / 1000),
      totalSteps: Math.round(bytes.total / 1000),
      fields: { lines: formatCount(line), speed: `${formatBytes(Math.round(bytes.read / seconds))}/s` },
      startedAt,
    });
  };
}
