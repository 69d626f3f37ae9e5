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
  /** A warning, on stderr. */
  warn(text: string): void;
  /** Shows how far the work is, on stderr, until the next state; undefined takes it off the screen. */
  progress(state: Progress | undefined): void;
}

/** With `json`, stdout holds nothing but events, one JSON object a line. */
export function createOutput({ json }: { json: boolean }): Output {
  const display = createProgressDisplay(process.stderr);
  let shown: Progress | undefined;
  const beside = (write: () => void): void => {
    display.clear();
    write();
    if (shown !== undefined) display.update(shown);
  };
  return {
    event(event) {
      if (json) beside(() => process.stdout.write(`${JSON.stringify(event)}\n`));
    },
    line(text) {
      beside(() => (json ? process.stderr : process.stdout).write(`${text}\n`));
    },
    warn(text) {
      beside(() => process.stderr.write(`${errColors.yellow("warning:")} ${text}\n`));
    },
    progress(state) {
      shown = state;
      if (state === undefined) display.clear();
      else display.update(state);
    },
  };
}
