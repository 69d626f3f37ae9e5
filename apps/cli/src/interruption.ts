import { EXIT } from "./exit-codes.js";
import type { Output } from "./terminal/output.js";

export type Interruption = {
  signal: AbortSignal;
  /** How the process is to end because of it; undefined as long as there was none. */
  readonly exitCode: number | undefined;
  stopListening(): void;
};

/** How a process is told to end: by Ctrl-C, by a shutdown or a scheduler, by a terminal that closes. */
const ENDING_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** The first ending signal aborts `signal`, the second one ends the process. A reader of stdout that leaves aborts it too. */
export function listenForInterruption(output: Output): Interruption {
  const controller = new AbortController();
  let exitCode: number | undefined;
  const interrupt = (): void => {
    if (exitCode === EXIT.interrupted) process.exit(EXIT.interrupted);
    exitCode = EXIT.interrupted;
    output.note("stopping; press Ctrl-C again to leave at once");
    controller.abort();
  };
  const leave = (error: NodeJS.ErrnoException): void => {
    if (error.code !== "EPIPE") throw error;
    exitCode ??= EXIT.done;
    controller.abort();
  };
  for (const name of ENDING_SIGNALS) process.on(name, interrupt);
  process.stdout.on("error", leave);
  return {
    signal: controller.signal,
    get exitCode() {
      return exitCode;
    },
    stopListening() {
      for (const name of ENDING_SIGNALS) process.off(name, interrupt);
      process.stdout.off("error", leave);
    },
  };
}

/**
 * Lets an interruption arrive, and says whether one has.
 *
 * Computing on the CPU awaits nothing but itself, so that without this Node never looks whether a signal has come.
 */
export async function isInterrupted(signal: AbortSignal): Promise<boolean> {
  await new Promise((resolve) => setImmediate(resolve));
  return signal.aborted;
}
