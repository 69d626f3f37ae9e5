import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

/** Where the vectors are: `T5_VECTORS`, or `shared/vectors` beside the repository. */
export const VECTORS: string =
  process.env.T5_VECTORS ?? fileURLToPath(new URL("../../../shared/vectors", import.meta.url));

/** A case of a vector file: what to run (`op`), its inputs and what is expected of it. */
// biome-ignore lint/suspicious/noExplicitAny: each operation has fields of its own, checked by what it is compared with.
export type VectorCase = { id: string; op: string; tolerance?: number } & Record<string, any>;

export type VectorOptions = {
  /** Cases that we don't follow on purpose, by id, each with its reason. */
  departures?: Record<string, string>;
  /** Operations that another issue brings, each with what it waits for. They are listed as skipped, by name. */
  notCovered?: Record<string, string>;
};

/**
 * Runs every case of `file` with the function for its `op`. An operation without a function fails, so that a new one
 * can't pass unnoticed.
 */
export function runVectors(
  file: string,
  operations: Record<string, (testCase: VectorCase) => void | Promise<void>>,
  { departures = {}, notCovered = {} }: VectorOptions = {},
): void {
  const path = `${VECTORS}/${file}`;
  if (!existsSync(path)) {
    console.warn(`NOT COVERED: ${file}: no such file in ${VECTORS} (set T5_VECTORS to the folder of vectors)`);
    describe.skip(`${file} (no vectors in ${VECTORS})`, () => it("is skipped", () => {}));
    return;
  }
  const { cases } = JSON.parse(readFileSync(path, "utf8")) as { cases: VectorCase[] };
  describe(file, () => {
    for (const testCase of cases) {
      const title = `${testCase.op}: ${testCase.id}`;
      if (departures[testCase.id]) it.skip(`${title} (not followed: ${departures[testCase.id]})`, () => {});
      else if (notCovered[testCase.op]) it.skip(`${title} (not covered yet: ${notCovered[testCase.op]})`, () => {});
      else {
        it(title, async () => {
          const run = operations[testCase.op];
          expect(run, `no function for op "${testCase.op}" of ${file}`).toBeDefined();
          await run?.(testCase);
        });
      }
    }
  });
}

/** Compares numbers, nested as they come, to an absolute tolerance; `null` in `expected` isn't compared. */
export function expectClose(actual: unknown, expected: unknown, tolerance: number, path = "value"): void {
  if (expected === null) return;
  if (typeof expected === "number") {
    expect(typeof actual, `${path}: expected ${expected}, got ${String(actual)}`).toBe("number");
    const difference = Math.abs((actual as number) - expected);
    expect(difference <= tolerance, `${path}: expected ${expected} ± ${tolerance}, got ${actual}`).toBe(true);
  } else if (Array.isArray(expected)) {
    const list = actual as ArrayLike<unknown>;
    expect(list?.length, `${path}: length`).toBe(expected.length);
    for (const [i, item] of expected.entries()) expectClose(list[i], item, tolerance, `${path}[${i}]`);
  } else if (typeof expected === "object") {
    for (const [key, item] of Object.entries(expected as object)) {
      expectClose((actual as Record<string, unknown>)?.[key], item, tolerance, `${path}.${key}`);
    }
  } else expect(actual, path).toEqual(expected);
}
