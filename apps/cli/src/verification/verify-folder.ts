import { join } from "node:path";
import { type Check, ScoreError, type T5Model, type VerifyCase, verifyT5 } from "@t5ts/t5-model";
import { readText } from "../files/input-file.js";
import { openModel } from "../files/model-folder.js";
import { isInterrupted } from "../interruption.js";
import type { CommandContext } from "../run-command.js";
import { outColors } from "../terminal/colors.js";
import { formatTable } from "../terminal/table.js";
import { readingInput, UsageError } from "../usage-error.js";
import { parseCases } from "./cases-file.js";

/**
 * Compares a model with the answers in its folder and prints the largest difference for each quantity.
 *
 * @throws Error if a difference is beyond its tolerance, or nothing was compared.
 */
export async function verifyFolder(folder: string, { output, signal, startBackend }: CommandContext): Promise<void> {
  const path = join(folder, "cases.json");
  await startBackend();
  const model = await openModel(folder, output.warn);
  const text = await readText(path, "inputs with known answers");
  const cases = await readingInput(() => parseCases(path, text));
  const checks: Check[] = [];
  const startedAt = Date.now();
  for (const [index, testCase] of cases.entries()) {
    if (await isInterrupted(signal)) return;
    output.progress({ title: "verifying", step: index, totalSteps: cases.length, fields: {}, startedAt });
    checks.push(...(await verifyCase(path, model, testCase, index)));
  }
  output.progress(undefined);

  for (const { difference, ...check } of checks) {
    output.event({ event: "check", ...check, difference: Number.isFinite(difference) ? difference : null });
  }
  const quantities = summarize(checks);
  const columns = [
    { title: "quantity" },
    { title: "cases", align: "right" as const },
    { title: "largest difference", align: "right" as const },
    { title: "tolerance", align: "right" as const },
    { title: "" },
  ];
  for (const line of formatTable(columns, quantities.map(formatQuantity))) output.line(line);

  const unknown = quantities.filter(({ verdict }) => verdict === "unknown").map(({ quantity }) => quantity);
  if (unknown.length > 0) output.warn(`NOT COMPARED, as nothing here computes it: ${unknown.join(", ")}`);
  const failed = checks.filter(({ verdict }) => verdict === "failed");
  const numCompared = checks.filter(({ verdict }) => verdict !== "unknown").length;
  output.event({ event: "done", compared: numCompared, failed: failed.length, unknown });
  if (numCompared === 0) throw new Error(`${path}: nothing was compared`);
  if (failed.length > 0) throw new Error(describeFailure(path, failed, numCompared));
  output.line(outColors.green(`${numCompared} comparisons in ${cases.length} cases are within tolerance`));
}

/** One at a time, so that an interruption can come between them. */
async function verifyCase(path: string, model: T5Model, testCase: VerifyCase, index: number): Promise<Check[]> {
  try {
    const checks = await verifyT5(model, [testCase]);
    return checks.map((check) => ({ ...check, case: index }));
  } catch (cause) {
    if (cause instanceof ScoreError) throw new ScoreError(cause, cause.problem, `${path}: cases[${index}]`);
    // The cases have the right form, so what is refused is in them: an id or a parameter that the model lacks.
    const message = (cause as Error).message.replace("cases[0]", `cases[${index}]`);
    throw new UsageError(`${path}: ${message}`, { cause });
  }
}

type Quantity = Omit<Check, "case"> & { numCases: number };

/** The worst of each quantity over all cases, in the order of the file. */
function summarize(checks: readonly Check[]): Quantity[] {
  const worst = new Map<string, Quantity>();
  for (const { quantity, difference, tolerance, verdict } of checks) {
    const before = worst.get(quantity);
    worst.set(quantity, {
      quantity,
      difference: before === undefined ? difference : Math.max(before.difference, difference),
      tolerance,
      verdict: before?.verdict === "failed" ? "failed" : verdict,
      numCases: (before?.numCases ?? 0) + 1,
    });
  }
  return [...worst.values()];
}

function formatQuantity({ quantity, difference, tolerance, verdict, numCases }: Quantity): string[] {
  if (verdict === "unknown") return [quantity, String(numCases), "", "", outColors.yellow("NOT COMPARED")];
  const isCount = tolerance === 0;
  return [
    quantity,
    String(numCases),
    formatDifference(difference, isCount),
    isCount ? "0" : tolerance.toExponential(0),
    verdict === "passed" ? outColors.green("PASS") : outColors.red("FAIL"),
  ];
}

function formatDifference(difference: number, isCount: boolean): string {
  if (!Number.isFinite(difference)) return "no number";
  return isCount ? String(difference) : difference.toExponential(2);
}

function describeFailure(path: string, failed: readonly Check[], numCompared: number): string {
  const first = failed[0] as Check;
  return (
    `${path}: ${failed.length} of ${numCompared} comparisons are beyond tolerance, the first in cases[${first.case}]: ` +
    `${first.quantity} differs by ${formatDifference(first.difference, first.tolerance === 0)}`
  );
}
