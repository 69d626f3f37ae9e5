import { errColors } from "./colors.js";
import { formatCount, formatDuration } from "./format-number.js";
import { sparkline } from "./sparkline.js";
import { cutToWidth, padToWidth, textWidth } from "./text-width.js";

/** How far some work is. */
export type Progress = {
  title: string;
  step: number;
  /** 0 where it isn't known how many there will be. */
  totalSteps: number;
  /** What else to show, already formatted: loss, speed, memory. The time left is computed. */
  fields: Record<string, string>;
  /** `Date.now()` when the work began. */
  startedAt: number;
  /** A curve to draw, such as the loss of each step. */
  history?: number[];
};

/** Shows the progress of work until `clear`, which takes it off the screen; the next `update` shows it again. */
export type ProgressDisplay = { update(state: Progress): void; clear(): void };

const MAX_LINES = 4;
const REDRAW_MS = 100;
const PLAIN_LINE_MS = 5000;

/** In place on a terminal, else a plain line every few seconds: a log stays readable. */
export function createProgressDisplay(stream: NodeJS.WriteStream): ProgressDisplay {
  const isTerminal = stream.isTTY === true && !process.env.CI && process.env.TERM !== "dumb";
  return isTerminal ? inPlace(stream) : plainLines(stream);
}

/** At most four lines, each within `width` columns: a bar, the fields with the time taken and left, the curve. */
export function renderProgress(state: Progress, { width, now, leftMs }: RenderOptions): string[] {
  const { title, step, totalSteps, history = [] } = state;
  const lines = [headline(title, step, totalSteps, width), ...fieldLines(fieldsOf(state, now, leftMs), width)];
  if (history.length < 2) return lines.slice(0, MAX_LINES);
  return [...lines.slice(0, MAX_LINES - 1), errColors.cyan(sparkline(history, width))];
}

export type RenderOptions = { width: number; now: number; leftMs: number | undefined };

function fieldsOf({ fields, startedAt }: Progress, now: number, leftMs: number | undefined): [string, string][] {
  const left: [string, string][] = leftMs === undefined ? [] : [["left", formatSeconds(leftMs)]];
  return [...Object.entries(fields), ["time", formatSeconds(now - startedAt)], ...left];
}

function formatSeconds(ms: number): string {
  return ms < 1000 ? "<1 s" : formatDuration(ms);
}

function headline(title: string, step: number, totalSteps: number, width: number): string {
  if (totalSteps <= 0) return cutToWidth(`${title}  ${formatCount(step)}`, width);
  const share = Math.min(1, Math.max(0, step / totalSteps));
  const numbers = `${padToWidth(`${Math.floor(share * 100)}%`, 4, "left")}  ${formatCount(step)}/${formatCount(totalSteps)}`;
  const name = cutToWidth(title, Math.max(8, width - textWidth(numbers) - 16));
  const barWidth = Math.min(50, width - textWidth(name) - textWidth(numbers) - 4);
  if (barWidth < 4) return cutToWidth(`${name}  ${numbers}`, width);
  const filled = Math.round(share * barWidth);
  const bar = errColors.green("━".repeat(filled)) + errColors.dim("─".repeat(barWidth - filled));
  return `${errColors.bold(name)}  ${bar}  ${numbers}`;
}

function fieldLines(fields: [string, string][], width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const [name, value] of fields) {
    const field = cutToWidth(`${errColors.dim(name)} ${value}`, width);
    const joined = line === "" ? field : `${line}   ${field}`;
    if (textWidth(joined) > width) {
      lines.push(line);
      line = field;
    } else line = joined;
  }
  return line === "" ? lines : [...lines, line];
}

function inPlace(stream: NodeJS.WriteStream): ProgressDisplay {
  const pace = createPace();
  let drawn: string[] = [];
  let latest: Progress | undefined;
  let drawnAt = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  const showCursor = (): void => void stream.write("\u001b[?25h");

  const draw = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (latest === undefined) return;
    drawnAt = performance.now();
    // The last column stays free: terminals differ in when they break a line that is full.
    const lines = renderProgress(latest, { width: columns(stream) - 1, now: Date.now(), leftMs: pace.leftMs(latest) });
    if (drawn.length === 0) {
      stream.write("\u001b[?25l");
      process.once("exit", showCursor);
    }
    stream.write(`${erase(drawn, columns(stream))}${lines.join("\n")}\n`);
    drawn = lines;
  };

  return {
    update(state) {
      latest = state;
      pace.note(state);
      const wait = REDRAW_MS - (performance.now() - drawnAt);
      if (wait <= 0) draw();
      else timer ??= setTimeout(draw, wait).unref();
    },
    clear() {
      clearTimeout(timer);
      timer = undefined;
      latest = undefined;
      if (drawn.length === 0) return;
      stream.write(erase(drawn, columns(stream)));
      showCursor();
      process.off("exit", showCursor);
      drawn = [];
      drawnAt = Number.NEGATIVE_INFINITY;
    },
  };
}

function plainLines(stream: NodeJS.WriteStream): ProgressDisplay {
  const pace = createPace();
  let writtenAt = performance.now(); // work that is done before the first line is due writes none
  return {
    update(state) {
      pace.note(state);
      if (performance.now() - writtenAt < PLAIN_LINE_MS) return;
      writtenAt = performance.now();
      const { title, step, totalSteps } = state;
      const place = totalSteps > 0 ? `${formatCount(step)}/${formatCount(totalSteps)}` : formatCount(step);
      const fields = fieldsOf(state, Date.now(), pace.leftMs(state)).map(([name, value]) => `${name} ${value}`);
      stream.write(`${[title, place, ...fields].join("  ")}\n`);
    },
    clear() {},
  };
}

/** Moves to the first of the lines drawn and clears from there. A line drawn before the window narrowed takes several. */
function erase(lines: readonly string[], width: number): string {
  const rows = lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(textWidth(line) / width)), 0);
  return rows === 0 ? "" : `\r\u001b[${rows}A\u001b[0J`;
}

function columns(stream: NodeJS.WriteStream): number {
  return Math.max(20, stream.columns || 80);
}

/** The time left, by the speed since the first state that was seen: a resumed run doesn't begin at step 0. */
function createPace(): { note(state: Progress): void; leftMs(state: Progress): number | undefined } {
  let first: { title: string; step: number; at: number } | undefined;
  return {
    note({ title, step }) {
      if (first?.title !== title || step < first.step) first = { title, step, at: performance.now() };
    },
    leftMs({ step, totalSteps }) {
      if (first === undefined || step <= first.step || totalSteps <= 0) return undefined;
      return ((performance.now() - first.at) / (step - first.step)) * Math.max(0, totalSteps - step);
    },
  };
}
