import type { BackendChoice } from "@t5ts/tensor-core";
import { type Command, Option } from "commander";
import { BACKEND_NAMES } from "./backend-names.js";
import { EXIT } from "./exit-codes.js";
import { listenForInterruption } from "./interruption.js";
import { integerFrom } from "./option-values.js";
import { errColors } from "./terminal/colors.js";
import { createOutput, type Output } from "./terminal/output.js";
import { UsageError } from "./usage-error.js";

/** The options that every command has. */
export type SharedOptions = { json?: boolean; backend: string; seed: number; verbose?: boolean };

/** What the body of a command works with. */
export type CommandContext = {
  output: Output;
  seed: number;
  /** Aborted by the first interruption: the body saves what it has and returns. */
  signal: AbortSignal;
  /** Starts the backend of tfjs that `--backend` asks for. */
  startBackend(): Promise<BackendChoice>;
};

/** Adds `--json`, `--backend`, `--seed` and `--verbose`. */
export function addSharedOptions(command: Command): Command {
  return command
    .addOption(new Option("--backend <name>", "where tensors are computed").choices(BACKEND_NAMES).default("auto"))
    .option("--seed <n>", "source of all randomness", integerFrom(0, 2 ** 32 - 1), 0)
    .option("--json", "events on stdout, a JSON object on each line")
    .option("--verbose", "more messages, and the stack of an error");
}

/**
 * Runs the body of a command and sets the exit code: 0 done, 1 failed, 2 wrong use, 130 interrupted.
 *
 * An error becomes one readable line. Never throws.
 */
export async function runCommand(
  options: SharedOptions,
  body: (context: CommandContext) => Promise<void>,
): Promise<void> {
  const output = createOutput({ json: options.json ?? false });
  const interruption = listenForInterruption(output);
  try {
    await body({
      output,
      seed: options.seed,
      signal: interruption.signal,
      startBackend: () => startBackend(options, output),
    });
    process.exitCode = interruption.exitCode ?? EXIT.done;
  } catch (error) {
    output.progress(undefined);
    if (interruption.exitCode !== undefined && isAbort(error, interruption.signal)) {
      process.exitCode = interruption.exitCode;
    } else {
      reportError(error, { ...options, output });
      process.exitCode = error instanceof UsageError ? EXIT.wrongUse : EXIT.failed;
    }
  } finally {
    output.progress(undefined);
    interruption.stopListening();
  }
}

/** Says what went wrong: one line, and the cause's message where it adds something. A wrong use is told whole. */
function reportError(error: unknown, { output, json, verbose }: ReportOptions): void {
  const message = error instanceof Error ? error.message : String(error);
  if (json) output.event({ event: "error", message });
  const lines = [`${errColors.red("t5:")} ${message}`, ...causeLines(error, message)];
  if (verbose && error instanceof Error && error.stack !== undefined) lines.push(errColors.dim(error.stack));
  process.stderr.write(`${lines.join("\n")}\n`);
}

type ReportOptions = { output: Output; json?: boolean; verbose?: boolean };

function causeLines(error: unknown, said: string): string[] {
  const cause = error instanceof Error ? error.cause : undefined;
  if (!(cause instanceof Error) || error instanceof UsageError) return [];
  if (said.includes(cause.message)) return causeLines(cause, said);
  return [`    because: ${cause.message}`, ...causeLines(cause, `${said} ${cause.message}`)];
}

async function startBackend({ backend, verbose }: SharedOptions, output: Output): Promise<BackendChoice> {
  // Loaded now: most of the time that the command takes to start is tfjs.
  const { startBackend } = await import("./backends.js");
  const choice = await startBackend(backend);
  output.event({ event: "backend", name: choice.name, reason: choice.reason });
  if (verbose) output.note(`backend ${choice.name}: ${choice.reason}`);
  return choice;
}

function isAbort(error: unknown, signal: AbortSignal): boolean {
  return error === signal.reason || (error instanceof Error && error.name === "AbortError");
}
