import { errColors } from "./colors.js";
import { createProgressDisplay, type Progress } from "./progress.js";

/** What happened, as data. `event` says what; the table of events is in the README. */
export type T5Event = { event: string } & Record<string, unknown>;

/** Where a command says what it does. */
export interface Output {
  /** With `--json`, a line of JSON on stdout; else nothing: commands also say it in lines. */
  event(event: T5Event): void;
  /** A line for people: on stdout, with `--json` on stderr. */
  line(text: string): void;
  /** A line for people that is no result, on stderr. */
  note(text: string): void;
  /** A warning, on stderr. */
  warn(text: string): void;
  /**
   * Shows how far the work is, on stderr, until the next state; undefined takes it off the screen. With `--json` it's an
   * event at most once a second instead.
   */
  progress(state: Progress | undefined): void;
}

const EVENT_MS = 1000;

/** With `json`, stdout holds nothing but events, one JSON object a line. */
export function createOutput({ json }: { json: boolean }): Output {
  const display = createProgressDisplay(process.stderr);
  let shown: Progress | undefined;
  let toldAt = performance.now();
  const beside = (write: () => void): void => {
    display.clear();
    write();
    if (shown !== undefined) display.update(shown);
  };
  const event = (event: T5Event): void => {
    if (json) beside(() => process.stdout.write(`${JSON.stringify(event)}\n`));
  };
  return {
    event,
    line(text) {
      beside(() => (json ? process.stderr : process.stdout).write(`${text}\n`));
    },
    note(text) {
      beside(() => process.stderr.write(`${errColors.dim(text)}\n`));
    },
    warn(text) {
      beside(() => process.stderr.write(`${errColors.yellow("warning:")} ${text}\n`));
    },
    progress(state) {
      if (json) {
        if (state === undefined || performance.now() - toldAt < EVENT_MS) return;
        toldAt = performance.now();
        const { title, step, totalSteps, fields } = state;
        event({ event: "progress", title, step, totalSteps, fields });
        return;
      }
      shown = state;
      if (state === undefined) display.clear();
      else display.update(state);
    },
  };
}
